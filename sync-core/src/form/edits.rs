//! What answers mean for a record that is there: the edits that bring them about.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use serde_json::{Map, Value as Json};

use super::{Fault, FaultCode, Field, Form, Kind};
use crate::{
    id::FieldKey,
    record::{Edit, Value, Values},
};

/// How JSON is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// By a program: [`Form::read_json`]. `null` empties a field.
    Sent,
    /// By a person at a screen: [`Form::read_entered`]. `null` and a text with nothing in it empty a field.
    Entered,
}

impl Reading {
    /// Whether this is no answer.
    #[must_use]
    pub fn is_blank(self, json: &Json) -> bool {
        match (self, json) {
            (_, Json::Null) => true,
            (Self::Entered, Json::String(text)) => text.trim().is_empty(),
            _ => false,
        }
    }
}

impl Form {
    /// Reads the answer for the field `key`.
    ///
    /// # Errors
    /// The fault that the value would be.
    pub fn read_answer(&self, key: &str, json: &Json, reading: Reading) -> Result<(FieldKey, Value), Fault> {
        match reading {
            Reading::Sent => self.read_json(key, json),
            Reading::Entered => self.read_entered(key, json),
        }
    }

    /// The edits that these answers mean for a record that holds `present`. Of a group those of its entries that are named, by
    /// their keys: one that it does not have is added, one that is empty is taken out.
    ///
    /// # Errors
    /// Everything that is wrong with the answers.
    pub fn edits(
        &self,
        present: &Values,
        answers: &Map<String, Json>,
        reading: Reading,
    ) -> Result<Vec<Edit>, Vec<Fault>> {
        let (mut edits, mut faults) = (Vec::new(), Vec::new());
        for (name, json) in answers {
            let field = name.parse::<FieldKey>().ok().and_then(|key| self.field(&key));
            let read = match (field, json) {
                (Some(field), json) if reading.is_blank(json) && !field.required => {
                    Ok(vec![Edit::Clear(field.key.clone())])
                }
                (Some(Field { key, kind: Kind::Group { .. }, .. }), Json::Object(entries)) => {
                    let present = match present.get(key) {
                        Some(Value::Group(entries)) => entries.clone(),
                        _ => BTreeMap::new(),
                    };
                    self.edits_of_group(key, &present, entries, reading)
                }
                _ => self.read_answer(name, json, reading).map(|(key, value)| vec![Edit::Set(key, value)]),
            };
            match read {
                Ok(mut read) => edits.append(&mut read),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(edits) } else { Err(faults) }
    }

    fn edits_of_group(
        &self,
        group: &FieldKey,
        present: &BTreeMap<String, Values>,
        entries: &Map<String, Json>,
        reading: Reading,
    ) -> Result<Vec<Edit>, Fault> {
        let mut edits = Vec::new();
        for (key, json) in entries {
            let known = present.get(key);
            let given = match json {
                Json::Null if known.is_some() => {
                    edits.push(Edit::RemoveEntry(group.clone(), key.clone()));
                    continue;
                }
                Json::Object(given) => given,
                _ => return Err(Fault { field: format!("{group}/{key}"), code: FaultCode::UnknownField }),
            };
            // What is not named stays, and counts when the entry as a whole is looked at.
            let kept = known.into_iter().flatten().map(|(field, value)| (field.to_string(), value.to_json()));
            let mut whole: Map<String, Json> = kept.chain(given.clone()).collect();
            whole.retain(|_, json| !reading.is_blank(json));
            let whole = Json::from_iter([(key.clone(), Json::from(whole))]);
            let (_, value) = self.read_answer(group.as_str(), &whole, reading)?;
            let Value::Group(mut read) = value else { continue };
            let mut values = read.remove(key).unwrap_or_default();
            let Some(known) = known else {
                edits.push(Edit::AddEntry(group.clone(), values));
                continue;
            };
            let emptied = known.keys().filter(|field| given.get(field.as_str()).is_some_and(|j| reading.is_blank(j)));
            edits.extend(emptied.map(|field| Edit::ClearEntry(group.clone(), key.clone(), field.clone())));
            values.retain(|field, _| given.contains_key(field.as_str()));
            if !values.is_empty() {
                edits.push(Edit::SetEntry(group.clone(), key.clone(), values));
            }
        }
        Ok(edits)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use serde_json::json;

    use super::*;
    use crate::{
        id::{ActorKey, ClockMs},
        record::{Header, Pen, Record},
    };

    fn form() -> Form {
        let label = r#"{"zh":"字","bo":"ཡི་གེ།","en":"Letter"}"#;
        let field = |key: &str, rest: &str| format!(r#"{{"key":"{key}","label":{label},{rest}}}"#);
        let age = field("age", r#""type":"integer","min":0"#);
        let fields = [
            field("n", r#""type":"integer","required":true"#),
            field("place", r#""type":"text""#),
            field("children", &format!(r#""type":"group","fields":[{age},{}]"#, field("name", r#""type":"text""#))),
        ]
        .join(",");
        Form::parse(&format!(r#"{{"id":"x","version":1,"title":{label},"fields":[{fields}]}}"#)).unwrap()
    }

    fn key(text: &str) -> FieldKey {
        text.parse().unwrap()
    }

    fn read(present: &Values, answers: &Json, reading: Reading) -> Result<Vec<Edit>, Vec<String>> {
        let edits = form().edits(present, answers.as_object().unwrap(), reading);
        edits.map_err(|faults| faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_entered_is_read_as_a_person_means_it() {
        let none = Values::new();
        let entered = json!({"n": " ༡༢ ", "place": "  "});
        let expected = [Edit::Set(key("n"), Value::Integer(12)), Edit::Clear(key("place"))];
        assert_eq!(read(&none, &entered, Reading::Entered).unwrap(), expected);
        assert!(read(&none, &entered, Reading::Sent).unwrap_err()[0].starts_with("n: "));
        assert!(read(&none, &json!({"n": ""}), Reading::Entered).unwrap_err()[0].contains("an answer"));
        let same = [Edit::Set(key("n"), Value::Integer(3)), Edit::Set(key("place"), Value::Text("嘎托镇".into()))];
        for reading in [Reading::Sent, Reading::Entered] {
            assert_eq!(read(&none, &json!({"n": 3, "place": "嘎托镇"}), reading).unwrap(), same);
        }
    }

    #[test]
    fn entries_are_added_changed_and_taken_out() {
        let tashi: Values = [(key("age"), Value::Integer(7)), (key("name"), Value::Text("a".into()))].into();
        let present: Values = [(key("children"), Value::Group([("e1".into(), tashi)].into()))].into();
        let answers = json!({"children": {"e1": {"age": "8"}, "new": {"name": "b", "age": ""}}});
        let edits = read(&present, &answers, Reading::Entered).unwrap();
        let expected = [
            Edit::SetEntry(key("children"), "e1".into(), [(key("age"), Value::Integer(8))].into()),
            Edit::AddEntry(key("children"), [(key("name"), Value::Text("b".into()))].into()),
        ];
        assert_eq!(edits, expected);
        let out = read(&present, &json!({"children": {"e1": null}}), Reading::Entered).unwrap();
        assert_eq!(out, [Edit::RemoveEntry(key("children"), "e1".into())]);
        let empty = Edit::ClearEntry(key("children"), "e1".into(), key("name"));
        for (nothing, reading) in
            [(json!(" "), Reading::Entered), (Json::Null, Reading::Sent), (Json::Null, Reading::Entered)]
        {
            let edits = read(&present, &json!({"children": {"e1": {"name": nothing}}}), reading).unwrap();
            assert_eq!(edits, core::slice::from_ref(&empty), "{reading:?}");
        }
        let wrong = read(&present, &json!({"children": {"e1": {"age": "old"}}}), Reading::Entered).unwrap_err();
        assert!(wrong[0].starts_with("children/e1/age: "), "{wrong:?}");
    }

    #[test]
    fn what_is_emptied_in_an_entry_is_gone_from_the_record() {
        let tashi: Values = [(key("age"), Value::Integer(7)), (key("name"), Value::Text("a".into()))].into();
        let children = Value::Group([("e1".into(), tashi)].into());
        let values: Values = [(key("n"), Value::Integer(1)), (key("children"), children)].into();
        let pen = Pen { actor: ActorKey([1; 8]), time: ClockMs(5) };
        let header = Header {
            form: "x".parse().unwrap(),
            form_version: 1,
            unit: "markam".parse().unwrap(),
            worker: "doctor-03".parse().unwrap(),
            created: pen.time,
        };
        let (mut record, _) = Record::create(&form(), header, &values, pen).unwrap();
        let present = record.view().values;
        let Value::Group(entries) = &present[&key("children")] else { panic!("{present:?}") };
        let entry = entries.keys().next().unwrap();
        let answers = json!({"children": {entry: {"age": "8", "name": ""}}});
        record.edit(&read(&present, &answers, Reading::Entered).unwrap(), pen).unwrap();
        assert_eq!(record.view().values[&key("children")].to_json(), json!({entry: {"age": 8}}));
    }
}
