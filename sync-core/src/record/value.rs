//! What a field holds, as people understand it: the same whether it was read from a document, typed, or taken from
//! JSON.
//!
//! A value does not know its form. Text, choice and date are all [`Value::Text`]; [`crate::form`] says which texts a
//! field accepts. The variants differ where merging differs: an [`Value::Integer`] is replaced, a [`Value::Tally`] adds
//! up, a [`Value::Narrative`] merges by character, and a [`Value::Group`] entry by entry.

use alloc::{collections::BTreeMap, string::String};

use serde::{Serialize, Serializer};

use crate::id::FieldKey;

/// What a form's fields hold, by key; a field without an answer is absent.
pub type Values = BTreeMap<FieldKey, Value>;

/// One field's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text, a choice (its value, not its label) or a date (`2021-03-15`): one person's answer at a time.
    Text(String),
    /// A whole number: one person's answer at a time.
    Integer(i64),
    /// Yes or no.
    YesNo(bool),
    /// A running count, to which everybody's steps add up.
    Tally(i64),
    /// A long text that several people can write in at once.
    Narrative(String),
    /// The entries of a repeating group, by generated key, each with its own fields.
    Group(BTreeMap<String, Values>),
}

impl Value {
    /// What sort of value this is: `text`, `integer`, `yes_no`, `tally`, `narrative` or `group`.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Integer(_) => "integer",
            Self::YesNo(_) => "yes_no",
            Self::Tally(_) => "tally",
            Self::Narrative(_) => "narrative",
            Self::Group(_) => "group",
        }
    }

    /// Whether there is nothing in it: only white space, or a group without entries. A number is never blank, not even
    /// 0.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Text(text) | Self::Narrative(text) => text.trim().is_empty(),
            Self::Group(entries) => entries.is_empty(),
            Self::Integer(_) | Self::YesNo(_) | Self::Tally(_) => false,
        }
    }

    /// The value as JSON would naturally say it: string, number, boolean or object.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) | Self::Narrative(text) => text.as_str().into(),
            Self::Integer(number) | Self::Tally(number) => (*number).into(),
            Self::YesNo(answer) => (*answer).into(),
            Self::Group(entries) => {
                let entry = |fields: &Values| -> serde_json::Value {
                    fields.iter().map(|(key, value)| (key.as_str(), value.to_json())).collect()
                };
                entries.iter().map(|(key, fields)| (key.as_str(), entry(fields))).collect()
            }
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) | Self::Narrative(text) => s.serialize_str(text),
            Self::Integer(number) | Self::Tally(number) => s.serialize_i64(*number),
            Self::YesNo(answer) => s.serialize_bool(*answer),
            Self::Group(entries) => s.collect_map(entries),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec};

    fn one_of_each() -> Values {
        let entry: Values =
            [("age".parse().unwrap(), Value::Integer(7)), ("note".parse().unwrap(), Value::Narrative("好".into()))]
                .into();
        let group = Value::Group([("e1".to_string(), entry), ("e2".to_string(), Values::new())].into());
        let values = vec![
            ("a", Value::Text("昌都".into())),
            ("b", Value::Integer(i64::MIN)),
            ("c", Value::YesNo(true)),
            ("d", Value::Tally(-3)),
            ("e", Value::Narrative("a\"b\n".into())),
            ("f", group),
        ];
        values.into_iter().map(|(key, value)| (key.parse().unwrap(), value)).collect()
    }

    #[test]
    fn values_are_natural_json() {
        let text = serde_json::to_string(&one_of_each()).unwrap();
        let expected = r#"{"a":"昌都","b":-9223372036854775808,"c":true,"d":-3,"e":"a\"b\n","f":{"e1":{"age":7,"note":"好"},"e2":{}}}"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn both_ways_to_json_agree() {
        for value in one_of_each().values() {
            assert_eq!(serde_json::to_value(value).unwrap(), value.to_json(), "{}", value.kind_name());
        }
    }

    #[test]
    fn an_ideographic_space_is_blank_and_zero_is_not() {
        for blank in [Value::Text("\u{3000} \t".into()), Value::Narrative("\n".into()), Value::Group([].into())] {
            assert!(blank.is_blank(), "{blank:?}");
        }
        for answer in [Value::Integer(0), Value::Tally(0), Value::YesNo(false), Value::Text("0".into())] {
            assert!(!answer.is_blank(), "{answer:?}");
        }
    }
}
