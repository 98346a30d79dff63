//! The faults of a record's values. A fault is something to show beside a field and to count in a list; a record with
//! faults is kept and synced like any other, because nothing typed is ever dropped.

use alloc::{
    borrow::ToOwned,
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Field, FieldType, Form, Kind};
use crate::{
    id::Day,
    limits::{KEY_BYTES_MAX, NARRATIVE_CHARS_MAX},
    record::value::{Value, Values},
};

/// How many faults of one record are listed: a record that a hostile client filled with junk must not fill the server's
/// tables.
pub const FAULTS_MAX: usize = 200;

/// One thing that is wrong with a record's values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[error("{field}: {code}")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Fault {
    /// The field's key; inside a group `group/entry/field`.
    pub field: String,
    /// The rule that its value breaks. In JSON its parts stand beside `field`:
    /// `{"field":"n","code":"too_small","min":0}`.
    #[serde(flatten)]
    pub code: FaultCode,
}

/// The rule that a value breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
#[expect(missing_docs, reason = "the message of each says what it means")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum FaultCode {
    #[error("an answer is required")]
    Required,
    #[error("must be {}", in_words(.expected))]
    WrongType { expected: FieldType },
    #[error("must be at least {min}")]
    TooSmall { min: i64 },
    #[error("must be at most {max}")]
    TooLarge { max: i64 },
    #[error("must be one of the options of the form")]
    NotAChoice,
    #[error("must have at most {max} characters")]
    TooLong { max: u32 },
    #[error("must not contain control characters")]
    ControlCharacter,
    #[error("must be a day from 1900-01-01 to 2199-12-31, written like 2021-03-15")]
    NotADate,
    #[error("an entry's key must have 1 to {max} bytes")]
    EntryKey { max: u32 },
    #[error("the form has no such field")]
    UnknownField,
}

fn in_words(expected: &FieldType) -> &'static str {
    match expected {
        FieldType::Text => "a text",
        FieldType::Narrative => "a narrative text",
        FieldType::Integer => "a whole number",
        FieldType::Tally => "a count",
        FieldType::YesNo => "yes or no",
        FieldType::Choice => "one of the options of the form, as a text",
        FieldType::Date => "a day, as a text",
        FieldType::Group => "a group of entries",
    }
}

impl Form {
    /// Everything wrong with `values`: [`super::ON`] first, then field by field, then fields that the form does not
    /// have, by key. At most [`FAULTS_MAX`]; empty if the values are as the form wants them.
    #[must_use]
    pub fn validate(&self, values: &Values) -> Vec<Fault> {
        let mut faults = Vec::new();
        find_faults(self.all_fields(), values, "", &mut faults);
        faults.truncate(FAULTS_MAX);
        faults
    }
}

/// Adds the faults of `values` to `faults`; stops soon after [`FAULTS_MAX`].
fn find_faults<'a>(fields: impl Iterator<Item = &'a Field>, values: &Values, prefix: &str, faults: &mut Vec<Fault>) {
    let mut known = BTreeSet::new();
    for field in fields {
        known.insert(&field.key);
        field.find_faults(values.get(&field.key), &format!("{prefix}{}", field.key), faults);
    }
    for key in values.keys().filter(|key| !known.contains(key)) {
        if faults.len() >= FAULTS_MAX {
            return;
        }
        faults.push(Fault { field: format!("{prefix}{key}"), code: FaultCode::UnknownField });
    }
}

impl Field {
    /// What is wrong with `value` as this field's answer.
    pub(super) fn find_faults(&self, value: Option<&Value>, path: &str, faults: &mut Vec<Fault>) {
        if let Some(code) = self.fault(value) {
            faults.push(Fault { field: path.to_owned(), code });
        } else if let (Kind::Group { fields }, Some(Value::Group(entries))) = (&self.kind, value) {
            find_entry_faults(fields, entries, path, faults);
        }
    }

    /// The first thing wrong with `value` as this field's answer, entries of a group included.
    pub(super) fn first_fault(&self, value: &Value) -> Option<Fault> {
        let mut faults = Vec::new();
        self.find_faults(Some(value), self.key.as_str(), &mut faults);
        faults.into_iter().next()
    }

