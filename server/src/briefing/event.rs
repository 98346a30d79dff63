//! Events, as templates see them.

use std::{collections::BTreeMap, fmt, sync::Arc};

use minijinja::{
    Value,
    value::{Enumerator, Object, ObjectExt},
};
use sync_core::{
    form::{Field, Form, Kind},
    id::MeasureId,
    merge::RECORDS_MEASURE,
};

use super::{background::Background, blocks::Link, values::Linked, words};
use crate::store::briefing::Counted;

/// A record that counts, as an event.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub record: Counted,
    /// The worker's name.
    pub worker: String,
    pub background: Arc<Background>,
}

impl Event {
    fn form(&self) -> Option<&Form> {
        self.background.directory.forms().get(&self.record.form, self.record.form_version)
    }

    /// What a field says, as people write it; empty without an answer.
    fn shown(&self, field: &Field) -> String {
        let Some(value) = self.record.values.get(field.key.as_str()) else { return String::new() };
        let language = self.background.asked.language;
        match (&field.kind, value) {
            (Kind::Choice { options }, serde_json::Value::String(text)) => {
                let option = options.iter().find(|option| option.value == *text);
                option.map_or(text.as_str(), |option| language.of(&option.label)).to_owned()
            }
            (Kind::Date, serde_json::Value::String(text)) => {
                text.parse().map_or_else(|_| text.clone(), |day| words::day(day, language))
            }
            (_, serde_json::Value::String(text)) => text.clone(),
            (_, serde_json::Value::Bool(answer)) => words::yes_no(*answer, language).to_owned(),
            (_, serde_json::Value::Number(number)) => number.as_i64().map(words::number).unwrap_or_default(),
            (_, serde_json::Value::Object(entries)) => words::number(entries.len() as i64),
            _ => String::new(),
        }
    }

    /// What it is called: its first text, or else its form.
    fn title(&self) -> String {
        let form = self.form();
        let texts =
            form.into_iter().flat_map(|form| &form.fields).filter(|field| matches!(field.kind, Kind::Text { .. }));
        let first = texts.map(|field| self.shown(field)).find(|text| !text.trim().is_empty());
        first.unwrap_or_else(|| self.form_title())
    }

    fn form_title(&self) -> String {
        let language = self.background.asked.language;
        self.form().map_or_else(|| self.record.form.to_string(), |form| language.of(&form.title).to_owned())
    }

    fn numbers(&self) -> Vec<Value> {
        let measures = self.record.contribution.measures.iter();
        let others = measures.filter(|(id, _)| id.as_str() != RECORDS_MEASURE);
        let shown = |(id, value): (&MeasureId, &i64)| {
            let known = self.background.measures.iter().find(|known| known.id == *id);
            let label = known.map_or_else(|| id.to_string(), |known| known.label.clone());
            Value::from_pairs([
                ("label", Value::from(label)),
                ("id", id.as_str().into()),
                ("value", (*value).into()),
                ("text", words::number(*value).into()),
            ])
        };
        others.map(shown).collect()
    }
}

impl Object for Event {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let (record, background) = (&self.record, &self.background);
        Some(match key.as_str()? {
            "id" => record.id.to_string().into(),
            "title" => Linked::value(self.title(), Some(Link::Record(record.id))),
            "form" => self.form_title().into(),
            "form_id" => record.form.as_str().into(),
            "on" => record.contribution.on.to_string().into(),
            "day" => words::day(record.contribution.on, background.asked.language).into(),
            "unit" => background.name_of(&record.unit).into(),
            "unit_code" => record.unit.as_str().into(),
            "below" => background.child_of(&record.unit).map_or_else(String::new, |unit| unit.unit.name.clone()).into(),
            "worker" => self.worker.as_str().into(),
            "status" => record.status.as_str().into(),
            "numbers" => self.numbers().into(),
            "fields" => {
                let fields = self.form().into_iter().flat_map(Form::all_fields);
                let shown = fields.map(|field| (field.key.to_string(), self.shown(field)));
                Value::from_object(Fields(shown.collect()))
            }
            _ => return None,
        })
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title())
    }
}

/// What each field of an event says. A field that its form does not have says nothing: forms change, and a briefing is of all.
#[derive(Debug)]
struct Fields(BTreeMap<String, String>);

impl Object for Fields {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(self.0.get(key.as_str()?).map_or("", String::as_str).into())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        self.mapped_enumerator(|fields| Box::new(fields.0.keys().map(|key| Value::from(key.as_str()))))
    }
}
