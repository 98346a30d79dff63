//! Every way to write a record: each is one change, made on the device that writes it.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};

use thiserror::Error;

use super::{
    layout::{self, Header},
    read::container,
    review::Verdict,
    state::{Record, RecordError},
    value::{Value, Values},
};
use crate::{
    crdt::{Cell, Change, Document, DocumentError, Object, Scalar, Writer},
    form::{Form, Kind},
    gate::{self, Reason},
    id::{ActorKey, ClockMs, FieldKey, RecordId},
};

/// Why something cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The write would change nothing.
    #[error("nothing would change")]
    Nothing,
    /// The field does not exist in this record, or is not of the kind that the edit is for.
    #[error("field {field}: {what}")]
    Field {
        /// The field.
        field: String,
        /// What is wrong.
        what: &'static str,
    },
    /// The gate would refuse the change; it is not made.
    #[error("not written: {0}")]
    Gate(Reason),
    /// The record cannot be put together.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl From<DocumentError> for WriteError {
    fn from(e: DocumentError) -> Self {
        match e {
            DocumentError::Nothing => Self::Nothing,
            other => Self::Record(other.into()),
        }
    }
}

/// Who writes, and when.
#[derive(Clone, Copy, Debug)]
pub struct Pen {
    /// The actor of this process.
    pub actor: ActorKey,
    /// The device's clock now.
    pub time: ClockMs,
}

/// One edit of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Sets a register, or a narrative (by the difference to what stands there), or a tally (by counting the difference).
    /// Settles a conflict, too.
    Set(FieldKey, Value),
    /// Empties a register.
    Clear(FieldKey),
    /// Counts on a tally.
    Count(FieldKey, i64),
    /// Adds an entry to a group.
    AddEntry(FieldKey, Values),
    /// Sets registers of a group's entry.
    SetEntry(FieldKey, String, Values),
    /// Empties a register of a group's entry.
    ClearEntry(FieldKey, String, FieldKey),
    /// Takes an entry out of a group; what others write into it meanwhile is kept in history.
    RemoveEntry(FieldKey, String),
}

impl Record {
    /// Begins a record of `form`. Its narratives, groups and tallies are made now, empty or not, and never again, so that
    /// two devices add to the same ones. The caller validates `values`; drafts with faults may be written.
    ///
    /// # Errors
    /// [`WriteError`]; then there is no record.
    pub fn create(form: &Form, header: Header, values: &Values, pen: Pen) -> Result<(Self, Change), WriteError> {
        let mut document = Document::new();
        let (change, parts) = document.write(pen.actor, header.created, |w| -> Result<(), WriteError> {
            let mut maps = Vec::with_capacity(layout::CONTAINERS.len());
            for name in layout::CONTAINERS {
                maps.push(w.make_map(Object::Root, name)?);
            }
            for (name, value) in layout::header_entries(&header) {
                w.put(maps[0], name, &value)?;
            }
            let fields = maps[1];
            for (key, value) in values {
                write_new(w, fields, key.as_str(), value)?;
            }
            for field in form.fields.iter().filter(|f| !values.contains_key(&f.key)) {
                match field.kind {
                    Kind::Narrative => w.make_text(fields, field.key.as_str(), "")?,
                    Kind::Tally { .. } => w.put(fields, field.key.as_str(), &Scalar::Tally(0))?,
                    Kind::Group { .. } => w.make_map(fields, field.key.as_str()).map(drop)?,
                    _ => {}
                }
            }
            Ok(())
        })?;
        gate::check(&super::ledger::Ledger::default(), &parts, change.raw().len()).map_err(WriteError::Gate)?;
        Ok((Self::new(header, document, &change, &parts)?, change))
    }

