//! A record's changes, applied: what is read, and what local writes are made on.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use automerge::{
    Automerge, AutomergeError, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, TextEncoding,
    transaction::{CommitOptions, Transactable, Transaction},
};
use thiserror::Error;

use super::change::{Change, Object, OpId, Scalar, actor_from_engine, actor_to_engine};
use crate::id::{ActorKey, ChangeHash, ClockMs};

/// Why a document could not be changed or read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The engine refused the operation.
    #[error("the merge engine refused: {0}")]
    Engine(String),
    /// The engine took the change without an error and did not apply it.
    #[error("change {0} was taken but not applied")]
    NotApplied(ChangeHash),
    /// The write changed nothing, so there is no change.
    #[error("nothing to write")]
    Nothing,
    /// A document saved by the engine did not come back the same.
    #[error("the document does not survive being saved")]
    DoesNotReload,
}

fn engine(e: AutomergeError) -> DocumentError {
    DocumentError::Engine(e.to_string())
}

/// What stands at one key: one of possibly several concurrent values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A map, to be read further.
    Map(Object),
    /// A collaboratively edited text, with its present content.
    Text(Object, String),
    /// A register's value; of a tally, the sum.
    Scalar(Scalar),
    /// Something that no record of this version uses.
    Foreign,
}

/// One record as an Automerge document.
#[derive(Clone)]
pub struct Document {
    inner: Automerge,
}

impl Default for Document {
    fn default() -> Self {
        Self::new()
    }
}

impl Document {
    /// A record to which nothing has happened yet.
    #[must_use]
    pub fn new() -> Self {
        // The default actor is random and is never used: `write` takes its own, and reading needs none.
        Self { inner: Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint) }
    }

    /// Applies changes whose dependencies are all here or among them.
    ///
    /// # Errors
    /// When the engine refuses one, or leaves one of them unapplied.
    pub fn apply<'a>(&mut self, changes: impl IntoIterator<Item = &'a Change>) -> Result<(), DocumentError> {
        let changes: Vec<_> = changes.into_iter().map(Change::to_engine).collect();
        let hashes: Vec<_> = changes.iter().map(automerge::Change::hash).collect();
        self.inner.apply_changes(changes).map_err(engine)?;
        // `Ok` does not mean applied: a change with a gap beneath it is queued in silence.
        match hashes.iter().find(|h| self.inner.get_change_meta_by_hash(h).is_none()) {
            Some(missing) => Err(DocumentError::NotApplied(ChangeHash(missing.0))),
            None => Ok(()),
        }
    }

    /// The latest changes, ascending: those that no other change builds on.
    #[must_use]
    pub fn heads(&self) -> Vec<ChangeHash> {
        let mut heads: Vec<_> = self.inner.get_heads().iter().map(|h| ChangeHash(h.0)).collect();
        heads.sort_unstable();
        heads
    }

    /// All changes, in an order in which they can be applied.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        self.inner.get_changes(&[]).into_iter().map(Change::of_engine).collect()
    }

    /// Proves that a document saved now can be loaded again and is the same. Nobody saves one, raw changes are what is stored and sent;
    /// tests and fuzzers ask it of all that the gate lets through, for whoever should save one some day.
    ///
    /// # Errors
    /// [`DocumentError::DoesNotReload`] when not.
    pub fn check_reloads(&self) -> Result<(), DocumentError> {
        let saved = self.inner.save_nocompress();
        let again = Automerge::load(&saved).map_err(|_| DocumentError::DoesNotReload)?;
        if again.get_heads() == self.inner.get_heads() { Ok(()) } else { Err(DocumentError::DoesNotReload) }
    }

    /// Writes as `actor` at `time`, and returns the change that the write became.
    ///
    /// # Errors
    /// Whatever `write` returns, and [`DocumentError::Nothing`] when it wrote nothing. The document is unchanged then.
    pub fn write<E: From<DocumentError>>(
        &mut self,
        actor: ActorKey,
        time: ClockMs,
        write: impl FnOnce(&mut Writer<'_, '_>) -> Result<(), E>,
    ) -> Result<Change, E> {
        let heads = self.inner.get_heads();
        let next = heads.iter().filter_map(|h| self.inner.get_change_by_hash(h)).map(|c| c.max_op());
        let next = next.max().unwrap_or(0) + 1;
        self.inner.set_actor(actor_to_engine(actor));
        let mut tx = self.inner.transaction();
        if let Err(e) = write(&mut Writer { actor, first: next, tx: &mut tx }) {
            tx.rollback();
            return Err(e);
        }
        if tx.pending_ops() == 0 {
            tx.rollback();
            return Err(DocumentError::Nothing.into());
        }
        let (hash, _) = tx.commit_with(CommitOptions::default().with_time(time.0));
        let written = hash.and_then(|h| self.inner.get_change_by_hash(&h));
        Ok(Change::of_engine(written.ok_or(DocumentError::Nothing)?))
    }

    /// Every concurrent value at `key` of a map, with the operation that wrote it; the last is the one shown.
    #[must_use]
    pub fn cells(&self, object: Object, key: &str) -> Vec<(OpId, Cell)> {
        let Ok(found) = self.inner.get_all(object_id(object), key) else { return Vec::new() };
        let mut cells: Vec<_> = found
            .into_iter()
            .filter_map(|(value, id)| {
                let op = op_id(&id)?;
                let cell = match value {
                    automerge::Value::Object(ObjType::Map) => Cell::Map(Object::Id(op)),
                    automerge::Value::Object(ObjType::Text) => {
                        Cell::Text(Object::Id(op), self.inner.text(&id).unwrap_or_default())
                    }
                    automerge::Value::Object(_) => Cell::Foreign,
                    automerge::Value::Scalar(s) => scalar(&s).map_or(Cell::Foreign, Cell::Scalar),
                };
                Some((op, cell))
            })
            .collect();
        cells.sort_unstable_by_key(|(op, _)| *op);
        cells
    }

    /// The keys of a map, ascending.
    #[must_use]
    pub fn keys(&self, object: Object) -> Vec<String> {
        self.inner.keys(object_id(object)).collect()
    }
}

