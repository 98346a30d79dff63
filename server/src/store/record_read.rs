//! Records' rows as people read them.

use sync_core::id::{Day, FormId, RecordId, UnitCode, Username};

use super::{
    ReadTx, StoreError,
    rows::{self, Listing},
    unit::UnitPath,
};
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

const MANY: Listing = Listing { head: listed!("r.id IN"), tail: "ORDER BY r.created_ms DESC, r.id DESC" };
/// The other records of a record's unit, day and form that are not void, but for those that somebody has told apart from it.
const SIBLINGS: &str = "SELECT s.fields FROM records r JOIN records s ON s.org_unit = r.org_unit AND s.on_day = r.on_day \
                        AND s.form = r.form AND s.id <> r.id WHERE r.org_unit = $1 AND r.id = $2 AND s.status <> 'void' \
                        AND NOT EXISTS (SELECT 1 FROM distinct_records d WHERE d.one_record = r.id AND d.other_record = s.id) \
                        AND NOT EXISTS (SELECT 1 FROM distinct_records d WHERE d.one_record = s.id AND d.other_record = r.id)";
const ONE: &str = listed!("r.id = $1");

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

    /// The record.
    pub(super) fn record(&self) -> Result<RecordId, StoreError> {
        rows::record(&self.id)
    }
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

/// Whether another record looks like the same event, and nobody has told the two apart.
pub(super) async fn has_twin(tx: &mut ReadTx, row: &ReadRow) -> Result<bool, StoreError> {
    let query = sqlx::query_scalar(SIBLINGS).bind(row.unit.as_str()).bind(row.id.as_bytes().to_vec());
    let siblings: Vec<String> = query.fetch_all(tx.conn()).await?;
    for values in siblings {
        if alike(&row.values, &serde_json::from_str(&values).map_err(StoreError::damaged)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The rows of these records, in the order of the list.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn many(tx: &mut ReadTx, records: &[RecordId]) -> Result<Vec<ReadRow>, StoreError> {
    let mut found = Vec::with_capacity(records.len());
    for (sql, stretch) in MANY.stretches(tx.engine(), records) {
        let query = stretch.into_iter().fold(sqlx::query(sql), |q, record| q.bind(record.as_bytes().to_vec()));
        let rows = query.fetch_all(tx.conn()).await?;
        found.extend(rows.iter().map(read_row).collect::<Result<Vec<_>, _>>()?);
    }
    Ok(found)
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
