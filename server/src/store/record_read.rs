//! Records as people ask for them: a page of a list, or one record's row.

use sync_core::{
    id::{Day, FormId, RecordId, UnitCode, Username},
    record::Status,
};

use super::{ReadTx, StoreError, rows, unit::UnitPath};
use crate::report::alike;

macro_rules! listed {
    ($where:literal) => {
        concat!(
            "SELECT r.created_ms, r.id, r.org_unit, u.path, r.form, r.form_version, r.worker, r.on_day, r.status, r.fields, \
             r.conflicting, r.faulty, r.comments, r.changes, \
             (SELECT COUNT(*) FROM held h WHERE h.record = r.id AND h.state = 'waiting') AS held \
             FROM records r JOIN org_units u ON u.code = r.org_unit WHERE ",
            $where
        )
    };
}

/// Newest first by the time of writing, which never changes: whoever walks through the pages meets each record once, however
/// much is edited meanwhile.
const PAGE: &str = listed!(
    "r.org_unit IN (SELECT v.code FROM grants g JOIN org_units t ON t.code = g.org_unit \
     JOIN org_units v ON SUBSTR(v.path, 1, LENGTH(t.path)) = t.path \
     WHERE g.username = $1 AND v.path >= $2 AND v.path < $3) \
     AND ($4 = '' OR r.form = $4) AND ($5 = '' OR r.on_day >= $5) AND ($6 = '' OR r.on_day <= $6) \
     AND ($7 = '' OR r.status = $7) AND ($12 = '' OR r.worker = $12) \
     AND ($13 = '' OR REPLACE(r.fields, $13, '') <> r.fields) \
     AND ($8 = '' OR ($8 = 'conflict' AND r.conflicts > 0) OR ($8 = 'fault' AND r.faults > 0) \
     OR ($8 = 'comment' AND r.comments > 0) OR ($8 = 'held' AND EXISTS \
     (SELECT 1 FROM held h WHERE h.record = r.id AND h.state = 'waiting')) \
     OR ($8 = 'duplicate' AND r.status <> 'void' AND EXISTS (SELECT 1 FROM records s WHERE s.org_unit = r.org_unit \
     AND s.on_day = r.on_day AND s.form = r.form AND s.id <> r.id AND s.status <> 'void'))) \
     AND (r.created_ms < $9 OR (r.created_ms = $9 AND r.id < $10)) \
     ORDER BY r.created_ms DESC, r.id DESC LIMIT $11"
);
/// The other records of a record's unit, day and form that are not void, but for those that somebody has told apart from it.
const SIBLINGS: &str = "SELECT s.fields FROM records r JOIN records s ON s.org_unit = r.org_unit AND s.on_day = r.on_day \
                        AND s.form = r.form AND s.id <> r.id WHERE r.org_unit = $1 AND r.id = $2 AND s.status <> 'void' \
                        AND NOT EXISTS (SELECT 1 FROM distinct_records d WHERE d.one_record = r.id AND d.other_record = s.id) \
                        AND NOT EXISTS (SELECT 1 FROM distinct_records d WHERE d.one_record = s.id AND d.other_record = r.id)";
const ONE: &str = listed!("r.id = $1");

/// What a record can have that somebody should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Has {
    /// A field in which values disagree.
    Conflict,
    /// A value that breaks a rule of the form.
    Fault,
    /// A change that waits for a decision.
    Held,
    /// A comment.
    Comment,
    /// Another record that looks like the same event.
    Duplicate,
}

/// Which records to list. What is `None` does not narrow.
#[derive(Clone, Debug)]
pub struct RecordFilter {
    /// Whoever asks: only what they may see is listed.
    pub reader: Username,
    /// A unit and all below it.
    pub below: Option<UnitPath>,
    /// All versions of a form.
    pub form: Option<FormId>,
    /// The first day; leaves out records without a valid one.
    pub from: Option<Day>,
    /// The last day; leaves out records without a valid one.
    pub to: Option<Day>,
    /// Where the record stands.
    pub status: Option<Status>,
    /// What it has.
    pub has: Option<Has>,
    /// Who did the work.
    pub worker: Option<Username>,
    /// What stands somewhere in its values, as JSON: exactly so. Every record that the rest lets through is read for it.
    pub text: Option<String>,
}

/// The place of a record in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListPosition {
    /// The time of writing by the device's clock, ms.
    pub created_ms: i64,
    /// The record's 16 bytes.
    pub id: [u8; 16],
}

impl ListPosition {
    /// Before the first record.
    pub const START: Self = Self { created_ms: i64::MAX, id: [0xff; 16] };
}

/// A record's row.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadRow {
    /// The record.
    pub id: RecordId,
    /// Its place in the list.
    pub position: ListPosition,
    /// Its unit.
    pub unit: UnitCode,
    /// Where that stands.
    pub path: UnitPath,
    /// Its form.
    pub form: FormId,
    /// Its form's version.
    pub form_version: i64,
    /// Who did the work.
    pub worker: Username,
    /// The day of the event.
    pub on: Option<Day>,
    /// Where it stands, as a word.
    pub status: String,
    /// The values shown, as JSON.
    pub values: serde_json::Value,
    /// The fields in which values disagree, as JSON.
    pub conflicts: serde_json::Value,
    /// The faults, as JSON.
    pub faults: serde_json::Value,
    /// How many comments there are.
    pub comments: i64,
    /// How many changes there are.
    pub changes: i64,
    /// How many changes of it wait for a decision.
    pub held: i64,
    /// Bytes of its values.
    pub bytes: usize,
}

