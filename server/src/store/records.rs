//! Record rows: what lists and filters see. Written in the transaction that stores the changes they come from.

use std::collections::BTreeMap;

use sync_core::{
    id::{RecordId, UnitCode},
    merge::{Contribution, Projection},
};

#[cfg(test)]
use super::rows::Listing;
use super::{
    ReadTx, StoreError, WriteTx,
    attention::OpenRecords,
    rows::{self, Insert, KeysOfUnit, keys_of_unit},
};

const PUT: Insert = Insert {
    head: "INSERT INTO records (org_unit, id, form, form_version, worker, created_ms, on_day, status, fields, conflicts, \
           conflicting, faults, faulty, comments, changes, touched, contribution) VALUES",
    columns: 17,
    tail: "ON CONFLICT (id) DO UPDATE SET org_unit = excluded.org_unit, form = excluded.form, form_version = excluded.form_version, \
           worker = excluded.worker, created_ms = excluded.created_ms, on_day = excluded.on_day, \
           status = excluded.status, fields = excluded.fields, conflicts = excluded.conflicts, \
           conflicting = excluded.conflicting, faults = excluded.faults, faulty = excluded.faulty, \
           comments = excluded.comments, changes = excluded.changes, touched = excluded.touched, \
           contribution = excluded.contribution",
};
const COUNTED: KeysOfUnit =
    keys_of_unit!("SELECT id, contribution, conflicts, faults, status FROM records WHERE", "id");
const GET: KeysOfUnit = keys_of_unit!(
    "SELECT id, form, form_version, worker, created_ms, on_day, status, fields, conflicts, conflicting, faults, faulty, \
     comments, changes, touched, contribution FROM records WHERE",
    "id"
);
const IDS: &str = "SELECT id FROM records WHERE org_unit = $1 ORDER BY id";
const CLEAR: &str = "DELETE FROM records WHERE org_unit = $1";

/// What is looked up of several records at a time.
#[cfg(test)]
pub(super) const LISTINGS: [&Listing; 2] = [&COUNTED.sqlite, &GET.sqlite];

/// A record's row, column by column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RecordColumns {
    pub id: RecordId,
    pub form: String,
    pub form_version: i64,
    pub worker: String,
    pub created_ms: i64,
    pub on_day: Option<String>,
    pub status: String,
    /// The values, as JSON.
    pub fields: String,
    pub conflicts: i64,
    /// The paths of the fields in conflict, as a JSON list.
    pub conflicting: String,
    pub faults: i64,
    /// The faults, as a JSON list.
    pub faulty: String,
    pub comments: i64,
    pub changes: i64,
    /// The position of its last change.
    pub touched: i64,
    /// What it adds to the tallies, as JSON.
    pub contribution: Option<String>,
}

impl RecordColumns {
    /// The row of a record whose last change stands at position `touched`.
    pub(crate) fn of(row: &Projection, touched: u64) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            form: row.form.to_string(),
            form_version: row.form_version.into(),
            worker: row.worker.to_string(),
            created_ms: row.created_ms,
            on_day: row.on.map(|day| day.to_string()),
            status: row.status.word().into(),
            fields: json(&row.values)?,
            conflicts: rows::number(row.conflicts.len() as u64),
            conflicting: json(&row.conflicts)?,
            faults: rows::number(row.faults.len() as u64),
            faulty: json(&row.faults)?,
            comments: row.comments.into(),
            changes: row.changes.into(),
            touched: rows::number(touched),
            contribution: row.contribution.as_ref().map(json).transpose()?,
        })
    }

    /// The names of the columns in which two rows differ.
    pub(crate) fn differing(&self, other: &Self) -> Vec<&'static str> {
        macro_rules! differing {
            ($($column:ident),+) => {
                [$((stringify!($column), self.$column == other.$column)),+]
            };
        }
        let columns = differing![
            form,
            form_version,
            worker,
            created_ms,
            on_day,
            status,
            fields,
            conflicts,
            conflicting,
            faults,
            faulty,
            comments,
            changes,
            touched,
            contribution
        ];
        columns.into_iter().filter(|(_, same)| !same).map(|(column, _)| column).collect()
    }
}

