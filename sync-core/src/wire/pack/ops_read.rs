//! The columns of operations, as the receiver reads them.

use alloc::{
    string::{String, ToString},
    vec::{self, Vec},
};

use super::{
    DAY, DAY_MS, DELETE, DELETE_RUN, HOME_COUNTER, ID_HOME, ID_OTHER, ID_OWN, ID_ROOT, INCREMENT, INSERT_RUN, INTEGER,
    KEY_BEGINNING, KEY_ELEMENT, KEY_GENERATED, KEY_NAMES, KIND_MASK, MAKE_MAP, MAKE_TEXT, NO, OBJECT_GIVEN,
    OBJECT_HOME, OBJECT_MADE, OBJECT_SHIFT, PRED_LIST, PRED_NONE, PRED_ONE, PRED_SHIFT, TALLY, TEXT, YES, day_of,
    read::Tables,
};
use crate::{
    crdt::{Action, Key, Object, Op, OpId, Scalar},
    id::{ActorKey, ClockMs},
    limits::{CHANGE_OPS_MAX, COUNTER_MAX, FRAME_OPS_MAX, TEXT_BYTES_MAX},
    record::layout::entry_key,
    wire::{WireError, letters, varint::Reader},
};

/// Where the operations of one change stand.
pub(super) struct Place {
    pub(super) actor: ActorKey,
    pub(super) home: ActorKey,
    pub(super) start_op: u64,
    pub(super) time: ClockMs,
}

impl Place {
    fn op_id(&self, index: usize) -> OpId {
        OpId { counter: self.start_op.saturating_add(index as u64), actor: self.actor }
    }
}

/// Who made an operation that is referred to.
#[derive(Clone, Copy)]
enum Who {
    Own,
    Home,
    Other(ActorKey),
    /// Not an operation: the record itself.
    Root,
}

#[derive(Clone, Copy)]
struct Id {
    counter: u64,
    who: Who,
}

impl Id {
    fn resolve(self, place: &Place) -> OpId {
        let actor = match self.who {
            Who::Own | Who::Root => place.actor,
            Who::Home => place.home,
            Who::Other(actor) => actor,
        };
        OpId { counter: self.counter, actor }
    }

    fn object(self, place: &Place) -> Object {
        if matches!(self.who, Who::Root) { Object::Root } else { Object::Id(self.resolve(place)) }
    }
}

/// The columns of all the frame's operations, of which each change takes its share.
pub(super) struct OpColumns<'b> {
    codes: &'b [u8],
    keys: vec::IntoIter<u32>,
    ids: vec::IntoIter<Id>,
    pred_counts: vec::IntoIter<u32>,
    numbers: vec::IntoIter<u64>,
    ops_left: usize,
}

fn kind_of(code: u8) -> u8 {
    code & KIND_MASK
}
fn preds_of(code: u8) -> u8 {
    code >> PRED_SHIFT & 3
}
fn object_of(code: u8) -> u8 {
    code >> OBJECT_SHIFT
}

impl<'b> OpColumns<'b> {
    /// Reads the columns of `items` items, up to the texts.
    pub(super) fn read(reader: &mut Reader<'b>, tables: &Tables<'_>, items: usize) -> Result<Self, WireError> {
        let codes = reader.take(items)?;
        let mut keys = Vec::with_capacity(items);
        for code in codes {
            let run = matches!(kind_of(*code), INSERT_RUN | DELETE_RUN);
            let key = reader.index("a key", tables.names.len() + KEY_NAMES as usize)? as u32;
            let element = matches!(u64::from(key), KEY_BEGINNING | KEY_ELEMENT);
            let odd = run && (!element || preds_of(*code) != PRED_NONE);
            let headless = kind_of(*code) == DELETE_RUN && u64::from(key) != KEY_ELEMENT;
            if kind_of(*code) > DELETE_RUN || preds_of(*code) > PRED_LIST || odd || headless {
                return Err(reader.malformed("an operation"));
            }
            keys.push(key);
        }
        let (mut ids, mut pred_counts) = (Vec::new(), Vec::new());
        let mut preds_left = FRAME_OPS_MAX;
        for (code, key) in codes.iter().zip(&keys) {
            if object_of(*code) == OBJECT_GIVEN {
                ids.push(id(reader, tables, true)?);
            }
            if u64::from(*key) == KEY_ELEMENT {
                ids.push(id(reader, tables, false)?);
            }
            let preds = match preds_of(*code) {
                PRED_NONE => 0,
                PRED_ONE => 1,
                _ => {
                    let count = reader.count("operations that one replaces", preds_left)?;
                    preds_left -= count;
                    pred_counts.push(count as u32);
                    count
                }
            };
            for _ in 0..preds {
                ids.push(id(reader, tables, false)?);
            }
        }
        let mut numbers = Vec::new();
        // What runs of erasures become is known before anything is made of them; how much is written, only when it is read.
        let mut least = items as u64;
        for code in codes {
            let kind = kind_of(*code);
            if matches!(kind, MAKE_MAP | MAKE_TEXT | NO | YES | DELETE) {
                continue;
            }
            let number = reader.number()?;
            if kind == DELETE_RUN {
                let within = Some(number).filter(|number| *number <= CHANGE_OPS_MAX as u64);
                least = (least + within.ok_or_else(too_many_in_a_change)?).saturating_sub(1);
            }
            numbers.push(number);
        }
        if least > FRAME_OPS_MAX as u64 {
            return Err(too_many_in_a_frame());
        }
        let (keys, ids) = (keys.into_iter(), ids.into_iter());
        Ok(Self {
            codes,
            keys,
            ids,
            pred_counts: pred_counts.into_iter(),
            numbers: numbers.into_iter(),
            ops_left: FRAME_OPS_MAX,
        })
    }