/// The writing half of a document, within one change.
pub struct Writer<'w, 'd> {
    actor: ActorKey,
    first: u64,
    tx: &'w mut Transaction<'d>,
}

impl Writer<'_, '_> {
    /// The name that the next operation will get.
    #[must_use]
    pub fn next_op(&self) -> OpId {
        OpId { counter: self.first + self.tx.pending_ops() as u64, actor: self.actor }
    }

    /// Makes an empty map at `key`, in place of whatever is there.
    ///
    /// # Errors
    /// [`DocumentError::Engine`] when `object` is not a map.
    pub fn make_map(&mut self, object: Object, key: &str) -> Result<Object, DocumentError> {
        let id = self.tx.put_object(object_id(object), key, ObjType::Map).map_err(engine)?;
        op_id(&id).map(Object::Id).ok_or(DocumentError::Nothing)
    }

    /// Makes a text with `content` at `key`, in place of whatever is there.
    ///
    /// # Errors
    /// [`DocumentError::Engine`] when `object` is not a map.
    pub fn make_text(&mut self, object: Object, key: &str, content: &str) -> Result<(), DocumentError> {
        let id = self.tx.put_object(object_id(object), key, ObjType::Text).map_err(engine)?;
        self.tx.splice_text(&id, 0, 0, content).map_err(engine)
    }

    /// Replaces `delete` characters of a text from `at` with `insert`.
    ///
    /// # Errors
    /// [`DocumentError::Engine`] when `text` is not a text or ends before `at + delete`.
    pub fn splice(&mut self, text: Object, at: usize, delete: usize, insert: &str) -> Result<(), DocumentError> {
        let delete = isize::try_from(delete).unwrap_or(isize::MAX);
        self.tx.splice_text(object_id(text), at, delete, insert).map_err(engine)
    }

    /// Puts a value at `key`, in place of all concurrent values seen here.
    ///
    /// # Errors
    /// [`DocumentError::Engine`] when `object` is not a map.
    pub fn put(&mut self, object: Object, key: &str, value: &Scalar) -> Result<(), DocumentError> {
        let value = match value {
            Scalar::Text(s) => ScalarValue::Str(s.as_str().into()),
            Scalar::Integer(n) => ScalarValue::Int(*n),
            Scalar::YesNo(b) => ScalarValue::Boolean(*b),
            Scalar::Tally(n) => ScalarValue::counter(*n),
        };
        self.tx.put(object_id(object), key, value).map_err(engine)
    }

    /// Adds to the tally at `key`.
    ///
    /// # Errors
    /// [`DocumentError::Engine`] when there is no tally.
    pub fn increment(&mut self, object: Object, key: &str, by: i64) -> Result<(), DocumentError> {
        self.tx.increment(object_id(object), key, by).map_err(engine)
    }

