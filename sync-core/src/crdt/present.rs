//! What stands in a record, by its operations: Automerge's own rules, for the part of Automerge that records use, without its store.
//!
//! Operations come in any order in which each stands behind those that it names; what stands in the end is the same in all of them. At
//! a map's key stand the operations that no other has replaced or deleted; an increment adds to the tallies that it names for as long
//! as they stand. A text is a tree: each character hangs on the one behind which it was typed, and of those that hang on the same one
//! the youngest comes first. [`Document::check_engine`](super::Document::check_engine) compares all of it with the engine's reading.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use super::{
    change::{Action, ChangeParts, Key, Object, Op, OpId, Scalar},
    document::Cell,
};
use crate::id::ActorKey;

/// An operation that stands at a map's key.
#[derive(Clone, Debug)]
struct Standing {
    op: OpId,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Map,
    Text,
    Scalar(Scalar),
}

#[derive(Clone, Debug)]
struct Character {
    op: OpId,
    /// The one behind which it was typed, by its number; `None` is the beginning.
    behind: Option<usize>,
    /// What it is; nothing once it is deleted.
    shown: Option<char>,
}

/// A text, its characters in the order of their arrival.
#[derive(Clone, Debug, Default)]
struct Text {
    characters: Vec<Character>,
    /// Of each run of operations that follow one another, the first, with its number.
    runs: BTreeMap<(ActorKey, u64), usize>,
    /// Whether a character hangs on another than the one that arrived before it: not so in a text that was typed once.
    is_branched: bool,
}

/// What stands in a record.
#[derive(Clone, Debug)]
pub(super) struct Present {
    maps: BTreeMap<Object, BTreeMap<String, Vec<Standing>>>,
    texts: BTreeMap<OpId, Text>,
}

impl Default for Present {
    fn default() -> Self {
        Self { maps: BTreeMap::from([(Object::Root, BTreeMap::new())]), texts: BTreeMap::new() }
    }
}

impl Present {
    /// Does what a change's operations say. `None`, with part of them done, when one names what is not here.
    pub(super) fn apply(&mut self, parts: &ChangeParts) -> Option<()> {
        parts.ops.iter().enumerate().try_for_each(|(index, op)| self.step(parts.op_id(index), op))
    }

    /// Does what one operation says. `None`, and nothing is done, when it names what is not here.
    pub(super) fn step(&mut self, id: OpId, op: &Op) -> Option<()> {
        let name = match &op.key {
            Key::Name(name) => name,
            Key::Element(element) => {
                let Object::Id(text) = op.object else { return None };
                return self.texts.get_mut(&text)?.step(id, *element, &op.action);
            }
        };
        let map = self.maps.get_mut(&op.object)?;
        let here = match map.get_mut(name) {
            Some(here) => here,
            None => map.entry(name.clone()).or_default(),
        };
        if let Action::Increment(by) = op.action {
            // What else it names makes way, as for any other operation.
            here.retain_mut(|standing| match &mut standing.what {
                _ if !op.pred.contains(&standing.op) => true,
                What::Scalar(Scalar::Tally(sum)) => {
                    *sum = sum.wrapping_add(by);
                    true
                }
                _ => false,
            });
            return Some(());
        }
        here.retain(|standing| !op.pred.contains(&standing.op));
        let what = match &op.action {
            Action::MakeMap => What::Map,
            Action::MakeText => What::Text,
            Action::Put(scalar) => What::Scalar(scalar.clone()),
            Action::Delete | Action::Increment(_) => return Some(()),
        };
        let at = here.partition_point(|standing| standing.op < id);
        here.insert(at, Standing { op: id, what });
        match op.action {
            Action::MakeMap => drop(self.maps.insert(Object::Id(id), BTreeMap::new())),
            Action::MakeText => drop(self.texts.insert(id, Text::default())),
            _ => {}
        }
        Some(())
    }

    /// Every concurrent value at `key` of a map, ascending by operation.
    pub(super) fn cells(&self, object: Object, key: &str) -> Vec<(OpId, Cell)> {
        let cell = |standing: &Standing| match &standing.what {
            What::Map => Cell::Map(Object::Id(standing.op)),
            What::Text => Cell::Text(Object::Id(standing.op), self.text(standing.op)),
            What::Scalar(scalar) => Cell::Scalar(scalar.clone()),
        };
        self.at(object, key).iter().map(|standing| (standing.op, cell(standing))).collect()
    }

