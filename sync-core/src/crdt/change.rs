//! A change, spelled out and as the chunk that is hashed, stored and applied.

use alloc::{string::String, sync::Arc, vec::Vec};
use core::{fmt, num::NonZeroU64};

use automerge::legacy;
use thiserror::Error;

use crate::id::{ActorKey, ChangeHash, ClockMs};

/// The name of one operation within a record: the `counter`-th, by `actor`. Ordered by counter, then actor: of concurrent
/// values the one with the greatest name is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId {
    /// 1 to [`COUNTER_MAX`](crate::limits::COUNTER_MAX).
    pub counter: u64,
    /// Who made the operation.
    pub actor: ActorKey,
}

impl fmt::Display for OpId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.counter, self.actor)
    }
}

/// The object that an operation writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    /// The record itself.
    Root,
    /// The object that the named operation made.
    Id(OpId),
}

/// The place within an object that an operation writes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A map's key.
    Name(String),
    /// In a text: the element that a deletion removes, or after which a character is inserted; `None` is the beginning.
    Element(Option<OpId>),
}

/// A value that a register can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// Text, a choice or a date.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    YesNo(bool),
    /// The start of a tally, to which increments add.
    Tally(i64),
}

/// What an operation does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Makes an empty map.
    MakeMap,
    /// Makes an empty text.
    MakeText,
    /// Puts a value into a register; in a text, inserts a character.
    Put(Scalar),
    /// Adds to a tally.
    Increment(i64),
    /// Removes what the operation's predecessors wrote.
    Delete,
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Op {
    /// The object written to.
    pub object: Object,
    /// The place in it.
    pub key: Key,
    /// What is done.
    pub action: Action,
    /// The operations that this one replaces, increments or deletes; ascending.
    pub pred: Vec<OpId>,
}

impl Op {
    /// Whether the operation inserts a character into a text.
    #[must_use]
    pub fn inserts(&self) -> bool {
        matches!((&self.key, &self.action), (Key::Element(_), Action::Put(_)))
    }
}

/// A change, spelled out. The `i`-th operation is named `(start_op + i, actor)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeParts {
    /// Who made it.
    pub actor: ActorKey,
    /// The how-manieth change of this actor in this record, from 1.
    pub seq: u64,
    /// The counter of its first operation.
    pub start_op: u64,
    /// The author's clock.
    pub time: ClockMs,
    /// The heads that it builds on, ascending; none for a record's first change.
    pub deps: Vec<ChangeHash>,
    /// What it does; at least one operation.
    pub ops: Vec<Op>,
}

impl ChangeParts {
    /// The name of the `index`-th operation.
    #[must_use]
    pub fn op_id(&self, index: usize) -> OpId {
        OpId { counter: self.start_op + index as u64, actor: self.actor }
    }

    /// The counter of the last operation.
    #[must_use]
    pub fn max_op(&self) -> u64 {
        (self.start_op + self.ops.len() as u64).saturating_sub(1)
    }
}

/// Why stored bytes are not a change.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// The chunk cannot be read.
    #[error("stored change cannot be read: {0}")]
    Unreadable(String),
    /// The chunk is well-formed but says something that no change of Cairn's says.
    #[error("stored change holds {0}, which no record uses")]
    Foreign(&'static str),
    /// The chunk's bytes are not the ones that its parts give.
    #[error("stored change is not in canonical form")]
    NotCanonical,
}

/// A change as the canonical, uncompressed Automerge chunk, with its hash. A copy is the same bytes once more referred to.
#[derive(Clone, Debug)]
pub struct Change {
    inner: Arc<automerge::Change>,
}

impl PartialEq for Change {
    fn eq(&self, other: &Self) -> bool {
        self.hash() == other.hash()
    }
}
impl Eq for Change {}

impl Change {
    /// Builds the chunk of `parts`. Bounds and references are the gate's to check: call it within a barrier, or on parts
    /// that the gate has passed.
    #[must_use]
    pub fn build(parts: &ChangeParts) -> Self {
        let expanded = automerge::ExpandedChange {
            operations: parts.ops.iter().map(to_engine).collect(),
            actor_id: actor_to_engine(parts.actor),
            author: None,
            hash: None,
            seq: parts.seq,
            start_op: NonZeroU64::new(parts.start_op).unwrap_or(NonZeroU64::MIN),
            time: parts.time.0,
            message: None,
            deps: parts.deps.iter().map(|d| automerge::ChangeHash(d.0)).collect(),
            extra_bytes: Vec::new(),
        };
        Self::of_engine(expanded.into())
    }

    /// Reads a chunk that this store wrote earlier.
    ///
    /// # Errors
    /// When the bytes are not a change in canonical form.
    pub fn from_store(raw: &[u8]) -> Result<Self, ChangeError> {
        let unreadable = |e: automerge::LoadChangeError| ChangeError::Unreadable(alloc::format!("{e}"));
        Ok(Self::of_engine(automerge::Change::try_from(raw).map_err(unreadable)?))
    }

    pub(super) fn of_engine(inner: automerge::Change) -> Self {
        Self { inner: Arc::new(inner) }
    }

    pub(super) fn to_engine(&self) -> automerge::Change {
        (*self.inner).clone()
    }

