//! Values as they come in, typed at a terminal, entered at a screen or sent as JSON: turned into what the field wants, and checked against
//! its bounds before anything is written. What a form shown on a screen would not let a person enter, these refuse too.

use alloc::{
    borrow::ToOwned,
    collections::BTreeMap,
    format,
    string::{String, ToString},
};
use core::num::IntErrorKind;

use serde_json::{Map, Value as Json};

use super::{Choice, Fault, FaultCode, Field, Form, Kind, Reading, definition::folded};
use crate::{
    id::{Day, FieldKey},
    record::value::{Value, Values},
};

const YES: [&str; 5] = ["yes", "y", "true", "是", "ཡིན"];
const NO: [&str; 6] = ["no", "n", "false", "否", "不是", "མིན"];

impl Form {
    /// Reads a value typed by a person for the field `key`.
    ///
    /// Numbers and days may be written with ASCII, full-width or Tibetan digits, days also as `2021/3/5` or
    /// `2021年3月5日`; yes and no in English, Chinese or Tibetan; a choice by its value or by its label in any language; a
    /// group as JSON. Texts lose outer white space. A tally is read as the total that the field should show.
    ///
    /// # Errors
    /// The fault that the value would be, or [`FaultCode::UnknownField`].
    pub fn read_text(&self, key: &str, text: &str) -> Result<(FieldKey, Value), Fault> {
        self.read(key, |field| field.typed(text))
    }

    /// Reads a value sent as JSON for the field `key`: the natural JSON that [`Value::to_json`] writes. `null` is no
    /// answer.
    ///
    /// # Errors
    /// The fault that the value would be, or [`FaultCode::UnknownField`].
    pub fn read_json(&self, key: &str, json: &Json) -> Result<(FieldKey, Value), Fault> {
        self.read(key, |field| field.sent(json, key))
    }

    /// Reads a value entered at a screen for the field `key`: a text as a person types it ([`Self::read_text`]), anything else
    /// as JSON ([`Self::read_json`]). In the entries of a group likewise; there, a text with nothing in it is no answer.
    ///
    /// # Errors
    /// The fault that the value would be, or [`FaultCode::UnknownField`].
    pub fn read_entered(&self, key: &str, json: &Json) -> Result<(FieldKey, Value), Fault> {
        self.read(key, |field| field.entered(json, key))
    }

    fn read(&self, key: &str, read: impl FnOnce(&Field) -> Result<Value, Fault>) -> Result<(FieldKey, Value), Fault> {
        let field = self.field_named(key).ok_or_else(|| unknown(key.chars().take(80).collect()))?;
        let value = read(field)?;
        match field.first_fault(&value) {
            Some(fault) => Err(fault),
            None => Ok((field.key.clone(), value)),
        }
    }
}

impl Field {
    /// The value that a person means who entered this; its bounds are still to be checked.
    fn entered(&self, json: &Json, path: &str) -> Result<Value, Fault> {
        match (&self.kind, json) {
            (Kind::Group { fields }, Json::Object(entries)) => group_of(fields, entries, path, self, Reading::Entered),
            (_, Json::String(text)) => self.typed(text).map_err(|fault| Fault { field: path.to_owned(), ..fault }),
            _ => self.sent(json, path),
        }
    }

    /// The value that a person means by `text`; its bounds are still to be checked.
    fn typed(&self, text: &str) -> Result<Value, Fault> {
        let wrong_type = FaultCode::WrongType { expected: self.kind.field_type() };
        let value = match &self.kind {
            _ if self.required && text.trim().is_empty() => Err(FaultCode::Required),
            Kind::Text { .. } => Ok(Value::Text(text.trim().to_owned())),
            Kind::Narrative => Ok(Value::Narrative(text.trim().to_owned())),
            Kind::Integer { min, max } => typed_number(text, *min, *max).unwrap_or(Err(wrong_type)).map(Value::Integer),
            Kind::Tally { max } => typed_number(text, 0, *max).unwrap_or(Err(wrong_type)).map(Value::Tally),
            Kind::YesNo => typed_answer(text).map(Value::YesNo).ok_or(wrong_type),
            Kind::Choice { options } => {
                typed_choice(text, options).map(|choice| Value::Text(choice.value.clone())).ok_or(FaultCode::NotAChoice)
            }
            Kind::Date => typed_day(text).map(|day| Value::Text(day.to_string())).ok_or(FaultCode::NotADate),
            Kind::Group { .. } => match serde_json::from_str(text) {
                Ok(json) => return self.sent(&json, self.key.as_str()),
                Err(_) => Err(wrong_type),
            },
        };
        value.map_err(|code| Fault { field: self.key.as_str().to_owned(), code })
    }