    /// This field's answer among `values`, if it has one without a fault.
    pub(super) fn answer<'a>(&self, values: &'a Values) -> Option<&'a Value> {
        values.get(&self.key).filter(|value| !value.is_blank() && self.fault(Some(value)).is_none())
    }

    /// What is wrong with `value`, without looking inside a group's entries.
    pub(super) fn fault(&self, value: Option<&Value>) -> Option<FaultCode> {
        let Some(value) = value else { return self.required.then_some(FaultCode::Required) };
        match self.kind.check(value) {
            Err(code @ FaultCode::WrongType { .. }) => Some(code),
            _ if value.is_blank() => self.required.then_some(FaultCode::Required),
            checked => checked.err(),
        }
    }
}

fn find_entry_faults(fields: &[Field], entries: &BTreeMap<String, Values>, path: &str, faults: &mut Vec<Fault>) {
    for (entry, values) in entries {
        if faults.len() >= FAULTS_MAX {
            return;
        }
        if entry.is_empty() || entry.len() > KEY_BYTES_MAX {
            faults.push(Fault { field: path.to_owned(), code: FaultCode::EntryKey { max: KEY_BYTES_MAX as u32 } });
        } else {
            find_faults(fields.iter(), values, &format!("{path}/{entry}/"), faults);
        }
    }
}

impl Kind {
    /// Whether `value`, taken as an answer that is not blank, is of this kind and within its bounds.
    pub(super) fn check(&self, value: &Value) -> Result<(), FaultCode> {
        match (self, value) {
            (Self::Text { max_chars }, Value::Text(text)) => check_text(text, *max_chars, &[]),
            (Self::Narrative, Value::Narrative(text)) => {
                check_text(text, NARRATIVE_CHARS_MAX as u32, &['\n', '\r', '\t'])
            }
            (Self::Integer { min, max }, Value::Integer(number)) => check_number(*number, *min, *max),
            (Self::Tally { max }, Value::Tally(number)) => check_number(*number, 0, *max),
            (Self::YesNo, Value::YesNo(_)) | (Self::Group { .. }, Value::Group(_)) => Ok(()),
            (Self::Choice { options }, Value::Text(text)) => {
                options.iter().any(|option| option.value == *text).then_some(()).ok_or(FaultCode::NotAChoice)
            }
            (Self::Date, Value::Text(text)) => text.parse::<Day>().map(drop).map_err(|_| FaultCode::NotADate),
            _ => Err(FaultCode::WrongType { expected: self.field_type() }),
        }
    }
}

fn check_text(text: &str, max: u32, allowed: &[char]) -> Result<(), FaultCode> {
    if text.chars().nth(max as usize).is_some() {
        Err(FaultCode::TooLong { max })
    } else if text.chars().any(|c| c.is_control() && !allowed.contains(&c)) {
        Err(FaultCode::ControlCharacter)
    } else {
        Ok(())
    }
}

