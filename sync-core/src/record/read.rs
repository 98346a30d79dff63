//! A record as people see it: values, what disagrees, who said what, where it stands.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    layout,
    review::{Status, Verdict},
    state::Record,
    value::{Value, Values},
};
use crate::{
    crdt::{Cell, Document, Object, OpId, Scalar},
    id::{ActorKey, ChangeHash, ClockMs, FieldKey, RecordId},
};

/// Who wrote something, when, and in which change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The author.
    pub actor: ActorKey,
    /// The author's clock.
    pub time: ClockMs,
    /// The change.
    pub change: ChangeHash,
}

/// Several values that were written to one field without knowing of each other, and differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// `field`, or `group.entry.field`.
    pub field: String,
    /// Every value with its origin; the last is the one shown.
    pub values: Vec<(Value, Origin)>,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// What it says.
    pub text: String,
    /// Whose it is.
    pub origin: Origin,
}

/// A verdict, as given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The verdict.
    pub verdict: Verdict,
    /// Why; may be empty.
    pub reason: String,
    /// For a void duplicate: the record that counts instead.
    pub duplicate_of: Option<RecordId>,
    /// Whose it is.
    pub origin: Origin,
}

/// An attachment; its bytes travel apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// SHA-256 of the content, hexadecimal.
    pub content: String,
    /// The file's name.
    pub name: String,
    /// The media type.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
}

/// All that a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The values shown.
    pub values: Values,
    /// Where values disagree.
    pub conflicts: Vec<Conflict>,
    /// The comments, oldest first.
    pub comments: Vec<Comment>,
    /// The verdicts, oldest first.
    pub reviews: Vec<Review>,
    /// The attachments, by content.
    pub attachments: Vec<Attachment>,
    /// Where it stands.
    pub status: Status,
}

impl Record {
    /// Reads all that the record says.
    #[must_use]
    pub fn view(&self) -> View {
        let document = self.document();
        let mut view = View {
            values: Values::new(),
            conflicts: Vec::new(),
            comments: Vec::new(),
            reviews: Vec::new(),
            attachments: Vec::new(),
            status: Status::Open,
        };
        if let Some(fields) = container(document, layout::FIELDS) {
            view.values = self.read_fields(fields, "", &mut view.conflicts);
        }
        let mut verdicts = Vec::new();
        for (op, object) in self.entries_of(layout::COMMENTS) {
            if let (Some(text), Some(origin)) = (text_at(document, object, "text"), self.origin(op)) {
                view.comments.push(Comment { text, origin });
            }
        }
        for (op, object) in self.entries_of(layout::REVIEWS) {
            let word = text_at(document, object, "verdict");
            let Some((verdict, origin)) = word.and_then(|w| Verdict::from_word(&w)).zip(self.origin(op)) else {
                continue;
            };
            verdicts.extend(self.ledger().index_of(&origin.change).map(|at| (at, verdict)));
            let duplicate_of = text_at(document, object, "duplicate_of").and_then(|t| t.parse().ok());
            let reason = text_at(document, object, "reason").unwrap_or_default();
            view.reviews.push(Review { verdict, reason, duplicate_of, origin });
        }
        if let Some(map) = container(document, layout::ATTACHMENTS) {
            for content in document.keys(map) {
                if let Some((_, Cell::Map(object))) = document.cells(map, &content).pop() {
                    let text = |key| text_at(document, object, key).unwrap_or_default();
                    let size = match document.cells(object, "size").pop() {
                        Some((_, Cell::Scalar(Scalar::Integer(n)))) => n,
                        _ => 0,
                    };
                    view.attachments.push(Attachment {
                        name: text("name"),
                        media_type: text("media_type"),
                        size,
                        content,
                    });
                }
            }
        }
        view.status = Status::of(self.ledger(), &verdicts);
        view
    }

    /// Who made operation `op`.
    #[must_use]
    pub fn origin(&self, op: OpId) -> Option<Origin> {
        let entry = self.ledger().entry_of(op)?;
        Some(Origin { actor: entry.actor, time: entry.time, change: entry.hash })
    }

    /// The entries of a map that is only added to, in the order of their making.
    fn entries_of(&self, name: &str) -> Vec<(OpId, Object)> {
        let document = self.document();
        let Some(map) = container(document, name) else { return Vec::new() };
        let mut found = Vec::new();
        for key in document.keys(map) {
            found.extend(document.cells(map, &key).into_iter().filter_map(|(op, cell)| match cell {
                Cell::Map(object) => Some((op, object)),
                _ => None,
            }));
        }
        found.sort_unstable_by_key(|(op, _)| *op);
        found
    }

    fn read_fields(&self, object: Object, prefix: &str, conflicts: &mut Vec<Conflict>) -> Values {
        let document = self.document();
        let mut values = Values::new();
        for name in document.keys(object) {
            let Ok(key) = name.parse::<FieldKey>() else { continue };
            let path = alloc::format!("{prefix}{name}");
            let mut read: Vec<(Value, Origin)> = Vec::new();
            for (op, cell) in document.cells(object, &name) {
                let value = match cell {
                    Cell::Scalar(Scalar::Text(s)) => Value::Text(s),
                    Cell::Scalar(Scalar::Integer(n)) => Value::Integer(n),
                    Cell::Scalar(Scalar::YesNo(b)) => Value::YesNo(b),
                    Cell::Scalar(Scalar::Tally(n)) => Value::Tally(n),
                    Cell::Text(_, text) => Value::Narrative(text),
                    Cell::Map(group) => Value::Group(self.read_group(group, &path, conflicts)),
                };
                read.extend(self.origin(op).map(|origin| (value, origin)));
            }
            let Some((shown, _)) = read.last().cloned() else { continue };
            if read.iter().any(|(value, _)| *value != shown) {
                conflicts.push(Conflict { field: path, values: read });
            }
            values.insert(key, shown);
        }
        values
    }

    fn read_group(&self, group: Object, path: &str, conflicts: &mut Vec<Conflict>) -> BTreeMap<String, Values> {
        let document = self.document();
        let mut entries = BTreeMap::new();
        for key in document.keys(group) {
            let Some((_, Cell::Map(entry))) = document.cells(group, &key).pop() else { continue };
            if let Some((_, Cell::Scalar(Scalar::YesNo(true)))) = document.cells(entry, layout::REMOVED).pop() {
                continue;
            }
            let prefix = alloc::format!("{path}.{key}.");
            entries.insert(key, self.read_fields(entry, &prefix, conflicts));
        }
        entries
    }
}

/// One of the root's maps.
pub(super) fn container(document: &Document, name: &str) -> Option<Object> {
    match document.cells(Object::Root, name).pop() {
        Some((_, Cell::Map(object))) => Some(object),
        _ => None,
    }
}

fn text_at(document: &Document, object: Object, key: &str) -> Option<String> {
    match document.cells(object, key).pop() {
        Some((_, Cell::Scalar(Scalar::Text(text)))) => Some(text.to_string()),
        _ => None,
    }
}
