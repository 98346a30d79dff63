//! Nothing typed is dropped: what a record shows is what the model says that people wrote.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use sync_core::{id::ChangeHash, record::View};

use crate::{
    model::Expected,
    violation::{Violation, holds},
    world::World,
};

impl World {
    /// A record with these changes shows what they say.
    pub(crate) fn check_shown(&self, who: &str, changes: &BTreeSet<ChangeHash>, view: &View) -> Result<(), Violation> {
        let Expected { fields, counted, words, comments, status } = self.model.expected(changes);
        let value = |field: &str| {
            let found = view.values.iter().find(|(key, _)| key.as_str() == field);
            found.map(|(_, value)| value.to_json())
        };
        for (field, stand) in fields {
            let shown = value(&field);
            let conflict = view.conflicts.iter().find(|conflict| conflict.field == field);
            let offered: Vec<Json> = match conflict {
                Some(conflict) => conflict.values.iter().map(|(value, _)| value.to_json()).collect(),
                None => shown.iter().cloned().collect(),
            };
            let all = stand.len() == offered.len() && stand.iter().all(|value| offered.contains(value));
            let is_one = shown.as_ref().is_some_and(|shown| stand.contains(shown));
            holds!(
                "nothing typed is dropped",
                all && is_one,
                "{who}: {field} shows {shown:?} and offers {offered:?}, where {stand:?} stand"
            );
        }
        if let Some(counted) = counted {
            let shown = value("visits").and_then(|value| value.as_i64());
            holds!("counts add up", shown == Some(counted), "{who}: {shown:?}, not {counted}");
        }
        let notes = value("notes").and_then(|notes| notes.as_str().map(str::to_owned)).unwrap_or_default();
        for word in words {
            holds!("nothing typed is dropped", notes.contains(&word), "{who}: {word} is not in {notes:?}");
        }
        let shown: BTreeSet<String> = view.comments.iter().map(|comment| comment.text.clone()).collect();
        holds!("nothing typed is dropped", shown == comments, "{who}: comments {shown:?}, not {comments:?}");
        if let Some(status) = status {
            holds!(
                "verdicts stand as they were given",
                view.status == status,
                "{who}: {:?}, not {status:?}",
                view.status
            );
        }
        Ok(())
    }
}