    /// Removes whatever stands at `key`.
    ///
    /// # Errors
    /// [`DocumentError::Engine`] when `object` is not a map.
    pub fn delete(&mut self, object: Object, key: &str) -> Result<(), DocumentError> {
        self.tx.delete(object_id(object), key).map_err(engine)
    }
}

fn object_id(object: Object) -> ObjId {
    match object {
        Object::Root => ROOT,
        // The index is only a hint to the engine; one that cannot be right makes it look the actor up.
        Object::Id(op) => ObjId::Id(op.counter, actor_to_engine(op.actor), usize::MAX),
    }
}

fn op_id(id: &ObjId) -> Option<OpId> {
    match id {
        ObjId::Root => None,
        ObjId::Id(counter, actor, _) => Some(OpId { counter: *counter, actor: actor_from_engine(actor).ok()? }),
    }
}

fn scalar(value: &ScalarValue) -> Option<Scalar> {
    Some(match value {
        ScalarValue::Str(s) => Scalar::Text(s.as_str().into()),
        ScalarValue::Int(n) => Scalar::Integer(*n),
        ScalarValue::Boolean(b) => Scalar::YesNo(*b),
        ScalarValue::Counter(c) => Scalar::Tally(i64::from(c)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crdt::ChangeParts;

    const A: ActorKey = ActorKey([9; 8]);
    const B: ActorKey = ActorKey([3; 8]);

    fn map(doc: &Document, key: &str) -> Object {
        match doc.cells(Object::Root, key).pop() {
            Some((_, Cell::Map(object))) => object,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn concurrent_writes_are_all_read_and_every_change_rebuilds_to_the_same_chunk() {
        let mut a = Document::new();
        let first = a
            .write(A, ClockMs(1), |w| {
                let fields = w.make_map(Object::Root, "fields")?;
                w.put(fields, "place", &Scalar::Text("嘎托镇".into()))?;
                w.put(fields, "visits", &Scalar::Tally(3))?;
                w.make_text(fields, "notes", "高血压😀筛查")
            })
            .unwrap();
        let mut b = Document::new();
        b.apply([&first]).unwrap();
        let fields = map(&b, "fields");
        let theirs = b
            .write(B, ClockMs(2), |w| {
                assert_eq!(w.next_op(), OpId { counter: 11, actor: B });
                w.put(fields, "place", &Scalar::Text("b".into()))?;
                w.increment(fields, "visits", 2)
            })
            .unwrap();
        let ours = a
            .write(A, ClockMs(3), |w| {
                w.put(fields, "place", &Scalar::Text("a".into()))?;
                w.increment(fields, "visits", 5)
            })
            .unwrap();
        a.apply([&theirs]).unwrap();
        b.apply([&ours]).unwrap();
        assert_eq!(a.heads(), b.heads());
        let shown: Vec<_> = a.cells(fields, "place").into_iter().map(|(_, c)| c).collect();
        let text = |t: &str| Cell::Scalar(Scalar::Text(t.into()));
        assert_eq!(shown, [text("b"), text("a")], "the greater operation name is shown, the other is kept");
        assert_eq!(a.cells(fields, "visits")[0].1, Cell::Scalar(Scalar::Tally(10)));
        a.check_reloads().unwrap();
        for change in a.changes() {
            let parts: ChangeParts = change.parts().unwrap();
            assert_eq!(Change::build(&parts).raw(), change.raw());
            assert!(parts.deps.is_sorted());
            assert_eq!(Change::from_store(change.raw()).unwrap(), change);
        }
    }

    #[test]
    fn an_empty_or_failed_write_leaves_no_trace() {
        let mut doc = Document::new();
        assert_eq!(doc.write(A, ClockMs(0), |_| Ok::<_, DocumentError>(())), Err(DocumentError::Nothing));
        let failed = doc.write(A, ClockMs(0), |w| {
            w.make_map(Object::Root, "fields")?;
            w.increment(Object::Root, "none", 1)
        });
        assert!(matches!(failed, Err(DocumentError::Engine(_))));
        assert_eq!(doc.keys(Object::Root), Vec::<String>::new());
    }

    #[test]
    fn a_change_with_a_gap_beneath_it_is_reported() {
        let mut doc = Document::new();
        let put = |doc: &mut Document, n| doc.write(A, ClockMs(0), |w| w.put(Object::Root, "x", &Scalar::Integer(n)));
        let _ = put(&mut doc, 1).unwrap();
        let second = put(&mut doc, 2).unwrap();
        assert_eq!(Document::new().apply([&second]), Err(DocumentError::NotApplied(second.hash())));
    }
}
