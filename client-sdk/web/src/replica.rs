//! Every operation of one person's replica.

use cairn_client::{
    BrowserEngine, FetchTransport,
    engine::{Answers, KeptDraft, NewRecord, SentEdit},
    store::RecordFilter,
};
use js_sys::Function;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use sync_core::{id::RecordId, record::Verdict};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{failure::Failure, value};

/// A replica at work.
#[wasm_bindgen]
pub struct Replica {
    engine: BrowserEngine,
}

impl Replica {
    pub(crate) fn of(engine: BrowserEngine) -> Self {
        Self { engine }
    }
}

/// A record to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct New {
    form: String,
    #[serde(default)]
    unit: Option<String>,
    answers: Map<String, Json>,
    #[serde(default)]
    allow_faults: bool,
}

#[wasm_bindgen]
impl Replica {
    /// Where the replica stands.
    pub async fn status(&self) -> Result<JsValue, JsValue> {
        Ok(value::out(&self.engine.status().await.map_err(Failure::from)?)?)
    }

    /// The newest version of every form.
    pub async fn forms(&self) -> Result<JsValue, JsValue> {
        Ok(value::out(&self.engine.forms().await.map_err(Failure::from)?)?)
    }

    /// The newest version of a form, to ask its questions by.
    pub async fn form(&self, form: &str) -> Result<JsValue, JsValue> {
        Ok(value::out(&self.engine.form(form).await.map_err(Failure::from)?)?)
    }

    /// The form of a record, in the record's own version.
    #[wasm_bindgen(js_name = formOf)]
    pub async fn form_of(&self, record: &str) -> Result<JsValue, JsValue> {
        Ok(value::out(&self.engine.form_of(value::named(record)?).await.map_err(Failure::from)?)?)
    }

    /// The org units that the user has to do with.
    pub async fn units(&self) -> Result<JsValue, JsValue> {
        Ok(value::out(&self.engine.units().await.map_err(Failure::from)?)?)
    }

    /// Makes a record. It is on disk when the promise is kept.
    pub async fn create(&self, new: JsValue) -> Result<JsValue, JsValue> {
        let new: New = value::read(&new, "new")?;
        let new = NewRecord {
            form: new.form,
            unit: new.unit,
            answers: Answers::Entered(new.answers),
            allow_faults: new.allow_faults,
        };
        Ok(value::out(&self.engine.create(&new).await.map_err(Failure::from)?)?)
    }

    /// Edits a record's values, as one change. Setting a field in which values disagree settles that.
    pub async fn edit(&self, record: &str, edits: JsValue, allow_faults: bool) -> Result<JsValue, JsValue> {
        let edits: Vec<SentEdit> = value::read(&edits, "edits")?;
        let saved = self.engine.edit_sent(value::named(record)?, &edits, allow_faults).await;
        Ok(value::out(&saved.map_err(Failure::from)?)?)
    }

    /// Edits a record by what a person entered, as one change: texts as they were typed.
    #[wasm_bindgen(js_name = editEntered)]
    pub async fn edit_entered(&self, record: &str, answers: JsValue, allow_faults: bool) -> Result<JsValue, JsValue> {
        let answers: Map<String, Json> = value::read(&answers, "answers")?;
        let saved = self.engine.edit_entered(value::named(record)?, &answers, allow_faults).await;
        Ok(value::out(&saved.map_err(Failure::from)?)?)
    }

    /// Adds a comment to a record.
    pub async fn comment(&self, record: &str, text: &str) -> Result<JsValue, JsValue> {
        Ok(value::out(&self.engine.comment(value::named(record)?, text).await.map_err(Failure::from)?)?)
    }

    /// Gives a verdict on a record as it stands here: `approved` or `returned`.
    pub async fn review(
        &self,
        record: &str,
        verdict: &str,
        reason: &str,
        duplicate_of: Option<String>,
    ) -> Result<JsValue, JsValue> {
        let unknown = || Failure::Argument(format!("verdict: {verdict:?} is none"));
        let verdict = Verdict::from_word(verdict).ok_or_else(unknown)?;
        let duplicate_of: Option<RecordId> = duplicate_of.as_deref().map(value::named).transpose()?;
        let saved = self.engine.review(value::named(record)?, verdict, reason, duplicate_of).await;
        Ok(value::out(&saved.map_err(Failure::from)?)?)
    }

