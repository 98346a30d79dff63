//! What a device writes, as operations: made by Automerge's rules, so that they are the ones that Automerge itself would make.

use alloc::{string::ToString, vec::Vec};

use super::{
    change::{Action, Key, Object, Op, OpId, Scalar},
    document::DocumentError,
    present::Present,
};
use crate::id::ActorKey;

/// The writing half of a document, within one change.
pub struct Writer {
    actor: ActorKey,
    first: u64,
    /// The document with all that was written so far.
    present: Present,
    ops: Vec<Op>,
}

impl Writer {
    pub(super) fn new(actor: ActorKey, first: u64, present: Present) -> Self {
        Self { actor, first, present, ops: Vec::new() }
    }

    pub(super) fn end(self) -> (Vec<Op>, Present) {
        (self.ops, self.present)
    }

    /// The name that the next operation will get.
    #[must_use]
    pub fn next_op(&self) -> OpId {
        OpId { counter: self.first + self.ops.len() as u64, actor: self.actor }
    }

    /// Makes an empty map at `key`, in place of whatever is there.
    ///
    /// # Errors
    /// [`DocumentError::Misplaced`] when `object` is not a map.
    pub fn make_map(&mut self, object: Object, key: &str) -> Result<Object, DocumentError> {
        self.over(object, key, Action::MakeMap).map(Object::Id)
    }

    /// Makes a text with `content` at `key`, in place of whatever is there.
    ///
    /// # Errors
    /// [`DocumentError::Misplaced`] when `object` is not a map.
    pub fn make_text(&mut self, object: Object, key: &str, content: &str) -> Result<(), DocumentError> {
        let text = self.over(object, key, Action::MakeText)?;
        self.type_behind(text, None, content)
    }

    /// Replaces `delete` characters of a text from `at` with `insert`.
    ///
    /// # Errors
    /// [`DocumentError::Misplaced`] when `text` is not a text or ends before `at + delete`.
    pub fn splice(&mut self, text: Object, at: usize, delete: usize, insert: &str) -> Result<(), DocumentError> {
        let beyond = DocumentError::Misplaced("the text is not as long");
        let Object::Id(text) = text else { return Err(NO_TEXT) };
        let shown = self.present.characters(text).ok_or(NO_TEXT)?;
        let gone = at.checked_add(delete).and_then(|end| shown.get(at..end)).ok_or(beyond)?;
        self.type_behind(text, at.checked_sub(1).map(|before| shown[before]), insert)?;
        for character in gone {
            let key = Key::Element(Some(*character));
            self.put_down(Op { object: Object::Id(text), key, action: Action::Delete, pred: [*character].into() })?;
        }
        Ok(())
    }

    /// Puts a value at `key`, in place of all concurrent values seen here. If it is the one that is shown, what else there is goes.
    ///
    /// # Errors
    /// [`DocumentError::Misplaced`] when `object` is not a map, or a tally is to take the place of another: one adds to it.
    pub fn put(&mut self, object: Object, key: &str, value: &Scalar) -> Result<(), DocumentError> {
        if matches!(value, Scalar::Tally(_)) && self.present.has_tally(object, key) {
            return Err(DocumentError::Misplaced("there is a tally already"));
        }
        if self.present.shows(object, key, value) {
            let mut pred = self.present.standing(object, key);
            pred.pop();
            return self.delete_all(object, key, pred);
        }
        self.over(object, key, Action::Put(value.clone())).map(drop)
    }

    /// Adds to the tally at `key`.
    ///
    /// # Errors
    /// [`DocumentError::Misplaced`] when there is no tally.
    pub fn increment(&mut self, object: Object, key: &str, by: i64) -> Result<(), DocumentError> {
        if !self.present.has_tally(object, key) {
            return Err(DocumentError::Misplaced("there is no tally to add to"));
        }
        self.over(object, key, Action::Increment(by)).map(drop)
    }

    /// Removes whatever stands at `key`, if there is anything.
    ///
    /// # Errors
    /// As [`Self::put`], though what stands somewhere stands in a map.
    pub fn delete(&mut self, object: Object, key: &str) -> Result<(), DocumentError> {
        let pred = self.present.standing(object, key);
        self.delete_all(object, key, pred)
    }

    fn delete_all(&mut self, object: Object, key: &str, pred: Vec<OpId>) -> Result<(), DocumentError> {
        if pred.is_empty() {
            return Ok(());
        }
        self.put_down(Op { object, key: Key::Name(key.to_string()), action: Action::Delete, pred }).map(drop)
    }

    /// An operation on all that stands at a key.
    fn over(&mut self, object: Object, key: &str, action: Action) -> Result<OpId, DocumentError> {
        let pred = self.present.standing(object, key);
        self.put_down(Op { object, key: Key::Name(key.to_string()), action, pred })
    }

    fn type_behind(&mut self, text: OpId, mut behind: Option<OpId>, content: &str) -> Result<(), DocumentError> {
        for character in content.chars() {
            let action = Action::Put(Scalar::Text(character.to_string()));
            let op = Op { object: Object::Id(text), key: Key::Element(behind), action, pred: Vec::new() };
            behind = Some(self.put_down(op)?);
        }
        Ok(())
    }

    fn put_down(&mut self, op: Op) -> Result<OpId, DocumentError> {
        let id = self.next_op();
        self.present.step(id, &op).ok_or(DocumentError::Misplaced("there is no such object to write to"))?;
        self.ops.push(op);
        Ok(id)
    }
}

const NO_TEXT: DocumentError = DocumentError::Misplaced("there is no such text");

#[cfg(test)]
mod tests;
