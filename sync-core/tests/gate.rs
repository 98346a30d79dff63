//! The gate's grammar, rule by rule: what is just permitted passes, what is just beyond is refused by name. The ways in which engines
//! were broken stand in `hostile`; here each rule is pinned at its edge.

#![cfg_attr(
    not(target_family = "wasm"),
    expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")
)]
#![cfg(not(target_family = "wasm"))]

#[expect(dead_code, reason = "the center is for those who merge; here the gate is asked alone")]
mod harness;

use harness::{actor, begin, key, pen};
use sync_core::{
    crdt::{Action, Change, ChangeParts, Key, Object, Op, OpId, Scalar},
    gate::{Effect, ReasonCode, Roles, check, check_bounds},
    id::{ChangeHash, ClockMs},
    limits,
    record::{Edit, Ledger, Record, Touched, Value, Values, Verdict},
};

/// Who writes in these tests, if not the record's worker.
const OTHER: u8 = 2;

fn text(text: &str) -> Action {
    Action::Put(Scalar::Text(text.into()))
}

fn whole(number: i64) -> Action {
    Action::Put(Scalar::Integer(number))
}

fn op(object: Object, name: &str, action: Action, pred: &[OpId]) -> Op {
    Op { object, key: Key::Name(name.into()), action, pred: pred.to_vec() }
}

fn typed(object: Object, element: Option<OpId>, action: Action, pred: &[OpId]) -> Op {
    Op { object, key: Key::Element(element), action, pred: pred.to_vec() }
}

fn id(counter: u64, by: u8) -> OpId {
    OpId { counter, actor: actor(by) }
}

/// The containers that every first change of worker 1 makes, by their number.
fn container(counter: u64) -> Object {
    Object::Id(id(counter, 1))
}
const FIELDS: u64 = 2;
const COMMENTS: u64 = 3;
const REVIEWS: u64 = 4;
const ATTACHMENTS: u64 = 5;

/// The operation with which a first change put `name` into the record's values.
fn value_of(first: &ChangeParts, name: &str) -> OpId {
    let there = |op: &Op| op.object == container(FIELDS) && op.key == Key::Name(name.into());
    first.op_id(first.ops.iter().position(there).unwrap())
}

/// The record with one more change.
fn joined(record: &Record, more: &Change) -> Record {
    let mut record = record.clone();
    record.take(more, &more.parts().unwrap()).unwrap();
    record
}

/// A change of `by` with these operations on top of all that the record has.
fn on_top(record: &Record, by: u8, ops: Vec<Op>) -> ChangeParts {
    let entries = record.ledger().entries();
    let own = entries.iter().filter(|entry| entry.actor == actor(by)).map(|entry| entry.seq).max();
    ChangeParts {
        actor: actor(by),
        seq: own.unwrap_or(0) + 1,
        start_op: next(record),
        time: ClockMs(9_000),
        deps: record.document().heads().to_vec(),
        ops,
    }
}

/// The number of the next operation.
fn next(record: &Record) -> u64 {
    record.ledger().entries().iter().map(|entry| *entry.ops.end()).max().unwrap() + 1
}

fn judged(record: &Record, parts: &ChangeParts) -> Result<Effect, ReasonCode> {
    check(record.ledger(), parts, 200).map_err(|reason| reason.code)
}

/// Asserts what becomes of operations of [`OTHER`].
#[track_caller]
fn expect(record: &Record, ops: Vec<Op>, wanted: Result<(), ReasonCode>) {
    let parts = on_top(record, OTHER, ops);
    assert_eq!(judged(record, &parts).map(drop), wanted, "{:?}", parts.ops);
}

fn scene() -> (Record, ChangeParts) {
    let (record, first) = begin(1, 1_000);
    (record, first.parts().unwrap())
}

/// What somebody may in a unit and in the one above it adds up, role by role.
#[test]
fn roles_of_two_units_add_up() {
    let set = |bits: u8| Roles {
        recorder: bits & 1 > 0,
        reviewer: bits & 2 > 0,
        administrator: bits & 4 > 0,
        observer: bits & 8 > 0,
    };
    for (one, other) in (0..16).flat_map(|one| (0..16).map(move |other| (one, other))) {
        assert_eq!(set(one).and(set(other)), set(one | other));
        assert_eq!(set(one).any(), one != 0);
    }
}