    /// Makes `edits` as one change. Edits that would change nothing are left out.
    ///
    /// # Errors
    /// [`WriteError`]; the record is as before then.
    pub fn edit(&mut self, edits: &[Edit], pen: Pen) -> Result<Change, WriteError> {
        let fields = self.container(layout::FIELDS)?;
        let present = self.document().clone();
        self.write(pen, |w| edits.iter().try_for_each(|edit| write_edit(w, &present, fields, edit)))
    }

    /// Adds a comment.
    ///
    /// # Errors
    /// [`WriteError`]; the record is as before then.
    pub fn comment(&mut self, text: &str, pen: Pen) -> Result<Change, WriteError> {
        let comments = self.container(layout::COMMENTS)?;
        self.write(pen, |w| {
            let entry = add_entry(w, comments)?;
            Ok(w.put(entry, "text", &Scalar::Text(text.into()))?)
        })
    }

    /// Gives a verdict on the record as it stands here.
    ///
    /// # Errors
    /// [`WriteError`]; the record is as before then.
    pub fn review(
        &mut self,
        verdict: Verdict,
        reason: &str,
        duplicate_of: Option<RecordId>,
        pen: Pen,
    ) -> Result<Change, WriteError> {
        let reviews = self.container(layout::REVIEWS)?;
        self.write(pen, |w| {
            let entry = add_entry(w, reviews)?;
            w.put(entry, "verdict", &Scalar::Text(verdict.word().into()))?;
            if !reason.is_empty() {
                w.put(entry, "reason", &Scalar::Text(reason.into()))?;
            }
            if let Some(other) = duplicate_of {
                w.put(entry, "duplicate_of", &Scalar::Text(other.to_string()))?;
            }
            Ok(())
        })
    }

    fn container(&self, name: &'static str) -> Result<Object, WriteError> {
        container(self.document(), name).ok_or(WriteError::Record(RecordError::NoBeginning))
    }

    /// Writes, and has the gate look at the result as the server will: what would be refused there is not made here.
    fn write(
        &mut self,
        pen: Pen,
        write: impl FnOnce(&mut Writer) -> Result<(), WriteError>,
    ) -> Result<Change, WriteError> {
        let before = self.document().clone();
        let (change, parts) = self.document_mut().write(pen.actor, pen.time, write)?;
        if let Err(reason) = gate::check(self.ledger(), &parts, change.raw().len()) {
            *self.document_mut() = before;
            return Err(WriteError::Gate(reason));
        }
        self.enter(&change, &parts)?;
        Ok(change)
    }
}

fn add_entry(w: &mut Writer, map: Object) -> Result<Object, DocumentError> {
    let key = layout::entry_key(w.next_op());
    w.make_map(map, &key)
}

fn scalar(value: &Value) -> Option<Scalar> {
    Some(match value {
        Value::Text(s) => Scalar::Text(s.clone()),
        Value::Integer(n) => Scalar::Integer(*n),
        Value::YesNo(b) => Scalar::YesNo(*b),
        Value::Tally(n) => Scalar::Tally(*n),
        Value::Narrative(_) | Value::Group(_) => return None,
    })
}

fn write_new(w: &mut Writer, object: Object, key: &str, value: &Value) -> Result<(), WriteError> {
    match value {
        Value::Narrative(text) => w.make_text(object, key, text)?,
        Value::Group(entries) => {
            let group = w.make_map(object, key)?;
            for values in entries.values() {
                write_entry(w, group, values)?;
            }
        }
        value => {
            if let Some(scalar) = scalar(value) {
                w.put(object, key, &scalar)?;
            }
        }
    }
    Ok(())
}

fn write_entry(w: &mut Writer, group: Object, values: &BTreeMap<FieldKey, Value>) -> Result<(), WriteError> {
    let entry = add_entry(w, group)?;
    values.iter().try_for_each(|(key, value)| write_new(w, entry, key.as_str(), value))
}

