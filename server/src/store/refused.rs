//! Notes of refused changes: who sent what, and why it was refused; never the bytes.

use sync_core::{
    gate::{Reason, ReasonCode},
    id::{ActorKey, ChangeHash, UnitCode, Username},
};

use super::{
    ReadTx, StoreError, WriteTx,
    devices::DeviceId,
    rows::{self, Insert},
    unit::UnitPath,
};

/// Notes kept for one device: the newest.
pub const NOTES_MAX: usize = 1_000;

const ADD: Insert = Insert {
    head: "INSERT INTO refused (hash, device, org_unit, actor, received_ms, reason, detail, bytes) VALUES",
    columns: 8,
    tail: "ON CONFLICT (hash, device) DO UPDATE SET reason = excluded.reason, detail = excluded.detail",
};
const TRIM: &str = "DELETE FROM refused WHERE device = $1 AND hash NOT IN \
                    (SELECT hash FROM refused WHERE device = $1 ORDER BY received_ms DESC, hash LIMIT $2)";

/// Newest first; what was sent for the units on which the reader may decide, or see what is decided.
const PAGE: &str = "SELECT r.received_ms, r.hash, r.device, d.username, r.org_unit, r.reason, r.detail, r.bytes FROM refused r \
                    LEFT JOIN devices d ON d.id = r.device WHERE r.org_unit IN \
                    (SELECT v.code FROM grants g JOIN org_units t ON t.code = g.org_unit \
                    JOIN org_units v ON SUBSTR(v.path, 1, LENGTH(t.path)) = t.path WHERE g.username = $1 \
                    AND g.role IN ('reviewer', 'administrator') AND v.path >= $2 AND v.path < $3) \
                    AND (r.received_ms < $4 OR (r.received_ms = $4 AND (r.hash < $5 OR (r.hash = $5 AND r.device < $6)))) \
                    ORDER BY r.received_ms DESC, r.hash DESC, r.device DESC LIMIT $7";
const COUNT: &str = "SELECT COUNT(*) FROM refused";

/// A note of a refused change.
#[derive(Clone, Debug)]
pub(crate) struct RefusedNote {
    pub hash: ChangeHash,
    pub unit: UnitCode,
    pub actor: ActorKey,
    pub reason: Reason,
    pub bytes: usize,
}

/// The place of a note in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedPosition {
    /// When it came, ms.
    pub received_ms: i64,
    /// The change.
    pub hash: ChangeHash,
    /// Who brought it.
    pub device: String,
}

/// A refused change, as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedChange {
    /// The change, when it came, and who brought it.
    pub position: RefusedPosition,
    /// The user of that device.
    pub username: Option<Username>,
    /// The feed that it was sent for.
    pub unit: UnitCode,
    /// Why it was refused.
    pub reason: ReasonCode,
    /// What and where.
    pub detail: String,
    /// Its size.
    pub bytes: i64,
}

/// The notes behind `after`, at most `limit`, that `reader` may see: of everything, or of a unit and all below it.
///
/// # Errors
/// [`StoreError`].
pub async fn page(
    tx: &mut ReadTx,
    reader: &Username,
    below: Option<&UnitPath>,
    after: Option<&RefusedPosition>,
    limit: i64,
) -> Result<Vec<RefusedChange>, StoreError> {
    type Row = (i64, Vec<u8>, String, Option<String>, String, i64, String, i64);
    let (begin, end) = below.map_or(("/".into(), "0".into()), |path| (path.as_str().to_owned(), path.end()));
    let query = sqlx::query_as(PAGE)
        .bind(reader.as_str())
        .bind(begin)
        .bind(end)
        .bind(after.map_or(i64::MAX, |after| after.received_ms))
        .bind(after.map_or(vec![0xff; 32], |after| after.hash.0.to_vec()))
        .bind(after.map_or("", |after| after.device.as_str()))
        .bind(limit);
    let found: Vec<Row> = query.fetch_all(tx.conn()).await?;
    let read = |(received_ms, hash, device, username, unit, reason, detail, bytes): Row| {
        Ok(RefusedChange {
            position: RefusedPosition { received_ms, hash: rows::hash(&hash)?, device },
            username: username.as_deref().map(rows::username).transpose()?,
            unit: rows::unit(&unit)?,
            reason: ReasonCode::from_number(u16::try_from(reason).map_err(StoreError::damaged)?),
            detail,
            bytes,
        })
    };
    found.into_iter().map(read).collect()
}

/// Notes that changes of a device were refused.
pub(crate) async fn add(
    tx: &mut WriteTx,
    device: &DeviceId,
    notes: &[RefusedNote],
    now_ms: i64,
) -> Result<(), StoreError> {
    ADD.rows(tx, notes, |q, note| {
        let q = q.bind(note.hash.0.to_vec()).bind(device.as_str().to_owned()).bind(note.unit.to_string());
        let q = q.bind(note.actor.0.to_vec()).bind(now_ms).bind(i64::from(note.reason.code.number()));
        q.bind(rows::text(&note.reason.detail)).bind(rows::number(note.bytes as u64))
    })
    .await?;
    sqlx::query(TRIM).bind(device.as_str()).bind(rows::number(NOTES_MAX as u64)).execute(tx.conn()).await?;
    Ok(())
}

/// How many refused changes there are notes of.
///
/// # Errors
/// [`StoreError`].
pub async fn count(tx: &mut ReadTx) -> Result<u64, StoreError> {
    let count: i64 = sqlx::query_scalar(COUNT).fetch_one(tx.conn()).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}
