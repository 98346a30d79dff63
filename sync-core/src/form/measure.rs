//! What a record adds to totals. A total is nothing but the sum of these over the records, so it can always be
//! recomputed.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{
        MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};

use super::{Field, Form, Kind, Labels};
use crate::{
    id::{FieldKey, MeasureId},
    record::value::{Value, Values},
};

/// A number that each record of a form adds to totals.
///
/// In JSON: `{"measure":"people_benefited","label":{…},"sum":"patients_seen"}`, or with a condition
/// `{"measure":"reading_rooms","label":{…},"count":true,"when":{"field":"reading_room_extended","equals":true}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "MeasureJson", into = "MeasureJson")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(as = "MeasureJson"))]
pub struct Measure {
    /// The name of the total; several forms may add to the same one.
    pub measure: MeasureId,
    /// What people call it.
    pub label: Labels,
    /// What a record adds.
    pub add: Add,
    /// The conditions that must all hold for it to add anything. Default: none. In JSON a list, or one condition by
    /// itself.
    pub when: Vec<Condition>,
}

/// What a record adds to a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Add {
    /// One.
    Count,
    /// The number in this integer or tally field.
    Sum(FieldKey),
}

/// A field that must have a certain answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Condition {
    /// A text, choice, integer or yes/no field.
    pub field: FieldKey,
    /// The answer.
    pub equals: Equals,
}

/// The answer that a condition wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "`equals` must be a text, a whole number, true or false")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Equals {
    /// Of a yes/no field.
    YesNo(bool),
    /// Of an integer field.
    Integer(i64),
    /// Of a text field, or the value of a choice.
    Text(String),
}

impl Condition {
    /// Whether a record with these values meets the condition: the field has this answer, and no fault.
    fn holds(&self, form: &Form, values: &Values) -> bool {
        let answer = form.field(&self.field).and_then(|field| field.answer(values));
        match (&self.equals, answer) {
            (Equals::YesNo(wanted), Some(Value::YesNo(answer))) => wanted == answer,
            (Equals::Integer(wanted), Some(Value::Integer(answer))) => wanted == answer,
            (Equals::Text(wanted), Some(Value::Text(answer))) => wanted == answer,
            _ => false,
        }
    }

    /// Why no record could ever meet the condition, if that is so.
    pub(super) fn impossible(&self, field: &Field) -> Option<String> {
        let kind = field.kind.field_type();
        if !matches!(field.kind, Kind::Text { .. } | Kind::Choice { .. } | Kind::Integer { .. } | Kind::YesNo) {
            return Some(format!("conditions are on text, choice, integer and yes_no fields, not on type `{kind}`"));
        }
        let wanted = match &self.equals {
            Equals::YesNo(answer) => Value::YesNo(*answer),
            Equals::Integer(number) => Value::Integer(*number),
            Equals::Text(text) => Value::Text(text.clone()),
        };
        match field.kind.check(&wanted) {
            Err(code) => Some(code.to_string()),
            Ok(()) => wanted.is_blank().then(|| "a blank text is no answer".to_string()),
        }
    }
}

impl Form {
    /// What a record with these values adds to totals; measures to which it adds nothing are left out.
    ///
    /// A field with a fault counts as not answered. Without a good day ([`super::ON`]) a record adds nothing at all,
    /// because totals are by day.
    #[must_use]
    pub fn contributions(&self, values: &Values) -> BTreeMap<MeasureId, i64> {
        let mut totals = BTreeMap::new();
        if self.on().answer(values).is_none() {
            return totals;
        }
        for measure in &self.measures {
            let added = match &measure.add {
                Add::Count => 1,
                Add::Sum(key) => match self.field(key).and_then(|field| field.answer(values)) {
                    Some(Value::Integer(number) | Value::Tally(number)) => *number,
                    _ => 0,
                },
            };
            if added != 0 && measure.when.iter().all(|condition| condition.holds(self, values)) {
                totals.insert(measure.measure.clone(), added);
            }
        }
        totals
    }
}

/// A measure as JSON writes it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "Measure"))]
struct MeasureJson {
    measure: MeasureId,
    label: Labels,
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    count: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sum: Option<FieldKey>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_several")]
    when: Vec<Condition>,
}

impl TryFrom<MeasureJson> for Measure {
    type Error = String;

    fn try_from(json: MeasureJson) -> Result<Self, String> {
        let MeasureJson { measure, label, count, sum, when } = json;
        let add = match (count, sum) {
            (true, None) => Add::Count,
            (false, Some(field)) => Add::Sum(field),
            _ => return Err(format!("measure `{measure}`: give either `\"count\": true` or `\"sum\": \"a_field\"`")),
        };
        Ok(Self { measure, label, add, when })
    }
}

impl From<Measure> for MeasureJson {
    fn from(measure: Measure) -> Self {
        let Measure { measure, label, add, when } = measure;
        let (count, sum) = match add {
            Add::Count => (true, None),
            Add::Sum(field) => (false, Some(field)),
        };
        Self { measure, label, count, sum, when }
    }
}

