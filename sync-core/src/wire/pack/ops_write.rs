//! The columns of operations, as the sender fills them.

use alloc::{collections::BTreeMap, vec::Vec};

use super::{
    DAY, DAY_MS, DELETE, DELETE_RUN, HOME_COUNTER, ID_HOME, ID_OTHER, ID_OWN, ID_ROOT, INCREMENT, INSERT_RUN, INTEGER,
    KEY_BEGINNING, KEY_ELEMENT, KEY_GENERATED, KEY_NAMES, MAKE_MAP, MAKE_TEXT, NO, OBJECT_GIVEN, OBJECT_HOME,
    OBJECT_MADE, OBJECT_SAME, OBJECT_SHIFT, PRED_LIST, PRED_NONE, PRED_ONE, PRED_SHIFT, TALLY, TEXT, YES, number_of,
};
use crate::{
    crdt::{Action, Key, Object, Op, OpId, Scalar},
    id::{ActorKey, ClockMs, Day},
    record::layout::entry_key,
    wire::{letters, varint},
};

/// Where the operations of one change stand.
pub(super) struct Place {
    pub(super) actor: ActorKey,
    pub(super) home: ActorKey,
    pub(super) start_op: u64,
}

impl Place {
    fn op_id(&self, index: usize) -> OpId {
        OpId { counter: self.start_op.wrapping_add(index as u64), actor: self.actor }
    }
}

#[derive(Default)]
pub(super) struct OpColumns<'a> {
    actors: Vec<ActorKey>,
    actor_numbers: BTreeMap<ActorKey, u64>,
    names: Vec<&'a str>,
    name_numbers: BTreeMap<&'a str, u64>,
    codes: Vec<u8>,
    keys: Vec<u8>,
    ids: Vec<u8>,
    numbers: Vec<u8>,
    texts: Vec<u8>,
}

impl<'a> OpColumns<'a> {
    /// The number of an actor in the frame's table.
    pub(super) fn actor(&mut self, actor: ActorKey) -> u64 {
        *self.actor_numbers.entry(actor).or_insert_with(|| {
            self.actors.push(actor);
            self.actors.len() as u64 - 1
        })
    }

    /// The number of a name in the frame's table.
    pub(super) fn name(&mut self, name: &'a str) -> u64 {
        *self.name_numbers.entry(name).or_insert_with(|| {
            self.names.push(name);
            self.names.len() as u64 - 1
        })
    }

    pub(super) fn actors(&self) -> &[ActorKey] {
        &self.actors
    }

    pub(super) fn names(&self) -> &[&'a str] {
        &self.names
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        for column in [&self.codes, &self.keys, &self.ids, &self.numbers, &self.texts] {
            out.extend_from_slice(column);
        }
    }

    /// Adds the operations of one change from the `skip`-th on, and returns the number of items that they became.
    pub(super) fn change(&mut self, place: &Place, ops: &'a [Op], skip: usize, time: ClockMs) -> u64 {
        let home = Object::Id(OpId { counter: HOME_COUNTER, actor: place.home });
        let (mut same, mut made) = (home, None);
        let mut at = skip;
        let mut items = 0;
        while let Some(op) = ops.get(at) {
            let (kind, length) = self.item(place, ops, at, time);
            let pred = if kind == INSERT_RUN || kind == DELETE_RUN { &[] } else { op.pred.as_slice() };
            let object = match op.object {
                object if object == home => OBJECT_HOME,
                object if object == same => OBJECT_SAME,
                object if Some(object) == made => OBJECT_MADE,
                object => {
                    match object {
                        Object::Root => varint::put(&mut self.ids, ID_ROOT),
                        Object::Id(id) => self.id(place, id),
                    }
                    OBJECT_GIVEN
                }
            };
            self.key(place, at, &op.key);
            let preds = match pred {
                [] => PRED_NONE,
                [one] => {
                    self.id(place, *one);
                    PRED_ONE
                }
                many => {
                    varint::put(&mut self.ids, many.len() as u64);
                    many.iter().for_each(|id| self.id(place, *id));
                    PRED_LIST
                }
            };
            self.codes.push(kind | preds << PRED_SHIFT | object << OBJECT_SHIFT);
            if matches!(op.action, Action::MakeMap | Action::MakeText) {
                made = Some(Object::Id(place.op_id(at)));
            }
            same = op.object;
            at += length;
            items += 1;
        }
        items
    }

