//! What every operation of a record's changes did and where: the index by which foreign changes are checked and history is told.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use super::layout;
use crate::{
    crdt::{Action, ChangeParts, Key, Object, Op, OpId},
    id::{ActorKey, ChangeHash, ClockMs},
};

/// Where an object stands in a record's layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The record itself.
    Root,
    /// The header.
    Header,
    /// The form's values.
    Fields,
    /// A narrative: the text of a field, or of a group entry's field.
    Narrative {
        /// `field`, or `group.entry.field`.
        path: String,
    },
    /// A repeating group's map of entries.
    Group {
        /// The group's field.
        field: String,
    },
    /// One entry of a group.
    Entry {
        /// `group.entry`.
        path: String,
    },
    /// The map of comments.
    Comments,
    /// One comment.
    Comment,
    /// The map of verdicts.
    Reviews,
    /// One verdict.
    Review,
    /// The map of attachments.
    Attachments,
    /// One attachment.
    Attachment,
}

/// What kind of thing an operation left behind at its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A map or text.
    Container,
    /// A register's value.
    Register,
    /// A tally.
    Tally,
    /// A character of a text.
    Character,
    /// Nothing of its own: a deletion or an increment.
    Nothing,
}

/// What the ledger knows of one operation.
#[derive(Clone, Debug)]
pub struct Note {
    /// The object written to.
    pub object: Object,
    /// The place in it.
    pub key: Key,
    /// What it left there.
    pub mark: Mark,
    /// If it made an object, where that stands.
    pub made: Option<Place>,
}

impl Note {
    /// The note of `op`, whose object stands at `place`.
    #[must_use]
    pub fn of(op: &Op, place: &Place) -> Self {
        let mark = match &op.action {
            Action::MakeMap | Action::MakeText => Mark::Container,
            Action::Put(_) if op.inserts() => Mark::Character,
            Action::Put(crate::crdt::Scalar::Tally(_)) => Mark::Tally,
            Action::Put(_) => Mark::Register,
            Action::Increment(_) | Action::Delete => Mark::Nothing,
        };
        let made = match (&op.action, &op.key) {
            (Action::MakeMap, Key::Name(name)) => match place {
                Place::Root => match name.as_str() {
                    layout::HEADER => Some(Place::Header),
                    layout::FIELDS => Some(Place::Fields),
                    layout::COMMENTS => Some(Place::Comments),
                    layout::REVIEWS => Some(Place::Reviews),
                    layout::ATTACHMENTS => Some(Place::Attachments),
                    _ => None,
                },
                Place::Fields => Some(Place::Group { field: name.clone() }),
                Place::Group { field } => Some(Place::Entry { path: alloc::format!("{field}.{name}") }),
                Place::Comments => Some(Place::Comment),
                Place::Reviews => Some(Place::Review),
                Place::Attachments => Some(Place::Attachment),
                _ => None,
            },
            (Action::MakeText, Key::Name(name)) => match place {
                Place::Fields => Some(Place::Narrative { path: name.clone() }),
                Place::Entry { path } => Some(Place::Narrative { path: alloc::format!("{path}.{name}") }),
                _ => None,
            },
            _ => None,
        };
        Self { object: op.object, key: op.key.clone(), mark, made }
    }
}

/// What the ledger knows of one change.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub hash: ChangeHash,
    /// Who made it.
    pub actor: ActorKey,
    /// Its number among its author's.
    pub seq: u64,
    /// The counters of its operations.
    pub ops: core::ops::RangeInclusive<u64>,
    /// The author's clock.
    pub time: ClockMs,
    /// The entries it builds on, as indices.
    pub deps: Vec<usize>,
    /// Bit set of what it touched.
    pub touched: Touched,
}

/// The parts of a record that a change touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// It is the record's first change.
    pub birth: bool,
    /// It wrote values.
    pub fields: bool,
    /// It added a comment.
    pub comments: bool,
    /// It added a verdict.
    pub reviews: bool,
    /// It added an attachment.
    pub attachments: bool,
}

/// The index of a record's changes. Holds only changes that passed the gate, each behind those it builds on.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    entries: Vec<Entry>,
    by_hash: BTreeMap<ChangeHash, usize>,
    by_first_op: BTreeMap<(ActorKey, u64), usize>,
    by_seq: BTreeMap<(ActorKey, u64), usize>,
    notes: BTreeMap<OpId, Note>,
    heads: BTreeSet<usize>,
    /// The fields that the first change made as a narrative, group or tally: they stay that.
    fixed: BTreeSet<String>,
    bytes: usize,
}

