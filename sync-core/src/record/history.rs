//! A record's history: who did what, change by change.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use serde::Serialize;

use super::{layout, ledger::Place, ledger::Touched, state::Record};
use crate::{
    crdt::{Action, ChangeError, Key, Scalar},
    id::{ActorKey, ChangeHash, ClockMs},
};

/// One thing that a change did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "did", rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Act {
    /// Set a field.
    Set {
        /// `field`, or `group.entry.field`.
        field: String,
        /// The value, as JSON.
        value: serde_json::Value,
    },
    /// Emptied a field.
    Cleared {
        /// The field.
        field: String,
    },
    /// Counted on a tally.
    Counted {
        /// The field.
        field: String,
        /// The step.
        by: i64,
    },
    /// Typed into, or deleted from, a narrative.
    Typed {
        /// The field.
        field: String,
        /// The characters inserted, in order.
        inserted: String,
        /// The number of characters deleted.
        deleted: u32,
    },
    /// Added a comment.
    Commented {
        /// What it says.
        text: String,
    },
    /// Gave a verdict.
    Reviewed {
        /// The verdict's word.
        verdict: String,
    },
    /// Added an attachment.
    Attached {
        /// The content's hash.
        content: String,
    },
}

/// One change of a record's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The change.
    pub hash: ChangeHash,
    /// Who made it.
    pub actor: ActorKey,
    /// The author's clock.
    pub time: ClockMs,
    /// The parts of the record it touched.
    pub touched: Touched,
    /// What it did.
    pub acts: Vec<Act>,
}

impl Record {
    /// Tells what every change did, each behind those it builds on.
    ///
    /// # Errors
    /// [`ChangeError`] when a change cannot be read.
    pub fn history(&self) -> Result<Vec<Event>, ChangeError> {
        let changes = self.document().changes();
        let mut events = Vec::with_capacity(changes.len());
        // The ledger enters what the document applies.
        for (entry, change) in self.ledger().entries().iter().zip(changes) {
            let parts = change.parts()?;
            let skip = if entry.touched.birth { layout::PROLOGUE_OPS } else { 0 };
            let mut acts: Vec<Act> = Vec::new();
            for op in parts.ops.iter().skip(skip) {
                if let Some(place) = self.ledger().place(op.object) {
                    note(&mut acts, place, &op.key, &op.action);
                }
            }
            events.push(Event { hash: entry.hash, actor: entry.actor, time: entry.time, touched: entry.touched, acts });
        }
        Ok(events)
    }
}

fn note(acts: &mut Vec<Act>, place: &Place, key: &Key, action: &Action) {
    let name = match key {
        Key::Name(name) => name.as_str(),
        Key::Element(_) => "",
    };
    let path = |prefix: &str| if prefix.is_empty() { name.to_string() } else { alloc::format!("{prefix}.{name}") };
    let field = match place {
        Place::Narrative { path } => {
            let typed = match acts.last_mut() {
                Some(Act::Typed { field, inserted, deleted }) if field == path => Some((inserted, deleted)),
                _ => None,
            };
            let (text, gone) = match action {
                Action::Put(Scalar::Text(c)) => (c.as_str(), 0),
                _ => ("", 1),
            };
            match typed {
                Some((inserted, deleted)) => {
                    inserted.push_str(text);
                    *deleted += gone;
                }
                None => acts.push(Act::Typed { field: path.clone(), inserted: text.into(), deleted: gone }),
            }
            return;
        }
        Place::Comment => {
            if let Action::Put(Scalar::Text(text)) = action {
                acts.push(Act::Commented { text: text.clone() });
            }
            return;
        }
        Place::Review => {
            if let ("verdict", Action::Put(Scalar::Text(word))) = (name, action) {
                acts.push(Act::Reviewed { verdict: word.clone() });
            }
            return;
        }
        Place::Attachments => {
            acts.push(Act::Attached { content: name.into() });
            return;
        }
        Place::Fields => path(""),
        Place::Entry { path: entry } => path(entry),
        _ => return,
    };
    match action {
        Action::Put(scalar) => {
            let value = match scalar {
                Scalar::Text(s) => serde_json::Value::from(s.as_str()),
                Scalar::Integer(n) | Scalar::Tally(n) => serde_json::Value::from(*n),
                Scalar::YesNo(b) => serde_json::Value::from(*b),
            };
            acts.push(Act::Set { field, value });
        }
        Action::Delete => acts.push(Act::Cleared { field }),
        Action::Increment(by) => acts.push(Act::Counted { field, by: *by }),
        Action::MakeMap | Action::MakeText => {}
    }
}
