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

use super::{
    change::{Change, ChangeParts, Object, OpId, Scalar, actor_from_engine, actor_to_engine},
    present::Present,
};
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
    /// What stands in the document by its operations is not what the engine reads.
    #[error("the merge engine reads the document otherwise")]
    ReadsOtherwise,
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
}

/// One record as an Automerge document. What stands in it is read off its operations; the engine is there to write, and has the changes
/// applied no earlier than that: most records are only read where they are.
#[derive(Clone, Default)]
pub struct Document {
    /// All of them, in an order in which they can be applied.
    changes: Vec<Change>,
    /// The latest, ascending: those that no other change builds on.
    heads: Vec<ChangeHash>,
    present: Present,
    /// Has all changes applied, if it is there.
    engine: Option<Automerge>,
}

impl Document {
    /// A record to which nothing has happened yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Applies a change, spelled out beside it, which is not here yet and whose dependencies are.
    ///
    /// # Errors
    /// When a dependency is not here, or something that the change refers to, or the engine refuses the change, if the document was
    /// written to before. The document must not be used further then.
    pub fn apply(&mut self, change: &Change, parts: &ChangeParts) -> Result<(), DocumentError> {
        let is_here =
            |hash: &ChangeHash| self.heads.contains(hash) || self.changes.iter().any(|known| known.hash() == *hash);
        if !parts.deps.iter().all(is_here) {
            return Err(DocumentError::NotApplied(change.hash()));
        }
        if let Some(engine) = &mut self.engine {
            apply_to(engine, [change])?;
        }
        self.enter(change, parts)
    }

    fn enter(&mut self, change: &Change, parts: &ChangeParts) -> Result<(), DocumentError> {
        let hash = change.hash();
        self.present.apply(parts).ok_or(DocumentError::NotApplied(hash))?;
        self.heads.retain(|head| !parts.deps.contains(head));
        self.heads.insert(self.heads.partition_point(|head| *head < hash), hash);
        self.changes.push(change.clone());
        Ok(())
    }

    /// The engine, with all changes applied.
    fn engine(&mut self) -> Result<&mut Automerge, DocumentError> {
        let engine = match self.engine.take() {
            Some(engine) => engine,
            None => {
                // The default actor is random and is never used: `write` takes its own, and reading needs none.
                let mut engine = Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint);
                apply_to(&mut engine, &self.changes)?;
                engine
            }
        };
        Ok(self.engine.insert(engine))
    }

    /// Has the engine apply what is here, as it must before anybody writes.
    ///
    /// # Errors
    /// When it refuses a change, or leaves one unapplied.
    pub fn prepare(&mut self) -> Result<(), DocumentError> {
        self.engine().map(drop)
    }

    /// The latest changes, ascending: those that no other change builds on.
    #[must_use]
    pub fn heads(&self) -> &[ChangeHash] {
        &self.heads
    }

    /// All changes, in an order in which they can be applied.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Proves that the engine takes these changes and reads the same from them, and that what it saves now can be loaded again and is
    /// the same. Nobody saves a document, raw changes are what is stored and sent; tests and fuzzers ask it of all that the gate lets
    /// through.
    ///
    /// # Errors
    /// When the engine refuses a change, [`DocumentError::DoesNotReload`], [`DocumentError::ReadsOtherwise`].
    pub fn check_engine(&self) -> Result<(), DocumentError> {
        let mut prepared = self.clone();
        let engine = prepared.engine()?;
        let saved = engine.save_nocompress();
        let again = Automerge::load(&saved).map_err(|_| DocumentError::DoesNotReload)?;
        let mut heads: Vec<_> = again.get_heads().iter().map(|h| ChangeHash(h.0)).collect();
        heads.sort_unstable();
        if again.get_heads() != engine.get_heads() || heads != self.heads {
            return Err(DocumentError::DoesNotReload);
        }
        for object in self.present.objects() {
            let keys: Vec<String> = engine.keys(object_id(object)).collect();
            let same = |key: &String| self.cells(object, key) == cells_of(engine, object, key);
            if keys != self.keys(object) || !keys.iter().all(same) {
                return Err(DocumentError::ReadsOtherwise);
            }
        }
        Ok(())
    }

    /// Writes as `actor` at `time`, and returns the change that the write became, also spelled out.
    ///
    /// # Errors
    /// Whatever `write` returns, and [`DocumentError::Nothing`] when it wrote nothing. The document is unchanged then.
    pub fn write<E: From<DocumentError>>(
        &mut self,
        actor: ActorKey,
        time: ClockMs,
        write: impl FnOnce(&mut Writer<'_, '_>) -> Result<(), E>,
    ) -> Result<(Change, ChangeParts), E> {
        let first = self.changes.iter().map(Change::max_op).max().unwrap_or(0) + 1;
        let engine = self.engine()?;
        engine.set_actor(actor_to_engine(actor));
        let mut tx = engine.transaction();
        if let Err(e) = write(&mut Writer { actor, first, tx: &mut tx }) {
            tx.rollback();
            return Err(e);
        }
        if tx.pending_ops() == 0 {
            tx.rollback();
            return Err(DocumentError::Nothing.into());
        }
        let (hash, _) = tx.commit_with(CommitOptions::default().with_time(time.0));
        let written = hash.and_then(|h| engine.get_change_by_hash(&h));
        let change = Change::of_engine(written.ok_or(DocumentError::Nothing)?);
        let parts = change.parts().map_err(|error| DocumentError::Engine(error.to_string()))?;
        self.enter(&change, &parts)?;
        Ok((change, parts))
    }

    /// Every concurrent value at `key` of a map, with the operation that wrote it; the last is the one shown.
    #[must_use]
    pub fn cells(&self, object: Object, key: &str) -> Vec<(OpId, Cell)> {
        self.present.cells(object, key)
    }

    /// The keys of a map, ascending.
    #[must_use]
    pub fn keys(&self, object: Object) -> Vec<String> {
        self.present.keys(object)
    }
}

