//! What the tables show of a record: computed from the record alone, so it can be thrown away and computed again.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    form::{Fault, Form},
    id::{Day, FormId, MeasureId, RecordId, UnitCode, Username},
    record::{Record, Status, Values, View},
};

/// The measure that every record that counts adds one to.
pub const RECORDS_MEASURE: &str = "records";

/// What a record adds to the tallies of its org unit and form on its day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// The day the event took place.
    pub on: Day,
    /// What is added to which measure, [`RECORDS_MEASURE`] among them; never zero.
    pub measures: BTreeMap<MeasureId, i64>,
}

impl Contribution {
    /// What a record of `form` with these values adds; nothing if it is void, or without a valid day.
    #[must_use]
    pub fn of(form: &Form, values: &Values, on: Option<Day>, status: Status) -> Option<Self> {
        let on = on.filter(|_| status != Status::Void)?;
        let mut measures = form.contributions(values);
        measures.extend(RECORDS_MEASURE.parse().ok().map(|m| (m, 1)));
        Some(Self { on, measures })
    }
}

/// A record's row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Projection {
    /// The record.
    pub id: RecordId,
    /// Its org unit.
    pub unit: UnitCode,
    /// Its form.
    pub form: FormId,
    /// Its form's version.
    pub form_version: u32,
    /// Who did the work.
    pub worker: Username,
    /// The device's clock at its creation, ms.
    pub created_ms: i64,
    /// The day of the event, if a valid one is given.
    pub on: Option<Day>,
    /// Where it stands.
    pub status: Status,
    /// The values shown.
    pub values: Values,
    /// The fields in which values disagree, ascending.
    pub conflicts: Vec<String>,
    /// Where the values break the form's rules.
    pub faults: Vec<Fault>,
    /// The number of comments.
    pub comments: u32,
    /// The number of changes.
    pub changes: u32,
    /// What it adds to the tallies; `None` for a void record, or one without a valid day.
    pub contribution: Option<Contribution>,
}

/// Computes a record's row. `form` is the record's own version of its form; without it there are neither faults nor measures.
#[must_use]
pub fn project(record: &Record, view: View, form: Option<&Form>) -> Projection {
    let header = record.header();
    let on_key = view.values.iter().find(|(key, _)| key.as_str() == crate::form::ON);
    let on = match on_key.map(|(_, value)| value) {
        Some(crate::record::Value::Text(text)) => text.parse::<Day>().ok(),
        _ => None,
    };
    let mut conflicts: Vec<String> = view.conflicts.iter().map(|c| c.field.clone()).collect();
    conflicts.sort_unstable();
    let contribution = form.and_then(|form| Contribution::of(form, &view.values, on, view.status));
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Projection {
        id: record.id(),
        unit: header.unit.clone(),
        form: header.form.clone(),
        form_version: header.form_version,
        worker: header.worker.clone(),
        created_ms: header.created.0,
        on,
        status: view.status,
        conflicts,
        faults: form.map(|f| f.validate(&view.values)).unwrap_or_default(),
        values: view.values,
        comments: count(view.comments.len()),
        changes: count(record.ledger().entries().len()),
        contribution,
    }
}
