//! How much waits for somebody, below a unit.

use super::{ReadTx, StoreError, enrolled, unit::UnitPath};

/// Counts records along an index of those alone; the units are looked up, not led by.
macro_rules! records {
    ($where:literal) => {
        concat!(
            "SELECT COUNT(*) FROM records r WHERE ",
            $where,
            " AND r.org_unit || '' IN (SELECT v.code FROM org_units v WHERE v.path >= $1 AND v.path < $2)"
        )
    };
}

const CONFLICTS: &str = records!("r.conflicts > 0");
const FAULTS: &str = records!("r.faults > 0");
const CHANGED: &str = records!("r.status = 'changed'");
const RETURNED: &str = records!("r.status = 'returned'");
const HELD: &str = "SELECT COUNT(*) FROM held h WHERE h.state = 'waiting' AND h.org_unit IN \
                    (SELECT v.code FROM org_units v WHERE v.path >= $1 AND v.path < $2)";

/// Records that somebody should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenRecords {
    /// With values that disagree.
    pub conflicts: i64,
    /// With values that break a rule of the form.
    pub faults: i64,
    /// Changed since they were approved.
    pub changed: i64,
    /// Returned to their workers.
    pub returned: i64,
}

/// The records at and below `top` that somebody should look at.
///
/// # Errors
/// [`StoreError`].
pub async fn open_records(tx: &mut ReadTx, top: &UnitPath) -> Result<OpenRecords, StoreError> {
    Ok(OpenRecords {
        conflicts: count(tx, CONFLICTS, top).await?,
        faults: count(tx, FAULTS, top).await?,
        changed: count(tx, CHANGED, top).await?,
        returned: count(tx, RETURNED, top).await?,
    })
}

/// The changes sent for a unit at or below `top` that wait for a decision.
///
/// # Errors
/// [`StoreError`].
pub async fn held(tx: &mut ReadTx, top: &UnitPath) -> Result<i64, StoreError> {
    count(tx, HELD, top).await
}

/// The devices of users with a role at or below `top` that have not synced for [`enrolled::SILENT_DAYS`], or never.
///
/// # Errors
/// [`StoreError`].
pub async fn silent_devices(tx: &mut ReadTx, top: &UnitPath, now_ms: i64) -> Result<i64, StoreError> {
    enrolled::silent(tx, Some(top), now_ms).await
}

async fn count(tx: &mut ReadTx, sql: &'static str, top: &UnitPath) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar(sql).bind(top.as_str()).bind(top.end()).fetch_one(tx.conn()).await?)
}