#[test]
fn bounds_hold_exactly() {
    let (record, first) = scene();
    let good = on_top(&record, OTHER, vec![op(container(FIELDS), "seen", whole(1), &[])]);
    let bounds = |parts: ChangeParts| check_bounds(&parts).map_err(|reason| reason.code);
    let hash = |n: usize| ChangeHash(core::array::from_fn(|i| if i == 0 { n as u8 } else { 0 }));
    let deps = |range: core::ops::Range<usize>| ChangeParts { deps: range.map(hash).collect(), ..good.clone() };
    assert_eq!(bounds(deps(0..limits::CHANGE_DEPS_MAX)), Ok(()));
    assert_eq!(bounds(deps(0..limits::CHANGE_DEPS_MAX + 1)), Err(ReasonCode::BadDependencies));
    let named = |deps: &[usize]| ChangeParts { deps: deps.iter().copied().map(hash).collect(), ..good.clone() };
    for (deps, wanted) in [
        (&[1, 2][..], Ok(())),
        (&[2, 1], Err(ReasonCode::BadDependencies)),
        (&[1, 1], Err(ReasonCode::BadDependencies)),
    ] {
        assert_eq!(bounds(named(deps)), wanted);
    }
    let ops = |count: usize| ChangeParts { ops: vec![good.ops[0].clone(); count], ..good.clone() };
    assert_eq!(bounds(ops(0)), Err(ReasonCode::Empty));
    assert_eq!(bounds(ops(limits::CHANGE_OPS_MAX)), Ok(()));
    assert_eq!(bounds(ops(limits::CHANGE_OPS_MAX + 1)), Err(ReasonCode::TooLarge));
    for (seq, wanted) in [
        (0, Err(ReasonCode::BadSequence)),
        (1, Ok(())),
        (limits::COUNTER_MAX, Ok(())),
        (limits::COUNTER_MAX + 1, Err(ReasonCode::BadSequence)),
    ] {
        assert_eq!(bounds(ChangeParts { seq, ..good.clone() }), wanted, "seq {seq}");
    }
    let two = ops(2);
    for (start_op, wanted) in [
        (0, Err(ReasonCode::BadCounter)),
        (1, Ok(())),
        (limits::COUNTER_MAX - 2, Ok(())),
        (limits::COUNTER_MAX - 1, Err(ReasonCode::BadCounter)),
        (u64::MAX, Err(ReasonCode::BadCounter)),
    ] {
        assert_eq!(bounds(ChangeParts { start_op, ..two.clone() }), wanted, "start_op {start_op}");
    }
    for (time, wanted) in [
        (-limits::INTEGER_MAX - 1, Err(ReasonCode::BadValue)),
        (-limits::INTEGER_MAX, Ok(())),
        (limits::INTEGER_MAX, Ok(())),
        (limits::INTEGER_MAX + 1, Err(ReasonCode::BadValue)),
    ] {
        assert_eq!(bounds(ChangeParts { time: ClockMs(time), ..good.clone() }), wanted, "at {time}");
    }
    for (bytes, wanted) in
        [(limits::CHANGE_BYTES_MAX, Ok(())), (limits::CHANGE_BYTES_MAX + 1, Err(ReasonCode::TooLarge))]
    {
        assert_eq!(check(record.ledger(), &good, bytes).map(drop).map_err(|r| r.code), wanted, "{bytes} bytes");
    }
    let birth = check(&Ledger::default(), &first, 200).unwrap();
    assert!(birth.birth.is_some() && birth.touched.birth && birth.touched.fields && birth.verdict.is_none());
    let effect = judged(&record, &good).unwrap();
    assert_eq!(effect, Effect { birth: None, touched: Touched { fields: true, ..Touched::default() }, verdict: None });
}

/// A ledger of a first change and `more`, one upon the other, and a change on top of it.
fn long(first: &ChangeParts, more: usize, ops: usize, bytes: usize) -> (Ledger, ChangeParts) {
    let mut ledger = Ledger::default();
    let name = |n: usize| {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&(n as u64).to_be_bytes());
        ChangeHash(hash)
    };
    ledger.enter(name(0), bytes, first).unwrap();
    let change = |n: usize, start_op: u64, ops: usize| ChangeParts {
        actor: actor(1),
        seq: n as u64 + 1,
        start_op,
        time: ClockMs(1),
        deps: vec![name(n - 1)],
        ops: vec![op(container(FIELDS), "seen", whole(1), &[]); ops],
    };
    let mut start = first.max_op() + 1;
    for n in 1..=more {
        ledger.enter(name(n), 0, &change(n, start, ops)).unwrap();
        start += ops as u64;
    }
    (ledger, change(more + 1, start, 1))
}