/// Reads a list of conditions, or a single one. (By hand, because an untagged enum would hide what is wrong inside.)
fn one_or_several<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Condition>, D::Error> {
    struct OneOrSeveral;
    impl<'de> Visitor<'de> for OneOrSeveral {
        type Value = Vec<Condition>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a condition or a list of conditions")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<Condition>, A::Error> {
            Condition::deserialize(MapAccessDeserializer::new(map)).map(|condition| [condition].into())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Vec<Condition>, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(seq))
        }
    }
    d.deserialize_any(OneOrSeveral)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{FormError, NUMBER_MAX};

    const LABEL: &str = r#"{"zh":"字","bo":"ཡི་གེ།","en":"Letter"}"#;

    fn parse(measures: &str) -> Result<Form, FormError> {
        let field = |key: &str, rest: &str| format!(r#"{{"key":"{key}","label":{LABEL},{rest}}}"#);
        let fields = [
            field("n", r#""type":"integer","min":-10"#),
            field("t", r#""type":"tally""#),
            field("yes", r#""type":"yes_no""#),
            field("name", r#""type":"text","required":true"#),
        ];
        let fields = fields.join(",");
        Form::parse(&format!(r#"{{"id":"x","version":1,"title":{LABEL},"fields":[{fields}],"measures":[{measures}]}}"#))
    }

    fn form(measures: &[(&str, &str)]) -> Form {
        let one = |(id, rest): &(&str, &str)| format!(r#"{{"measure":"{id}","label":{LABEL},{rest}}}"#);
        parse(&measures.iter().map(one).collect::<Vec<_>>().join(",")).unwrap()
    }

    fn totals(form: &Form, values: &[(&str, Value)]) -> Vec<(String, i64)> {
        let values = values.iter().map(|(key, value)| (key.parse().unwrap(), value.clone())).collect();
        form.contributions(&values).into_iter().map(|(measure, number)| (measure.to_string(), number)).collect()
    }

    fn on() -> (&'static str, Value) {
        ("on", Value::Text("2021-03-15".into()))
    }

    #[test]
    fn records_without_a_good_day_add_nothing() {
        let form = form(&[("all", r#""count":true"#), ("sum", r#""sum":"n""#)]);
        let n = ("n", Value::Integer(4));
        assert_eq!(totals(&form, &[on(), n.clone()]), [("all".into(), 1), ("sum".into(), 4)]);
        assert_eq!(totals(&form, core::slice::from_ref(&n)), []);
        for bad in ["", " ", "2021-02-30", "yesterday"] {
            assert_eq!(totals(&form, &[("on", Value::Text(bad.into())), n.clone()]), [], "{bad:?}");
        }
        assert_eq!(totals(&form, &[("on", Value::Integer(20210315)), n]), []);
    }

    #[test]
    fn faulty_and_zero_numbers_add_nothing_and_leave_the_count() {
        let form = form(&[("all", r#""count":true"#), ("sum", r#""sum":"n""#), ("queue", r#""sum":"t""#)]);
        let all = ("all".to_string(), 1);
        for n in
            [Value::Integer(0), Value::Integer(-11), Value::Integer(i64::MAX), Value::Tally(3), Value::Text("3".into())]
        {
            assert_eq!(totals(&form, &[on(), ("n", n.clone())]), core::slice::from_ref(&all), "{n:?}");
        }
        assert_eq!(totals(&form, &[on(), ("n", Value::Integer(-10))]), [all.clone(), ("sum".into(), -10)]);
        let largest = totals(&form, &[on(), ("t", Value::Tally(NUMBER_MAX))]);
        assert_eq!(largest, [all.clone(), ("queue".into(), NUMBER_MAX)]);
        assert_eq!(totals(&form, &[on(), ("t", Value::Tally(NUMBER_MAX + 1))]), [all]);
    }

    #[test]
    fn all_conditions_must_hold() {
        let when = r#""sum":"n","when":[{"field":"yes","equals":true},{"field":"name","equals":"a"}]"#;
        let form = form(&[("sum", when)]);
        let with = |yes: Option<bool>, name: &str| {
            let mut values = [on(), ("n", Value::Integer(2)), ("name", Value::Text(name.into()))].to_vec();
            values.extend(yes.map(|yes| ("yes", Value::YesNo(yes))));
            totals(&form, &values)
        };
        assert_eq!(with(Some(true), "a"), [("sum".into(), 2)]);
        for (yes, name) in [(Some(true), "b"), (Some(false), "a"), (None, "a"), (Some(true), "A"), (Some(true), "")] {
            assert_eq!(with(yes, name), [], "{yes:?} {name}");
        }
    }

    #[test]
    fn conditions_on_faulty_answers_do_not_hold() {
        let form = form(&[("m", r#""count":true,"when":{"field":"n","equals":3}"#)]);
        assert_eq!(totals(&form, &[on(), ("n", Value::Integer(3))]), [("m".into(), 1)]);
        for n in [Value::Integer(4), Value::Tally(3), Value::Text("3".into())] {
            assert_eq!(totals(&form, &[on(), ("n", n)]), []);
        }
    }

    #[test]
    fn one_condition_may_stand_alone() {
        let alone = form(&[("m", r#""count":true,"when":{"field":"yes","equals":true}"#)]);
        let listed = form(&[("m", r#""count":true,"when":[{"field":"yes","equals":true}]"#)]);
        assert_eq!(alone, listed);
        let written = serde_json::to_string(&alone).unwrap();
        assert_eq!(Form::parse(&written).unwrap(), alone);
    }

    #[test]
    fn a_measure_that_says_too_much_or_too_little_is_named() {
        let message = |rest: &str| match parse(&format!(r#"{{"measure":"m","label":{LABEL}{rest}}}"#)).unwrap_err() {
            FormError::Malformed(message) => message,
            other => panic!("{other}"),
        };
        for rest in ["", r#","count":false"#, r#","count":true,"sum":"n""#] {
            assert!(message(rest).contains("measure `m`: give either"), "{rest}");
        }
        let misspelt = message(r#","count":true,"when":{"field":"yes","equal":true}"#);
        assert!(misspelt.contains("unknown field `equal`"), "{misspelt}");
        let fraction = message(r#","count":true,"when":[{"field":"n","equals":1.5}]"#);
        assert!(fraction.contains("`equals` must be a text, a whole number"), "{fraction}");
        let text = message(r#","count":true,"when":"yes""#);
        assert!(text.contains("a condition or a list of conditions"), "{text}");
    }
}
