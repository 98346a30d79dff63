//! Edits as programs send them: in JSON, whose values only the record's form can read.

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use sync_core::{
    form::{Fault, FaultCode, Form},
    id::{FieldKey, RecordId},
    record::{Edit, Value, Values},
};

use super::{Engine, change::all_or_faults, create::Saved};
use crate::{Clock, Error, Store, Transport};

/// One edit of one field, as a program sends it: `{"set": ["place", "嘎托镇"]}`, `{"count": ["patients_seen", 1]}`. Values are
/// natural JSON.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "Edit"))]
pub enum SentEdit {
    /// Sets a field. Settles a conflict, too.
    Set(String, Json),
    /// Empties a field.
    Clear(FieldKey),
    /// Counts on a tally, up or down.
    Count(FieldKey, i64),
    /// Adds an entry to a group.
    AddEntry(String, Map<String, Json>),
    /// Sets fields of a group's entry.
    SetEntry(String, String, Map<String, Json>),
    /// Takes an entry out of a group.
    RemoveEntry(FieldKey, String),
}

impl SentEdit {
    fn read(&self, form: &Form) -> Result<Edit, Fault> {
        Ok(match self {
            Self::Set(key, json) => {
                let (key, value) = form.read_json(key, json)?;
                Edit::Set(key, value)
            }
            Self::Clear(key) => Edit::Clear(key.clone()),
            Self::Count(key, by) => Edit::Count(key.clone(), *by),
            Self::AddEntry(group, fields) => {
                let (key, values) = entry(form, group, "entry", fields)?;
                Edit::AddEntry(key, values)
            }
            Self::SetEntry(group, name, fields) => {
                let (key, values) = entry(form, group, name, fields)?;
                Edit::SetEntry(key, name.clone(), values)
            }
            Self::RemoveEntry(key, name) => Edit::RemoveEntry(key.clone(), name.clone()),
        })
    }
}

/// Reads the fields of one entry of a group.
fn entry(form: &Form, group: &str, name: &str, fields: &Map<String, Json>) -> Result<(FieldKey, Values), Fault> {
    let entries = [(name.to_owned(), Json::Object(fields.clone()))].into_iter().collect();
    match form.read_json(group, &Json::Object(entries))? {
        (key, Value::Group(mut entries)) => Ok((key, entries.remove(name).unwrap_or_default())),
        _ => Err(Fault { field: group.to_owned(), code: FaultCode::UnknownField }),
    }
}

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// Edits a record by what a program sends, as one change.
    ///
    /// # Errors
    /// As [`Self::edit`].
    pub async fn edit_sent(&self, record: RecordId, edits: &[SentEdit], allow_faults: bool) -> Result<Saved, Error> {
        self.write(record, allow_faults, |known, r, pen| {
            let form = known.form_of(r)?;
            Ok(r.edit(&all_or_faults(edits.iter().map(|edit| edit.read(form)))?, pen)?)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn edits_are_read_by_the_form() {
        let form = json!({
            "id": "clinic.camp", "version": 1, "title": {"zh": "a", "bo": "b", "en": "c"},
            "fields": [
                {"key": "place", "type": "text", "label": {"zh": "a", "bo": "b", "en": "c"}, "max_chars": 80},
                {"key": "seen", "type": "tally", "label": {"zh": "a", "bo": "b", "en": "c"}, "max": 100},
                {"key": "children", "type": "group", "label": {"zh": "a", "bo": "b", "en": "c"}, "fields": [
                    {"key": "age", "type": "integer", "label": {"zh": "a", "bo": "b", "en": "c"}, "min": 0, "max": 20}
                ]}
            ],
            "measures": []
        });
        let form = Form::parse(&form.to_string()).unwrap();
        let read = |edit: Json| serde_json::from_value::<SentEdit>(edit).unwrap().read(&form);
        let key = |key: &str| key.parse::<FieldKey>().unwrap();
        let age = || Values::from([(key("age"), Value::Integer(7))]);
        assert_eq!(read(json!({"set": ["place", "a"]})), Ok(Edit::Set(key("place"), Value::Text("a".into()))));
        assert_eq!(read(json!({"set": ["seen", 3]})), Ok(Edit::Set(key("seen"), Value::Tally(3))));
        assert_eq!(read(json!({"clear": "place"})), Ok(Edit::Clear(key("place"))));
        assert_eq!(read(json!({"count": ["seen", -1]})), Ok(Edit::Count(key("seen"), -1)));
        assert_eq!(read(json!({"add_entry": ["children", {"age": 7}]})), Ok(Edit::AddEntry(key("children"), age())));
        let set = Edit::SetEntry(key("children"), "e1".into(), age());
        assert_eq!(read(json!({"set_entry": ["children", "e1", {"age": 7}]})), Ok(set));
        assert_eq!(
            read(json!({"remove_entry": ["children", "e1"]})),
            Ok(Edit::RemoveEntry(key("children"), "e1".into()))
        );
        assert_eq!(read(json!({"set": ["place", 7]})).unwrap_err().field, "place");
        assert_eq!(read(json!({"add_entry": ["children", {"age": "x"}]})).unwrap_err().field, "children/entry/age");
        assert!(serde_json::from_value::<SentEdit>(json!({"put": ["place", 7]})).is_err());
    }
}