    /// Says that a record does not count, and why.
    pub async fn void(&self, record: &str, reason: &str, duplicate_of: Option<String>) -> Result<JsValue, JsValue> {
        let duplicate_of: Option<RecordId> = duplicate_of.as_deref().map(value::named).transpose()?;
        let saved = self.engine.review(value::named(record)?, Verdict::Void, reason, duplicate_of).await;
        Ok(value::out(&saved.map_err(Failure::from)?)?)
    }

    /// Lists records, newest day first.
    pub async fn list(&self, filter: JsValue) -> Result<JsValue, JsValue> {
        let filter: RecordFilter = value::read(&filter, "filter")?;
        Ok(value::out(&self.engine.list(&filter).await.map_err(Failure::from)?)?)
    }

    /// Counts the records that `list` would list without `limit` and `offset`.
    pub async fn count(&self, filter: JsValue) -> Result<u32, JsValue> {
        let filter: RecordFilter = value::read(&filter, "filter")?;
        Ok(self.engine.count(&filter).await.map_err(Failure::from)?)
    }

    /// What the records add up to that the filter lets through.
    pub async fn totals(&self, filter: JsValue) -> Result<JsValue, JsValue> {
        let filter: RecordFilter = value::read(&filter, "filter")?;
        Ok(value::out(&self.engine.totals(&filter).await.map_err(Failure::from)?)?)
    }

    /// What is being filled in, the one worked on last first.
    pub async fn drafts(&self) -> Result<JsValue, JsValue> {
        Ok(value::out(&self.engine.drafts().await.map_err(Failure::from)?)?)
    }

    /// Keeps a draft; what is wrong with it is said in the answer. It is on disk when the promise is kept.
    #[wasm_bindgen(js_name = keepDraft)]
    pub async fn keep_draft(&self, draft: JsValue) -> Result<JsValue, JsValue> {
        let draft: KeptDraft = value::read(&draft, "draft")?;
        Ok(value::out(&self.engine.keep_draft(&draft).await.map_err(Failure::from)?)?)
    }

    /// Forgets a draft.
    #[wasm_bindgen(js_name = dropDraft)]
    pub async fn drop_draft(&self, draft: &str) -> Result<(), JsValue> {
        Ok(self.engine.drop_draft(value::named(draft)?).await.map_err(Failure::from)?)
    }

    /// Makes a draft into a record, or into an edit of the one that it is for. Safe to be asked again.
    #[wasm_bindgen(js_name = finishDraft)]
    pub async fn finish_draft(&self, draft: &str, allow_faults: bool) -> Result<JsValue, JsValue> {
        let saved = self.engine.finish_draft(value::named(draft)?, allow_faults).await;
        Ok(value::out(&saved.map_err(Failure::from)?)?)
    }

    /// Shows a record.
    pub async fn show(&self, record: &str) -> Result<JsValue, JsValue> {
        Ok(value::out(&self.engine.show(value::named(record)?).await.map_err(Failure::from)?)?)
    }

    /// Tells what happened to a record.
    pub async fn history(&self, record: &str) -> Result<JsValue, JsValue> {
        Ok(value::out(&self.engine.history(value::named(record)?).await.map_err(Failure::from)?)?)
    }

    /// One request of a sync, and its answer. To be called again until the report says `answered_all` or names an error.
    #[wasm_bindgen(js_name = syncOnce)]
    pub async fn sync_once(&self) -> Result<JsValue, JsValue> {
        Ok(value::out(&self.engine.sync_within(1).await.map_err(Failure::from)?)?)
    }

    /// Sends what waits, takes what is new.
    pub async fn sync(&self) -> Result<JsValue, JsValue> {
        Ok(value::out(&self.engine.sync().await.map_err(Failure::from)?)?)
    }

    /// Calls `heard` whenever the server says that something has moved, or may have: then it is time to sync. Goes on until the
    /// store is closed or somebody else leads, and fails then.
    pub async fn listen(&self, heard: Function) -> Result<(), JsValue> {
        let ear = FetchTransport::new();
        let tell = || drop(heard.call0(&JsValue::UNDEFINED));
        match self.engine.listen(&ear, tell).await {
            Ok(never) => match never {},
            Err(error) => Err(Failure::from(error).into()),
        }
    }
}
