//! The rules that a definition must obey, each with an error that names where it is broken.

use alloc::{
    borrow::ToOwned,
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
};

use thiserror::Error;

use super::{Add, Choice, Field, Form, Kind, Labels, Measure, NUMBER_MAX, ON};
use crate::{
    id::{FieldKey, FormId},
    limits::TEXT_BYTES_MAX,
};

/// Bytes of one definition as JSON.
pub const FORM_BYTES_MAX: usize = 1 << 20;
/// Fields of one form, those inside groups included.
pub const FIELDS_MAX: usize = 100;
/// Options of one choice.
pub const OPTIONS_MAX: usize = 200;
/// Measures of one form.
pub const MEASURES_MAX: usize = 50;
/// Conditions of one measure.
pub const CONDITIONS_MAX: usize = 10;
/// Characters of one label.
pub const LABEL_CHARS_MAX: usize = 200;
/// Characters of one text: as many as fit into [`TEXT_BYTES_MAX`] whatever the script.
pub const TEXT_CHARS_MAX: u32 = (TEXT_BYTES_MAX / 4) as u32;

/// Why a definition is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the message of each says what its parts are")]
pub enum FormError {
    #[error("not a form definition: {0}")]
    Malformed(String),
    #[error("a form's version begins at 1")]
    VersionZero,
    #[error("{place}: the label in `{language}` is empty")]
    LabelMissing { place: String, language: &'static str },
    #[error("{place}: the label in `{language}` is longer than {max} characters")]
    LabelTooLong { place: String, language: &'static str, max: usize },
    #[error("{place}: {count} {what}, where at most {max} are possible")]
    TooMany { place: String, what: &'static str, count: usize, max: usize },
    #[error("{place}: no {what}, where at least one is needed")]
    TooFew { place: String, what: &'static str },
    #[error("field `{ON}` is part of every form and cannot be defined again")]
    ReservedKey,
    #[error("{place}: `{key}` appears twice among the {what}")]
    Duplicate { place: String, what: &'static str, key: String },
    #[error("{place}: `{setting}` is {value}, outside {min} to {max}")]
    SettingOutOfRange { place: String, setting: &'static str, value: i64, min: i64, max: i64 },
    #[error("{place}: `min` {min} is above `max` {max}")]
    BoundsCrossed { place: String, min: i64, max: i64 },
    #[error("{place}: a group cannot hold another group")]
    NestedGroup { place: String },
    #[error("{place}: option value {value:?} is not 1 to 48 of a-z, 0-9 and '_'")]
    OptionValue { place: String, value: String },
    #[error("{place}: options `{first}` and `{second}` are both called {name:?}")]
    OptionAmbiguous { place: String, first: String, second: String, name: String },
    #[error("{place}: the form has no field `{field}`")]
    UnknownField { place: String, field: FieldKey },
    #[error("{place}: field `{field}` is neither an integer nor a tally, so it has no sum")]
    NotSummable { place: String, field: FieldKey },
    #[error("{place}: the condition on `{field}` can never hold: {reason}")]
    ConditionImpossible { place: String, field: FieldKey, reason: String },
    #[error("form `{form}` already has a version {version} with different content")]
    VersionExists { form: FormId, version: u32 },
}

impl FormError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "form_malformed",
            Self::VersionZero => "form_version_zero",
            Self::LabelMissing { .. } => "form_label_missing",
            Self::LabelTooLong { .. } => "form_label_too_long",
            Self::TooMany { .. } => "form_too_many",
            Self::TooFew { .. } => "form_too_few",
            Self::ReservedKey => "form_reserved_key",
            Self::Duplicate { .. } => "form_duplicate",
            Self::SettingOutOfRange { .. } => "form_setting_out_of_range",
            Self::BoundsCrossed { .. } => "form_bounds_crossed",
            Self::NestedGroup { .. } => "form_nested_group",
            Self::OptionValue { .. } => "form_option_value",
            Self::OptionAmbiguous { .. } => "form_option_ambiguous",
            Self::UnknownField { .. } => "form_unknown_field",
            Self::NotSummable { .. } => "form_not_summable",
            Self::ConditionImpossible { .. } => "form_condition_impossible",
            Self::VersionExists { .. } => "form_version_exists",
        }
    }
}

impl Form {
    /// Reads a definition and checks every rule.
    ///
    /// # Errors
    /// [`FormError::Malformed`], with line and column, if the text does not have the shape of a form; otherwise the
    /// first rule broken.
    pub fn parse(json: &str) -> Result<Self, FormError> {
        at_most(FORM_BYTES_MAX, json.len(), "form", "bytes")?;
        let form: Self = serde_json::from_str(json).map_err(|error| FormError::Malformed(error.to_string()))?;
        form.check()?;
        Ok(form)
    }

    /// Checks every rule that the shape alone does not ensure.
    ///
    /// # Errors
    /// The first rule broken, from the top of the definition to its end.
    pub fn check(&self) -> Result<(), FormError> {
        if self.version == 0 {
            return Err(FormError::VersionZero);
        }
        check_labels(&self.title, "title")?;
        let inside = |field: &Field| if let Kind::Group { fields } = &field.kind { fields.len() } else { 0 };
        let count = self.fields.len() + self.fields.iter().map(inside).sum::<usize>();
        at_most(FIELDS_MAX, count, "form", "fields")?;
        at_most(MEASURES_MAX, self.measures.len(), "form", "measures")?;
        if self.fields.iter().any(|field| field.key.as_str() == ON) {
            return Err(FormError::ReservedKey);
        }
        unique(self.fields.iter().map(|field| field.key.as_str()), "form", "fields")?;
        for field in &self.fields {
            check_field(field, &format!("field `{}`", field.key))?;
        }
        unique(self.measures.iter().map(|measure| measure.measure.as_str()), "form", "measures")?;
        self.measures.iter().try_for_each(|measure| check_measure(self, measure))
    }
}

fn check_labels(labels: &Labels, place: &str) -> Result<(), FormError> {
    for (language, label) in labels.all() {
        if label.trim().is_empty() {
            return Err(FormError::LabelMissing { place: place.to_owned(), language });
        }
        if label.chars().count() > LABEL_CHARS_MAX {
            return Err(FormError::LabelTooLong { place: place.to_owned(), language, max: LABEL_CHARS_MAX });
        }
    }
    Ok(())
}

fn check_field(field: &Field, place: &str) -> Result<(), FormError> {
    check_labels(&field.label, place)?;
    let within = |setting, value, min, max| {
        let error = || FormError::SettingOutOfRange { place: place.to_owned(), setting, value, min, max };
        if (min..=max).contains(&value) { Ok(()) } else { Err(error()) }
    };
    match &field.kind {
        Kind::Text { max_chars } => within("max_chars", i64::from(*max_chars), 1, i64::from(TEXT_CHARS_MAX)),
        Kind::Integer { min, max } => {
            within("min", *min, -NUMBER_MAX, NUMBER_MAX)?;
            within("max", *max, -NUMBER_MAX, NUMBER_MAX)?;
            let crossed = || FormError::BoundsCrossed { place: place.to_owned(), min: *min, max: *max };
            if min <= max { Ok(()) } else { Err(crossed()) }
        }
        Kind::Tally { max } => within("max", *max, 1, NUMBER_MAX),
        Kind::Choice { options } => check_options(options, place),
        Kind::Group { fields } => check_group(fields, field, place),
        Kind::Narrative | Kind::YesNo | Kind::Date => Ok(()),
    }
}

fn check_group(fields: &[Field], group: &Field, place: &str) -> Result<(), FormError> {
    at_least_one(fields.len(), place, "fields")?;
    unique(fields.iter().map(|field| field.key.as_str()), place, "fields")?;
    for field in fields {
        let place = format!("field `{}/{}`", group.key, field.key);
        if matches!(field.kind, Kind::Group { .. }) {
            return Err(FormError::NestedGroup { place });
        }
        check_field(field, &place)?;
    }
    Ok(())
}

fn check_options(options: &[Choice], place: &str) -> Result<(), FormError> {
    at_least_one(options.len(), place, "options")?;
    at_most(OPTIONS_MAX, options.len(), place, "options")?;
    unique(options.iter().map(|option| option.value.as_str()), place, "options")?;
    // Whatever is typed or read aloud must mean one option: no two may share a name in any language.
    let mut owners = BTreeMap::new();
    for option in options {
        let value = &option.value;
        if value.parse::<FieldKey>().is_err() {
            return Err(FormError::OptionValue { place: place.to_owned(), value: value.chars().take(80).collect() });
        }
        check_labels(&option.label, &format!("{place}, option `{value}`"))?;
        for name in option.names() {
            match owners.insert(name.clone(), value) {
                Some(first) if first != value => {
                    let (first, second) = (first.clone(), value.clone());
                    return Err(FormError::OptionAmbiguous { place: place.to_owned(), first, second, name });
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn check_measure(form: &Form, measure: &Measure) -> Result<(), FormError> {
    let place = || format!("measure `{}`", measure.measure);
    let find =
        |key: &FieldKey| form.field(key).ok_or_else(|| FormError::UnknownField { place: place(), field: key.clone() });
    check_labels(&measure.label, &place())?;
    if let Add::Sum(key) = &measure.add
        && !matches!(find(key)?.kind, Kind::Integer { .. } | Kind::Tally { .. })
    {
        return Err(FormError::NotSummable { place: place(), field: key.clone() });
    }
    at_most(CONDITIONS_MAX, measure.when.len(), &place(), "conditions")?;
    unique(measure.when.iter().map(|condition| condition.field.as_str()), &place(), "conditions")?;
    for condition in &measure.when {
        let field = find(&condition.field)?;
        if let Some(reason) = condition.impossible(field) {
            return Err(FormError::ConditionImpossible { place: place(), field: field.key.clone(), reason });
        }
    }
    Ok(())
}

fn at_most(max: usize, count: usize, place: &str, what: &'static str) -> Result<(), FormError> {
    if count <= max { Ok(()) } else { Err(FormError::TooMany { place: place.to_owned(), what, count, max }) }
}

fn at_least_one(count: usize, place: &str, what: &'static str) -> Result<(), FormError> {
    if count > 0 { Ok(()) } else { Err(FormError::TooFew { place: place.to_owned(), what }) }
}

fn unique<'a>(keys: impl Iterator<Item = &'a str>, place: &str, what: &'static str) -> Result<(), FormError> {
    let mut seen = BTreeSet::new();
    for key in keys {
        if !seen.insert(key) {
            return Err(FormError::Duplicate { place: place.to_owned(), what, key: key.to_owned() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    const LABEL: &str = r#"{"zh":"字","bo":"ཡི་གེ།","en":"Letter"}"#;

    fn form(version: u32, fields: &[String], measures: &[String]) -> Result<Form, FormError> {
        Form::parse(&format!(
            r#"{{"id":"clinic.test","version":{version},"title":{LABEL},"fields":[{}],"measures":[{}]}}"#,
            fields.join(","),
            measures.join(",")
        ))
    }

    fn field(key: &str, rest: &str) -> String {
        format!(r#"{{"key":"{key}","label":{LABEL},{rest}}}"#)
    }

    fn option(value: &str, label: &str) -> String {
        format!(r#"{{"value":"{value}","label":{{"zh":"{label}","bo":"{label}","en":"{label}"}}}}"#)
    }

    fn choice(options: &[String]) -> String {
        field("class", &format!(r#""type":"choice","options":[{}]"#, options.join(",")))
    }

    fn measure(id: &str, rest: &str) -> String {
        format!(r#"{{"measure":"{id}","label":{LABEL},{rest}}}"#)
    }

    #[track_caller]
    fn refused(form: Result<Form, FormError>, code: &str, place: &str) {
        let error = form.expect_err(code);
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(place), "{error}");
    }

    #[test]
    fn the_smallest_form_is_a_form() {
        form(1, &[], &[]).unwrap();
        refused(form(0, &[], &[]), "form_version_zero", "1");
    }

    #[test]
    fn every_label_is_needed_in_every_language() {
        let title = format!(r#"{{"id":"x","version":1,"title":{},"fields":[]}}"#, LABEL.replace("Letter", " "));
        refused(Form::parse(&title), "form_label_missing", "title: the label in `en`");
        let long = field("it", r#""type":"text""#).replace("Letter", &"x".repeat(201));
        refused(form(1, &[long], &[]), "form_label_too_long", "field `it`");
        let empty = field("it", r#""type":"text""#).replace("字", "");
        refused(form(1, &[empty], &[]), "form_label_missing", "field `it`: the label in `zh`");
        let in_option = choice(&[option("a", "A").replace(r#""bo":"A""#, r#""bo":"""#)]);
        refused(form(1, &[in_option], &[]), "form_label_missing", "option `a`: the label in `bo`");
    }

    #[test]
    fn keys_are_unique_and_the_day_is_reserved() {
        let it = field("it", r#""type":"text""#);
        refused(form(1, &[it.clone(), it.clone()], &[]), "form_duplicate", "`it`");
        refused(form(1, &[field("on", r#""type":"date""#)], &[]), "form_reserved_key", "`on`");
        let twice = field("g", &format!(r#""type":"group","fields":[{it},{it}]"#));
        refused(form(1, &[twice], &[]), "form_duplicate", "field `g`");
        let count = measure("m", r#""count":true"#);
        refused(form(1, &[], &[count.clone(), count]), "form_duplicate", "measures");
    }

    #[test]
    fn counts_have_limits_that_can_be_reached() {
        let fields = |n: usize| (0..n).map(|i| field(&format!("f{i}"), r#""type":"text""#)).collect::<Vec<_>>();
        form(1, &fields(FIELDS_MAX), &[]).unwrap();
        refused(form(1, &fields(FIELDS_MAX + 1), &[]), "form_too_many", "101 fields");
        let group = field("g", &format!(r#""type":"group","fields":[{}]"#, fields(FIELDS_MAX).join(",")));
        refused(form(1, &[group], &[]), "form_too_many", "101 fields");

        let options =
            |n: usize| choice(&(0..n).map(|i| option(&format!("o{i}"), &format!("O {i}"))).collect::<Vec<_>>());
        form(1, &[options(OPTIONS_MAX)], &[]).unwrap();
        refused(form(1, &[options(OPTIONS_MAX + 1)], &[]), "form_too_many", "field `class`: 201 options");
        refused(form(1, &[options(0)], &[]), "form_too_few", "field `class`: no options");

        let counts = |n: usize| (0..n).map(|i| measure(&format!("m{i}"), r#""count":true"#)).collect::<Vec<_>>();
        form(1, &[], &counts(MEASURES_MAX)).unwrap();
        refused(form(1, &[], &counts(MEASURES_MAX + 1)), "form_too_many", "51 measures");

        let big = format!("{}{}", " ".repeat(FORM_BYTES_MAX), "{}");
        refused(Form::parse(&big), "form_too_many", "bytes");
    }

    #[test]
    fn bounds_are_bounded() {
        let integer = |rest: &str| form(1, &[field("n", &format!(r#""type":"integer",{rest}"#))], &[]);
        integer(r#""min":3,"max":3"#).unwrap();
        refused(integer(r#""min":4,"max":3"#), "form_bounds_crossed", "field `n`");
        refused(integer(r#""max":1000000001"#), "form_setting_out_of_range", "`max`");
        refused(integer(r#""min":-1000000001"#), "form_setting_out_of_range", "`min`");
        let other = |rest: &str| form(1, &[field("n", rest)], &[]);
        refused(other(r#""type":"tally","max":0"#), "form_setting_out_of_range", "`max`");
        refused(other(r#""type":"text","max_chars":0"#), "form_setting_out_of_range", "`max_chars`");
        refused(other(r#""type":"text","max_chars":2049"#), "form_setting_out_of_range", "`max_chars`");
        other(r#""type":"text","max_chars":2048"#).unwrap();
    }

    #[test]
    fn groups_hold_fields_and_no_groups() {
        let group = |fields: &str| field("g", &format!(r#""type":"group","fields":[{fields}]"#));
        refused(form(1, &[group("")], &[]), "form_too_few", "field `g`");
        let nested = group(&group(&field("it", r#""type":"text""#)));
        refused(form(1, &[nested], &[]), "form_nested_group", "field `g/g`");
        let inner = group(&field("n", r#""type":"integer","min":1,"max":0"#));
        refused(form(1, &[inner], &[]), "form_bounds_crossed", "field `g/n`");
    }

    #[test]
    fn options_cannot_be_confused() {
        refused(form(1, &[choice(&[option("a", "A"), option("a", "B")])], &[]), "form_duplicate", "`a`");
        refused(form(1, &[choice(&[option("A b", "A")])], &[]), "form_option_value", "A b");
        refused(
            form(1, &[choice(&[option("a", "好"), option("b", "好 ")])], &[]),
            "form_option_ambiguous",
            "`a` and `b`",
        );
        refused(form(1, &[choice(&[option("a", "x"), option("b", "A")])], &[]), "form_option_ambiguous", "\"a\"");
    }

    #[test]
    fn measures_name_fields_that_can_answer() {
        let fields = [
            field("name", r#""type":"text","max_chars":3"#),
            field("n", r#""type":"integer","min":0,"max":9"#),
            field("t", r#""type":"tally""#),
            field("yes", r#""type":"yes_no""#),
            choice(&[option("a", "A"), option("b", "B")]),
        ];
        let with = |rest: &str| form(1, &fields, &[measure("m", rest)]);
        let when = |when: &str| with(&format!(r#""count":true,"when":{when}"#));
        for good in [r#""sum":"n""#, r#""sum":"t""#, r#""count":true"#] {
            with(good).unwrap();
        }
        refused(with(r#""sum":"gone""#), "form_unknown_field", "measure `m`");
        refused(with(r#""sum":"name""#), "form_not_summable", "field `name`");
        refused(with(r#""sum":"on""#), "form_not_summable", "field `on`");
        when(r#"{"field":"class","equals":"a"}"#).unwrap();
        when(r#"[{"field":"class","equals":"a"},{"field":"yes","equals":false},{"field":"n","equals":9}]"#).unwrap();
        refused(when(r#"{"field":"gone","equals":"a"}"#), "form_unknown_field", "`gone`");
        for impossible in [
            r#"{"field":"class","equals":"c"}"#,
            r#"{"field":"class","equals":1}"#,
            r#"{"field":"yes","equals":"yes"}"#,
            r#"{"field":"n","equals":10}"#,
            r#"{"field":"name","equals":"four"}"#,
            r#"{"field":"name","equals":" "}"#,
            r#"{"field":"t","equals":1}"#,
            r#"{"field":"on","equals":"2021-03-15"}"#,
        ] {
            refused(when(impossible), "form_condition_impossible", "measure `m`");
        }
        let twice = r#"[{"field":"n","equals":1},{"field":"n","equals":2}]"#;
        refused(when(twice), "form_duplicate", "measure `m`");
    }
}