#[test]
fn a_record_is_full_exactly_at_its_limits() {
    let (_, first) = scene();
    let full = |(ledger, last): &(Ledger, ChangeParts), bytes| match check(ledger, last, bytes) {
        Ok(_) => false,
        Err(reason) => {
            assert_eq!(reason.code, ReasonCode::RecordFull);
            true
        }
    };
    let of_changes = |count: usize| long(&first, count - 1, 1, 0);
    assert!(!full(&of_changes(limits::RECORD_CHANGES_MAX - 1), 200));
    assert!(full(&of_changes(limits::RECORD_CHANGES_MAX), 200));
    let of_bytes = |bytes: usize| long(&first, 1, 1, bytes);
    assert!(!full(&of_bytes(limits::RECORD_BYTES_MAX - 200), 200));
    assert!(full(&of_bytes(limits::RECORD_BYTES_MAX - 199), 200));
    let beneath = first.ops.len();
    let per_change = (limits::RECORD_OPS_MAX - beneath - 1) / 4;
    let rest = (limits::RECORD_OPS_MAX - beneath - 1) % 4;
    let (mut ledger, mut last) = long(&first, 4, per_change, 0);
    for n in 0..=rest {
        assert!(!full(&(ledger.clone(), last.clone()), 200), "{n} of {rest}");
        let name = ChangeHash([0xf0 + n as u8; 32]);
        ledger.enter(name, 0, &last).unwrap();
        last = ChangeParts { seq: last.seq + 1, start_op: last.start_op + 1, deps: vec![name], ..last };
    }
    assert!(full(&(ledger, last), 200));
}

#[test]
fn numbers_and_dependencies_follow_what_lies_beneath() {
    let (record, first) = scene();
    let seen = || vec![op(container(FIELDS), "seen", whole(1), &[])];
    let code = |record: &Record, parts: &ChangeParts| judged(record, parts).map(drop);
    let again = ChangeParts { time: ClockMs(7), ..first.clone() };
    assert_eq!(code(&record, &again), Err(ReasonCode::BadDependencies));
    for (parts, wanted) in [
        (ChangeParts { seq: 2, ..first.clone() }, ReasonCode::BadSequence),
        (ChangeParts { start_op: 2, ..first.clone() }, ReasonCode::BadCounter),
        (ChangeParts { time: ClockMs(7), ..first.clone() }, ReasonCode::BadHeader),
    ] {
        assert_eq!(check(&Ledger::default(), &parts, 200).unwrap_err().code, wanted);
    }
    let good = on_top(&record, OTHER, seen());
    for start_op in [good.start_op - 1, good.start_op + 1] {
        assert_eq!(code(&record, &ChangeParts { start_op, ..good.clone() }), Err(ReasonCode::BadCounter));
    }
    assert_eq!(
        code(&record, &ChangeParts { deps: vec![ChangeHash([9; 32])], ..good }),
        Err(ReasonCode::BadDependencies)
    );
    // The author's last change lies beneath, though another's lies between.
    let mut record = record;
    let mut left = record.clone();
    record.edit(&[Edit::Set(key("seen"), Value::Integer(1))], pen(OTHER, 2_000)).unwrap();
    record.comment("好", pen(3, 2_001)).unwrap();
    let third = on_top(&record, OTHER, seen());
    assert_eq!((third.seq, code(&record, &third)), (2, Ok(())));
    assert_eq!(code(&record, &ChangeParts { seq: 1, ..third.clone() }), Err(ReasonCode::ActorReused));
    assert_eq!(code(&record, &ChangeParts { seq: 3, ..third }), Err(ReasonCode::BadSequence));
    // It is there, but not beneath.
    let beside = left.comment("旁边", pen(4, 2_002)).unwrap();
    let record = joined(&record, &beside);
    let on_beside = ChangeParts {
        deps: vec![beside.hash()],
        start_op: beside.parts().unwrap().max_op() + 1,
        ..on_top(&record, OTHER, seen())
    };
    assert_eq!(on_beside.seq, 2);
    assert_eq!(code(&record, &on_beside), Err(ReasonCode::BadSequence));
}

