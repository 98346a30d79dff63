//! Which records a list shows.

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use sync_core::id::{Day, FormId, UnitCode, Username};

use super::Summary;

/// Which records to list; what is not said lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct RecordFilter {
    /// In one of these org units; none named is all.
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<UnitCode>>", optional))]
    pub units: Vec<UnitCode>,
    /// Of this form, in any version.
    pub form: Option<FormId>,
    /// By this worker.
    pub worker: Option<Username>,
    /// On this day or later.
    pub from: Option<Day>,
    /// On this day or earlier.
    pub to: Option<Day>,
    /// With this status, by its word.
    #[cfg_attr(feature = "typescript", ts(as = "Option<sync_core::record::Status>", optional))]
    pub status: Option<String>,
    /// With this receipt, by its word.
    pub receipt: Option<String>,
    /// Only those in which values disagree.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>", optional))]
    pub conflicting: bool,
    /// Only those whose values break their form's rules.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>", optional))]
    pub faulty: bool,
    /// Only those with comments.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>", optional))]
    pub commented: bool,
    /// With this text in one of the values shown; capitals do not matter.
    pub text: Option<String>,
    /// At most so many.
    pub limit: Option<u32>,
    /// Leaving out so many of the first.
    #[cfg_attr(feature = "typescript", ts(as = "Option<u32>", optional))]
    pub offset: u32,
}

impl RecordFilter {
    /// Whether only the days tell which records the filter lets through.
    #[must_use]
    pub fn only_by_day(&self) -> bool {
        self.units.is_empty()
            && self.form.is_none()
            && self.worker.is_none()
            && self.status.is_none()
            && self.receipt.is_none()
            && self.text.is_none()
            && !(self.conflicting || self.faulty || self.commented)
    }

    /// Whether the filter lets a record through; `limit` and `offset` aside.
    #[must_use]
    pub fn lets_through(&self, record: &Summary) -> bool {
        let same = |wanted: &Option<String>, word: &str| wanted.as_deref().is_none_or(|w| w == word);
        (self.units.is_empty() || self.units.contains(&record.unit))
            && self.form.as_ref().is_none_or(|form| *form == record.form)
            && self.worker.as_ref().is_none_or(|worker| *worker == record.worker)
            && self.from.is_none_or(|from| record.on.is_some_and(|on| on >= from))
            && self.to.is_none_or(|to| record.on.is_some_and(|on| on <= to))
            && same(&self.status, record.status.word())
            && same(&self.receipt, record.receipt.word())
            && (!self.conflicting || !record.conflicts.is_empty())
            && (!self.faulty || !record.faults.is_empty())
            && (!self.commented || record.comments > 0)
            && self.text.as_ref().is_none_or(|text| searchable(&record.values).contains(&text.to_lowercase()))
    }
}

/// The text in which a filter's `text` is looked for: every value that is a text, a line each, in lower case.
#[must_use]
pub fn searchable(values: &Map<String, Json>) -> String {
    let mut text = String::new();
    values.values().for_each(|value| gather(value, &mut text));
    text
}

fn gather(value: &Json, text: &mut String) {
    match value {
        Json::String(s) => {
            text.push_str(&s.to_lowercase());
            text.push('\n');
        }
        Json::Object(entries) => entries.values().for_each(|value| gather(value, text)),
        _ => {}
    }
}