/// Some records of a list.
#[derive(Debug)]
pub(crate) struct RecordPage {
    pub rows: Vec<ReadRow>,
    /// Behind which place the list goes on; `None` at its end.
    pub next: Option<ListPosition>,
}

/// The records behind `after`, at most `limit`. There may be fewer, though the list goes on: whether records look alike is decided
/// one by one.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn page(
    tx: &mut ReadTx,
    filter: &RecordFilter,
    after: ListPosition,
    limit: usize,
) -> Result<RecordPage, StoreError> {
    // One more than wanted, to know whether there is one.
    let mut rows = read(tx, filter, after, rows::number(limit as u64).saturating_add(1)).await?;
    let is_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| is_more).map(|row| row.position);
    if filter.has == Some(Has::Duplicate) {
        let mut doubtful = Vec::with_capacity(rows.len());
        for row in rows {
            if has_twin(tx, &row).await? {
                doubtful.push(row);
            }
        }
        rows = doubtful;
    }
    Ok(RecordPage { rows, next })
}

/// Whether another record looks like the same event, and nobody has told the two apart.
async fn has_twin(tx: &mut ReadTx, row: &ReadRow) -> Result<bool, StoreError> {
    let query = sqlx::query_scalar(SIBLINGS).bind(row.unit.as_str()).bind(row.id.as_bytes().to_vec());
    let siblings: Vec<String> = query.fetch_all(tx.conn()).await?;
    for values in siblings {
        if alike(&row.values, &serde_json::from_str(&values).map_err(StoreError::damaged)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn read(
    tx: &mut ReadTx,
    filter: &RecordFilter,
    after: ListPosition,
    limit: i64,
) -> Result<Vec<ReadRow>, StoreError> {
    let (begin, end) = match &filter.below {
        Some(path) => (path.as_str().to_owned(), path.end()),
        None => ("/".into(), "0".into()),
    };
    let day = |day: Option<Day>| day.map(|d| d.to_string()).unwrap_or_default();
    let has = filter.has.map_or("", |has| match has {
        Has::Conflict => "conflict",
        Has::Fault => "fault",
        Has::Held => "held",
        Has::Comment => "comment",
        Has::Duplicate => "duplicate",
    });
    let query = sqlx::query(PAGE)
        .bind(filter.reader.as_str())
        .bind(begin)
        .bind(end)
        .bind(filter.form.as_ref().map_or("", |f| f.as_str()))
        .bind(day(filter.from))
        .bind(day(filter.to))
        .bind(filter.status.map_or("", Status::word))
        .bind(has)
        .bind(after.created_ms)
        .bind(after.id.to_vec())
        .bind(limit)
        .bind(filter.worker.as_ref().map_or("", |w| w.as_str()))
        .bind(filter.text.as_deref().map(in_json).unwrap_or_default());
    query.fetch_all(tx.conn()).await?.iter().map(read_row).collect()
}

/// A text as it stands within a JSON string.
fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// One record's row.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn one(tx: &mut ReadTx, id: &RecordId) -> Result<Option<ReadRow>, StoreError> {
    let query = sqlx::query(ONE).bind(id.as_bytes().to_vec());
    query.fetch_optional(tx.conn()).await?.as_ref().map(read_row).transpose()
}

fn read_row(row: &sqlx::any::AnyRow) -> Result<ReadRow, StoreError> {
    use sqlx::Row;
    let text = |index: usize| row.try_get::<String, _>(index);
    let json = |index: usize| -> Result<(usize, serde_json::Value), StoreError> {
        let text = text(index)?;
        Ok((text.len(), serde_json::from_str(&text).map_err(StoreError::damaged)?))
    };
    let id: Vec<u8> = row.try_get(1)?;
    let id = RecordId::try_from(id.as_slice()).map_err(StoreError::damaged)?;
    let on: Option<String> = row.try_get(7)?;
    let (bytes, values) = json(9)?;
    Ok(ReadRow {
        id,
        position: ListPosition { created_ms: row.try_get(0)?, id: *id.as_bytes() },
        unit: text(2)?.parse().map_err(StoreError::damaged)?,
        path: UnitPath::from_store(text(3)?)?,
        form: text(4)?.parse().map_err(StoreError::damaged)?,
        form_version: row.try_get(5)?,
        worker: text(6)?.parse().map_err(StoreError::damaged)?,
        on: on.map(|day| day.parse()).transpose().map_err(StoreError::damaged)?,
        status: text(8)?,
        values,
        conflicts: json(10)?.1,
        faults: json(11)?.1,
        comments: row.try_get(12)?,
        changes: row.try_get(13)?,
        held: row.try_get(14)?,
        bytes,
    })
}
