//! A record's summary as stores give it back: lists are made of these, without opening a record.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use sync_core::{
    form::{Fault, Form},
    id::{ClockMs, Day, FormId, RecordId, UnitCode, Username},
    merge::Contribution,
    record::Status,
    replica::{Receipt, RecordRow},
};

/// A record's summary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Summary {
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
    /// The device's clock at its creation.
    pub created_ms: ClockMs,
    /// The day of the event, if a valid one is given.
    pub on: Option<Day>,
    /// Where it stands among reviewers.
    pub status: Status,
    /// The values shown.
    pub values: Map<String, Json>,
    /// The fields in which values disagree.
    pub conflicts: Vec<String>,
    /// Where the values break the form's rules.
    pub faults: Vec<Fault>,
    /// The number of comments.
    pub comments: u32,
    /// The number of changes.
    pub changes: u32,
    /// Where it stands between this device and the server.
    #[serde(flatten)]
    pub receipt: Receipt,
}

impl Summary {
    /// What the record adds to totals. `form` is the record's own version of its form.
    #[must_use]
    pub fn contribution(&self, form: &Form) -> Option<Contribution> {
        let read = self.values.iter().filter_map(|(key, value)| form.read_json(key, value).ok());
        Contribution::of(form, &read.collect(), self.on, self.status)
    }
}

impl From<&RecordRow> for Summary {
    fn from(row: &RecordRow) -> Self {
        let p = &row.projection;
        Self {
            id: p.id,
            unit: p.unit.clone(),
            form: p.form.clone(),
            form_version: p.form_version,
            worker: p.worker.clone(),
            created_ms: ClockMs(p.created_ms),
            on: p.on,
            status: p.status,
            values: p.values.iter().map(|(key, value)| (key.to_string(), value.to_json())).collect(),
            conflicts: p.conflicts.clone(),
            faults: p.faults.clone(),
            comments: p.comments,
            changes: p.changes,
            receipt: row.receipt.clone(),
        }
    }
}