    /// The value that a program means by `json`; its bounds are still to be checked.
    fn sent(&self, json: &Json, path: &str) -> Result<Value, Fault> {
        let value = match (&self.kind, json) {
            (_, Json::Null) if self.required => Err(FaultCode::Required),
            (Kind::Text { .. } | Kind::Choice { .. } | Kind::Date, Json::String(text)) => Ok(Value::Text(text.clone())),
            (Kind::Narrative, Json::String(text)) => Ok(Value::Narrative(text.clone())),
            (Kind::Integer { max, .. } | Kind::Tally { max }, Json::Number(number)) => match number.as_i64() {
                Some(number) if matches!(self.kind, Kind::Tally { .. }) => Ok(Value::Tally(number)),
                Some(number) => Ok(Value::Integer(number)),
                None if number.is_u64() => Err(FaultCode::TooLarge { max: *max }),
                None => Err(FaultCode::WrongType { expected: self.kind.field_type() }),
            },
            (Kind::YesNo, Json::Bool(answer)) => Ok(Value::YesNo(*answer)),
            (Kind::Group { fields }, Json::Object(entries)) => {
                return group_of(fields, entries, path, self, Reading::Sent);
            }
            _ => Err(FaultCode::WrongType { expected: self.kind.field_type() }),
        };
        value.map_err(|code| Fault { field: path.to_owned(), code })
    }
}

fn group_of(
    fields: &[Field],
    entries: &Map<String, Json>,
    path: &str,
    group: &Field,
    reading: Reading,
) -> Result<Value, Fault> {
    let entry = |(key, json): (&String, &Json)| {
        let path = format!("{path}/{key}");
        Ok((key.clone(), entry_of(fields, json, &path, group, reading)?))
    };
    entries.iter().map(entry).collect::<Result<BTreeMap<_, _>, _>>().map(Value::Group)
}

fn entry_of(fields: &[Field], json: &Json, path: &str, group: &Field, reading: Reading) -> Result<Values, Fault> {
    let wrong_type = FaultCode::WrongType { expected: group.kind.field_type() };
    let entry = json.as_object().ok_or_else(|| Fault { field: path.to_owned(), code: wrong_type })?;
    let answer = |(key, json): (&String, &Json)| {
        let path = format!("{path}/{key}");
        match (fields.iter().find(|field| field.key.as_str() == key), reading) {
            (Some(field), Reading::Sent) => Ok((field.key.clone(), field.sent(json, &path)?)),
            (Some(field), Reading::Entered) => Ok((field.key.clone(), field.entered(json, &path)?)),
            (None, _) => Err(unknown(path)),
        }
    };
    let given = |(_, json): &(&String, &Json)| reading == Reading::Sent || !reading.is_blank(json);
    entry.iter().filter(given).map(answer).collect()
}

fn unknown(field: String) -> Fault {
    Fault { field, code: FaultCode::UnknownField }
}

/// The number meant, or which bound it is beyond when no `i64` can hold it; `None` for what is no whole number.
fn typed_number(text: &str, min: i64, max: i64) -> Option<Result<i64, FaultCode>> {
    match plain(text).parse::<i64>() {
        Ok(number) => Some(Ok(number)),
        Err(error) => match error.kind() {
            IntErrorKind::PosOverflow => Some(Err(FaultCode::TooLarge { max })),
            IntErrorKind::NegOverflow => Some(Err(FaultCode::TooSmall { min })),
            _ => None,
        },
    }
}

fn typed_answer(text: &str) -> Option<bool> {
    let text = folded(text);
    if YES.contains(&text.as_str()) { Some(true) } else { NO.contains(&text.as_str()).then_some(false) }
}

fn typed_choice<'a>(text: &str, options: &'a [Choice]) -> Option<&'a Choice> {
    let text = folded(text);
    options.iter().find(|option| option.names().contains(&text))
}

fn typed_day(text: &str) -> Option<Day> {
    let text = plain(text);
    let mut parts = text.strip_suffix('日').unwrap_or(&text).split(['-', '/', '.', '年', '月']);
    let mut part = |digits: core::ops::RangeInclusive<usize>| {
        let part = parts.next().filter(|part| digits.contains(&part.len()))?;
        part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u16>().ok()).flatten()
    };
    let (year, month, day) = (part(4..=4)?, part(1..=2)?, part(1..=2)?);
    if parts.next().is_some() {
        return None;
    }
    Day::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

