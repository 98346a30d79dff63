//! How a field is written as JSON: its type by name, and the settings of all types side by side. (An enum flattened
//! into the field could not refuse unknown keys.)

use alloc::{format, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{Choice, Field, FieldType, Kind, Labels, NUMBER_MAX, TEXT_CHARS_DEFAULT};
use crate::id::FieldKey;

/// A field as JSON writes it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "Field"))]
pub(super) struct FieldJson {
    key: FieldKey,
    label: Labels,
    r#type: FieldType,
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_chars: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    options: Option<Vec<Choice>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<Field>>,
}

impl TryFrom<FieldJson> for Field {
    type Error = String;

    fn try_from(json: FieldJson) -> Result<Self, String> {
        let FieldJson { key, label, r#type, required, max_chars, min, max, options, fields } = json;
        let given = [
            ("max_chars", max_chars.is_some()),
            ("min", min.is_some()),
            ("max", max.is_some()),
            ("options", options.is_some()),
            ("fields", fields.is_some()),
        ];
        if let Some((setting, _)) = given.iter().find(|(name, is_given)| *is_given && !settings(r#type).contains(name))
        {
            return Err(format!("field `{key}`: type `{type}` has no `{setting}`"));
        }
        let missing = |setting: &str| format!("field `{key}`: type `{type}` needs `{setting}`");
        let kind = match r#type {
            FieldType::Text => Kind::Text { max_chars: max_chars.unwrap_or(TEXT_CHARS_DEFAULT) },
            FieldType::Narrative => Kind::Narrative,
            FieldType::Integer => Kind::Integer { min: min.unwrap_or(-NUMBER_MAX), max: max.unwrap_or(NUMBER_MAX) },
            FieldType::Tally => Kind::Tally { max: max.unwrap_or(NUMBER_MAX) },
            FieldType::YesNo => Kind::YesNo,
            FieldType::Choice => Kind::Choice { options: options.ok_or_else(|| missing("options"))? },
            FieldType::Date => Kind::Date,
            FieldType::Group => Kind::Group { fields: fields.ok_or_else(|| missing("fields"))? },
        };
        Ok(Self { key, label, required, kind })
    }
}

impl From<Field> for FieldJson {
    fn from(field: Field) -> Self {
        let r#type = field.kind.field_type();
        let Field { key, label, required, kind } = field;
        let bare =
            Self { key, label, r#type, required, max_chars: None, min: None, max: None, options: None, fields: None };
        match kind {
            Kind::Text { max_chars } => Self { max_chars: Some(max_chars), ..bare },
            Kind::Integer { min, max } => Self { min: Some(min), max: Some(max), ..bare },
            Kind::Tally { max } => Self { max: Some(max), ..bare },
            Kind::Choice { options } => Self { options: Some(options), ..bare },
            Kind::Group { fields } => Self { fields: Some(fields), ..bare },
            Kind::Narrative | Kind::YesNo | Kind::Date => bare,
        }
    }
}

/// The settings that a definition may give to a field of this type.
fn settings(field_type: FieldType) -> &'static [&'static str] {
    match field_type {
        FieldType::Text => &["max_chars"],
        FieldType::Integer => &["min", "max"],
        FieldType::Tally => &["max"],
        FieldType::Choice => &["options"],
        FieldType::Group => &["fields"],
        FieldType::Narrative | FieldType::YesNo | FieldType::Date => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{Form, FormError};

    const LABEL: &str = r#"{"zh":"字","bo":"ཡི་གེ།","en":"Letter"}"#;

    fn form_json(fields: &str) -> String {
        format!(r#"{{"id":"clinic.test","version":1,"title":{LABEL},"fields":[{fields}]}}"#)
    }

    fn field_json(key: &str, rest: &str) -> String {
        format!(r#"{{"key":"{key}","label":{LABEL},{rest}}}"#)
    }

    fn parsed(rest: &str) -> Field {
        Form::parse(&form_json(&field_json("it", rest))).unwrap().fields.remove(0)
    }

    fn malformed(json: &str) -> String {
        match Form::parse(json).unwrap_err() {
            FormError::Malformed(message) => message,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn settings_have_defaults() {
        assert_eq!(parsed(r#""type":"text""#).kind, Kind::Text { max_chars: 200 });
        assert_eq!(parsed(r#""type":"tally""#).kind, Kind::Tally { max: 1_000_000_000 });
        assert_eq!(parsed(r#""type":"integer","min":0"#).kind, Kind::Integer { min: 0, max: 1_000_000_000 });
        assert!(!parsed(r#""type":"date""#).required);
    }

    #[test]
    fn unknown_keys_and_misplaced_settings_are_named() {
        let misspelt = malformed(&form_json(&field_json("it", r#""type":"text","requierd":true"#)));
        assert!(misspelt.contains("requierd"), "{misspelt}");
        let misplaced = malformed(&form_json(&field_json("it", r#""type":"text","min":0"#)));
        assert!(misplaced.contains("field `it`: type `text` has no `min`"), "{misplaced}");
        let missing = malformed(&form_json(&field_json("it", r#""type":"choice""#)));
        assert!(missing.contains("field `it`: type `choice` needs `options`"), "{missing}");
        let kind = malformed(&form_json(&field_json("it", r#""type":"number""#)));
        assert!(kind.contains("number") && kind.contains("line 1"), "{kind}");
        let top = malformed(&form_json("").replacen('{', r#"{"owner":"x","#, 1));
        assert!(top.contains("owner"), "{top}");
        let language = malformed(&form_json("").replace(r#""bo":"ཡི་གེ།","#, ""));
        assert!(language.contains("bo"), "{language}");
        let twice = malformed(&form_json(&field_json("it", r#""type":"text","type":"date""#)));
        assert!(twice.contains("duplicate"), "{twice}");
    }

    #[test]
    fn a_form_survives_being_written_and_read() {
        let option =
            |value: &str| format!(r#"{{"value":"{value}","label":{{"zh":"{value}","bo":"{value}","en":"{value}"}}}}"#);
        let inner = field_json("age", r#""type":"integer","min":-5,"max":5"#);
        let fields = [
            field_json("a", r#""type":"text","max_chars":7,"required":true"#),
            field_json("b", r#""type":"narrative""#),
            field_json("c", r#""type":"tally","max":9"#),
            field_json("d", r#""type":"yes_no""#),
            field_json("e", &format!(r#""type":"choice","options":[{},{}]"#, option("x"), option("y"))),
            field_json("f", r#""type":"date""#),
            field_json("g", &format!(r#""type":"group","fields":[{inner}]"#)),
        ];
        let form = Form::parse(&form_json(&fields.join(","))).unwrap();
        let written = serde_json::to_string(&form).unwrap();
        assert_eq!(Form::parse(&written).unwrap(), form);
        assert!(!written.contains(r#""on""#), "the day field is not part of the definition: {written}");
    }
}
