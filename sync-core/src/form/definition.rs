//! A form and its fields, and how they are written as JSON.
//!
//! ```json
//! {"id": "clinic.outreach", "version": 1, "title": {"zh": "义诊", "bo": "…", "en": "Free outreach clinic"},
//!  "fields": [{"key": "patients_seen", "label": {…}, "type": "integer", "required": true, "min": 0}],
//!  "measures": [{"measure": "people_benefited", "label": {…}, "sum": "patients_seen"}]}
//! ```
//!
//! A key that the form language does not know, or a setting that its field's type does not have, is an error: a
//! misspelt `requierd` must not silently make a field optional.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use serde::{Deserialize, Serialize};

use super::{Measure, json::FieldJson};
use crate::id::{FieldKey, FormId};

/// The key of the field that every form has: the day the event took place.
pub const ON: &str = "on";
/// The largest magnitude of a form's numbers, and their default bound: nine thousand million records of it still sum
/// within an `i64`.
pub const NUMBER_MAX: i64 = 1_000_000_000;
/// The longest text of a field that does not say, in characters.
pub const TEXT_CHARS_DEFAULT: u32 = 200;

/// One version of the definition of one kind of event.
///
/// Made by [`Form::parse`]. Deserializing checks the shape alone; [`Form::check`] checks the rules, and
/// [`super::FormSet`] takes no form that breaks them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Form {
    /// The form's name, the same for all its versions.
    pub id: FormId,
    /// The version, from 1.
    pub version: u32,
    /// What people call the form.
    pub title: Labels,
    /// The fields in the order they are asked, without [`ON`].
    pub fields: Vec<Field>,
    /// What a record of this form adds to totals. Default: nothing.
    #[serde(default)]
    pub measures: Vec<Measure>,
    #[serde(skip, default = "the_day")]
    on: Field,
}

impl Form {
    /// The field of this key, be it the form's own or [`ON`].
    #[must_use]
    pub fn field(&self, key: &FieldKey) -> Option<&Field> {
        self.field_named(key.as_str())
    }

    /// Every field of a record of this form: [`ON`], then the form's own in order.
    pub fn all_fields(&self) -> impl Iterator<Item = &Field> {
        core::iter::once(&self.on).chain(&self.fields)
    }

    /// The day field.
    pub(super) fn on(&self) -> &Field {
        &self.on
    }

    pub(super) fn field_named(&self, key: &str) -> Option<&Field> {
        self.all_fields().find(|field| field.key.as_str() == key)
    }
}

/// A name in the languages of the plateau: none may be missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Labels {
    /// Chinese.
    pub zh: String,
    /// Tibetan.
    pub bo: String,
    /// English.
    pub en: String,
}

impl Labels {
    /// Language tag and text, in the order zh, bo, en.
    #[must_use]
    pub fn all(&self) -> [(&'static str, &str); 3] {
        [("zh", &self.zh), ("bo", &self.bo), ("en", &self.en)]
    }

    /// The label in `language`: a tag such as `bo` or `en-GB`. Chinese for every language that forms are not written
    /// in.
    #[must_use]
    pub fn in_language(&self, language: &str) -> &str {
        match language.split(['-', '_']).next() {
            Some("bo") => &self.bo,
            Some("en") => &self.en,
            _ => &self.zh,
        }
    }
}

/// One question of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FieldJson", into = "FieldJson")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(as = "FieldJson"))]
pub struct Field {
    /// The name in the record, unique in the form (or in the group).
    pub key: FieldKey,
    /// What people call it.
    pub label: Labels,
    /// Whether a record without an answer has a fault. Default: no.
    pub required: bool,
    /// What an answer can be.
    pub kind: Kind,
}

/// What an answer can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A short text on one line.
    Text {
        /// The longest text, in characters. Default [`TEXT_CHARS_DEFAULT`], at most [`super::TEXT_CHARS_MAX`].
        max_chars: u32,
    },
    /// A long text that several people can write in at once; up to [`crate::limits::NARRATIVE_CHARS_MAX`] characters.
    Narrative,
    /// A whole number.
    Integer {
        /// The smallest. Default and lower bound: minus [`NUMBER_MAX`].
        min: i64,
        /// The largest. Default and upper bound: [`NUMBER_MAX`].
        max: i64,
    },
    /// A running count from 0 up, to which everybody's steps add up.
    Tally {
        /// The largest. Default and upper bound: [`NUMBER_MAX`].
        max: i64,
    },
    /// Yes or no.
    YesNo,
    /// One of a list.
    Choice {
        /// The list, in the order it is shown.
        options: Vec<Choice>,
    },
    /// A calendar day.
    Date,
    /// Entries that repeat, each with these fields.
    Group {
        /// The fields of an entry; no group among them.
        fields: Vec<Field>,
    },
}