    fn at(&self, object: Object, key: &str) -> &[Standing] {
        self.maps.get(&object).and_then(|map| map.get(key)).map_or(&[], Vec::as_slice)
    }

    /// The operations that stand at `key` of a map, ascending.
    pub(super) fn standing(&self, object: Object, key: &str) -> Vec<OpId> {
        self.at(object, key).iter().map(|standing| standing.op).collect()
    }

    /// Whether the value shown at `key` of a map is this one.
    pub(super) fn shows(&self, object: Object, key: &str, value: &Scalar) -> bool {
        let last = self.at(object, key).last().map(|standing| &standing.what);
        matches!(last, Some(What::Scalar(shown)) if shown == value)
    }

    /// Whether a tally stands at `key` of a map.
    pub(super) fn has_tally(&self, object: Object, key: &str) -> bool {
        self.at(object, key).iter().any(|standing| matches!(standing.what, What::Scalar(Scalar::Tally(_))))
    }

    /// The operations that inserted the characters that a text shows, in their order.
    pub(super) fn characters(&self, text: OpId) -> Option<Vec<OpId>> {
        let text = self.texts.get(&text)?;
        let shown = text.in_order().into_iter().map(|number| &text.characters[number]);
        Some(shown.filter(|character| character.shown.is_some()).map(|character| character.op).collect())
    }

    /// The keys of a map at which anything stands, ascending.
    pub(super) fn keys(&self, object: Object) -> Vec<String> {
        let map = self.maps.get(&object).into_iter().flatten();
        map.filter(|(_, here)| !here.is_empty()).map(|(key, _)| key.clone()).collect()
    }

    /// Every map there is or was, root included.
    pub(super) fn objects(&self) -> impl Iterator<Item = Object> + '_ {
        self.maps.keys().copied()
    }

    fn text(&self, id: OpId) -> String {
        self.texts.get(&id).map(Text::read).unwrap_or_default()
    }
}

impl Text {
    fn step(&mut self, id: OpId, element: Option<OpId>, action: &Action) -> Option<()> {
        let number = match element {
            None => None,
            Some(op) => Some(self.number_of(op)?),
        };
        match (action, number) {
            (Action::Put(Scalar::Text(shown)), behind) => {
                let (last, next) = (self.characters.last(), self.characters.len());
                self.is_branched |= behind.map_or(0, |behind| behind + 1) != next;
                let follows = |last: &Character| last.op.actor == id.actor && last.op.counter + 1 == id.counter;
                if !last.is_some_and(follows) {
                    self.runs.insert((id.actor, id.counter), next);
                }
                self.characters.push(Character { op: id, behind, shown: shown.chars().next() });
                Some(())
            }
            (Action::Delete, Some(number)) => {
                self.characters.get_mut(number)?.shown = None;
                Some(())
            }
            _ => None,
        }
    }

    fn number_of(&self, op: OpId) -> Option<usize> {
        let ((_, first), number) = self.runs.range((op.actor, 0)..=(op.actor, op.counter)).next_back()?;
        let number = number + usize::try_from(op.counter - first).ok()?;
        self.characters.get(number).filter(|character| character.op == op).map(|_| number)
    }

    fn read(&self) -> String {
        if !self.is_branched {
            return self.characters.iter().filter_map(|character| character.shown).collect();
        }
        self.in_order().into_iter().filter_map(|number| self.characters[number].shown).collect()
    }

    /// The numbers of all characters, in the order in which they are read.
    fn in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.characters.len()).collect();
        if !self.is_branched {
            return order;
        }
        // By what they hang on, and of those on the same one the oldest first: what is taken off the end of `open` next is the youngest
        // that hangs on whatever was read last.
        order.sort_unstable_by_key(|number| (self.characters[*number].behind, self.characters[*number].op));
        let hanging = |behind: Option<usize>| {
            let from = order.partition_point(|number| self.characters[*number].behind < behind);
            let until = order.partition_point(|number| self.characters[*number].behind <= behind);
            &order[from..until]
        };
        let mut open: Vec<usize> = hanging(None).to_vec();
        let mut read = Vec::with_capacity(order.len());
        while let Some(number) = open.pop() {
            read.push(number);
            open.extend_from_slice(hanging(Some(number)));
        }
        read
    }
}
