//! Held changes as people see them: without their bytes, but for one at a time.

use sync_core::{
    gate::ReasonCode,
    id::{ChangeHash, RecordId, UnitCode, Username},
};

use super::{ReadTx, StoreError, held::HeldState, rows, unit::UnitPath};

macro_rules! held {
    ($where:literal) => {
        concat!(
            "SELECT h.hash, h.org_unit, u.path, h.record, h.username, h.device, h.received_ms, h.reason, h.detail, h.state, \
             h.decided_by, h.decided_ms, h.decision_note FROM held h LEFT JOIN org_units u ON u.code = h.org_unit WHERE ",
            $where,
            " ORDER BY h.received_ms, h.hash"
        )
    };
}

const WAITING: &str = held!("h.state = 'waiting'");
const OF_RECORD: &str = held!("h.state = 'waiting' AND h.record = $1");
const ONE: &str = held!("h.hash = $1");
const RAW: &str = "SELECT raw FROM held WHERE hash = $1";
const PAGE: &str = concat!(
    held!(
        "h.state = $1 AND (($2 = 1 AND u.code IS NULL) OR h.org_unit IN (SELECT v.code FROM grants g JOIN org_units t \
         ON t.code = g.org_unit JOIN org_units v ON SUBSTR(v.path, 1, LENGTH(t.path)) = t.path \
         WHERE g.username = $3 AND g.role = 'administrator' AND v.path >= $4 AND v.path < $5)) \
         AND ($6 = '' OR h.username = $6) AND (h.received_ms > $7 OR (h.received_ms = $7 AND h.hash > $8))"
    ),
    " LIMIT $9"
);

/// A change that is or was held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingChange {
    /// The change.
    pub hash: ChangeHash,
    /// The feed it was sent for.
    pub unit: UnitCode,
    /// Where that stands; `None` if there is no such unit.
    pub path: Option<UnitPath>,
    /// Its record, if that is known.
    pub record: Option<RecordId>,
    /// Whose it is, if that is known.
    pub username: Option<Username>,
    /// The device that sent it.
    pub device: Option<String>,
    /// When it came, ms.
    pub received_ms: i64,
    /// Why it is held.
    pub reason: ReasonCode,
    /// What and where.
    pub detail: String,
    /// How far the decision has come.
    pub state: HeldState,
    /// Who has decided: a username, or the operator's word.
    pub decided_by: Option<String>,
    /// When, ms.
    pub decided_ms: Option<i64>,
    /// What its author was told.
    pub note: Option<String>,
}

/// Every change that waits for a decision, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting(tx: &mut ReadTx) -> Result<Vec<WaitingChange>, StoreError> {
    sqlx::query(WAITING).fetch_all(tx.conn()).await?.iter().map(read).collect()
}

/// Those of one record that wait, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_record(tx: &mut ReadTx, record: &RecordId) -> Result<Vec<WaitingChange>, StoreError> {
    let query = sqlx::query(OF_RECORD).bind(record.as_bytes().to_vec());
    query.fetch_all(tx.conn()).await?.iter().map(read).collect()
}

/// One that is or was held.
///
/// # Errors
/// [`StoreError`].
pub async fn one(tx: &mut ReadTx, hash: ChangeHash) -> Result<Option<WaitingChange>, StoreError> {
    let query = sqlx::query(ONE).bind(hash.0.to_vec());
    query.fetch_optional(tx.conn()).await?.as_ref().map(read).transpose()
}

/// The bytes of one.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn raw(tx: &mut ReadTx, hash: ChangeHash) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(sqlx::query_scalar(RAW).bind(hash.0.to_vec()).fetch_optional(tx.conn()).await?)
}

/// Which held changes to list.
#[derive(Clone, Debug)]
pub struct HeldFilter {
    /// The administrator who asks: only those of their units are listed.
    pub reader: Username,
    /// Whether those of units that do not exist are listed, too.
    pub unplaced: bool,
    /// A unit and all below it.
    pub below: Option<UnitPath>,
    /// How far the decision has come.
    pub state: HeldState,
    /// Whose.
    pub user: Option<Username>,
}

/// The held changes behind `after` (when one came, and its name), oldest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn page(
    tx: &mut ReadTx,
    filter: &HeldFilter,
    after: (i64, ChangeHash),
    limit: i64,
) -> Result<Vec<WaitingChange>, StoreError> {
    let (begin, end) = match &filter.below {
        Some(path) => (path.as_str().to_owned(), path.end()),
        None => ("/".into(), "0".into()),
    };
    let query = sqlx::query(PAGE)
        .bind(filter.state.word())
        .bind(i64::from(filter.unplaced && filter.below.is_none()))
        .bind(filter.reader.as_str())
        .bind(begin)
        .bind(end)
        .bind(filter.user.as_ref().map_or("", |user| user.as_str()))
        .bind(after.0)
        .bind(after.1.0.to_vec())
        .bind(limit);
    query.fetch_all(tx.conn()).await?.iter().map(read).collect()
}

fn read(row: &sqlx::any::AnyRow) -> Result<WaitingChange, StoreError> {
    use sqlx::Row;
    let path: Option<String> = row.try_get(2)?;
    let record: Option<Vec<u8>> = row.try_get(3)?;
    let username: Option<String> = row.try_get(4)?;
    let reason = u16::try_from(row.try_get::<i64, _>(7)?).map_err(StoreError::damaged)?;
    Ok(WaitingChange {
        hash: rows::hash(row.try_get(0)?)?,
        unit: rows::unit(row.try_get(1)?)?,
        path: path.map(UnitPath::from_store).transpose()?,
        record: record.as_deref().map(rows::record).transpose()?,
        username: username.as_deref().map(rows::username).transpose()?,
        device: row.try_get(5)?,
        received_ms: row.try_get(6)?,
        reason: ReasonCode::from_number(reason),
        detail: row.try_get(8)?,
        state: HeldState::read(row.try_get(9)?)?,
        decided_by: row.try_get(10)?,
        decided_ms: row.try_get(11)?,
        note: row.try_get(12)?,
    })
}