#[test]
fn only_what_lies_beneath_can_be_referred_to() {
    let (mut record, _) = scene();
    let mut left = record.clone();
    let comment = left.comment("左", pen(3, 2_000)).unwrap().parts().unwrap();
    let later = left.comment("又", pen(3, 2_001)).unwrap().parts().unwrap();
    record.edit(&[Edit::Set(key("seen"), Value::Integer(1))], pen(1, 2_001)).unwrap();
    let edit = on_top(&record, OTHER, vec![]);
    let last = record.ledger().entries().last().unwrap().clone();
    let record = joined(&joined(&record, &Change::build(&comment)), &Change::build(&later));
    // On top of the edit alone, the comment is not beneath, although it is in the ledger.
    let start = *last.ops.end() + 1;
    let upon = |ops: Vec<Op>| ChangeParts { deps: vec![last.hash], start_op: start, ops, ..edit.clone() };
    let into_comment = op(Object::Id(comment.op_id(0)), "text", text("我的"), &[]);
    assert_eq!(judged(&record, &upon(vec![into_comment])).unwrap_err(), ReasonCode::BadReference);
    // Nor is one whose number is as high as the change's own.
    assert!(later.start_op >= start);
    let into_later = op(Object::Id(later.op_id(0)), "text", text("我的"), &[]);
    assert_eq!(judged(&record, &upon(vec![into_later])).unwrap_err(), ReasonCode::BadReference);
    // What the first change and the edit made is beneath; so is what the change itself makes.
    let put = op(container(FIELDS), "seen", whole(2), &[id(*last.ops.end(), 1)]);
    assert!(judged(&record, &upon(vec![put])).is_ok());
    let own = id(start, OTHER);
    let entry = vec![
        op(container(COMMENTS), &own.to_string(), Action::MakeMap, &[]),
        op(Object::Id(own), "text", text("右"), &[]),
    ];
    assert!(judged(&record, &upon(entry)).is_ok());
    // What it makes later is not there yet, and what it never makes is not there at all.
    let ahead = vec![op(Object::Id(id(start + 1, OTHER)), "text", text("x"), &[])];
    assert_eq!(judged(&record, &upon(ahead)).unwrap_err(), ReasonCode::BadReference);
    let no_object = vec![op(Object::Id(id(*last.ops.end(), 1)), "text", text("x"), &[])];
    assert_eq!(judged(&record, &upon(no_object)).unwrap_err(), ReasonCode::BadReference);
}

#[test]
fn narratives_take_single_characters_in_their_place() {
    let (record, first) = scene();
    let notes = value_of(&first, "notes");
    let object = Object::Id(notes);
    let at = first.ops.iter().position(|op| op.object == object).unwrap();
    let (one, two) = (first.op_id(at), first.op_id(at + 1));
    let structure = Err(ReasonCode::BadStructure);
    let reference = Err(ReasonCode::BadReference);
    let start = next(&record);
    for (ops, wanted) in [
        (vec![typed(object, None, text("好"), &[])], Ok(())),
        // Behind another one; it never replaces it.
        (vec![typed(object, Some(one), text("好"), &[])], Ok(())),
        (vec![typed(object, Some(one), text("好"), &[one])], reference),
        (vec![typed(object, Some(one), text("好"), &[two])], reference),
        (vec![typed(object, None, text("好"), &[one])], reference),
        (vec![typed(object, Some(one), Action::Delete, &[one])], Ok(())),
        (vec![typed(object, None, text("好的"), &[])], structure),
        (vec![typed(object, None, text(""), &[])], structure),
        (vec![typed(object, None, text("\0"), &[])], structure),
        (vec![typed(object, None, whole(1), &[])], structure),
        (vec![typed(object, None, Action::Delete, &[])], structure),
        (vec![typed(object, Some(one), Action::Delete, &[])], reference),
        (vec![typed(object, Some(one), Action::Delete, &[two])], reference),
        (vec![typed(object, Some(one), Action::Delete, &[one, two])], reference),
        (vec![typed(object, Some(notes), Action::Delete, &[notes])], reference),
        (vec![typed(object, Some(id(4_000, 1)), Action::Delete, &[id(4_000, 1)])], reference),
        (vec![op(object, "seen", text("x"), &[])], structure),
        (vec![typed(container(FIELDS), None, whole(1), &[])], structure),
        (vec![typed(object, None, text("好"), &[]), typed(object, Some(id(start, OTHER)), text("的"), &[])], Ok(())),
    ] {
        expect(&record, ops, wanted);
    }
}

