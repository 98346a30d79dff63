//! Records as people ask for them: a page of a list, or one record's row.

use sync_core::{
    id::{Day, FormId, RecordId, UnitCode, Username},
    record::Status,
};

use super::{ReadTx, StoreError, unit::UnitPath};

macro_rules! rows {
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
const PAGE: &str = rows!(
    "r.org_unit IN (SELECT v.code FROM grants g JOIN org_units t ON t.code = g.org_unit \
     JOIN org_units v ON SUBSTR(v.path, 1, LENGTH(t.path)) = t.path \
     WHERE g.username = $1 AND v.path >= $2 AND v.path < $3) \
     AND ($4 = '' OR r.form = $4) AND ($5 = '' OR r.on_day >= $5) AND ($6 = '' OR r.on_day <= $6) \
     AND ($7 = '' OR r.status = $7) AND ($12 = '' OR r.worker = $12) \
     AND ($13 = '' OR REPLACE(r.fields, $13, '') <> r.fields) \
     AND ($8 = '' OR ($8 = 'conflict' AND r.conflicts > 0) OR ($8 = 'fault' AND r.faults > 0) \
     OR ($8 = 'comment' AND r.comments > 0) OR ($8 = 'held' AND EXISTS \
     (SELECT 1 FROM held h WHERE h.record = r.id AND h.state = 'waiting'))) \
     AND (r.created_ms < $9 OR (r.created_ms = $9 AND r.id < $10)) \
     ORDER BY r.created_ms DESC, r.id DESC LIMIT $11"
);
const ONE: &str = rows!("r.id = $1");

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

/// The records behind `after`, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn page(
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
