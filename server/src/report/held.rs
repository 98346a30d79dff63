//! What a held change would do, if it was let in.

use serde::Serialize;
use sync_core::{
    crdt::Change,
    id::{FormId, UnitCode, Username},
    record::{Act, Record, RecordError},
};
use utoipa::ToSchema;

use crate::api::Moment;

/// What a held change would do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeldContent {
    /// The form of its record.
    #[schema(value_type = String)]
    pub form: FormId,
    /// The unit of its record.
    #[schema(value_type = String)]
    pub unit: UnitCode,
    /// Who did the work.
    #[schema(value_type = String)]
    pub worker: Username,
    /// Whether the record begins with it.
    pub began: bool,
    /// When it was written, by the device's clock.
    pub time: Moment,
    /// What it does, as in a record's history.
    #[schema(value_type = Vec<Object>)]
    pub acts: Vec<Act>,
}

impl HeldContent {
    /// Puts `change` upon what it builds on. Takes as long as merging that does.
    ///
    /// # Errors
    /// [`RecordError`] when it does not fit there, e.g. because an earlier change is missing.
    pub fn of(before: Vec<Change>, change: Change) -> Result<Option<Self>, RecordError> {
        let (hash, began) = (change.hash(), before.is_empty());
        let changes: Vec<Change> = before.into_iter().chain([change]).collect();
        let record = Record::from_changes(&changes)?;
        let header = record.header();
        let event = record.history()?.into_iter().find(|event| event.hash == hash);
        Ok(event.map(|event| Self {
            form: header.form.clone(),
            unit: header.unit.clone(),
            worker: header.worker.clone(),
            began,
            time: Moment(event.time),
            acts: event.acts,
        }))
    }
}
