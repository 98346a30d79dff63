//! What a person wants written into a record, and the change that it becomes.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};
use sync_core::{
    crdt::Change,
    form::{Fault, Form, Reading},
    gate::Reason,
    id::{ChangeHash, RecordId, UnitCode, Username},
    record::{Pen, Record, RecordError, Verdict, WriteError},
};
use thiserror::Error;

/// Something to be written into a record for a person.
#[derive(Clone, Debug)]
pub struct Dictation {
    /// The person.
    pub by: Username,
    /// The record.
    pub record: RecordId,
    /// Its unit.
    pub unit: UnitCode,
    /// What to write.
    pub what: Writing,
    /// The heads of the record as the person has seen it: if it has others by now, nothing is written. `None`: whatever it is.
    pub seen: Option<BTreeSet<ChangeHash>>,
}

/// What to write.
#[derive(Clone, Debug)]
pub enum Writing {
    /// A verdict.
    Review {
        /// The verdict.
        verdict: Verdict,
        /// Why.
        reason: String,
        /// For a void duplicate: the record that counts instead.
        duplicate_of: Option<RecordId>,
    },
    /// A comment.
    Comment(String),
    /// Values by field, as JSON; `null` empties. Of a group those of its entries that are named, by their keys: one that it does
    /// not have is added, one that is `null` is taken out.
    Fields(Map<String, Json>),
}

/// Why something was not written. Nothing was, then.
#[derive(Debug, Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the message of each says what it means")]
pub enum Unwritten {
    #[error("there is no record {0}")]
    RecordUnknown(RecordId),
    #[error("the record has changed since it was looked at")]
    Moved,
    #[error("{}", listed(.0))]
    Faults(Vec<Fault>),
    #[error("the form of the record is not known")]
    FormUnknown,
    #[error("there is no other record {0} that counts")]
    DuplicateOfNothing(RecordId),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("{0}")]
    NotTaken(Reason),
}

impl Unwritten {
    /// The stable word for it, in APIs and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::RecordUnknown(_) => "record_unknown",
            Self::Moved => "record_moved",
            Self::Faults(_) => "values_faulty",
            Self::FormUnknown => "form_unknown",
            Self::DuplicateOfNothing(_) => "duplicate_of_nothing",
            Self::Write(WriteError::Nothing) => "nothing_changed",
            Self::Write(WriteError::Field { .. }) => "field_kind",
            Self::Write(WriteError::Gate(reason)) | Self::NotTaken(reason) => reason.code.word(),
            Self::Write(_) => "record_damaged",
        }
    }
}

impl From<RecordError> for Unwritten {
    fn from(error: RecordError) -> Self {
        Self::Write(error.into())
    }
}

fn listed(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl Writing {
    /// The change that this becomes, on the record of these chunks. Takes as long as merging them does.
    pub(super) fn compose(
        &self,
        chunks: &[Vec<u8>],
        seen: Option<&BTreeSet<ChangeHash>>,
        form: impl FnOnce(&Record) -> Option<Form>,
        pen: Pen,
    ) -> Result<Change, Unwritten> {
        let changes = chunks.iter().map(|raw| Change::from_store(raw)).collect::<Result<Vec<_>, _>>();
        let mut record = Record::from_changes(&changes.map_err(RecordError::from)?)?;
        if seen.is_some_and(|seen| !record.document().heads().iter().eq(seen)) {
            return Err(Unwritten::Moved);
        }
        match self {
            Self::Review { verdict, reason, duplicate_of } => {
                Ok(record.review(*verdict, reason.trim(), *duplicate_of, pen)?)
            }
            Self::Comment(text) => Ok(record.comment(text.trim(), pen)?),
            Self::Fields(fields) => {
                let form = form(&record).ok_or(Unwritten::FormUnknown)?;
                let before = record.view().values;
                let had = form.validate(&before);
                let change =
                    record.edit(&form.edits(&before, fields, Reading::Sent).map_err(Unwritten::Faults)?, pen)?;
                let faults: Vec<Fault> =
                    form.validate(&record.view().values).into_iter().filter(|fault| !had.contains(fault)).collect();
                if faults.is_empty() { Ok(change) } else { Err(Unwritten::Faults(faults)) }
            }
        }
    }
}
