//! What lies between two states of a record: the fields in which they differ.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;
use sync_core::{
    crdt::Change,
    id::ChangeHash,
    record::{Record, RecordError, Value, Values},
};
use thiserror::Error;
use utoipa::ToSchema;

/// What lies between two states of a record.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Difference {
    /// The latest changes of the earlier state; none: before the record began.
    #[schema(value_type = Vec<String>)]
    pub from: Vec<ChangeHash>,
    /// The latest changes of the later state.
    #[schema(value_type = Vec<String>)]
    pub to: Vec<ChangeHash>,
    /// The fields in which they differ, by name.
    pub fields: Vec<FieldDifference>,
}

/// A field that is not the same in two states.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FieldDifference {
    /// The field; of an entry of a group `group/entry/field`.
    pub field: String,
    /// What it was; null if it had no answer.
    #[schema(value_type = serde_json::Value)]
    pub before: Json,
    /// What it is; null if it has no answer.
    #[schema(value_type = serde_json::Value)]
    pub after: Json,
}

/// Why two states of a record cannot be compared.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Incomparable {
    /// The record has no such change.
    #[error("the record has no change {0}")]
    ChangeUnknown(ChangeHash),
    /// The changes are not those of a record.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl Difference {
    /// Between the states after the changes `from` and all that they build on, and after those of `to`; `None`: as the record of
    /// `changes` stands. Takes as long as merging them three times does.
    ///
    /// # Errors
    /// [`Incomparable`].
    pub fn between(
        changes: &[Change],
        from: Vec<ChangeHash>,
        to: Option<Vec<ChangeHash>>,
    ) -> Result<Self, Incomparable> {
        let record = Record::from_changes(changes)?;
        let to = to.unwrap_or_else(|| record.document().heads().to_vec());
        let (before, after) = (at(&record, changes, &from)?, at(&record, changes, &to)?);
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let shown = |values: &BTreeMap<String, Json>, name: &String| values.get(name).cloned().unwrap_or_default();
        let difference = |name: &String| FieldDifference {
            field: name.clone(),
            before: shown(&before, name),
            after: shown(&after, name),
        };
        let fields = names.into_iter().map(difference).filter(|field| field.before != field.after).collect();
        Ok(Self { from, to, fields })
    }
}

/// The values of a record after some of its changes, and all that these build on.
fn at(record: &Record, changes: &[Change], heads: &[ChangeHash]) -> Result<BTreeMap<String, Json>, Incomparable> {
    if heads.is_empty() {
        return Ok(BTreeMap::new());
    }
    let index = |hash: &ChangeHash| record.ledger().index_of(hash).ok_or(Incomparable::ChangeUnknown(*hash));
    let indices = heads.iter().map(index).collect::<Result<Vec<_>, _>>()?;
    let seen = record.ledger().ancestors(&indices);
    let is_seen = |change: &&Change| record.ledger().index_of(&change.hash()).is_some_and(|index| seen[index]);
    let then = Record::from_changes(changes.iter().filter(is_seen))?;
    let mut values = BTreeMap::new();
    flatten("", &then.view().values, &mut values);
    Ok(values)
}

fn flatten(above: &str, values: &Values, into: &mut BTreeMap<String, Json>) {
    for (key, value) in values {
        let name = format!("{above}{key}");
        match value {
            Value::Group(entries) => {
                for (entry, fields) in entries {
                    flatten(&format!("{name}/{entry}/"), fields, into);
                }
            }
            // A narrative is there from the beginning, without an answer.
            Value::Text(text) | Value::Narrative(text) if text.is_empty() => {}
            value => {
                into.insert(name, value.to_json());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn entries_of_groups_are_named_by_their_keys() {
        let text = |text: &str| Value::Text(text.into());
        let entry: Values =
            [("name".parse().unwrap(), text("扎西")), ("age".parse().unwrap(), Value::Integer(7))].into();
        let values: Values = [
            ("children".parse().unwrap(), Value::Group([("k1".to_owned(), entry)].into())),
            ("notes".parse().unwrap(), Value::Narrative(String::new())),
            ("visits".parse().unwrap(), Value::Tally(0)),
        ]
        .into();
        let mut flat = BTreeMap::new();
        flatten("", &values, &mut flat);
        let expected = [("children/k1/age", json!(7)), ("children/k1/name", json!("扎西")), ("visits", json!(0))];
        assert_eq!(flat.into_iter().collect::<Vec<_>>(), expected.map(|(name, value)| (name.to_owned(), value)));
    }
}