#[test]
fn only_a_character_can_be_replaced_in_a_narrative() {
    let (mut record, first) = scene();
    let object = Object::Id(value_of(&first, "notes"));
    let erased = record.edit(&[Edit::Set(key("notes"), Value::Narrative("高血压".into()))], pen(1, 2_000)).unwrap();
    let erased = erased.parts().unwrap();
    let at = erased.ops.iter().position(|op| op.object == object && op.action == Action::Delete).unwrap();
    // An operation in the same text, but it left no character there.
    let id = erased.op_id(at);
    expect(&record, vec![typed(object, Some(id), Action::Delete, &[id])], Err(ReasonCode::BadReference));
}

#[test]
fn values_are_of_their_kind_and_size() {
    let (record, first) = scene();
    let fields = container(FIELDS);
    let of = |name: &str| value_of(&first, name);
    let (seen, visits, place) = (of("seen"), of("visits"), of("place"));
    let (structure, value) = (Err(ReasonCode::BadStructure), Err(ReasonCode::BadValue));
    let reference = Err(ReasonCode::BadReference);
    let max = limits::INTEGER_MAX;
    let long = |bytes: usize| text(&"x".repeat(bytes));
    for (put, wanted) in [
        (op(fields, "seen", whole(max), &[seen]), Ok(())),
        (op(fields, "seen", whole(-max), &[seen]), Ok(())),
        (op(fields, "seen", whole(max + 1), &[seen]), value),
        (op(fields, "seen", whole(-max - 1), &[seen]), value),
        (op(fields, "seen", whole(i64::MIN), &[seen]), value),
        (op(fields, "place", long(limits::TEXT_BYTES_MAX), &[place]), Ok(())),
        (op(fields, "place", long(limits::TEXT_BYTES_MAX + 1), &[place]), value),
        (op(fields, "place", text("a\0b"), &[place]), value),
        (op(fields, "first", Action::Put(Scalar::YesNo(true)), &[]), Ok(())),
        (op(fields, "place", Action::Delete, &[place]), Ok(())),
        (op(fields, "place", Action::Delete, &[]), structure),
        (op(fields, "visits", Action::Increment(max), &[visits]), Ok(())),
        (op(fields, "visits", Action::Increment(-max), &[visits]), Ok(())),
        (op(fields, "visits", Action::Increment(max + 1), &[visits]), value),
        (op(fields, "visits", Action::Increment(-max - 1), &[visits]), value),
        (op(fields, "visits", Action::Increment(1), &[]), reference),
        (op(fields, "visits", Action::Delete, &[visits]), structure),
        (op(fields, "seen", Action::Increment(1), &[seen]), structure),
        (op(fields, "seen", whole(1), &[visits]), reference),
        (op(fields, "seen", whole(1), &[seen, seen]), reference),
        (op(fields, "other", Action::Put(Scalar::Tally(1)), &[]), structure),
        (op(fields, "_removed", whole(1), &[]), structure),
        (op(container(1), "worker", text("x"), &[]), structure),
        (op(Object::Root, "x", text("x"), &[]), structure),
    ] {
        expect(&record, vec![put], wanted);
    }
    // Two values stand where two people wrote: both are replaced, in ascending order.
    let (mut left, mut right) = (record.clone(), record.clone());
    left.edit(&[Edit::Set(key("seen"), Value::Integer(1))], pen(3, 2_000)).unwrap();
    let other = right.edit(&[Edit::Set(key("seen"), Value::Integer(2))], pen(4, 2_000)).unwrap();
    let left = joined(&left, &other);
    let both = [id(next(&record), 3), id(next(&record), 4)];
    expect(&left, vec![op(fields, "seen", whole(3), &both)], Ok(()));
    expect(&left, vec![op(fields, "seen", whole(3), &[both[1], both[0]])], reference);
    // A tally of a first change may be as large as a number, and no larger.
    let at = first.ops.iter().position(|op| matches!(op.action, Action::Put(Scalar::Tally(_)))).unwrap();
    for (tally, wanted) in [(max, Ok(())), (max + 1, value)] {
        let mut parts = first.clone();
        parts.ops[at].action = Action::Put(Scalar::Tally(tally));
        assert_eq!(check(&Ledger::default(), &parts, 200).map(drop).map_err(|r| r.code), wanted);
    }
}