fn apply_to<'a>(document: &mut Automerge, changes: impl IntoIterator<Item = &'a Change>) -> Result<(), DocumentError> {
    let changes: Vec<_> = changes.into_iter().map(Change::to_engine).collect();
    let hashes: Vec<_> = changes.iter().map(automerge::Change::hash).collect();
    document.apply_changes(changes).map_err(engine)?;
    // `Ok` does not mean applied: a change with a gap beneath it is queued in silence.
    match hashes.iter().find(|h| document.get_change_meta_by_hash(h).is_none()) {
        Some(missing) => Err(DocumentError::NotApplied(ChangeHash(missing.0))),
        None => Ok(()),
    }
}

/// What the engine reads at `key` of a map.
fn cells_of(document: &Automerge, object: Object, key: &str) -> Vec<(OpId, Cell)> {
    let found = document.get_all(object_id(object), key).unwrap_or_default().into_iter();
    let mut cells: Vec<_> = found
        .filter_map(|(value, id)| {
            let op = op_id(&id)?;
            let cell = match value {
                automerge::Value::Object(ObjType::Map) => Cell::Map(Object::Id(op)),
                automerge::Value::Object(ObjType::Text) => {
                    Cell::Text(Object::Id(op), document.text(&id).unwrap_or_default())
                }
                automerge::Value::Object(_) => return None,
                automerge::Value::Scalar(s) => Cell::Scalar(scalar(&s)?),
            };
            Some((op, cell))
        })
        .collect();
    cells.sort_unstable_by_key(|(op, _)| *op);
    cells
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
        let (first, parts) = a
            .write(A, ClockMs(1), |w| {
                let fields = w.make_map(Object::Root, "fields")?;
                w.put(fields, "place", &Scalar::Text("嘎托镇".into()))?;
                w.put(fields, "visits", &Scalar::Tally(3))?;
                w.make_text(fields, "notes", "高血压😀筛查")
            })
            .unwrap();
        let mut b = Document::new();
        b.apply(&first, &parts).unwrap();
        let fields = map(&b, "fields");
        let (theirs, their_parts) = b
            .write(B, ClockMs(2), |w| {
                assert_eq!(w.next_op(), OpId { counter: 11, actor: B });
                w.put(fields, "place", &Scalar::Text("b".into()))?;
                w.increment(fields, "visits", 2)
            })
            .unwrap();
        let (ours, our_parts) = a
            .write(A, ClockMs(3), |w| {
                w.put(fields, "place", &Scalar::Text("a".into()))?;
                w.increment(fields, "visits", 5)
            })
            .unwrap();
        a.apply(&theirs, &their_parts).unwrap();
        b.apply(&ours, &our_parts).unwrap();
        assert_eq!(a.heads(), b.heads());
        let shown: Vec<_> = a.cells(fields, "place").into_iter().map(|(_, c)| c).collect();
        let text = |t: &str| Cell::Scalar(Scalar::Text(t.into()));
        assert_eq!(shown, [text("b"), text("a")], "the greater operation name is shown, the other is kept");
        assert_eq!(a.cells(fields, "visits")[0].1, Cell::Scalar(Scalar::Tally(10)));
        a.check_engine().unwrap();
        for change in a.changes() {
            let parts: ChangeParts = change.parts().unwrap();
            assert_eq!(Change::build(&parts).raw(), change.raw());
            assert!(parts.deps.is_sorted());
            assert_eq!(Change::from_store(change.raw()).unwrap(), *change);
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
        let (second, parts) = put(&mut doc, 2).unwrap();
        assert_eq!(Document::new().apply(&second, &parts), Err(DocumentError::NotApplied(second.hash())));
    }
}
