//! What briefings are made of beside totals: records that count, newest first, as the tables have them, or as the changes up to
//! some position say; and what is still open.

use std::{collections::BTreeMap, sync::Arc};

use sync_core::{
    id::{Day, FormId, RecordId, UnitCode, Username},
    merge::Contribution,
};

use super::{
    ReadTx, StoreError,
    catalog::Directory,
    recompute::{self, RECORDS},
    rows::{self, Listing},
    unit::UnitPath,
};
use crate::report::Period;

const COUNTED: &str = "SELECT r.id, r.org_unit, r.form, r.form_version, r.worker, r.created_ms, r.status, r.conflicts, r.fields, \
                       r.contribution FROM org_units u JOIN records r ON r.org_unit = u.code \
                       WHERE u.path >= $1 AND u.path < $2 AND r.on_day >= $3 AND r.on_day <= $4 AND r.contribution IS NOT NULL \
                       AND ($5 = '' OR r.form = $5) AND ($6 = '' OR r.worker = $6) \
                       AND (r.on_day < $7 OR (r.on_day = $7 AND (r.created_ms < $8 OR (r.created_ms = $8 AND r.id < $9)))) \
                       ORDER BY r.on_day DESC, r.created_ms DESC, r.id DESC LIMIT $10";
const OPEN: &str = "SELECT CAST(COALESCE(SUM(CASE WHEN r.conflicts > 0 THEN 1 ELSE 0 END), 0) AS BIGINT), \
                    CAST(COALESCE(SUM(CASE WHEN r.status = 'returned' THEN 1 ELSE 0 END), 0) AS BIGINT), \
                    CAST(COALESCE(SUM(CASE WHEN r.status = 'changed' THEN 1 ELSE 0 END), 0) AS BIGINT) \
                    FROM org_units u JOIN records r ON r.org_unit = u.code \
                    WHERE u.path >= $1 AND u.path < $2 AND r.on_day >= $3 AND r.on_day <= $4 \
                    AND ($5 = '' OR r.worker = $5) AND (r.conflicts > 0 OR r.status IN ('returned', 'changed'))";
const HELD: &str = "SELECT COUNT(*) FROM held h JOIN org_units u ON u.code = h.org_unit WHERE u.path >= $1 AND u.path < $2 \
                    AND h.received_ms <= $3 AND (h.state = 'waiting' OR h.decided_ms > $3) AND ($4 = '' OR h.username = $4)";
const KNOWN: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM grants g JOIN org_units u ON u.code = g.org_unit WHERE g.username = $1 \
                     AND ((u.path >= $2 AND u.path < $3) OR SUBSTR($2, 1, LENGTH(u.path)) = u.path) \
                     UNION ALL SELECT 1 FROM org_units u JOIN records r ON r.org_unit = u.code \
                     WHERE r.worker = $1 AND u.path >= $2 AND u.path < $3) known";
const NAMES: Listing = Listing { head: "SELECT username, name FROM users WHERE username IN", tail: "" };

/// A record that counts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Counted {
    pub id: RecordId,
    pub unit: UnitCode,
    pub form: FormId,
    pub form_version: u32,
    pub worker: Username,
    pub created_ms: i64,
    /// Where it stands, as a word.
    pub status: String,
    pub has_conflict: bool,
    /// The values shown, as a JSON object.
    pub values: serde_json::Value,
    pub contribution: Contribution,
}

/// The place of a record among those that count: by day, then by the time of writing.
pub(crate) type Place = (Day, i64, RecordId);

impl Counted {
    /// Its place.
    pub(crate) fn place(&self) -> Place {
        (self.contribution.on, self.created_ms, self.id)
    }
}

/// Which records that count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CountedFilter<'a> {
    /// This unit and all below it.
    pub below: &'a UnitPath,
    pub period: Period,
    pub form: Option<&'a FormId>,
    pub worker: Option<&'a Username>,
}

/// The records that count, newest first, behind `after`; at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn counted(
    tx: &mut ReadTx,
    filter: CountedFilter<'_>,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Counted>, StoreError> {
    type Row = (Vec<u8>, String, String, i64, String, i64, String, i64, String, String);
    let CountedFilter { below, period, form, worker } = filter;
    let (day, time, id) = match after {
        Some((day, time, id)) => (day.to_string(), time, id.as_bytes().to_vec()),
        // Behind every day.
        None => ("9999".to_owned(), i64::MAX, Vec::new()),
    };
    let query = sqlx::query_as(COUNTED).bind(below.as_str()).bind(below.end());
    let query = query.bind(period.from.to_string()).bind(period.to.to_string());
    let query = query.bind(form.map_or("", FormId::as_str)).bind(worker.map_or("", Username::as_str));
    let found: Vec<Row> = query.bind(day).bind(time).bind(id).bind(limit).fetch_all(tx.conn()).await?;
    found.into_iter().map(read).collect::<Result<_, StoreError>>()
}

