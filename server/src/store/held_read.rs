//! Held changes as people see them: those about which somebody must still decide, without their bytes.

use sync_core::{
    gate::ReasonCode,
    id::{ChangeHash, RecordId, UnitCode, Username},
};

use super::{ReadTx, StoreError, rows, unit::UnitPath};

macro_rules! waiting {
    ($and:literal) => {
        concat!(
            "SELECT hash, org_unit, record, username, device, received_ms, reason, detail FROM held WHERE state = 'waiting'",
            $and,
            " ORDER BY received_ms, hash"
        )
    };
}

const ALL: &str = waiting!("");
const OF_RECORD: &str = waiting!(" AND record = $1");

/// Oldest first; what lies in the units on which the reader may decide, or see what is decided.
const PAGE: &str = "SELECT h.hash, h.org_unit, h.record, h.username, h.device, h.received_ms, h.reason, h.detail, h.raw \
                    FROM held h WHERE h.state = 'waiting' AND h.org_unit IN \
                    (SELECT v.code FROM grants g JOIN org_units t ON t.code = g.org_unit \
                    JOIN org_units v ON SUBSTR(v.path, 1, LENGTH(t.path)) = t.path WHERE g.username = $1 \
                    AND g.role IN ('reviewer', 'administrator') AND v.path >= $2 AND v.path < $3) \
                    AND ($4 = 0 OR h.reason = $4) AND ($5 = '' OR h.username = $5) \
                    AND (h.received_ms > $6 OR (h.received_ms = $6 AND h.hash > $7)) \
                    ORDER BY h.received_ms, h.hash LIMIT $8";
const HOME: &str =
    "SELECT u.path, h.record, h.raw FROM held h JOIN org_units u ON u.code = h.org_unit WHERE h.hash = $1";

/// Which of the changes that wait for a decision to list. What is `None` does not narrow.
#[derive(Clone, Debug)]
pub struct HeldFilter {
    /// Whoever asks: listed is what was sent for units on which they are reviewer or administrator.
    pub reader: Username,
    /// A unit and all below it.
    pub below: Option<UnitPath>,
    /// Why they are held.
    pub reason: Option<ReasonCode>,
    /// Whose they are.
    pub worker: Option<Username>,
}

/// A change that waits for a decision, and its bytes.
#[derive(Clone, Debug)]
pub struct ReadableChange {
    /// What is known of it.
    pub change: WaitingChange,
    /// Its chunk.
    pub raw: Vec<u8>,
}

/// Where a held change belongs.
#[derive(Clone, Debug)]
pub struct HeldHome {
    /// Where the unit stands for which it was sent.
    pub path: UnitPath,
    /// Its record, if that is known.
    pub record: Option<RecordId>,
    /// Its chunk.
    pub raw: Vec<u8>,
}

/// A change that waits for a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingChange {
    /// The change.
    pub hash: ChangeHash,
    /// The feed it was sent for.
    pub unit: UnitCode,
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
}

type Row = (Vec<u8>, String, Option<Vec<u8>>, Option<String>, Option<String>, i64, i64, String);

/// Every change that waits for a decision, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting(tx: &mut ReadTx) -> Result<Vec<WaitingChange>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(ALL).fetch_all(tx.conn()).await?;
    rows.into_iter().map(read).collect()
}

/// Those of one record, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_record(tx: &mut ReadTx, record: &RecordId) -> Result<Vec<WaitingChange>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(OF_RECORD).bind(record.as_bytes().to_vec()).fetch_all(tx.conn()).await?;
    rows.into_iter().map(read).collect()
}

/// The changes that wait behind `after`, a time and a name; at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn page(
    tx: &mut ReadTx,
    filter: &HeldFilter,
    after: (i64, ChangeHash),
    limit: i64,
) -> Result<Vec<ReadableChange>, StoreError> {
    type RawRow = (Vec<u8>, String, Option<Vec<u8>>, Option<String>, Option<String>, i64, i64, String, Vec<u8>);
    let (begin, end) = match &filter.below {
        Some(path) => (path.as_str().to_owned(), path.end()),
        None => ("/".into(), "0".into()),
    };
    let query = sqlx::query_as(PAGE)
        .bind(filter.reader.as_str())
        .bind(begin)
        .bind(end)
        .bind(filter.reason.map_or(0, |reason| i64::from(reason.number())))
        .bind(filter.worker.as_ref().map_or("", |worker| worker.as_str()))
        .bind(after.0)
        .bind(after.1.0.to_vec())
        .bind(limit);
    let found: Vec<RawRow> = query.fetch_all(tx.conn()).await?;
    let whole = |(hash, unit, record, user, device, received, reason, detail, raw): RawRow| {
        Ok(ReadableChange { change: read((hash, unit, record, user, device, received, reason, detail))?, raw })
    };
    found.into_iter().map(whole).collect()
}

/// Where a change belongs that is or was held; `None` if there is none, or the unit that it was sent for is not known.
///
/// # Errors
/// [`StoreError`].
pub async fn home(tx: &mut ReadTx, hash: &ChangeHash) -> Result<Option<HeldHome>, StoreError> {
    let query = sqlx::query_as(HOME).bind(hash.0.to_vec());
    let row: Option<(String, Option<Vec<u8>>, Vec<u8>)> = query.fetch_optional(tx.conn()).await?;
    let read = |(path, record, raw): (String, Option<Vec<u8>>, Vec<u8>)| {
        let record = record.as_deref().map(rows::record).transpose()?;
        Ok(HeldHome { path: UnitPath::from_store(path)?, record, raw })
    };
    row.map(read).transpose()
}

fn read((hash, unit, record, username, device, received_ms, reason, detail): Row) -> Result<WaitingChange, StoreError> {
    Ok(WaitingChange {
        hash: rows::hash(&hash)?,
        unit: rows::unit(&unit)?,
        record: record.as_deref().map(rows::record).transpose()?,
        username: username.as_deref().map(rows::username).transpose()?,
        device,
        received_ms,
        reason: ReasonCode::from_number(u16::try_from(reason).map_err(StoreError::damaged)?),
        detail,
    })
}
