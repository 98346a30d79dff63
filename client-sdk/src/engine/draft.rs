//! What somebody is filling in: kept at every stroke, and made into a record, or an edit of one, when they are done.
//!
//! Finishing is safe to repeat. A draft that is finished is kept for a day with what it became, so whoever did not hear the
//! answer (a tab whose worker died) asks again and is told the same; nothing is made twice.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use sync_core::{
    form::{Fault, Form},
    id::{ClockMs, DraftId, FormId, RecordId, UnitCode},
    record::{Record, WriteError},
    replica::{Draft, Finished, Write, assemble},
};

use super::{
    Engine,
    catalog::Known,
    create::{Answers, NewRecord, Saved},
    random,
};
use crate::{Clock, Error, Store, Transport};

/// How long a finished draft is kept, ms.
const KEPT_MS: i64 = 24 * 3_600_000;

/// What is to be kept of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct KeptDraft {
    /// Its name; none for a new one.
    pub id: Option<DraftId>,
    /// The record that it edits; none for one that is to be made.
    pub record: Option<RecordId>,
    /// The form's name.
    pub form: String,
    /// The org unit's code; none is the only facility where the user may record.
    pub unit: Option<String>,
    /// What was entered, by field: texts as they were typed, anything else as JSON. For an edit, only the fields touched.
    pub answers: Map<String, Json>,
}

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "Draft"))]
pub struct ShownDraft {
    /// Its name.
    pub id: DraftId,
    /// The record that it edits; none for one that is to be made.
    pub record: Option<RecordId>,
    /// The form's name.
    pub form: FormId,
    /// The org unit's code, where one was chosen.
    pub unit: Option<UnitCode>,
    /// What was entered, by field.
    pub answers: Map<String, Json>,
    /// The device's clock at the last stroke.
    pub updated_ms: ClockMs,
    /// What would be wrong with the record if it were saved now.
    pub faults: Vec<Fault>,
}

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// Keeps a draft, in place of what was kept under its name. Nothing that was entered is ever an error: what is wrong with it
    /// is said in the answer. It is on disk when this returns.
    ///
    /// # Errors
    /// [`Error::UnknownForm`], [`Error::UnknownUnit`], [`Error::NoSuchRecord`], [`Error::DraftFinished`].
    pub async fn keep_draft(&self, kept: &KeptDraft) -> Result<ShownDraft, Error> {
        self.identity().await?;
        let known = self.known().await?;
        let form = match kept.record {
            Some(record) => self.form_of(record).await?.id,
            None => known.latest(&kept.form)?.id.clone(),
        };
        let unit =
            kept.unit.as_deref().map(|code| known.unit(code.trim()).map(|unit| unit.code.clone())).transpose()?;
        let id = match kept.id {
            Some(id) => id,
            None => {
                let mut bytes = [0; 16];
                random::fill(&mut bytes)?;
                DraftId::of_random(bytes)
            }
        };
        let updated = self.clock.now();
        let answers = kept.answers.clone();
        let draft = Draft { id, record: kept.record, form, unit, answers, updated, finished: None };
        let right = self.store.exclusive().await?;
        if let Some(Finished { record, .. }) = self.store.draft(id).await?.and_then(|before| before.finished) {
            return Err(Error::DraftFinished { draft: id, record });
        }
        self.store.commit(&right, vec![Write::Draft(draft.clone())]).await?;
        drop(right);
        self.shown_draft(&known, draft).await
    }

    /// The drafts that are not finished, the one worked on last first.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], [`Error::NoCatalog`], [`Error::Store`].
    pub async fn drafts(&self) -> Result<Vec<ShownDraft>, Error> {
        self.identity().await?;
        let known = self.known().await?;
        let mut shown = Vec::new();
        for draft in self.store.drafts().await?.into_iter().filter(|draft| draft.finished.is_none()) {
            shown.push(self.shown_draft(&known, draft).await?);
        }
        Ok(shown)
    }

    /// Forgets a draft; one that is not there is forgotten already.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn drop_draft(&self, id: DraftId) -> Result<(), Error> {
        let right = self.store.exclusive().await?;
        // What it became stays known.
        if self.store.draft(id).await?.is_some_and(|draft| draft.finished.is_none()) {
            self.store.commit(&right, vec![Write::DropDraft(id)]).await?;
        }
        Ok(())
    }

    /// Makes a draft into a record, or into an edit of the one that it is for, in one commit with its end. What cannot be read at
    /// all is an error even if faults are allowed. One that is finished is answered as it was the first time.
    ///
    /// # Errors
    /// [`Error::NoSuchDraft`], and those of [`Self::create`] or [`Self::edit`]; the draft is kept then.
    pub async fn finish_draft(&self, id: DraftId, allow_faults: bool) -> Result<Saved, Error> {
        let identity = self.identity().await?;
        let known = self.known().await?;
        let right = self.store.exclusive().await?;
        let draft = self.store.draft(id).await?.ok_or(Error::NoSuchDraft { draft: id })?;
        if let Some(Finished { record, change }) = draft.finished {
            let summary = self.store.record(record).await?;
            return Ok(Saved { id: record, change, faults: summary.map(|s| s.faults).unwrap_or_default() });
        }
        let (mut writes, saved) = match draft.record {
            None => self.make(&identity, &known, &new_record(&draft, allow_faults))?,
            Some(record) => {
                let rows = self.rows_of(record).await?;
                let write = |known: &Known, record: &mut Record, pen| {
                    Ok(record.edit(&known.edits(record, &draft.answers)?, pen)?)
                };
                self.written(&identity, &known, &rows, allow_faults, write)?
            }
        };
        let now = self.clock.now();
        let finished = Some(Finished { record: saved.id, change: saved.change });
        writes.push(Write::Draft(Draft { answers: Map::new(), updated: now, finished, ..draft }));
        let old = |draft: &Draft| draft.finished.is_some() && draft.updated.0 < now.0 - KEPT_MS;
        writes.extend(self.store.drafts().await?.iter().filter(|d| old(d)).map(|d| Write::DropDraft(d.id)));
        self.store.commit(&right, writes).await?;
        drop(right);
        self.bell.notify_one();
        Ok(saved)
    }

    async fn shown_draft(&self, known: &Known, draft: Draft) -> Result<ShownDraft, Error> {
        let faults = match draft.record {
            None => known.forms.latest(&draft.form).map(|form| faults_of_new(form, &draft)),
            Some(record) => {
                let record = assemble(&self.rows_of(record).await?)?;
                Some(self.faults_of_edit(known, record, &draft.answers)?)
            }
        };
        let Draft { id, record, form, unit, answers, updated: updated_ms, .. } = draft;
        Ok(ShownDraft { id, record, form, unit, answers, updated_ms, faults: faults.unwrap_or_default() })
    }

    fn faults_of_edit(
        &self,
        known: &Known,
        mut record: Record,
        answers: &Map<String, Json>,
    ) -> Result<Vec<Fault>, Error> {
        let edits = match known.edits(&record, answers) {
            Ok(edits) => edits,
            Err(Error::Faults(faults)) => return Ok(faults),
            Err(error) => return Err(error),
        };
        match record.edit(&edits, self.pen()) {
            Ok(_) | Err(WriteError::Nothing) => Ok(known.form_of(&record)?.validate(&record.view().values)),
            Err(error) => Err(error.into()),
        }
    }
}

fn faults_of_new(form: &Form, draft: &Draft) -> Vec<Fault> {
    let (_, unreadable, faults) = Answers::Entered(draft.answers.clone()).judged(form);
    unreadable.into_iter().chain(faults).collect()
}

fn new_record(draft: &Draft, allow_faults: bool) -> NewRecord {
    NewRecord {
        form: draft.form.to_string(),
        unit: draft.unit.as_ref().map(ToString::to_string),
        answers: Answers::Entered(draft.answers.clone()),
        allow_faults,
    }
}
