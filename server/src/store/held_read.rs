//! Held changes as people see them: those about which somebody must still decide, without their bytes.

use sync_core::{
    gate::ReasonCode,
    id::{ChangeHash, RecordId, UnitCode, Username},
};

use super::{ReadTx, StoreError, rows};

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
