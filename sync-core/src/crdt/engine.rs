//! Automerge itself, to which changes are handed where somebody must know that it takes them: a server, before it accepts an edit; and
//! tests, of all that is read and written here without it.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use automerge::{Automerge, AutomergeError, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, TextEncoding};

use super::{
    change::{Change, Object, OpId, Scalar, actor_from_engine, actor_to_engine},
    document::{Cell, Document, DocumentError},
};
use crate::id::ChangeHash;

/// A record in the engine.
pub struct Engine(Automerge);

impl Engine {
    /// With all changes of a document.
    ///
    /// # Errors
    /// When it refuses a change, or leaves one unapplied.
    pub fn of(document: &Document) -> Result<Self, DocumentError> {
        // The default actor is random and is never used: nobody writes with it.
        let mut engine = Self(Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint));
        engine.take(document.changes())?;
        Ok(engine)
    }

    /// Applies changes. When that fails it must not be used further.
    ///
    /// # Errors
    /// When it refuses a change, or leaves one unapplied.
    pub fn take<'a>(&mut self, changes: impl IntoIterator<Item = &'a Change>) -> Result<(), DocumentError> {
        let changes: Vec<_> = changes.into_iter().map(Change::to_engine).collect();
        let hashes: Vec<_> = changes.iter().map(automerge::Change::hash).collect();
        self.0.apply_changes(changes).map_err(refused)?;
        // `Ok` does not mean applied: a change with a gap beneath it is queued in silence.
        match hashes.iter().find(|h| self.0.get_change_meta_by_hash(h).is_none()) {
            Some(missing) => Err(DocumentError::NotApplied(ChangeHash(missing.0))),
            None => Ok(()),
        }
    }
}

fn refused(error: AutomergeError) -> DocumentError {
    DocumentError::Engine(error.to_string())
}

impl Document {
    /// Proves that the engine takes these changes and reads the same from them, and that what it saves now can be loaded again and is
    /// the same. Nobody saves a document, raw changes are what is stored and sent; tests and fuzzers ask it of all that the gate lets
    /// through.
    ///
    /// # Errors
    /// When the engine refuses a change, [`DocumentError::DoesNotReload`], [`DocumentError::ReadsOtherwise`].
    pub fn check_engine(&self) -> Result<(), DocumentError> {
        let Engine(engine) = Engine::of(self)?;
        let saved = engine.save_nocompress();
        let again = Automerge::load(&saved).map_err(|_| DocumentError::DoesNotReload)?;
        let mut heads: Vec<_> = again.get_heads().iter().map(|h| ChangeHash(h.0)).collect();
        heads.sort_unstable();
        if again.get_heads() != engine.get_heads() || heads != self.heads() {
            return Err(DocumentError::DoesNotReload);
        }
        for object in self.objects() {
            let keys: Vec<String> = engine.keys(object_id(object)).collect();
            let same = |key: &String| self.cells(object, key) == cells_of(&engine, object, key);
            if keys != self.keys(object) || !keys.iter().all(same) {
                return Err(DocumentError::ReadsOtherwise);
            }
        }
        Ok(())
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

pub(super) fn object_id(object: Object) -> ObjId {
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
