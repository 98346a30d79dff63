//! How much waits for somebody, below a unit.

use sync_core::{id::UnitCode, record::Status};

use super::{ReadTx, StoreError, WriteTx, enrolled, records::RecordColumns, rows::Insert, unit::UnitPath};

const OPEN: &str = "SELECT CAST(COALESCE(SUM(o.conflicts), 0) AS BIGINT), CAST(COALESCE(SUM(o.faults), 0) AS BIGINT), \
                    CAST(COALESCE(SUM(o.changed), 0) AS BIGINT), CAST(COALESCE(SUM(o.returned), 0) AS BIGINT) \
                    FROM org_units v JOIN attention o ON o.org_unit = v.code WHERE v.path >= $1 AND v.path < $2";
const OPEN_OF_UNIT: &str = "SELECT conflicts, faults, changed, returned FROM attention WHERE org_unit = $1";
const MOVE: Insert = Insert {
    head: "INSERT INTO attention (org_unit, conflicts, faults, changed, returned) VALUES",
    columns: 5,
    tail: "ON CONFLICT (org_unit) DO UPDATE SET conflicts = attention.conflicts + excluded.conflicts, \
           faults = attention.faults + excluded.faults, changed = attention.changed + excluded.changed, \
           returned = attention.returned + excluded.returned",
};
const CLEAR: &str = "DELETE FROM attention WHERE org_unit = $1";
const HELD: &str = "SELECT COUNT(*) FROM held h WHERE h.state = 'waiting' AND h.org_unit IN \
                    (SELECT v.code FROM org_units v WHERE v.path >= $1 AND v.path < $2)";

/// Records that somebody should look at: how many there are, or by how many more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

impl OpenRecords {
    /// What a record's row counts for.
    pub(crate) fn of(row: &RecordColumns) -> Self {
        Self::of_row(row.conflicts, row.faults, &row.status)
    }

    /// The same, of the columns that tell it.
    pub(super) fn of_row(conflicts: i64, faults: i64, status: &str) -> Self {
        Self {
            conflicts: (conflicts > 0).into(),
            faults: (faults > 0).into(),
            changed: (status == Status::Changed.word()).into(),
            returned: (status == Status::Returned.word()).into(),
        }
    }

    /// These and others.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            conflicts: self.conflicts + other.conflicts,
            faults: self.faults + other.faults,
            changed: self.changed + other.changed,
            returned: self.returned + other.returned,
        }
    }

    /// These without others.
    pub(crate) fn minus(self, other: Self) -> Self {
        let Self { conflicts, faults, changed, returned } = other;
        self.plus(Self { conflicts: -conflicts, faults: -faults, changed: -changed, returned: -returned })
    }
}

/// The records at and below `top` that somebody should look at.
///
/// # Errors
/// [`StoreError`].
pub async fn open_records(tx: &mut ReadTx, top: &UnitPath) -> Result<OpenRecords, StoreError> {
    Ok(open(sqlx::query_as(OPEN).bind(top.as_str()).bind(top.end()).fetch_one(tx.conn()).await?))
}

/// The same, of one org unit alone.
pub(super) async fn open_records_of(tx: &mut ReadTx, unit: &UnitCode) -> Result<OpenRecords, StoreError> {
    let found = sqlx::query_as(OPEN_OF_UNIT).bind(unit.as_str()).fetch_optional(tx.conn()).await?;
    Ok(found.map(open).unwrap_or_default())
}

fn open((conflicts, faults, changed, returned): (i64, i64, i64, i64)) -> OpenRecords {
    OpenRecords { conflicts, faults, changed, returned }
}

/// Moves what is kept of an org unit.
pub(crate) async fn shift(tx: &mut WriteTx, unit: &UnitCode, by: OpenRecords) -> Result<(), StoreError> {
    if by == OpenRecords::default() {
        return Ok(());
    }
    MOVE.rows(tx, &[by], |q, by| {
        q.bind(unit.to_string()).bind(by.conflicts).bind(by.faults).bind(by.changed).bind(by.returned)
    })
    .await
}

/// Removes what is kept of an org unit, to be computed anew.
pub(super) async fn clear(tx: &mut WriteTx, unit: &UnitCode) -> Result<(), StoreError> {
    sqlx::query(CLEAR).bind(unit.as_str()).execute(tx.conn()).await?;
    Ok(())
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
