//! Notes of refused changes: who sent what, and why it was refused; never the bytes.

use sync_core::{
    gate::{Reason, ReasonCode},
    id::{ActorKey, ChangeHash, UnitCode, Username},
};

use super::{
    ReadTx, StoreError, WriteTx,
    devices::DeviceId,
    rows::{self, Insert},
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

const PAGE: &str = "SELECT r.hash, r.device, d.username, r.org_unit, r.received_ms, r.reason, r.detail, r.bytes \
                    FROM refused r LEFT JOIN devices d ON d.id = r.device LEFT JOIN org_units u ON u.code = r.org_unit \
                    WHERE (($1 = 1 AND u.code IS NULL) OR r.org_unit IN (SELECT v.code FROM grants g JOIN org_units t \
                    ON t.code = g.org_unit JOIN org_units v ON SUBSTR(v.path, 1, LENGTH(t.path)) = t.path \
                    WHERE g.username = $2 AND g.role = 'administrator')) AND (r.received_ms < $3 OR (r.received_ms = $3 \
                    AND (r.hash > $4 OR (r.hash = $4 AND r.device > $5)))) \
                    ORDER BY r.received_ms DESC, r.hash, r.device LIMIT $6";
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

/// A note of a refused change, as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The change.
    pub hash: ChangeHash,
    /// The device that sent it.
    pub device: String,
    /// Whose device that is.
    pub username: Option<Username>,
    /// The unit that it was sent for.
    pub unit: UnitCode,
    /// When it came, ms.
    pub received_ms: i64,
    /// Why it was refused.
    pub reason: ReasonCode,
    /// What and where.
    pub detail: String,
    /// How large it was.
    pub bytes: i64,
}

/// The notes behind `after` (when one came, the change, the device), newest first, at most `limit`: those of the units that an
/// administrator runs, and if `unplaced`, those of units that do not exist.
///
/// # Errors
/// [`StoreError`].
pub async fn page(
    tx: &mut ReadTx,
    reader: &Username,
    unplaced: bool,
    (received_ms, hash, device): (i64, ChangeHash, &str),
    limit: i64,
) -> Result<Vec<Refusal>, StoreError> {
    type Row = (Vec<u8>, String, Option<String>, String, i64, i64, String, i64);
    let query = sqlx::query_as(PAGE).bind(i64::from(unplaced)).bind(reader.as_str()).bind(received_ms);
    let found: Vec<Row> = query.bind(hash.0.to_vec()).bind(device).bind(limit).fetch_all(tx.conn()).await?;
    let read = |(hash, device, username, unit, received_ms, reason, detail, bytes): Row| {
        let reason = u16::try_from(reason).map_err(StoreError::damaged)?;
        Ok(Refusal {
            hash: rows::hash(&hash)?,
            device,
            username: username.as_deref().map(rows::username).transpose()?,
            unit: rows::unit(&unit)?,
            received_ms,
            reason: ReasonCode::from_number(reason),
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
