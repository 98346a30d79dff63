//! Counts of what waits, for those who watch the server.

use super::{ReadTx, StoreError};

const CHANGES: &str = "SELECT CAST(COALESCE(SUM(head), 0) AS BIGINT) FROM feeds";
const HELD: &str = "SELECT org_unit, COUNT(*) FROM held WHERE state = 'waiting' GROUP BY org_unit ORDER BY org_unit";
const PARKED: &str = "SELECT org_unit, COUNT(*) FROM parked GROUP BY org_unit ORDER BY org_unit";
const OUTBOXES: &str = "SELECT g.org_unit, CAST(SUM(d.waiting) AS BIGINT), MIN(d.last_seen_ms) FROM devices d \
                        JOIN (SELECT DISTINCT username, org_unit FROM grants) g ON g.username = d.username \
                        WHERE d.revoked_ms IS NULL AND d.waiting > 0 AND d.last_seen_ms IS NOT NULL \
                        GROUP BY g.org_unit ORDER BY g.org_unit";

/// What devices of one unit's people last said of their outboxes, of those that are not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbox {
    /// The unit on which their users have a role.
    pub unit: String,
    /// Changes in them.
    pub waiting: i64,
    /// When the longest silent of them was heard, ms.
    pub heard_ms: i64,
}

/// The number of changes in all feeds.
///
/// # Errors
/// [`StoreError`].
pub async fn changes(tx: &mut ReadTx) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar(CHANGES).fetch_one(tx.conn()).await?)
}

/// Changes that wait for a person, by unit.
///
/// # Errors
/// [`StoreError`].
pub async fn held(tx: &mut ReadTx) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(sqlx::query_as(HELD).fetch_all(tx.conn()).await?)
}

/// Changes that wait for earlier ones, by unit.
///
/// # Errors
/// [`StoreError`].
pub async fn parked(tx: &mut ReadTx) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(sqlx::query_as(PARKED).fetch_all(tx.conn()).await?)
}

/// The outboxes that are not empty, by unit.
///
/// # Errors
/// [`StoreError`].
pub async fn outboxes(tx: &mut ReadTx) -> Result<Vec<Outbox>, StoreError> {
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(OUTBOXES).fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(|(unit, waiting, heard_ms)| Outbox { unit, waiting, heard_ms }).collect())
}
