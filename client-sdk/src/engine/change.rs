//! Writing to a record that is here: edits, comments, verdicts.

use serde_json::{Map, Value as Json};
use sync_core::{
    crdt,
    form::{Fault, Form, Kind},
    gate::{self, Standing},
    id::{FieldKey, RecordId},
    record::{Edit, Pen, Record, RecordError, Value, Verdict, WriteError},
    replica::{ChangeRow, Write, assemble, record_row},
};

use super::{
    Engine,
    catalog::Known,
    create::{Saved, own_row},
};
use crate::{Clock, Error, Store, Transport, portable::MaybeSend, store::Identity};

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// Edits a record's values, as one change. Faults that the record had before do not count, new ones do, unless `allow_faults`.
    ///
    /// # Errors
    /// [`Error::NoSuchRecord`], [`Error::NoPermissionHere`], [`Error::Faults`], [`Error::Write`]; nothing is saved then.
    pub async fn edit(&self, record: RecordId, edits: &[Edit], allow_faults: bool) -> Result<Saved, Error> {
        self.write(record, allow_faults, |_, r, pen| Ok(r.edit(edits, pen)?)).await
    }

    /// Edits a record by what a person typed: `""` empties a field, `+3` counts on a tally, anything else is the new value.
    ///
    /// # Errors
    /// As [`Self::edit`].
    pub async fn edit_typed(
        &self,
        record: RecordId,
        answers: &[(String, String)],
        allow_faults: bool,
    ) -> Result<Saved, Error> {
        self.write(record, allow_faults, |known, r, pen| {
            let form = known.form_of(r)?;
            let edits = all_or_faults(answers.iter().map(|(key, text)| typed_edit(form, key, text)))?;
            Ok(r.edit(&edits, pen)?)
        })
        .await
    }

    /// Edits a record by what a person entered at a screen, as one change: texts as they are typed, anything else as JSON; `null`
    /// and an empty text empty a field; of a group, those of its entries that are named. Writing to a field in which values
    /// disagree settles that.
    ///
    /// # Errors
    /// As [`Self::edit`].
    pub async fn edit_entered(
        &self,
        record: RecordId,
        answers: &Map<String, Json>,
        allow_faults: bool,
    ) -> Result<Saved, Error> {
        self.write(record, allow_faults, |known, r, pen| Ok(r.edit(&known.edits(r, answers)?, pen)?)).await
    }

    /// Adds a comment to a record.
    ///
    /// # Errors
    /// As [`Self::edit`].
    pub async fn comment(&self, record: RecordId, text: &str) -> Result<Saved, Error> {
        self.write(record, true, |_, r, pen| Ok(r.comment(text.trim(), pen)?)).await
    }

    /// Gives a verdict on a record as it stands here.
    ///
    /// # Errors
    /// As [`Self::edit`].
    pub async fn review(
        &self,
        record: RecordId,
        verdict: Verdict,
        reason: &str,
        duplicate_of: Option<RecordId>,
    ) -> Result<Saved, Error> {
        self.write(record, true, |_, r, pen| Ok(r.review(verdict, reason.trim(), duplicate_of, pen)?)).await
    }

    /// Writes to a record as it stands: nothing comes between its reading and the writing.
    pub(super) async fn write(
        &self,
        id: RecordId,
        allow_faults: bool,
        write: impl FnOnce(&Known, &mut Record, Pen) -> Result<crdt::Change, Error> + MaybeSend,
    ) -> Result<Saved, Error> {
        let identity = self.identity().await?;
        let known = self.known().await?;
        let right = self.store.exclusive().await?;
        let rows = self.rows_of(id).await?;
        let (writes, saved) = self.written(&identity, &known, &rows, allow_faults, write)?;
        self.store.commit(&right, writes).await?;
        drop(right);
        self.bell.notify_one();
        Ok(saved)
    }

    pub(super) async fn rows_of(&self, id: RecordId) -> Result<Vec<ChangeRow>, Error> {
        let rows = self.store.rows_of_records(&[id]).await?;
        if rows.is_empty() { Err(Error::NoSuchRecord { name: id.to_string() }) } else { Ok(rows) }
    }

    pub(super) fn written(
        &self,
        identity: &Identity,
        known: &Known,
        rows: &[ChangeRow],
        allow_faults: bool,
        write: impl FnOnce(&Known, &mut Record, Pen) -> Result<crdt::Change, Error>,
    ) -> Result<(Vec<Write>, Saved), Error> {
        let mut record = assemble(rows)?;
        let before = record.clone();
        let pen = self.pen_for(&record, rows);
        let change = write(known, &mut record, pen)?;
        let parts = change.parts().map_err(RecordError::from)?;
        let unit = record.header().unit.clone();

        let effect = gate::check(before.ledger(), &parts, change.raw().len()).map_err(WriteError::Gate)?;
        let standing = Standing { user: identity.user.clone(), roles: known.roles(&unit), device_revoked: false };
        if gate::permit(&effect, record.header(), Some(&standing)).is_err() {
            return Err(Error::NoPermissionHere { user: identity.user.clone(), unit });
        }

        let row = own_row(&record, unit, parts.actor, &change);
        let states = rows.iter().map(|row| &row.state).chain([&row.state]);
        let summary = record_row(&record, &known.forms, states);
        let faults = summary.projection.faults.clone();
        if !allow_faults {
            let had = record_row(&before, &known.forms, []).projection.faults;
            let fresh: Vec<Fault> = faults.iter().filter(|fault| !had.contains(fault)).cloned().collect();
            if !fresh.is_empty() {
                return Err(Error::Faults(fresh));
            }
        }
        let saved = Saved { id: record.id(), change: row.hash, faults };
        Ok((vec![Write::Change(row), Write::Record(summary)], saved))
    }

    /// The pen to write to `record` with. When the server has refused what this process wrote to it last, the next change does
    /// not build on that, so it must not continue its numbering either.
    fn pen_for(&self, record: &Record, rows: &[ChangeRow]) -> Pen {
        let actor = self.actor();
        let left_out = |row: &&ChangeRow| record.ledger().index_of(&row.hash).is_none();
        if rows.iter().filter(left_out).any(|row| row.actor == actor) {
            self.random().renew_actor();
        }
        self.pen()
    }
}

