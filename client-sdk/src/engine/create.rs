//! A new record: checked against its form, made, and durable before anybody is told.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use sync_core::{
    crdt,
    form::{Fault, Form, Reading},
    id::{ChangeHash, FieldKey, RecordId, UnitCode},
    record::{Header, Record, Value, Values},
    replica::{ChangeRow, ChangeState, Write, record_row},
};

use super::{
    Engine,
    catalog::{Known, may_write},
};
use crate::{Clock, Error, Store, Transport, store::Identity};

/// The answers of a record, as they come in. The day is one of them, under `on`.
#[derive(Clone, Debug, PartialEq)]
pub enum Answers {
    /// Values of the right kinds.
    Values(Values),
    /// Typed by a person; an empty one is no answer.
    Typed(Vec<(String, String)>),
    /// Sent by a program, as natural JSON; `null` is no answer.
    Sent(Map<String, Json>),
    /// Entered at a screen: texts as a person types them, anything else as JSON; `null` and an empty text are no answer.
    Entered(Map<String, Json>),
}

impl Answers {
    /// The values meant, and what is wrong with those that cannot be read.
    fn read(&self, form: &Form) -> (Values, Vec<Fault>) {
        let read: Vec<Answer> = match self {
            Self::Values(values) => return (values.clone(), Vec::new()),
            Self::Typed(pairs) => {
                let given = pairs.iter().filter(|(_, text)| !text.trim().is_empty());
                given.map(|(key, text)| form.read_text(key, text)).collect()
            }
            Self::Sent(fields) => read_all(form, fields, Reading::Sent),
            Self::Entered(fields) => read_all(form, fields, Reading::Entered),
        };
        let mut values = Values::new();
        let mut faults = Vec::new();
        for answer in read {
            match answer {
                Ok((key, value)) => drop(values.insert(key, value)),
                Err(fault) => faults.push(fault),
            }
        }
        (values, faults)
    }

    /// The values meant, what is wrong with those that cannot be read, and what is wrong with the others.
    pub(super) fn judged(&self, form: &Form) -> (Values, Vec<Fault>, Vec<Fault>) {
        let (values, unreadable) = self.read(form);
        let named = |fault: &Fault| unreadable.iter().any(|u| u.field == fault.field);
        let faults = form.validate(&values).into_iter().filter(|fault| !named(fault)).collect();
        (values, unreadable, faults)
    }
}

type Answer = Result<(FieldKey, Value), Fault>;

fn read_all(form: &Form, fields: &Map<String, Json>, reading: Reading) -> Vec<Answer> {
    let given = fields.iter().filter(|(_, json)| !reading.is_blank(json));
    given.map(|(key, json)| form.read_answer(key, json, reading)).collect()
}

/// A record to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct NewRecord {
    /// Its form's name; the newest version known here is used.
    pub form: String,
    /// Its org unit's code; `None` is the only facility where the user may record.
    pub unit: Option<String>,
    /// What it says.
    pub answers: Answers,
    /// Make it even if the form's rules are broken: a draft. What cannot be read at all is an error all the same.
    pub allow_faults: bool,
}

/// What was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Saved {
    /// The record.
    pub id: RecordId,
    /// The change.
    pub change: ChangeHash,
    /// Where the record's values break the form's rules.
    pub faults: Vec<Fault>,
}

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// Makes a record. It is on disk when this returns.
    ///
    /// # Errors
    /// [`Error::UnknownForm`], [`Error::UnknownUnit`], [`Error::UnitNeeded`], [`Error::NoPermissionHere`], [`Error::Faults`];
    /// nothing is saved then.
    pub async fn create(&self, new: &NewRecord) -> Result<Saved, Error> {
        let identity = self.identity().await?;
        let known = self.known().await?;
        let (writes, saved) = self.make(&identity, &known, new)?;
        let right = self.store.exclusive().await?;
        self.store.commit(&right, writes).await?;
        self.bell.notify_one();
        Ok(saved)
    }

    pub(super) fn make(
        &self,
        identity: &Identity,
        known: &Known,
        new: &NewRecord,
    ) -> Result<(Vec<Write>, Saved), Error> {
        let form = known.latest(&new.form)?;
        let unit = match &new.unit {
            Some(code) => known.unit(code.trim())?.code.clone(),
            None => known.own_unit()?,
        };
        if !may_write(known.roles(&unit)) {
            return Err(Error::NoPermissionHere { user: identity.user.clone(), unit });
        }
        let (values, unreadable, faults) = new.answers.judged(form);
        if !unreadable.is_empty() || !(faults.is_empty() || new.allow_faults) {
            return Err(Error::Faults(unreadable.into_iter().chain(faults).collect()));
        }
        let pen = self.birth_pen();
        let header = Header {
            form: form.id.clone(),
            form_version: form.version,
            unit: unit.clone(),
            worker: identity.user.clone(),
            created: pen.time,
        };
        let (record, change) = Record::create(form, header, &values, pen)?;
        let row = own_row(&record, unit, pen.actor, &change);
        let summary = record_row(&record, &known.forms, [&row.state]);
        let saved = Saved { id: record.id(), change: row.hash, faults };
        Ok((vec![Write::Change(row), Write::Record(summary)], saved))
    }
}

/// A change just made here, as it goes into the outbox.
pub(super) fn own_row(
    record: &Record,
    unit: UnitCode,
    actor: sync_core::id::ActorKey,
    change: &crdt::Change,
) -> ChangeRow {
    ChangeRow {
        hash: change.hash(),
        record: Some(record.id()),
        unit,
        actor,
        position: None,
        state: ChangeState::Waiting,
        own: true,
        raw: change.raw().to_vec(),
    }
}