/// Inserts or replaces rows of records of one org unit.
pub(crate) async fn put(tx: &mut WriteTx, unit: &UnitCode, records: &[RecordColumns]) -> Result<(), StoreError> {
    PUT.rows(tx, records, |q, row| {
        let q = q.bind(unit.to_string()).bind(row.id.as_bytes().to_vec()).bind(row.form.clone()).bind(row.form_version);
        let q = q.bind(row.worker.clone()).bind(row.created_ms).bind(row.on_day.clone()).bind(row.status.clone());
        let q = q.bind(row.fields.clone()).bind(row.conflicts).bind(row.conflicting.clone()).bind(row.faults);
        let q = q.bind(row.faulty.clone()).bind(row.comments).bind(row.changes).bind(row.touched);
        q.bind(row.contribution.clone())
    })
    .await
}

/// What a record's row counts for where rows are counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counted {
    /// What it adds to the tallies.
    pub contribution: Option<Contribution>,
    /// What it adds to those that somebody should look at.
    pub open: OpenRecords,
}

/// What these records of one org unit count for now, as far as they have rows.
pub(crate) async fn counted(
    tx: &mut ReadTx,
    unit: &UnitCode,
    records: &[RecordId],
) -> Result<BTreeMap<RecordId, Counted>, StoreError> {
    type Row = (Vec<u8>, Option<String>, i64, i64, String);
    let mut found = BTreeMap::new();
    for (sql, stretch) in COUNTED.of(tx.engine()).stretches(tx.engine(), records) {
        let query = sqlx::query_as(sql).bind(unit.as_str());
        let query = stretch.into_iter().fold(query, |q, id| q.bind(id.as_bytes().to_vec()));
        let stored: Vec<Row> = query.fetch_all(tx.conn()).await?;
        for (id, contribution, conflicts, faults, status) in stored {
            let id = rows::record(&id)?;
            let contribution = contribution.map(|text| serde_json::from_str(&text)).transpose();
            let contribution =
                contribution.map_err(|e| StoreError::damaged(format_args!("the contribution of record {id}: {e}")))?;
            found.insert(id, Counted { contribution, open: OpenRecords::of_row(conflicts, faults, &status) });
        }
    }
    Ok(found)
}

/// The rows of these records of one org unit, as far as there are any.
pub(crate) async fn get(
    tx: &mut ReadTx,
    unit: &UnitCode,
    records: &[RecordId],
) -> Result<BTreeMap<RecordId, RecordColumns>, StoreError> {
    use sqlx::Row;
    let mut found = BTreeMap::new();
    for (sql, stretch) in GET.of(tx.engine()).stretches(tx.engine(), records) {
        let query = sqlx::query(sql).bind(unit.as_str());
        let query = stretch.into_iter().fold(query, |q, id| q.bind(id.as_bytes().to_vec()));
        for row in query.fetch_all(tx.conn()).await? {
            let id = rows::record(row.try_get(0)?)?;
            let columns = RecordColumns {
                id,
                form: row.try_get(1)?,
                form_version: row.try_get(2)?,
                worker: row.try_get(3)?,
                created_ms: row.try_get(4)?,
                on_day: row.try_get(5)?,
                status: row.try_get(6)?,
                fields: row.try_get(7)?,
                conflicts: row.try_get(8)?,
                conflicting: row.try_get(9)?,
                faults: row.try_get(10)?,
                faulty: row.try_get(11)?,
                comments: row.try_get(12)?,
                changes: row.try_get(13)?,
                touched: row.try_get(14)?,
                contribution: row.try_get(15)?,
            };
            found.insert(id, columns);
        }
    }
    Ok(found)
}

/// The names of all records that have a row in one org unit, ascending.
pub(crate) async fn ids(tx: &mut ReadTx, unit: &UnitCode) -> Result<Vec<RecordId>, StoreError> {
    let found: Vec<Vec<u8>> = sqlx::query_scalar(IDS).bind(unit.as_str()).fetch_all(tx.conn()).await?;
    found.iter().map(|id| rows::record(id)).collect()
}

/// Removes the rows of one org unit, to be computed anew.
pub(crate) async fn clear(tx: &mut WriteTx, unit: &UnitCode) -> Result<(), StoreError> {
    sqlx::query(CLEAR).bind(unit.as_str()).execute(tx.conn()).await?;
    Ok(())
}

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::damaged)
}