#[test]
fn entries_of_groups_are_added_whole_and_changed_by_their_registers() {
    let (mut record, first) = scene();
    let helpers = value_of(&first, "helpers");
    let entered = Values::from([(key("role"), Value::Text("护士".into()))]);
    let added = record.edit(&[Edit::AddEntry(key("helpers"), entered)], pen(1, 2_000)).unwrap().parts().unwrap();
    let (group, entry) = (Object::Id(helpers), Object::Id(added.op_id(0)));
    assert_eq!(added.ops[0].object, group);
    let structure = Err(ReasonCode::BadStructure);
    let start = next(&record);
    let own = id(start, OTHER);
    let make = |name: &str| op(group, name, Action::MakeMap, &[]);
    let mine = |name: &str, action: Action| vec![make(&own.to_string()), op(Object::Id(own), name, action, &[])];
    for (ops, wanted) in [
        (vec![make(&own.to_string())], Ok(())),
        (vec![make(&id(start + 1, OTHER).to_string())], structure),
        (vec![op(group, &own.to_string(), Action::MakeText, &[])], structure),
        (mine("hours", whole(3)), Ok(())),
        (mine("visits", Action::Put(Scalar::Tally(3))), Ok(())),
        (mine("visits", Action::Put(Scalar::Tally(limits::INTEGER_MAX + 1))), Err(ReasonCode::BadValue)),
        (mine("story", Action::MakeText), Ok(())),
        (mine("inner", Action::MakeMap), structure),
        (mine("_removed", Action::Put(Scalar::YesNo(true))), Ok(())),
        (mine("Not A Field", whole(1)), structure),
        // Somebody's entry: its registers are anybody's, and so is its name of a field that is a narrative elsewhere.
        (vec![op(entry, "hours", whole(3), &[])], Ok(())),
        (vec![op(entry, "notes", text("x"), &[])], Ok(())),
        (vec![op(entry, "_removed", Action::Put(Scalar::YesNo(true)), &[])], Ok(())),
        (vec![op(entry, "visits", Action::Put(Scalar::Tally(3)), &[])], structure),
        (vec![op(entry, "story", Action::MakeText, &[])], structure),
    ] {
        expect(&record, ops, wanted);
    }
    // The author of an entry has no more right to it in a later change.
    let later = on_top(&record, 1, vec![op(entry, "visits", Action::Put(Scalar::Tally(3)), &[])]);
    assert_eq!(judged(&record, &later).map(drop), structure);
    // A first change makes groups, and nothing within an entry but values.
    let mut born = first.clone();
    let within = born.op_id(born.ops.len());
    born.ops.push(op(group, &within.to_string(), Action::MakeMap, &[]));
    assert!(check(&Ledger::default(), &born, 200).is_ok());
    born.ops.push(op(Object::Id(within), "inner", Action::MakeMap, &[]));
    assert_eq!(check(&Ledger::default(), &born, 200).map(drop).map_err(|r| r.code), structure);
}

#[test]
fn comments_and_attachments_are_made_once_and_say_what_they_may() {
    let (record, _) = scene();
    let start = next(&record);
    let own = id(start, OTHER);
    let (structure, value) = (Err(ReasonCode::BadStructure), Err(ReasonCode::BadValue));
    let comment = |name: &str, action: Action| {
        vec![op(container(COMMENTS), &own.to_string(), Action::MakeMap, &[]), op(Object::Id(own), name, action, &[])]
    };
    let hash = "0123456789abcdef".repeat(4);
    let attached = |name: &str, action: Action| {
        vec![op(container(ATTACHMENTS), &hash, Action::MakeMap, &[]), op(Object::Id(own), name, action, &[])]
    };
    let long = text(&"x".repeat(limits::TEXT_BYTES_MAX + 1));
    for (ops, wanted) in [
        (comment("text", text("好")), Ok(())),
        (comment("text", long.clone()), value),
        (comment("text", whole(1)), structure),
        (comment("word", text("好")), structure),
        (comment("text", Action::MakeText), structure),
        (attached("name", text("照片")), Ok(())),
        (attached("name", long.clone()), value),
        (attached("media_type", text("image/png")), Ok(())),
        (attached("size", whole(0)), Ok(())),
        (attached("size", whole(1)), Ok(())),
        (attached("size", whole(-1)), structure),
        (attached("size", whole(limits::INTEGER_MAX + 1)), value),
        (attached("size", text("1")), structure),
        (attached("color", text("x")), structure),
        (vec![op(container(ATTACHMENTS), &hash[1..], Action::MakeMap, &[])], structure),
        (vec![op(container(ATTACHMENTS), &hash, Action::MakeText, &[])], structure),
        (vec![op(container(ATTACHMENTS), &hash.to_uppercase(), Action::MakeMap, &[])], structure),
    ] {
        expect(&record, ops, wanted);
    }
    let effect = judged(&record, &on_top(&record, OTHER, comment("text", text("好")))).unwrap();
    assert_eq!(effect.touched, Touched { comments: true, ..Touched::default() });
    let parts = on_top(&record, OTHER, attached("name", text("照片")));
    assert_eq!(judged(&record, &parts).unwrap().touched, Touched { attachments: true, ..Touched::default() });
    // Whoever made it does not change it later, either.
    let later = joined(&record, &Change::build(&parts));
    expect(&later, vec![op(Object::Id(own), "media_type", text("image/png"), &[])], structure);
    let later = joined(&record, &Change::build(&on_top(&record, OTHER, comment("text", text("好")))));
    expect(&later, vec![op(Object::Id(own), "text", text("坏"), &[])], structure);
}

