//! Notes of refused changes: who sent what, and why it was refused; never the bytes.

use sync_core::{
    gate::Reason,
    id::{ActorKey, ChangeHash, UnitCode},
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
