//! What a person wants written into a record, and the change that it becomes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};
use sync_core::{
    crdt::Change,
    form::{Fault, FaultCode, Field, Form, Kind},
    gate::Reason,
    id::{ChangeHash, FieldKey, RecordId, UnitCode, Username},
    record::{Edit, Pen, Record, RecordError, Value, Values, Verdict, WriteError},
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
                let change = record.edit(&edits(&form, &before, fields)?, pen)?;
                let faults: Vec<Fault> =
                    form.validate(&record.view().values).into_iter().filter(|fault| !had.contains(fault)).collect();
                if faults.is_empty() { Ok(change) } else { Err(Unwritten::Faults(faults)) }
            }
        }
    }
}

/// The edits that these fields mean, or everything that is wrong with them.
fn edits(form: &Form, present: &Values, fields: &Map<String, Json>) -> Result<Vec<Edit>, Unwritten> {
    let (mut edits, mut faults) = (Vec::new(), Vec::new());
    for (name, json) in fields {
        let field = name.parse::<FieldKey>().ok().and_then(|key| form.field(&key));
        let read = match (field, json) {
            (Some(field), Json::Null) if !field.required => Ok(vec![Edit::Clear(field.key.clone())]),
            (Some(Field { key, kind: Kind::Group { .. }, .. }), Json::Object(entries)) => {
                let present = match present.get(key) {
                    Some(Value::Group(entries)) => entries.clone(),
                    _ => BTreeMap::new(),
                };
                edits_of_group(form, key, &present, entries)
            }
            _ => form.read_json(name, json).map(|(key, value)| vec![Edit::Set(key, value)]),
        };
        match read {
            Ok(mut read) => edits.append(&mut read),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(edits) } else { Err(Unwritten::Faults(faults)) }
}

fn edits_of_group(
    form: &Form,
    group: &FieldKey,
    present: &BTreeMap<String, Values>,
    entries: &Map<String, Json>,
) -> Result<Vec<Edit>, Fault> {
    let mut edits = Vec::new();
    for (key, json) in entries {
        let known = present.get(key);
        let given = match json {
            Json::Null if known.is_some() => {
                edits.push(Edit::RemoveEntry(group.clone(), key.clone()));
                continue;
            }
            Json::Object(given) => given,
            _ => return Err(Fault { field: format!("{group}/{key}"), code: FaultCode::UnknownField }),
        };
        // What is not named stays, and counts when the entry as a whole is looked at.
        let kept = known.into_iter().flatten().map(|(field, value)| (field.to_string(), value.to_json()));
        let whole: Map<String, Json> = kept.chain(given.clone()).collect();
        let (_, value) = form.read_json(group.as_str(), &Json::from_iter([(key.clone(), Json::from(whole))]))?;
        let Value::Group(mut read) = value else { continue };
        let mut values = read.remove(key).unwrap_or_default();
        edits.push(match known {
            Some(_) => {
                values.retain(|field, _| given.contains_key(field.as_str()));
                Edit::SetEntry(group.clone(), key.clone(), values)
            }
            None => Edit::AddEntry(group.clone(), values),
        });
    }
    Ok(edits)
}