fn check_number(number: i64, min: i64, max: i64) -> Result<(), FaultCode> {
    if number < min {
        Err(FaultCode::TooSmall { min })
    } else if number > max {
        Err(FaultCode::TooLarge { max })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec};

    const LABEL: &str = r#"{"zh":"字","bo":"ཡི་གེ།","en":"Letter"}"#;

    /// A form with an optional or a required field of every type, keyed by the type's name.
    fn form(required: bool) -> Form {
        let field = |name: &str, rest: &str| {
            format!(r#"{{"key":"{name}","label":{LABEL},"type":"{name}","required":{required}{rest}}}"#)
        };
        let inner = [field("integer", r#","min":0"#), field("tally", "").replace("true", "false")].join(",");
        let options = format!(r#","options":[{{"value":"a","label":{LABEL}}}]"#);
        let fields = [
            field("text", r#","max_chars":4"#),
            field("narrative", ""),
            field("integer", r#","min":-2,"max":5"#),
            field("tally", r#","max":5"#),
            field("yes_no", ""),
            field("choice", &options),
            field("date", ""),
            field("group", &format!(r#","fields":[{inner}]"#)),
        ];
        let fields = fields.join(",");
        Form::parse(&format!(r#"{{"id":"x","version":1,"title":{LABEL},"fields":[{fields}]}}"#)).unwrap()
    }

    fn entry(fields: &[(&str, Value)]) -> Values {
        fields.iter().map(|(key, value)| (key.parse().unwrap(), value.clone())).collect()
    }

    fn good() -> Values {
        entry(&[
            ("on", Value::Text("2021-03-15".into())),
            ("text", Value::Text("昌都县城".into())),
            ("narrative", Value::Narrative("a\nb".into())),
            ("integer", Value::Integer(5)),
            ("tally", Value::Tally(0)),
            ("yes_no", Value::YesNo(false)),
            ("choice", Value::Text("a".into())),
            ("date", Value::Text("2020-02-29".into())),
            ("group", Value::Group([("e1".to_string(), entry(&[("integer", Value::Integer(0))]))].into())),
        ])
    }

    fn faults(form: &Form, values: &Values) -> Vec<String> {
        form.validate(values).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn good_answers_have_no_fault() {
        assert!(form(true).validate(&good()).is_empty());
        assert_eq!(faults(&form(false), &Values::new()), ["on: an answer is required"]);
    }

    #[test]
    fn missing_and_blank_answers_are_faults_only_where_required_and_in_field_order() {
        let order = ["on", "text", "narrative", "integer", "tally", "yes_no", "choice", "date", "group"];
        let expected: Vec<_> = order.iter().map(|key| format!("{key}: an answer is required")).collect();
        assert_eq!(faults(&form(true), &Values::new()), expected);

        let blank = entry(&[
            ("text", Value::Text(" ".into())),
            ("narrative", Value::Narrative("\n".into())),
            ("choice", Value::Text(String::new())),
            ("date", Value::Text("\u{3000}".into())),
            ("group", Value::Group(BTreeMap::new())),
        ]);
        assert_eq!(faults(&form(true), &blank), expected);
        assert_eq!(faults(&form(false), &blank), ["on: an answer is required"]);
        let optional = form(false);
        for field in optional.all_fields().filter(|field| blank.contains_key(&field.key)) {
            assert_eq!(field.answer(&blank), None, "{}", field.key);
            assert!(field.answer(&good()).is_some(), "{}", field.key);
        }
    }

    #[test]
    fn every_kind_refuses_every_other_kind_of_value() {
        let good = good();
        let same = |a: &str, b: &str| {
            a == b || (["text", "choice", "date", "on"].contains(&a) && ["text", "choice", "date", "on"].contains(&b))
        };
        for required in [false, true] {
            let form = form(required);
            for field in form.all_fields() {
                for (key, value) in &good {
                    let mut values = good.clone();
                    values.insert(field.key.clone(), value.clone());
                    let found = form.validate(&values).into_iter().find(|fault| fault.field == field.key.as_str());
                    let wrong = Some(FaultCode::WrongType { expected: field.kind.field_type() });
                    let is_wrong = found.map(|fault| fault.code) == wrong;
                    assert_eq!(is_wrong, !same(field.key.as_str(), key.as_str()), "{key} as {}", field.key);
                }
            }
        }
    }

    #[test]
    fn bounds_are_inclusive_and_named() {
        let cases = [
            ("text", Value::Text("五个字符了".into()), "text: must have at most 4 characters"),
            ("text", Value::Text("a\u{0}".into()), "text: must not contain control characters"),
            ("text", Value::Text("a\nb".into()), "text: must not contain control characters"),
            ("narrative", Value::Narrative("字".repeat(10_001)), "narrative: must have at most 10000 characters"),
            ("narrative", Value::Narrative("a\u{0}".into()), "narrative: must not contain control characters"),
            ("integer", Value::Integer(6), "integer: must be at most 5"),
            ("integer", Value::Integer(-3), "integer: must be at least -2"),
            ("integer", Value::Integer(i64::MIN), "integer: must be at least -2"),
            ("tally", Value::Tally(-1), "tally: must be at least 0"),
            ("tally", Value::Tally(i64::MAX), "tally: must be at most 5"),
            ("choice", Value::Text("A".into()), "choice: must be one of the options of the form"),
            ("choice", Value::Text("Letter".into()), "choice: must be one of the options of the form"),
            (
                "date",
                Value::Text("2021-02-29".into()),
                "date: must be a day from 1900-01-01 to 2199-12-31, written like 2021-03-15",
            ),
        ];
        for (key, value, expected) in cases {
            let mut values = good();
            values.insert(key.parse().unwrap(), value);
            assert_eq!(faults(&form(false), &values), [expected]);
        }
        for (key, value) in [
            ("integer", Value::Integer(-2)),
            ("tally", Value::Tally(5)),
            ("narrative", Value::Narrative("字".repeat(10_000))),
        ] {
            let mut values = good();
            values.insert(key.parse().unwrap(), value);
            assert!(faults(&form(true), &values).is_empty(), "{key}");
        }
    }

    #[test]
    fn entries_are_validated_each_and_named() {
        let entries = [
            ("e1".to_string(), entry(&[("integer", Value::Integer(-1))])),
            ("e2".to_string(), entry(&[("integer", Value::Integer(1)), ("zz", Value::YesNo(true))])),
            ("e3".to_string(), Values::new()),
            ("x".repeat(65), entry(&[("integer", Value::Integer(1))])),
        ];
        let mut values = good();
        values.insert("group".parse().unwrap(), Value::Group(entries.into()));
        let expected = [
            "group/e1/integer: must be at least 0",
            "group/e2/zz: the form has no such field",
            "group/e3/integer: an answer is required",
            "group: an entry's key must have 1 to 64 bytes",
        ];
        assert_eq!(faults(&form(true), &values), expected);
    }

    #[test]
    fn unknown_fields_come_last_by_key_and_junk_is_capped() {
        let mut values = good();
        values.insert("zz".parse().unwrap(), Value::YesNo(true));
        values.insert("aa".parse().unwrap(), Value::YesNo(true));
        values.insert("integer".parse().unwrap(), Value::Integer(9));
        let expected =
            ["integer: must be at most 5", "aa: the form has no such field", "zz: the form has no such field"];
        assert_eq!(faults(&form(true), &values), expected);

        for i in 0..1_000 {
            values.insert(format!("junk{i}").parse().unwrap(), Value::Integer(i));
        }
        let capped = form(true).validate(&values);
        assert_eq!(capped.len(), FAULTS_MAX);
        assert_eq!(capped[0].field, "integer", "the form's own fields are not crowded out");
        let entries = (0..1_000)
            .map(|i| (format!("e{i}"), entry(&[("integer", Value::Integer(-1)), ("tally", Value::Tally(-1))])));
        values.insert("group".parse().unwrap(), Value::Group(entries.collect()));
        assert_eq!(form(true).validate(&values).len(), FAULTS_MAX);
    }

    #[test]
    fn faults_are_flat_json_both_ways() {
        let codes = vec![
            (FaultCode::Required, r#"{"field":"n","code":"required"}"#),
            (
                FaultCode::WrongType { expected: FieldType::YesNo },
                r#"{"field":"n","code":"wrong_type","expected":"yes_no"}"#,
            ),
            (FaultCode::TooSmall { min: -1 }, r#"{"field":"n","code":"too_small","min":-1}"#),
            (FaultCode::NotAChoice, r#"{"field":"n","code":"not_a_choice"}"#),
            (FaultCode::NotADate, r#"{"field":"n","code":"not_a_date"}"#),
            (FaultCode::TooLong { max: 200 }, r#"{"field":"n","code":"too_long","max":200}"#),
        ];
        for (code, json) in codes {
            let fault = Fault { field: "n".to_string(), code };
            assert_eq!(serde_json::to_string(&fault).unwrap(), json);
            assert_eq!(serde_json::from_str::<Fault>(json).unwrap(), fault);
        }
    }
}