    /// Spells the change out.
    ///
    /// # Errors
    /// [`ChangeError::Foreign`] when it uses something of Automerge that records do not.
    pub fn parts(&self) -> Result<ChangeParts, ChangeError> {
        let x = self.inner.decode();
        if x.message.is_some() || !x.extra_bytes.is_empty() {
            return Err(ChangeError::Foreign("a message or footer"));
        }
        Ok(ChangeParts {
            actor: actor_from_engine(&x.actor_id)?,
            seq: x.seq,
            start_op: x.start_op.get(),
            time: ClockMs(x.time),
            deps: x.deps.iter().map(|d| ChangeHash(d.0)).collect(),
            ops: x.operations.iter().map(from_engine).collect::<Result<_, _>>()?,
        })
    }

    /// The chunk: what is hashed and stored.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        self.inner.raw_bytes()
    }

    /// The change's name.
    #[must_use]
    pub fn hash(&self) -> ChangeHash {
        ChangeHash(self.inner.hash().0)
    }

    /// The changes that must be applied first.
    pub fn deps(&self) -> impl Iterator<Item = ChangeHash> + '_ {
        self.inner.deps().iter().map(|d| ChangeHash(d.0))
    }

    /// The author's clock.
    #[must_use]
    pub fn time(&self) -> ClockMs {
        ClockMs(self.inner.timestamp())
    }

    /// The author.
    ///
    /// # Errors
    /// [`ChangeError::Foreign`] when the actor is not eight bytes.
    pub fn actor(&self) -> Result<ActorKey, ChangeError> {
        actor_from_engine(self.inner.actor_id())
    }

    /// The how-manieth change of its author in this record, from 1.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.inner.seq()
    }

    /// The number of operations.
    #[must_use]
    pub fn op_count(&self) -> usize {
        self.inner.len()
    }

    /// The counter of the last operation.
    #[must_use]
    pub fn max_op(&self) -> u64 {
        self.inner.start_op().get() + (self.inner.len() as u64).saturating_sub(1)
    }
}

pub(super) fn actor_to_engine(actor: ActorKey) -> automerge::ActorId {
    automerge::ActorId::from(actor.0)
}

pub(super) fn actor_from_engine(actor: &automerge::ActorId) -> Result<ActorKey, ChangeError> {
    ActorKey::try_from(actor.to_bytes()).map_err(|_| ChangeError::Foreign("an actor that is not 8 bytes"))
}

fn op_id_to_engine(id: &OpId) -> legacy::OpId {
    legacy::OpId::new(id.counter, &actor_to_engine(id.actor))
}

fn op_id_from_engine(id: &legacy::OpId) -> Result<OpId, ChangeError> {
    Ok(OpId { counter: id.counter(), actor: actor_from_engine(id.actor())? })
}

fn to_engine(op: &Op) -> legacy::Op {
    use automerge::{ObjType, ScalarValue};
    legacy::Op {
        action: match &op.action {
            Action::MakeMap => legacy::OpType::Make(ObjType::Map),
            Action::MakeText => legacy::OpType::Make(ObjType::Text),
            Action::Increment(by) => legacy::OpType::Increment(*by),
            Action::Delete => legacy::OpType::Delete,
            Action::Put(scalar) => legacy::OpType::Put(match scalar {
                Scalar::Text(s) => ScalarValue::Str(s.as_str().into()),
                Scalar::Integer(n) => ScalarValue::Int(*n),
                Scalar::YesNo(b) => ScalarValue::Boolean(*b),
                Scalar::Tally(n) => ScalarValue::counter(*n),
            }),
        },
        obj: match &op.object {
            Object::Root => legacy::ObjectId::Root,
            Object::Id(id) => legacy::ObjectId::Id(op_id_to_engine(id)),
        },
        key: match &op.key {
            Key::Name(name) => legacy::Key::Map(name.as_str().into()),
            Key::Element(None) => legacy::Key::Seq(legacy::ElementId::Head),
            Key::Element(Some(id)) => legacy::Key::Seq(legacy::ElementId::Id(op_id_to_engine(id))),
        },
        pred: op.pred.iter().map(op_id_to_engine).collect(),
        insert: op.inserts(),
    }
}

fn from_engine(op: &legacy::Op) -> Result<Op, ChangeError> {
    use automerge::{ObjType, ScalarValue};
    Ok(Op {
        action: match &op.action {
            legacy::OpType::Make(ObjType::Map) => Action::MakeMap,
            legacy::OpType::Make(ObjType::Text) => Action::MakeText,
            legacy::OpType::Make(_) => return Err(ChangeError::Foreign("a list or table")),
            legacy::OpType::Increment(by) => Action::Increment(*by),
            legacy::OpType::Delete => Action::Delete,
            legacy::OpType::Put(value) => Action::Put(match value {
                ScalarValue::Str(s) => Scalar::Text(s.as_str().into()),
                ScalarValue::Int(n) => Scalar::Integer(*n),
                ScalarValue::Boolean(b) => Scalar::YesNo(*b),
                ScalarValue::Counter(c) => Scalar::Tally(i64::from(c)),
                _ => return Err(ChangeError::Foreign("a value of another type")),
            }),
            legacy::OpType::MarkBegin(_) | legacy::OpType::MarkEnd(_) => {
                return Err(ChangeError::Foreign("a text mark"));
            }
        },
        object: match &op.obj {
            legacy::ObjectId::Root => Object::Root,
            legacy::ObjectId::Id(id) => Object::Id(op_id_from_engine(id)?),
        },
        key: match &op.key {
            legacy::Key::Map(name) => Key::Name(name.as_str().into()),
            legacy::Key::Seq(legacy::ElementId::Head) => Key::Element(None),
            legacy::Key::Seq(legacy::ElementId::Id(id)) => Key::Element(Some(op_id_from_engine(id)?)),
        },
        pred: op.pred.iter().map(op_id_from_engine).collect::<Result<_, _>>()?,
    })
}