/// All edits, or everything that is wrong with what they were read from.
pub(super) fn all_or_faults(read: impl Iterator<Item = Result<Edit, Fault>>) -> Result<Vec<Edit>, Error> {
    let (mut edits, mut faults) = (Vec::new(), Vec::new());
    for edit in read {
        match edit {
            Ok(edit) => edits.push(edit),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(edits) } else { Err(Error::Faults(faults)) }
}

fn typed_edit(form: &Form, key: &str, text: &str) -> Result<Edit, Fault> {
    let name = |key: &str| key.parse::<FieldKey>();
    let text = text.trim();
    let field = name(key).ok().and_then(|key| form.field(&key));
    if let (Some(field), "") = (field, text) {
        return Ok(Edit::Clear(field.key.clone()));
    }
    if let Some((field, Kind::Tally { .. })) = field.map(|f| (f, &f.kind)) {
        let steps = text.strip_prefix(['+', '＋']).map(|digits| (digits, 1));
        let steps = steps.or_else(|| text.strip_prefix(['-', '－', '\u{2212}']).map(|digits| (digits, -1)));
        if let Some((digits, sign)) = steps {
            return match form.read_text(key, digits)? {
                (_, Value::Tally(by)) => Ok(Edit::Count(field.key.clone(), sign * by)),
                (key, value) => Ok(Edit::Set(key, value)),
            };
        }
    }
    form.read_text(key, text).map(|(key, value)| Edit::Set(key, value))
}