/// The text without outer white space, its digits and signs as ASCII writes them.
fn plain(text: &str) -> String {
    let ascii = |c: char| match c {
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32),
        '༠'..='༩' => char::from_u32(c as u32 - '༠' as u32 + '0' as u32),
        '－' | '\u{2212}' => Some('-'),
        '＋' => Some('+'),
        '／' => Some('/'),
        '．' => Some('.'),
        other => Some(other),
    };
    text.trim().chars().filter_map(ascii).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{FieldType, starter_kit};
    use serde_json::json;

    fn form() -> Form {
        let label = r#"{"zh":"字","bo":"ཡི་གེ།","en":"Letter"}"#;
        let field = |key: &str, rest: &str| format!(r#"{{"key":"{key}","label":{label},{rest}}}"#);
        let fields = [
            field("name", r#""type":"text","max_chars":4,"required":true"#),
            field("n", r#""type":"integer","min":-5,"max":100"#),
            field("t", r#""type":"tally","max":50"#),
            field("yes", r#""type":"yes_no""#),
            field("day", r#""type":"date""#),
            field("story", r#""type":"narrative""#),
            field(
                "children",
                &format!(
                    r#""type":"group","fields":[{},{}]"#,
                    field("age", r#""type":"integer","min":0,"required":true"#),
                    field("story", r#""type":"narrative""#)
                ),
            ),
        ];
        let fields = fields.join(",");
        Form::parse(&format!(r#"{{"id":"x","version":1,"title":{label},"fields":[{fields}]}}"#)).unwrap()
    }

    #[track_caller]
    fn typed(key: &str, text: &str) -> Result<Value, String> {
        form().read_text(key, text).map(|(_, value)| value).map_err(|fault| fault.to_string())
    }

    #[track_caller]
    fn sent(key: &str, json: Json) -> Result<Value, (String, FaultCode)> {
        form().read_json(key, &json).map(|(_, value)| value).map_err(|fault| (fault.field, fault.code))
    }

    #[test]
    fn numbers_are_read_in_three_scripts_and_bounded() {
        for text in ["42", " 42 ", "+42", "４２", "༤༢"] {
            assert_eq!(typed("n", text), Ok(Value::Integer(42)), "{text}");
        }
        assert_eq!(typed("n", "－５"), Ok(Value::Integer(-5)));
        assert_eq!(typed("n", "-6").unwrap_err(), "n: must be at least -5");
        assert_eq!(typed("n", "101").unwrap_err(), "n: must be at most 100");
        assert_eq!(typed("n", "99999999999999999999").unwrap_err(), "n: must be at most 100");
        assert_eq!(typed("n", "-99999999999999999999").unwrap_err(), "n: must be at least -5");
        for text in ["", "4 2", "4.0", "1e2", "0x10", "四", "1,000"] {
            assert_eq!(typed("n", text).unwrap_err(), "n: must be a whole number", "{text}");
        }
        assert_eq!(typed("t", "50"), Ok(Value::Tally(50)));
        assert_eq!(typed("t", "-1").unwrap_err(), "t: must be at least 0");
        assert_eq!(typed("t", "many").unwrap_err(), "t: must be a count");
    }

    #[test]
    fn yes_and_no_are_read_in_three_languages() {
        for text in ["yes", "Y", "TRUE", "是", "ཡིན།"] {
            assert_eq!(typed("yes", text), Ok(Value::YesNo(true)), "{text}");
        }
        for text in ["no", "n", "False", "否", "མིན་"] {
            assert_eq!(typed("yes", text), Ok(Value::YesNo(false)), "{text}");
        }
        for text in ["", "maybe", "1", "是否"] {
            assert_eq!(typed("yes", text).unwrap_err(), "yes: must be yes or no", "{text}");
        }
    }

    #[test]
    fn days_are_written_as_records_hold_them() {
        for text in ["2021-03-05", "2021/3/5", "2021.3.05", "2021年3月5日", "２０２１－０３－０５", "༢༠༢༡-༠༣-༠༥"]
        {
            assert_eq!(typed("day", text), Ok(Value::Text("2021-03-05".into())), "{text}");
            assert_eq!(typed("on", text), Ok(Value::Text("2021-03-05".into())), "{text}");
        }
        for text in ["5.3.2021", "21-3-5", "2021-02-29", "2021-3", "2021-3-5-1", "2021--3-5", "2021-+3-5", "today"] {
            assert!(typed("day", text).unwrap_err().starts_with("day: must be a day"), "{text}");
        }
        assert_eq!(typed("on", " ").unwrap_err(), "on: an answer is required");
    }

    #[test]
    fn choices_are_read_by_value_and_by_any_label() {
        let form = starter_kit::form("clinic.surgery");
        let Some(Kind::Choice { options }) = form.field(&"outcome".parse().unwrap()).map(|field| field.kind.clone())
        else {
            panic!("outcome is a choice")
        };
        for option in options {
            let labels = option.label.all().map(|(_, label)| label.to_uppercase());
            for text in labels.iter().map(String::as_str).chain([option.value.as_str()]) {
                let (_, value) = form.read_text("outcome", &format!(" {text} ")).unwrap();
                assert_eq!(value, Value::Text(option.value.clone()), "{text}");
            }
        }
        assert_eq!(form.read_text("outcome", "fine").unwrap_err().code, FaultCode::NotAChoice);
        let by_label = form.read_json("outcome", &json!("Recovered")).unwrap_err();
        assert_eq!(by_label.code, FaultCode::NotAChoice, "programs say the value");
    }

    #[test]
    fn texts_are_trimmed_and_measured_in_characters() {
        assert_eq!(typed("name", " 昌都县城 "), Ok(Value::Text("昌都县城".into())));
        assert_eq!(typed("name", "昌都县城里").unwrap_err(), "name: must have at most 4 characters");
        assert_eq!(typed("name", "\u{3000}").unwrap_err(), "name: an answer is required");
        assert_eq!(typed("name", "a\u{0}b").unwrap_err(), "name: must not contain control characters");
        assert_eq!(typed("story", "one\ntwo"), Ok(Value::Narrative("one\ntwo".into())));
        assert_eq!(typed("story", ""), Ok(Value::Narrative(String::new())));
    }

    #[test]
    fn json_says_the_type_exactly() {
        assert_eq!(sent("n", json!(7)), Ok(Value::Integer(7)));
        assert_eq!(sent("t", json!(7)), Ok(Value::Tally(7)));
        assert_eq!(sent("yes", json!(false)), Ok(Value::YesNo(false)));
        assert_eq!(sent("story", json!("a")), Ok(Value::Narrative("a".into())));
        let wrong = |key: &str, expected| Err((key.to_string(), FaultCode::WrongType { expected }));
        assert_eq!(sent("n", json!("7")), wrong("n", FieldType::Integer));
        assert_eq!(sent("n", json!(7.5)), wrong("n", FieldType::Integer));
        assert_eq!(sent("n", json!(u64::MAX)), Err(("n".into(), FaultCode::TooLarge { max: 100 })));
        assert_eq!(sent("yes", json!("yes")), wrong("yes", FieldType::YesNo));
        assert_eq!(sent("n", json!(null)), wrong("n", FieldType::Integer));
        assert_eq!(sent("name", json!(null)), Err(("name".into(), FaultCode::Required)));
        assert_eq!(sent("day", json!("2021/3/5")), Err(("day".into(), FaultCode::NotADate)));
        assert_eq!(sent("gone", json!(1)), Err(("gone".into(), FaultCode::UnknownField)));
        assert!(form().read_json(&"昌".repeat(500), &json!(1)).unwrap_err().field.len() <= 320);
    }

    #[test]
    fn groups_are_read_whole_and_faults_name_the_place() {
        let good = json!({"e1": {"age": 3, "story": "x"}, "e2": {"age": 0}});
        let value = sent("children", good.clone()).unwrap();
        assert_eq!(value.to_json(), good);
        assert_eq!(typed("children", &good.to_string()), Ok(value));
        for (json, place, code) in [
            (json!({"e1": {"age": -1}}), "children/e1/age", FaultCode::TooSmall { min: 0 }),
            (json!({"e1": {"story": "x"}}), "children/e1/age", FaultCode::Required),
            (json!({"e1": {"age": 1, "x": 1}}), "children/e1/x", FaultCode::UnknownField),
            (json!({"e1": 1}), "children/e1", FaultCode::WrongType { expected: FieldType::Group }),
            (json!({"": {"age": 1}}), "children", FaultCode::EntryKey { max: 64 }),
            (json!([]), "children", FaultCode::WrongType { expected: FieldType::Group }),
        ] {
            assert_eq!(sent("children", json), Err((place.to_string(), code)), "{place}");
        }
        assert_eq!(typed("children", "{").unwrap_err(), "children: must be a group of entries");
    }
}