fn read(
    (id, unit, form, version, worker, created_ms, status, conflicts, values, contribution): (
        Vec<u8>,
        String,
        String,
        i64,
        String,
        i64,
        String,
        i64,
        String,
        String,
    ),
) -> Result<Counted, StoreError> {
    Ok(Counted {
        id: rows::record(&id)?,
        unit: rows::unit(&unit)?,
        form: form.parse().map_err(StoreError::damaged)?,
        form_version: u32::try_from(version).map_err(StoreError::damaged)?,
        worker: rows::username(&worker)?,
        created_ms,
        status,
        has_conflict: conflicts > 0,
        values: serde_json::from_str(&values).map_err(StoreError::damaged)?,
        contribution: serde_json::from_str(&contribution).map_err(StoreError::damaged)?,
    })
}

/// How many records want somebody's attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OpenWork {
    /// With values that disagree.
    pub conflicts: i64,
    /// Sent back to their worker.
    pub returned: i64,
    /// Changed since they were approved.
    pub changed: i64,
}

/// What is open among the records of a unit and all below it whose day lies in a period.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn open(
    tx: &mut ReadTx,
    below: &UnitPath,
    period: Period,
    worker: Option<&Username>,
) -> Result<OpenWork, StoreError> {
    let query = sqlx::query_as(OPEN).bind(below.as_str()).bind(below.end());
    let query = query.bind(period.from.to_string()).bind(period.to.to_string());
    let (conflicts, returned, changed) = query.bind(worker.map_or("", Username::as_str)).fetch_one(tx.conn()).await?;
    Ok(OpenWork { conflicts, returned, changed })
}

/// How many changes for a unit and all below it had come by a moment about which nobody had decided by then; of those that are
/// still kept.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn held(
    tx: &mut ReadTx,
    below: &UnitPath,
    at_ms: i64,
    worker: Option<&Username>,
) -> Result<i64, StoreError> {
    let query = sqlx::query_scalar(HELD).bind(below.as_str()).bind(below.end()).bind(at_ms);
    Ok(query.bind(worker.map_or("", Username::as_str)).fetch_one(tx.conn()).await?)
}

/// Whether a user has a role at, above or below a unit, or records there: else whoever may see that unit need not know of them.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn is_known(tx: &mut ReadTx, below: &UnitPath, user: &Username) -> Result<bool, StoreError> {
    let query = sqlx::query_scalar(KNOWN).bind(user.as_str()).bind(below.as_str()).bind(below.end());
    let found: i64 = query.fetch_one(tx.conn()).await?;
    Ok(found > 0)
}

/// The names of users, as people write them.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn names(tx: &mut ReadTx, users: &[Username]) -> Result<BTreeMap<Username, String>, StoreError> {
    let mut names = BTreeMap::new();
    for (sql, stretch) in NAMES.stretches(tx.engine(), users) {
        let query = stretch.into_iter().fold(sqlx::query_as(sql), |q, user| q.bind(user.as_str()));
        let found: Vec<(String, String)> = query.fetch_all(tx.conn()).await?;
        for (user, name) in found {
            names.insert(rows::username(&user)?, name);
        }
    }
    Ok(names)
}

/// What the changes of a feed up to a position say, read record by record: at most [`RECORDS`] are in memory at once, and they are
/// put together aside from the threads that answer requests.
#[derive(Debug)]
pub(crate) struct Replay {
    unit: UnitCode,
    upto: u64,
    directory: Arc<Directory>,
    after: Option<RecordId>,
    is_over: bool,
}

impl Replay {
    /// Of the feed of `unit`, up to and including position `upto`.
    pub(crate) fn new(unit: UnitCode, upto: u64, directory: Arc<Directory>) -> Self {
        Self { unit, upto, directory, after: None, is_over: upto == 0 }
    }

    /// The next records that counted by then; `None` behind the last. May be empty.
    ///
    /// # Errors
    /// [`StoreError`], also when a record cannot be put together: a briefing that silently leaves it out would be wrong.
    pub(crate) async fn next(&mut self, tx: &mut ReadTx) -> Result<Option<Vec<Counted>>, StoreError> {
        if self.is_over {
            return Ok(None);
        }
        let records = recompute::records_upto(tx, &self.unit, self.upto, self.after).await?;
        self.after = records.last().map(|(id, _)| *id);
        self.is_over = records.len() < RECORDS;
        let mut counted = Vec::new();
        for (id, computed) in recompute::rows_upto(tx, &self.unit, &records, Some(self.upto), &self.directory).await? {
            let (_, row) = computed.map_err(|e| StoreError::damaged(format_args!("record {id}: {e}")))?;
            let Some(contribution) = row.contribution else { continue };
            counted.push(Counted {
                id,
                unit: row.unit,
                form: row.form,
                form_version: row.form_version,
                worker: row.worker,
                created_ms: row.created_ms,
                status: row.status.word().to_owned(),
                has_conflict: !row.conflicts.is_empty(),
                values: serde_json::to_value(&row.values).map_err(StoreError::damaged)?,
                contribution,
            });
        }
        Ok(Some(counted))
    }
}