    /// Writes the value of the item that begins at `at`; its kind and its number of operations.
    fn item(&mut self, place: &Place, ops: &[Op], at: usize, time: ClockMs) -> (u8, usize) {
        let op = &ops[at];
        let length = insert_run(place, ops, at);
        if length > 0 {
            let start = self.texts.len();
            ops[at..at + length].iter().filter_map(character).for_each(|c| letters::put(&mut self.texts, c));
            varint::put(&mut self.numbers, (self.texts.len() - start) as u64);
            return (INSERT_RUN, length);
        }
        let length = delete_run(ops, at);
        if length > 0 {
            varint::put(&mut self.numbers, length as u64);
            return (DELETE_RUN, length);
        }
        let kind = match &op.action {
            Action::MakeMap => MAKE_MAP,
            Action::MakeText => MAKE_TEXT,
            Action::Delete => DELETE,
            Action::Put(Scalar::YesNo(answer)) => [NO, YES][usize::from(*answer)],
            Action::Increment(n) => self.signed(INCREMENT, *n),
            Action::Put(Scalar::Integer(n)) => self.signed(INTEGER, *n),
            Action::Put(Scalar::Tally(n)) => self.signed(TALLY, *n),
            Action::Put(Scalar::Text(text)) => match text.parse::<Day>().ok().and_then(number_of) {
                Some(day) => self.signed(DAY, day - time.0.div_euclid(DAY_MS)),
                None => {
                    let start = self.texts.len();
                    letters::put(&mut self.texts, text);
                    varint::put(&mut self.numbers, (self.texts.len() - start) as u64);
                    TEXT
                }
            },
        };
        (kind, 1)
    }

    fn signed(&mut self, kind: u8, n: i64) -> u8 {
        varint::put_signed(&mut self.numbers, n);
        kind
    }

    fn key(&mut self, place: &Place, at: usize, key: &'a Key) {
        let code = match key {
            Key::Element(None) => KEY_BEGINNING,
            Key::Element(Some(id)) => {
                self.id(place, *id);
                KEY_ELEMENT
            }
            Key::Name(name) if name.contains('@') && *name == entry_key(place.op_id(at)) => KEY_GENERATED,
            Key::Name(name) => self.name(name) + KEY_NAMES,
        };
        varint::put(&mut self.keys, code);
    }

    fn id(&mut self, place: &Place, id: OpId) {
        let counter = id.counter.wrapping_mul(4);
        if id.actor == place.actor {
            varint::put(&mut self.ids, counter + ID_OWN);
        } else if id.actor == place.home {
            varint::put(&mut self.ids, counter + ID_HOME);
        } else {
            let actor = self.actor(id.actor);
            varint::put(&mut self.ids, counter + ID_OTHER);
            varint::put(&mut self.ids, actor);
        }
    }
}

/// The text of an insertion of exactly one character that replaces nothing.
fn character(op: &Op) -> Option<&str> {
    match (&op.key, &op.action) {
        (Key::Element(_), Action::Put(Scalar::Text(text))) if op.pred.is_empty() && text.chars().count() == 1 => {
            Some(text)
        }
        _ => None,
    }
}

/// The number of operations from `at` on that insert one character each, one behind the other.
fn insert_run(place: &Place, ops: &[Op], at: usize) -> usize {
    let follows = |index: usize| {
        let op = &ops[index];
        let behind = index == at || op.key == Key::Element(Some(place.op_id(index - 1)));
        behind && op.object == ops[at].object && character(op).is_some()
    };
    (at..ops.len()).take_while(|index| follows(*index)).count()
}

/// The number of operations from `at` on that delete one element each, with ascending counters.
fn delete_run(ops: &[Op], at: usize) -> usize {
    let deleted = |op: &Op| match (&op.key, &op.action) {
        (Key::Element(Some(id)), Action::Delete) if op.pred == [*id] => Some(*id),
        _ => None,
    };
    let Some(first) = deleted(&ops[at]) else { return 0 };
    let follows = |(i, op): &(usize, &Op)| {
        let expected = OpId { counter: first.counter.wrapping_add(*i as u64), actor: first.actor };
        op.object == ops[at].object && deleted(op) == Some(expected)
    };
    ops[at..].iter().enumerate().take_while(follows).count()
}