impl Kind {
    /// The type's name, without its settings.
    #[must_use]
    pub fn field_type(&self) -> FieldType {
        match self {
            Self::Text { .. } => FieldType::Text,
            Self::Narrative => FieldType::Narrative,
            Self::Integer { .. } => FieldType::Integer,
            Self::Tally { .. } => FieldType::Tally,
            Self::YesNo => FieldType::YesNo,
            Self::Choice { .. } => FieldType::Choice,
            Self::Date => FieldType::Date,
            Self::Group { .. } => FieldType::Group,
        }
    }
}

/// One answer of a [`Kind::Choice`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Choice {
    /// What records hold: written like a field key, and never changed once records hold it.
    pub value: String,
    /// What people call it.
    pub label: Labels,
}

impl Choice {
    /// Everything that means this choice when typed, folded by [`folded`].
    pub(super) fn names(&self) -> [String; 4] {
        [&self.value, &self.label.zh, &self.label.bo, &self.label.en].map(|name| folded(name))
    }
}

/// The text without what a typist may leave out: outer space, the Tibetan marks that end a phrase, capitals.
pub(super) fn folded(text: &str) -> String {
    text.trim().trim_end_matches(['་', '།', ' ']).to_lowercase()
}

/// The type of a field, as a definition names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is explained at the variant of `Kind` of the same name")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum FieldType {
    Text,
    Narrative,
    Integer,
    Tally,
    YesNo,
    Choice,
    Date,
    Group,
}

impl FieldType {
    /// The name in a definition, e.g. `yes_no`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Narrative => "narrative",
            Self::Integer => "integer",
            Self::Tally => "tally",
            Self::YesNo => "yes_no",
            Self::Choice => "choice",
            Self::Date => "date",
            Self::Group => "group",
        }
    }
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The field that every form has.
fn the_day() -> Field {
    let label = Labels { zh: "日期".to_string(), bo: "ཟླ་ཚེས།".to_string(), en: "Date".to_string() };
    let key = ON.parse().expect("a constant that is a valid key");
    Field { key, label, required: true, kind: Kind::Date }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    const LABEL: &str = r#"{"zh":"字","bo":"ཡི་གེ།","en":"Letter"}"#;

    fn form_json(fields: &str) -> String {
        format!(r#"{{"id":"clinic.test","version":1,"title":{LABEL},"fields":[{fields}]}}"#)
    }

    fn field_json(key: &str, rest: &str) -> String {
        format!(r#"{{"key":"{key}","label":{LABEL},{rest}}}"#)
    }

    #[test]
    fn the_day_comes_first_and_is_known_by_key() {
        let form = Form::parse(&form_json(&field_json("it", r#""type":"text""#))).unwrap();
        let keys: Vec<_> = form.all_fields().map(|field| field.key.as_str()).collect();
        assert_eq!(keys, [ON, "it"]);
        let on = form.field(&ON.parse().unwrap()).unwrap();
        assert!(on.required && on.kind == Kind::Date);
        assert!(form.field(&"other".parse().unwrap()).is_none());
    }

    #[test]
    fn field_types_are_named_as_json_names_them() {
        use FieldType::*;
        for field_type in [Text, Narrative, Integer, Tally, YesNo, Choice, Date, Group] {
            assert_eq!(serde_json::to_value(field_type).unwrap(), field_type.name());
        }
    }

    #[test]
    fn labels_fall_back_to_chinese() {
        let labels = Labels { zh: "字".into(), bo: "ཡི་གེ།".into(), en: "Letter".into() };
        for (tag, label) in [("zh-CN", "字"), ("bo", "ཡི་གེ།"), ("en-GB", "Letter"), ("fr", "字"), ("", "字")]
        {
            assert_eq!(labels.in_language(tag), label, "{tag}");
        }
    }
}