fn write_edit(w: &mut Writer, present: &Document, fields: Object, edit: &Edit) -> Result<(), WriteError> {
    let wrong = |key: &FieldKey, what| WriteError::Field { field: key.to_string(), what };
    match edit {
        Edit::Set(key, value) => {
            let name = key.as_str();
            let cells = present.cells(fields, name);
            match (cells.last().map(|(_, cell)| cell), value) {
                (Some(Cell::Text(text, old)), Value::Narrative(new)) => splice(w, *text, old, new)?,
                (Some(Cell::Scalar(Scalar::Tally(old))), Value::Tally(new)) => match new.saturating_sub(*old) {
                    0 => {}
                    by => w.increment(fields, name, by)?,
                },
                (Some(Cell::Text(..) | Cell::Map(_) | Cell::Scalar(Scalar::Tally(_))), _) => {
                    return Err(wrong(key, "is of another kind"));
                }
                (_, Value::Narrative(_) | Value::Tally(_) | Value::Group(_)) => {
                    return Err(wrong(key, "was not part of the record's form when it was made"));
                }
                (shown, value) => {
                    let Some(new) = scalar(value) else { return Err(wrong(key, "is of another kind")) };
                    // Writing what is shown settles a conflict; without one it would say nothing.
                    if cells.len() != 1 || shown != Some(&Cell::Scalar(new.clone())) {
                        w.put(fields, name, &new)?;
                    }
                }
            }
        }
        Edit::Clear(key) => match present.cells(fields, key.as_str()).last() {
            None => {}
            Some((_, Cell::Scalar(Scalar::Tally(_)) | Cell::Map(_))) => return Err(wrong(key, "cannot be cleared")),
            Some((_, Cell::Text(text, old))) => splice(w, *text, old, "")?,
            Some(_) => w.delete(fields, key.as_str())?,
        },
        Edit::Count(key, by) => match present.cells(fields, key.as_str()).last() {
            Some((_, Cell::Scalar(Scalar::Tally(_)))) if *by == 0 => {}
            Some((_, Cell::Scalar(Scalar::Tally(_)))) => w.increment(fields, key.as_str(), *by)?,
            _ => return Err(wrong(key, "is not a tally")),
        },
        Edit::AddEntry(key, values) => match present.cells(fields, key.as_str()).last() {
            Some((_, Cell::Map(group))) => write_entry(w, *group, values)?,
            _ => return Err(wrong(key, "is not a group")),
        },
        Edit::SetEntry(key, entry, values) => {
            let object = entry_of(present, fields, key, entry)?;
            for (field, value) in values {
                write_edit(w, present, object, &Edit::Set(field.clone(), value.clone()))?;
            }
        }
        Edit::ClearEntry(key, entry, field) => {
            let object = entry_of(present, fields, key, entry)?;
            write_edit(w, present, object, &Edit::Clear(field.clone()))?;
        }
        Edit::RemoveEntry(key, entry) => {
            w.put(entry_of(present, fields, key, entry)?, layout::REMOVED, &Scalar::YesNo(true))?;
        }
    }
    Ok(())
}

/// The object of a group's entry.
fn entry_of(present: &Document, fields: Object, group: &FieldKey, entry: &str) -> Result<Object, WriteError> {
    let wrong = |what| WriteError::Field { field: group.to_string(), what };
    let Some((_, Cell::Map(object))) = present.cells(fields, group.as_str()).pop() else {
        return Err(wrong("is not a group"));
    };
    match present.cells(object, entry).pop() {
        Some((_, Cell::Map(object))) => Ok(object),
        _ => Err(wrong("has no such entry")),
    }
}

/// Replaces what differs between `old` and `new`, so that what others typed elsewhere in the text stays.
fn splice(w: &mut Writer, text: Object, old: &str, new: &str) -> Result<(), DocumentError> {
    let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let insert: String = new[head..new.len() - tail].iter().collect();
    let delete = old.len() - tail - head;
    if delete == 0 && insert.is_empty() { Ok(()) } else { w.splice(text, head, delete, &insert) }
}