impl Ledger {
    /// Enters a change whose dependencies are entered already; `bytes` is its chunk's size.
    ///
    /// Returns `None`, and enters nothing, when a dependency or an object is missing.
    pub fn enter(&mut self, hash: ChangeHash, bytes: usize, parts: &ChangeParts) -> Option<()> {
        let deps = parts.deps.iter().map(|d| self.by_hash.get(d).copied()).collect::<Option<Vec<_>>>()?;
        let mut fresh: Vec<Note> = Vec::with_capacity(parts.ops.len());
        let mut touched = Touched { birth: parts.deps.is_empty(), ..Touched::default() };
        for op in &parts.ops {
            let place = self.place_in(parts, &fresh, op.object)?;
            touched.add(place);
            let note = Note::of(op, place);
            fresh.push(note);
        }
        let index = self.entries.len();
        for (i, note) in fresh.into_iter().enumerate() {
            if let (true, Mark::Container | Mark::Tally, Key::Name(name)) = (touched.birth, note.mark, &note.key)
                && note.object == self.fields_of(parts)
            {
                self.fixed.insert(name.clone());
            }
            self.notes.insert(parts.op_id(i), note);
        }
        for dep in &deps {
            self.heads.remove(dep);
        }
        self.heads.insert(index);
        self.by_hash.insert(hash, index);
        self.by_first_op.insert((parts.actor, parts.start_op), index);
        self.by_seq.insert((parts.actor, parts.seq), index);
        self.bytes += bytes;
        let ops = parts.start_op..=parts.max_op();
        self.entries.push(Entry { hash, actor: parts.actor, seq: parts.seq, ops, time: parts.time, deps, touched });
        Some(())
    }

    /// Where `object` stands, for an operation of `parts` whose earlier operations left `fresh`.
    #[must_use]
    pub fn place_in<'a>(&'a self, parts: &ChangeParts, fresh: &'a [Note], object: Object) -> Option<&'a Place> {
        match object {
            Object::Root => Some(&Place::Root),
            Object::Id(id) => self.note_in(parts, fresh, id)?.made.as_ref(),
        }
    }

    /// The note of operation `id`, of an earlier change or among `fresh`.
    #[must_use]
    pub fn note_in<'a>(&'a self, parts: &ChangeParts, fresh: &'a [Note], id: OpId) -> Option<&'a Note> {
        if id.actor == parts.actor && id.counter >= parts.start_op {
            return fresh.get(usize::try_from(id.counter - parts.start_op).ok()?);
        }
        self.notes.get(&id)
    }

    /// Where `object`, made by a change in the ledger, stands.
    #[must_use]
    pub fn place(&self, object: Object) -> Option<&Place> {
        match object {
            Object::Root => Some(&Place::Root),
            Object::Id(id) => self.notes.get(&id)?.made.as_ref(),
        }
    }

    /// The changes, each behind those it builds on.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The index of a change.
    #[must_use]
    pub fn index_of(&self, hash: &ChangeHash) -> Option<usize> {
        self.by_hash.get(hash).copied()
    }

    /// The change that `actor` numbered `seq`.
    #[must_use]
    pub fn by_seq(&self, actor: ActorKey, seq: u64) -> Option<usize> {
        self.by_seq.get(&(actor, seq)).copied()
    }

    /// The change that operation `id` belongs to.
    #[must_use]
    pub fn entry_of(&self, id: OpId) -> Option<&Entry> {
        let (_, index) = self.by_first_op.range((id.actor, 0)..=(id.actor, id.counter)).next_back()?;
        self.entries.get(*index).filter(|e| e.ops.contains(&id.counter))
    }

    /// The changes that no other builds on, as indices.
    #[must_use]
    pub fn heads(&self) -> &BTreeSet<usize> {
        &self.heads
    }

    /// The changes named by `from`, and all that these build on, as a flag for each entry.
    #[must_use]
    pub fn ancestors(&self, from: &[usize]) -> Vec<bool> {
        let mut seen = alloc::vec![false; self.entries.len()];
        let mut open: Vec<usize> = from.to_vec();
        while let Some(index) = open.pop() {
            if !core::mem::replace(&mut seen[index], true) {
                open.extend(self.entries[index].deps.iter().copied());
            }
        }
        seen
    }

    /// Whether the record's first change made `field` as a narrative, group or tally.
    #[must_use]
    pub fn is_fixed(&self, field: &str) -> bool {
        self.fixed.contains(field)
    }

    /// The map of values, as the first change `parts` makes it.
    fn fields_of(&self, parts: &ChangeParts) -> Object {
        Object::Id(parts.op_id(1))
    }

    /// Operations and chunk bytes of all changes.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.notes.len(), self.bytes)
    }
}

impl Touched {
    pub(crate) fn add(&mut self, place: &Place) {
        match place {
            Place::Root | Place::Header => {}
            Place::Fields | Place::Narrative { .. } | Place::Group { .. } | Place::Entry { .. } => self.fields = true,
            Place::Comments | Place::Comment => self.comments = true,
            Place::Reviews | Place::Review => self.reviews = true,
            Place::Attachments | Place::Attachment => self.attachments = true,
        }
    }
}