    /// Appends the next `items` items to `ops`; `reader` stands in the texts.
    pub(super) fn change(
        &mut self,
        reader: &mut Reader<'_>,
        tables: &Tables<'_>,
        place: &Place,
        items: usize,
        ops: &mut Vec<Op>,
    ) -> Result<(), WireError> {
        self.room(0, ops.len())?;
        let home = Object::Id(OpId { counter: HOME_COUNTER, actor: place.home });
        let (mut same, mut made) = (home, None);
        let (codes, rest) = self.codes.split_at_checked(items).ok_or(WireError::Truncated)?;
        self.codes = rest;
        for code in codes {
            let object = match object_of(*code) {
                OBJECT_HOME => home,
                OBJECT_GIVEN => self.id(reader)?.object(place),
                OBJECT_MADE => made.ok_or_else(|| reader.malformed("an object"))?,
                _ => same,
            };
            same = object;
            let own = place.op_id(ops.len());
            let key = self.key(reader, tables, place, own)?;
            match kind_of(*code) {
                INSERT_RUN => self.insert_run(reader, place, object, key, ops)?,
                DELETE_RUN => self.delete_run(reader, object, key, ops)?,
                kind => {
                    self.room(ops.len(), 1)?;
                    let pred = self.pred(reader, place, preds_of(*code))?;
                    let action = self.action(reader, place, kind)?;
                    if matches!(action, Action::MakeMap | Action::MakeText) {
                        made = Some(Object::Id(own));
                    }
                    ops.push(Op { object, key, action, pred });
                }
            }
        }
        Ok(())
    }

    /// Checks that a change of `have` operations may get `more`.
    fn room(&mut self, have: usize, more: usize) -> Result<(), WireError> {
        if more > CHANGE_OPS_MAX - have.min(CHANGE_OPS_MAX) {
            return Err(too_many_in_a_change());
        }
        self.ops_left = self.ops_left.checked_sub(more).ok_or_else(too_many_in_a_frame)?;
        Ok(())
    }

    fn id(&mut self, reader: &Reader<'_>) -> Result<Id, WireError> {
        self.ids.next().ok_or_else(|| reader.malformed("an operation"))
    }

    fn number(&mut self, reader: &Reader<'_>) -> Result<u64, WireError> {
        self.numbers.next().ok_or_else(|| reader.malformed("an operation"))
    }

