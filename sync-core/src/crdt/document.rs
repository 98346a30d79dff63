//! A record's changes, applied: what is read, and what local writes are made on.

use alloc::{string::String, vec::Vec};

use thiserror::Error;

use super::{
    change::{Change, ChangeParts, Object, OpId, Scalar},
    present::Present,
    writer::Writer,
};
use crate::id::{ActorKey, ChangeHash, ClockMs};

/// Why a document could not be changed or read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The merge engine refused a change.
    #[error("the merge engine refused: {0}")]
    Engine(String),
    /// The engine took the change without an error and did not apply it, or something that it builds on is not here.
    #[error("change {0} was taken but not applied")]
    NotApplied(ChangeHash),
    /// What is to be written has no place in the document.
    #[error("{0}")]
    Misplaced(&'static str),
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

/// One record as an Automerge document: its changes, and what stands in it by their operations.
#[derive(Clone, Default)]
pub struct Document {
    /// All of them, in an order in which they can be applied.
    changes: Vec<Change>,
    /// The latest, ascending: those that no other change builds on.
    heads: Vec<ChangeHash>,
    present: Present,
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
    /// When a dependency is not here, or something that the change refers to. The document must not be used further then.
    pub fn apply(&mut self, change: &Change, parts: &ChangeParts) -> Result<(), DocumentError> {
        let is_here =
            |hash: &ChangeHash| self.heads.contains(hash) || self.changes.iter().any(|known| known.hash() == *hash);
        if !parts.deps.iter().all(is_here) {
            return Err(DocumentError::NotApplied(change.hash()));
        }
        self.present.apply(parts).ok_or(DocumentError::NotApplied(change.hash()))?;
        self.enter(change, parts);
        Ok(())
    }

    fn enter(&mut self, change: &Change, parts: &ChangeParts) {
        let hash = change.hash();
        self.heads.retain(|head| !parts.deps.contains(head));
        self.heads.insert(self.heads.partition_point(|head| *head < hash), hash);
        self.changes.push(change.clone());
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

    /// Writes as `actor` at `time`, and returns the change that the write became, also spelled out.
    ///
    /// # Errors
    /// Whatever `write` returns, and [`DocumentError::Nothing`] when it wrote nothing. The document is unchanged then.
    pub fn write<E: From<DocumentError>>(
        &mut self,
        actor: ActorKey,
        time: ClockMs,
        write: impl FnOnce(&mut Writer) -> Result<(), E>,
    ) -> Result<(Change, ChangeParts), E> {
        let start_op = self.changes.iter().map(Change::max_op).max().unwrap_or(0) + 1;
        let mut writer = Writer::new(actor, start_op, self.present.clone());
        write(&mut writer)?;
        let (ops, present) = writer.end();
        if ops.is_empty() {
            return Err(DocumentError::Nothing.into());
        }
        let own = self.changes.iter().filter(|change| change.actor() == Ok(actor));
        let last = own.max_by_key(|change| change.seq());
        let seq = last.map_or(0, Change::seq) + 1;
        // The latest of all there is; and, as Automerge has it, the author's own last one, even where it is beneath them.
        let mut deps = self.heads.clone();
        deps.extend(last.map(Change::hash).filter(|hash| !self.heads.contains(hash)));
        deps.sort_unstable();
        let parts = ChangeParts { actor, seq, start_op, time, deps, ops };
        let change = Change::build(&parts);
        self.present = present;
        self.enter(&change, &parts);
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

    /// Every map there is or was, root included.
    pub(super) fn objects(&self) -> impl Iterator<Item = Object> + '_ {
        self.present.objects()
    }
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
        assert!(matches!(failed, Err(DocumentError::Misplaced(_))));
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