#[test]
fn a_verdict_stands_alone_and_has_a_word() {
    let (record, _) = scene();
    let start = next(&record);
    let own = id(start, OTHER);
    let (structure, value) = (Err(ReasonCode::BadStructure), Err(ReasonCode::BadValue));
    let make = || op(container(REVIEWS), &own.to_string(), Action::MakeMap, &[]);
    let say = |name: &str, word: &str| op(Object::Id(own), name, text(word), &[]);
    let with = |more: Vec<Op>| [vec![make(), say("verdict", "approved")], more].concat();
    let third = id(start + 2, OTHER);
    let other = record.id().to_string();
    for (ops, wanted) in [
        (with(vec![]), Ok(())),
        (with(vec![say("reason", "好"), say("duplicate_of", &other)]), Ok(())),
        (with(vec![say("duplicate_of", "nothing")]), value),
        (with(vec![say("reason", &"x".repeat(limits::TEXT_BYTES_MAX + 1))]), value),
        (with(vec![say("mood", "x")]), structure),
        (with(vec![op(Object::Id(own), "reason", whole(1), &[])]), structure),
        (vec![make(), say("verdict", "maybe")], value),
        (vec![make(), say("reason", "好")], structure),
        (vec![make()], structure),
        (with(vec![op(container(REVIEWS), &third.to_string(), Action::MakeMap, &[])]), structure),
        (with(vec![op(container(FIELDS), "seen", whole(1), &[])]), structure),
        (with(vec![op(container(COMMENTS), &third.to_string(), Action::MakeMap, &[])]), structure),
        (with(vec![op(container(ATTACHMENTS), &"0".repeat(64), Action::MakeMap, &[])]), structure),
    ] {
        expect(&record, ops, wanted);
    }
    for (word, verdict) in [("approved", Verdict::Approved), ("returned", Verdict::Returned), ("void", Verdict::Void)] {
        let effect = judged(&record, &on_top(&record, OTHER, vec![make(), say("verdict", word)])).unwrap();
        assert_eq!(effect.verdict, Some(verdict));
        assert_eq!(effect.touched, Touched { reviews: true, ..Touched::default() });
    }
    let given = on_top(&record, OTHER, with(vec![]));
    let later = joined(&record, &Change::build(&given));
    expect(&later, vec![op(Object::Id(own), "verdict", text("void"), &[given.op_id(1)])], structure);
    let again = on_top(&later, OTHER, vec![op(Object::Id(own), "verdict", text("void"), &[given.op_id(1)])]);
    let why = check(later.ledger(), &again, 200).unwrap_err().detail;
    assert!(why.contains("a verdict is never changed"), "{why}");
    // Nor does a record begin with one.
    let mut born = begin(1, 1_000).1.parts().unwrap();
    born.ops.truncate(11);
    let within = born.op_id(born.ops.len());
    born.ops.push(op(container(REVIEWS), &within.to_string(), Action::MakeMap, &[]));
    born.ops.push(op(Object::Id(within), "verdict", text("approved"), &[]));
    assert_eq!(check(&Ledger::default(), &born, 200).map(drop).map_err(|r| r.code), structure);
}