    fn signed(&mut self, reader: &Reader<'_>) -> Result<i64, WireError> {
        let n = self.number(reader)?;
        Ok((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    fn key(&mut self, reader: &Reader<'_>, tables: &Tables<'_>, place: &Place, own: OpId) -> Result<Key, WireError> {
        let code = self.keys.next().ok_or_else(|| reader.malformed("an operation"))?;
        Ok(match u64::from(code) {
            KEY_GENERATED => Key::Name(entry_key(own)),
            KEY_BEGINNING => Key::Element(None),
            KEY_ELEMENT => Key::Element(Some(self.id(reader)?.resolve(place))),
            code => Key::Name(String::from(tables.names[(code - KEY_NAMES) as usize])),
        })
    }

    fn pred(&mut self, reader: &Reader<'_>, place: &Place, mode: u8) -> Result<Vec<OpId>, WireError> {
        let count = match mode {
            PRED_NONE => 0,
            PRED_ONE => 1,
            _ => self.pred_counts.next().ok_or_else(|| reader.malformed("an operation"))?,
        };
        (0..count).map(|_| Ok(self.id(reader)?.resolve(place))).collect()
    }

    fn action(&mut self, reader: &mut Reader<'_>, place: &Place, kind: u8) -> Result<Action, WireError> {
        Ok(match kind {
            MAKE_MAP => Action::MakeMap,
            MAKE_TEXT => Action::MakeText,
            DELETE => Action::Delete,
            NO => Action::Put(Scalar::YesNo(false)),
            YES => Action::Put(Scalar::YesNo(true)),
            INTEGER => Action::Put(Scalar::Integer(self.signed(reader)?)),
            TALLY => Action::Put(Scalar::Tally(self.signed(reader)?)),
            INCREMENT => Action::Increment(self.signed(reader)?),
            DAY => {
                let day = place.time.0.div_euclid(DAY_MS).checked_add(self.signed(reader)?).and_then(day_of);
                Action::Put(Scalar::Text(day.ok_or_else(|| reader.malformed("a day"))?.to_string()))
            }
            TEXT => {
                let max = TEXT_BYTES_MAX as u64;
                // What is sent is never longer than the text is in UTF-8.
                let length = Some(self.number(reader)?).filter(|length| *length <= max);
                let bytes = length.map(|length| reader.take(length as usize)).transpose()?;
                let text = bytes.map(|bytes| letters::read(bytes).collect::<Result<String, ()>>()).transpose();
                let text = text.map_err(|()| reader.malformed("a text"))?.filter(|text| text.len() as u64 <= max);
                Action::Put(Scalar::Text(text.ok_or(WireError::TooMany { what: "bytes of a text", max })?))
            }
            _ => return Err(reader.malformed("an operation")),
        })
    }

    fn insert_run(
        &mut self,
        reader: &mut Reader<'_>,
        place: &Place,
        object: Object,
        first: Key,
        ops: &mut Vec<Op>,
    ) -> Result<(), WireError> {
        let length = self.number(reader)?;
        let text = reader.take(usize::try_from(length).map_err(|_| WireError::Truncated)?)?;
        self.room(ops.len(), letters::read(text).count())?;
        let mut key = first;
        for character in letters::read(text) {
            let character = character.map_err(|()| reader.malformed("a text"))?;
            let next = Key::Element(Some(place.op_id(ops.len())));
            let action = Action::Put(Scalar::Text(String::from(character)));
            ops.push(Op { object, key: core::mem::replace(&mut key, next), action, pred: Vec::new() });
        }
        Ok(())
    }

    fn delete_run(
        &mut self,
        reader: &Reader<'_>,
        object: Object,
        first: Key,
        ops: &mut Vec<Op>,
    ) -> Result<(), WireError> {
        let Key::Element(Some(first)) = first else { return Err(reader.malformed("an operation")) };
        let count = self.number(reader)?;
        self.room(ops.len(), usize::try_from(count).unwrap_or(usize::MAX))?;
        if count > COUNTER_MAX + 1 - first.counter {
            return Err(reader.malformed("an operation's counter"));
        }
        for counter in first.counter..first.counter + count {
            let id = OpId { counter, actor: first.actor };
            ops.push(Op { object, key: Key::Element(Some(id)), action: Action::Delete, pred: [id].into() });
        }
        Ok(())
    }
}

fn too_many_in_a_change() -> WireError {
    WireError::TooMany { what: "operations of a change", max: CHANGE_OPS_MAX as u64 }
}

fn too_many_in_a_frame() -> WireError {
    WireError::TooMany { what: "operations of a frame", max: FRAME_OPS_MAX as u64 }
}

/// Reads a reference to an operation, or, where an object is named, to the record itself.
fn id(reader: &mut Reader<'_>, tables: &Tables<'_>, object: bool) -> Result<Id, WireError> {
    let n = reader.number()?;
    let counter = n / 4;
    let who = match n % 4 {
        ID_OWN => Who::Own,
        ID_HOME => Who::Home,
        ID_OTHER => {
            let number = reader.number()?;
            Who::Other(tables.actor(number).ok_or_else(|| reader.malformed("an author"))?)
        }
        _ => Who::Root,
    };
    let rooted = n == ID_ROOT && object;
    let ordinary = n % 4 != ID_ROOT && (1..=COUNTER_MAX).contains(&counter);
    if rooted || ordinary { Ok(Id { counter, who }) } else { Err(reader.malformed("an operation's counter")) }
}
