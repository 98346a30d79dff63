//! Promise 7: no change can break the server or another device. Each test is one way in which a merge engine was broken; all of
//! them pass through the gate, next to a good change that must be accepted.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

mod harness;

use std::borrow::Cow;

use harness::{Center, actor, begin, candidate, candidate_of, key, pen, reason};
use proptest::prelude::*;
use sync_core::{
    crdt::{Action, Change, ChangeParts, Key, Object, Op, OpId, Scalar},
    gate::{Barrier, Panicked, ReasonCode, Standing},
    id::{ChangeHash, ClockMs},
    limits,
    merge::{self, Beginning, Candidate, Fate, Sentence},
    record::{Edit, Record, Value, Verdict, View},
};

// In a browser they are run by another hand.
#[cfg(target_family = "wasm")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// A center with one record, the record as its author holds it, and its first change.
fn scene() -> (Center, Record, Change) {
    let (record, first) = begin(1, 1_000);
    let mut center = Center::new();
    let sentences = center.take(&[candidate_of(&first)]);
    assert!(matches!(sentences[0], Sentence::Accepted { .. }), "{sentences:?}");
    (center, record, first)
}

/// A good edit of the scene's record.
fn edit(record: &mut Record) -> ChangeParts {
    record.edit(&[Edit::Set(key("seen"), Value::Integer(99))], pen(1, 2_000)).unwrap().parts().unwrap()
}

/// Sends `bad` between two good changes of other records, and expects these to be accepted, the store to be as before but
/// for them, and the record to take a good edit afterwards.
fn expect(center: &mut Center, bad: &ChangeParts, code: ReasonCode) {
    let before = center.views();
    let (_, left) = begin(2, 5);
    let (_, right) = begin(3, 6);
    let sentences = center.take(&[candidate_of(&left), candidate(bad), candidate_of(&right)]);
    assert!(matches!(sentences[0], Sentence::Accepted { .. } | Sentence::Known(_)), "{sentences:?}");
    assert!(matches!(sentences[2], Sentence::Accepted { .. } | Sentence::Known(_)), "{sentences:?}");
    assert_eq!(reason(&sentences[1]).map(|r| r.code), Some(code), "{:?}", sentences[1]);
    assert_eq!(matches!(sentences[1], Sentence::Refused(_)), code.refuses());
    assert_eq!(center.wall.panics.get(), 0, "the gate let it reach the engine");
    for (id, view) in before {
        assert_eq!(center.records[&id].view(), view);
        center.records[&id].document().check_engine().unwrap();
    }
}

/// The map of values of a record that `first` begins.
fn fields(first: &Change) -> Object {
    Object::Id(OpId { counter: 2, actor: first.actor().unwrap() })
}

fn op(object: Object, name: &str, action: Action, pred: &[OpId]) -> Op {
    Op { object, key: Key::Name(name.into()), action, pred: pred.to_vec() }
}

/// A change of worker 1 on top of `first`, with operations of one's own.
fn forged(first: &Change, ops: Vec<Op>) -> ChangeParts {
    let parts = first.parts().unwrap();
    ChangeParts {
        actor: parts.actor,
        seq: 2,
        start_op: parts.max_op() + 1,
        time: ClockMs(3_000),
        deps: vec![first.hash()],
        ops,
    }
}

#[test]
fn operations_numbered_below_their_ancestors_are_refused() {
    let (mut center, mut record, _) = scene();
    let good = edit(&mut record);
    for start_op in [1, 2, good.start_op - 1, good.start_op + 1] {
        expect(&mut center, &ChangeParts { start_op, ..good.clone() }, ReasonCode::BadCounter);
    }
    assert!(matches!(center.take(&[candidate(&good)])[0], Sentence::Accepted { .. }));
}

#[test]
fn counters_near_the_end_of_their_range_are_refused() {
    let (mut center, mut record, _) = scene();
    let good = edit(&mut record);
    for start_op in [limits::COUNTER_MAX, limits::COUNTER_MAX + 1, u64::from(u32::MAX) - 1, u64::from(u32::MAX)] {
        expect(&mut center, &ChangeParts { start_op, ..good.clone() }, ReasonCode::BadCounter);
    }
    for seq in [0, limits::COUNTER_MAX + 1] {
        expect(&mut center, &ChangeParts { seq, ..good.clone() }, ReasonCode::BadSequence);
    }
}

/// The engine subtracts the times of neighbours: it failed where that overflows, and took up what had wrapped around where nobody checks.
#[test]
fn times_that_no_clock_tells_are_refused() {
    let (mut center, mut record, first) = scene();
    let good = edit(&mut record);
    for time in [i64::MIN, -limits::INTEGER_MAX - 1, limits::INTEGER_MAX + 1, i64::MAX] {
        expect(&mut center, &ChangeParts { time: ClockMs(time), ..good.clone() }, ReasonCode::BadValue);
        let begins = ChangeParts { time: ClockMs(time), actor: actor(4), ..first.parts().unwrap() };
        expect(&mut center, &begins, ReasonCode::BadValue);
    }
    // A clock that is merely wrong is no reason to lose what was typed.
    let early = ChangeParts { time: ClockMs(-limits::INTEGER_MAX), ..good };
    let late = ChangeParts { time: ClockMs(limits::INTEGER_MAX), actor: actor(4), seq: 1, ..early.clone() };
    for parts in [early, late] {
        assert!(matches!(center.take(&[candidate(&parts)])[0], Sentence::Accepted { .. }));
    }
    assert!(center.records.values().all(|record| record.document().check_engine().is_ok()));
}

#[test]
fn a_gap_in_an_authors_numbers_is_refused() {
    let (mut center, mut record, _) = scene();
    let good = edit(&mut record);
    expect(&mut center, &ChangeParts { seq: 3, ..good.clone() }, ReasonCode::BadSequence);
    expect(&mut center, &ChangeParts { actor: actor(4), seq: 2, ..good.clone() }, ReasonCode::BadSequence);
    // Number 2 exists, but not beneath the change that calls itself number 3.
    assert!(matches!(center.take(&[candidate(&good)])[0], Sentence::Accepted { .. }));
    expect(&mut center, &ChangeParts { seq: 3, time: ClockMs(7), ..good }, ReasonCode::BadSequence);
}

#[test]
fn two_copies_of_a_device_writing_under_one_actor_lose_nothing_and_wedge_nothing() {
    let (mut center, record, _) = scene();
    let (mut left, mut right) = (record.clone(), record);
    let from_left = left.edit(&[Edit::Set(key("seen"), Value::Integer(1))], pen(1, 2)).unwrap();
    let from_right = right.edit(&[Edit::Set(key("seen"), Value::Integer(2))], pen(1, 3)).unwrap();
    let again = left.edit(&[Edit::Set(key("seen"), Value::Integer(3))], pen(1, 4)).unwrap();
    let batch: Vec<_> = [&from_left, &from_right, &again].map(candidate_of).into();
    let sentences = center.take(&batch);
    assert!(matches!(sentences[0], Sentence::Accepted { .. }));
    assert_eq!(reason(&sentences[1]).unwrap().code, ReasonCode::ActorReused);
    assert!(matches!(sentences[1], Sentence::Held(_)), "somebody typed it: a person decides");
    assert!(matches!(sentences[2], Sentence::Accepted { .. }), "the good changes of the batch are not taken along");
}

#[test]
fn twenty_thousand_orphans_are_parked_and_never_reach_the_engine() {
    let (mut center, _, first) = scene();
    let guarded = center.wall.guarded.get();
    let orphans: Vec<Candidate> = (0..20_000u32)
        .map(|n| {
            let mut missing = [7u8; 32];
            missing[..4].copy_from_slice(&n.to_be_bytes());
            let mut parts = forged(&first, vec![op(fields(&first), "seen", Action::Put(Scalar::Integer(1)), &[])]);
            parts.deps = vec![ChangeHash(missing)];
            candidate(&parts)
        })
        .collect();
    let sentences = center.take(&orphans);
    assert!(sentences.iter().all(|s| *s == Sentence::Parked));
    assert_eq!(center.wall.guarded.get(), guarded);
}

#[test]
fn dependencies_are_ascending_few_and_of_one_record() {
    let (mut center, mut record, first) = scene();
    let good = edit(&mut record);
    let (_, other) = begin(2, 9);
    center.take(&[candidate_of(&other)]);
    let mut both = vec![first.hash(), other.hash()];
    both.sort();
    let with = |deps: Vec<ChangeHash>| ChangeParts { deps, ..good.clone() };
    expect(&mut center, &with(both.clone()), ReasonCode::BadDependencies);
    both.reverse();
    expect(&mut center, &with(both), ReasonCode::BadDependencies);
    expect(&mut center, &with(vec![first.hash(), first.hash()]), ReasonCode::BadDependencies);
    let many = (0..=limits::CHANGE_DEPS_MAX as u8).map(|n| ChangeHash([n; 32])).collect();
    expect(&mut center, &with(many), ReasonCode::BadDependencies);
}

#[test]
fn a_change_that_does_nothing_or_too_much_is_refused() {
    let (mut center, mut record, first) = scene();
    let good = edit(&mut record);
    expect(&mut center, &ChangeParts { ops: vec![], ..good.clone() }, ReasonCode::Empty);
    let ops = vec![good.ops[0].clone(); limits::CHANGE_OPS_MAX + 1];
    expect(&mut center, &ChangeParts { ops, ..good }, ReasonCode::TooLarge);
    let text = "x".repeat(limits::TEXT_BYTES_MAX + 1);
    let put = op(fields(&first), "long", Action::Put(Scalar::Text(text)), &[]);
    expect(&mut center, &forged(&first, vec![put]), ReasonCode::BadValue);
    let names: Vec<_> = (0..40)
        .map(|n| op(fields(&first), &format!("f{n}"), Action::Put(Scalar::Text("y".repeat(8_000))), &[]))
        .collect();
    expect(&mut center, &forged(&first, names), ReasonCode::TooLarge);
}

#[test]
fn the_layout_of_a_record_cannot_be_changed() {
    let (mut center, _, first) = scene();
    let by = first.actor().unwrap();
    let at = |counter| OpId { counter, actor: by };
    let object = |counter| Object::Id(at(counter));
    let text = |s: &str| Action::Put(Scalar::Text(s.into()));
    let bad = [
        op(Object::Root, "fields", Action::MakeMap, &[]),
        op(Object::Root, "fields", Action::MakeMap, &[at(2)]),
        op(Object::Root, "fields", Action::Delete, &[at(2)]),
        op(Object::Root, "extra", text("x"), &[]),
        op(object(1), "unit", text("riwoqe"), &[at(9)]),
        op(object(2), "new_text", Action::MakeText, &[]),
        op(object(2), "new_group", Action::MakeMap, &[]),
        op(object(2), "new_tally", Action::Put(Scalar::Tally(1)), &[]),
        op(object(2), "notes", text("x"), &[]),
        op(object(2), "visits", Action::Put(Scalar::Integer(1)), &[]),
        op(object(2), "Not A Field", text("x"), &[]),
        op(object(2), "place", Action::Delete, &[]),
        op(object(3), "any-key", Action::MakeMap, &[]),
        op(object(3), "any-key", text("x"), &[]),
        op(object(5), "not-a-hash", Action::MakeMap, &[]),
        Op { object: object(2), key: Key::Element(None), action: text("x"), pred: vec![] },
    ];
    for op in bad {
        let parts = forged(&first, vec![op]);
        expect(&mut center, &parts, ReasonCode::BadStructure);
    }
    let twice = op(fields(&first), "seen", Action::Put(Scalar::Integer(1)), &[]);
    expect(&mut center, &forged(&first, vec![twice.clone(), twice]), ReasonCode::BadStructure);
}

#[test]
fn references_to_what_is_not_there_are_refused() {
    let (mut center, _, first) = scene();
    let by = first.actor().unwrap();
    let at = |counter| OpId { counter, actor: by };
    let put = Action::Put(Scalar::Integer(1));
    let nowhere = OpId { counter: 3, actor: actor(77) };
    let bad = [
        op(fields(&first), "seen", put.clone(), &[at(4_000)]),
        op(fields(&first), "seen", put.clone(), &[nowhere]),
        op(fields(&first), "seen", put.clone(), &[at(12)]),
        op(fields(&first), "seen", Action::Increment(1), &[]),
        op(Object::Id(nowhere), "seen", put.clone(), &[]),
        op(Object::Id(at(7)), "seen", put, &[]),
    ];
    for op in bad {
        expect(&mut center, &forged(&first, vec![op]), ReasonCode::BadReference);
    }
}

#[test]
fn a_first_change_says_exactly_what_a_first_change_says() {
    let (mut center, _, first) = scene();
    let good = begin(4, 50).1.parts().unwrap();
    let mut wrong: Vec<ChangeParts> = Vec::new();
    for i in 0..11 {
        let mut without = good.clone();
        without.ops.remove(i);
        wrong.push(without);
    }
    let mut later = good.clone();
    later.time = ClockMs(51);
    wrong.push(later);
    let mut unit = good.clone();
    unit.ops[8].action = Action::Put(Scalar::Text("../etc".into()));
    wrong.push(unit);
    for parts in &wrong {
        expect(&mut center, parts, ReasonCode::BadHeader);
    }
    expect(&mut center, &ChangeParts { seq: 2, ..good.clone() }, ReasonCode::BadSequence);
    expect(&mut center, &ChangeParts { start_op: 2, ..good }, ReasonCode::BadCounter);
    let _ = first;
}

#[test]
fn rights_belong_to_the_author_and_depend_on_what_is_touched() {
    let (mut center, record, _) = scene();
    let by = |n: u8, change: &dyn Fn(&mut Record) -> Change| {
        let _ = n;
        change(&mut record.clone()).parts().unwrap()
    };
    let approve = by(2, &|r| r.review(Verdict::Approved, "", None, pen(2, 9)).unwrap());
    expect(&mut center, &approve, ReasonCode::NoPermission);
    let foreign_void = by(2, &|r| r.review(Verdict::Void, "not mine", None, pen(2, 9)).unwrap());
    expect(&mut center, &foreign_void, ReasonCode::NoPermission);
    let stranger = by(40, &|r| r.comment("who am I", pen(40, 9)).unwrap());
    expect(&mut center, &stranger, ReasonCode::UnknownAuthor);
    let in_anothers_name = {
        let (_, change) = begin(5, 60);
        let mut parts = change.parts().unwrap();
        parts.actor = actor(6);
        for op in &mut parts.ops {
            if let Object::Id(id) = &mut op.object {
                id.actor = actor(6);
            }
            if let Key::Element(Some(id)) = &mut op.key {
                id.actor = actor(6);
            }
        }
        parts
    };
    expect(&mut center, &in_anothers_name, ReasonCode::WorkerMismatch);
    let revoked = Standing { device_revoked: true, ..center.standings[&actor(7)].clone() };
    center.standings.insert(actor(7), revoked);
    let late = by(7, &|r| r.edit(&[Edit::Set(key("seen"), Value::Integer(5))], pen(7, 9)).unwrap());
    expect(&mut center, &late, ReasonCode::DeviceRevoked);

    let allowed = [
        by(1, &|r| r.review(Verdict::Void, "logged twice", None, pen(1, 9)).unwrap()),
        by(10, &|r| r.review(Verdict::Approved, "", None, pen(10, 9)).unwrap()),
        by(2, &|r| r.comment("seen", pen(2, 9)).unwrap()),
    ];
    for parts in &allowed {
        let sentence = &center.take(&[candidate(parts)])[0];
        assert!(matches!(sentence, Sentence::Accepted { .. }), "{sentence:?}");
    }
}

#[test]
fn nobody_rewrites_a_comment_or_a_verdict() {
    let (mut center, mut record, _) = scene();
    let comment = record.comment("as it was", pen(1, 5)).unwrap();
    let parts = comment.parts().unwrap();
    center.take(&[candidate(&parts)]);
    let object = Object::Id(parts.op_id(0));
    let rewrite = ChangeParts {
        actor: actor(2),
        seq: 1,
        start_op: parts.max_op() + 1,
        time: ClockMs(6),
        deps: vec![comment.hash()],
        ops: vec![op(object, "text", Action::Put(Scalar::Text("as I like it".into())), &[parts.op_id(1)])],
    };
    expect(&mut center, &rewrite, ReasonCode::BadStructure);
}

#[test]
fn a_record_cannot_grow_without_end() {
    let (mut center, mut record, _) = scene();
    let long = "高".repeat(19_000);
    let mut last = None;
    for n in 0..12 {
        let text = if n % 2 == 0 { long.clone() } else { String::new() };
        match record.edit(&[Edit::Set(key("notes"), Value::Narrative(text))], pen(1, 10 + n)) {
            Ok(change) => assert!(matches!(center.take(&[candidate_of(&change)])[0], Sentence::Accepted { .. })),
            Err(error) => {
                last = Some(error);
                break;
            }
        }
    }
    let error = last.expect("a device stops before the server has to hold it").to_string();
    assert!(error.contains("largest permitted size"), "{error}");
}

/// A wall behind which the engine panics on some tries, which are counted from 1.
struct Cracked<'a>(std::cell::Cell<u32>, &'a [u32]);

impl<'a> Cracked<'a> {
    fn at(tries: &'a [u32]) -> Self {
        Self(std::cell::Cell::new(0), tries)
    }
}

impl Barrier for Cracked<'_> {
    fn guard<T>(&self, work: impl FnOnce() -> T) -> Result<T, Panicked> {
        self.0.set(self.0.get() + 1);
        if self.1.contains(&self.0.get()) { Err(Panicked) } else { Ok(work()) }
    }
}

#[test]
fn a_panic_of_the_engine_takes_one_change_and_no_other() {
    let batch: Vec<_> = (1..=4u8).map(|n| candidate_of(&begin(n, i64::from(n)).1)).collect();
    for nth in 1..=4 {
        let judged = merge::judge(&Cracked::at(&[nth]), &Center::new(), Default::default(), &batch, |_, _| ());
        let refused = judged.sentences.iter().filter(|s| matches!(s, Sentence::Refused(_))).count();
        assert!(refused <= 1, "{:?}", judged.sentences);
        assert_eq!(judged.changed.len(), 4 - refused);
    }
}

#[test]
fn a_record_is_judged_again_with_care_to_find_the_change_that_breaks_the_engine() {
    let (record, first) = begin(1, 1);
    let seen = |n: u8| {
        let mut copy = record.clone();
        copy.edit(&[Edit::Set(key("seen"), Value::Integer(n.into()))], pen(n, i64::from(n))).unwrap()
    };
    let batch = [first, seen(2), seen(3)].map(|change| candidate_of(&change));
    let judged = |tries: &[u32]| {
        let seen = |_: Cow<'_, Record>, view: View| view.values[&key("seen")].clone();
        merge::judge(&Cracked::at(tries), &Center::new(), Default::default(), &batch, seen)
    };
    let accepted = || Sentence::Accepted { record: record.id() };
    // The second try is the second change's. With care all are tried again, and it may have been chance.
    let chance = judged(&[2]);
    assert_eq!(chance.sentences, [accepted(), accepted(), accepted()]);
    let broken = judged(&[2, 4]);
    assert_eq!(broken.sentences, [accepted(), Sentence::Refused(ReasonCode::EngineFailed.into()), accepted()]);
    assert_eq!(broken.changed[&record.id()], Value::Integer(3), "what it broke is whole again");
}

#[test]
fn what_is_held_stays_so_until_a_person_admits_it() {
    let mut center = Center::new();
    let candidate = candidate_of(&begin(1, 1).1);
    let standing = center.standings.remove(&actor(1)).unwrap();
    let [Sentence::Held(reason)] = &center.take(std::slice::from_ref(&candidate))[..] else { panic!("it is not held") };
    // That its author may write by now changes nothing: somebody has to look at it.
    center.standings.insert(actor(1), standing);
    let again = center.take(std::slice::from_ref(&candidate));
    assert_eq!(again, [Sentence::Known(Fate::Held(reason.clone()))]);
    let admitted = center.take(&[Candidate { admitted: true, ..candidate }]);
    assert!(matches!(admitted[..], [Sentence::Accepted { .. }]), "{admitted:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    /// Whatever is done to a good change, the gate decides and the engine never panics; what is accepted can be saved and loaded.
    #[test]
    fn no_mutation_of_a_change_reaches_the_engine_and_breaks_it(
        which in 0..3usize,
        mutations in prop::collection::vec((0..12u8, any::<u16>(), any::<u64>()), 1..4),
    ) {
        let (mut center, mut record, first) = scene();
        let good = match which {
            0 => edit(&mut record),
            1 => record
                .edit(&[Edit::Set(key("notes"), Value::Narrative("高压查完了".into())), Edit::Count(key("visits"), 2)], pen(1, 7))
                .unwrap()
                .parts()
                .unwrap(),
            _ => begin(2, 8).1.parts().unwrap(),
        };
        let mut bad = good.clone();
        for (kind, place, number) in mutations {
            mutate(&mut bad, &first, kind, usize::from(place), number);
        }
        let sentence = center.take(&[candidate(&bad)]).remove(0);
        prop_assert_eq!(center.wall.panics.get(), 0, "{:?}", sentence);
        for record in center.records.values() {
            prop_assert!(record.document().check_engine().is_ok());
        }
        // The record still takes a good edit.
        let mut again = center.records[&record.id()].clone();
        again.edit(&[Edit::Set(key("place"), Value::Text("after".into()))], pen(9, 90)).unwrap();
    }

    /// What a change begins, worked out before it is judged, makes no difference: whether it is good or not, and whether more is written
    /// to the record in the same batch.
    #[test]
    fn what_a_change_begins_may_be_worked_out_beforehand(
        mutations in prop::collection::vec((0..12u8, any::<u16>(), any::<u64>()), 0..3),
        is_doubted in any::<bool>(),
    ) {
        let (mut record, first) = begin(2, 8);
        let mut other = begin(3, 9).1.parts().unwrap();
        for (kind, place, number) in mutations {
            mutate(&mut other, &first, kind, usize::from(place), number);
        }
        let batch = [first.parts().unwrap(), edit(&mut record), other];
        let doubt = is_doubted.then_some(ReasonCode::UnprovenAuthor);
        let judged = [false, true].map(|beforehand| {
            let mut center = Center::new();
            let with_beginning = |parts: &ChangeParts| {
                let plain = Candidate { doubt, ..candidate(parts) };
                let beginning = Beginning::of(&center.wall, &plain.change, parts).filter(|_| beforehand);
                Candidate { beginning, ..plain }
            };
            let batch = batch.each_ref().map(with_beginning);
            let begins = batch.iter().filter(|candidate| candidate.beginning.is_some()).count();
            assert_eq!(begins > 0, beforehand);
            let sentences = center.take(&batch);
            let views: Vec<_> = center.records.values().map(|record| (record.id(), record.view())).collect();
            (sentences, views, center.wall.panics.get())
        });
        let [plain, beforehand] = judged;
        prop_assert_eq!(plain, beforehand);
    }
}

fn mutate(parts: &mut ChangeParts, first: &Change, kind: u8, place: usize, number: u64) {
    let count = parts.ops.len();
    let at = OpId { counter: number % 40, actor: actor(1 + (number % 3) as u8) };
    match kind {
        0 => parts.seq = number % 5,
        1 => parts.start_op = number % 60,
        2 => parts.actor = actor(1 + (number % 12) as u8),
        3 => parts.deps = vec![first.hash()],
        _ if count == 0 => {}
        4 => drop(parts.ops.remove(place % count)),
        5 => parts.ops.swap(place % count, number as usize % count),
        6 => parts.ops.insert(place % count, parts.ops[number as usize % count].clone()),
        7 => parts.ops[place % count].object = if number.is_multiple_of(5) { Object::Root } else { Object::Id(at) },
        8 => parts.ops[place % count].pred = vec![at],
        9 => {
            parts.ops[place % count].key = match number % 4 {
                0 => Key::Element(None),
                1 => Key::Element(Some(at)),
                2 => Key::Name("seen".into()),
                _ => Key::Name("notes".into()),
            }
        }
        10 => {
            parts.ops[place % count].action = match number % 7 {
                0 => Action::MakeMap,
                1 => Action::MakeText,
                2 => Action::Delete,
                3 => Action::Increment(number as i64),
                4 => Action::Put(Scalar::Tally(number as i64)),
                5 => Action::Put(Scalar::Integer(number as i64)),
                _ => Action::Put(Scalar::Text("好".into())),
            }
        }
        _ => parts.time = ClockMs(number as i64),
    }
}

#[test]
fn a_forged_change_is_held_and_takes_no_number_from_the_one_it_imitates() {
    let (mut center, record, _) = scene();
    let (mut mine, mut theirs) = (record.clone(), record);
    let doubted = |change: &Change| Candidate { doubt: Some(ReasonCode::UnprovenAuthor), ..candidate_of(change) };
    let forged = theirs.review(Verdict::Approved, "", None, pen(11, 2_000)).unwrap();
    let genuine = mine.review(Verdict::Returned, "核对人数", None, pen(11, 2_001)).unwrap();
    assert_eq!(forged.parts().unwrap().seq, genuine.parts().unwrap().seq);
    let before = center.views();
    let sentences = center.take(&[doubted(&forged)]);
    assert_eq!(reason(&sentences[0]).map(|r| r.code), Some(ReasonCode::UnprovenAuthor));
    assert_eq!(center.views(), before);
    // In one batch with another forgery before it.
    let again = theirs.comment("好", pen(11, 2_002)).unwrap();
    let sentences = center.take(&[doubted(&again), candidate_of(&genuine)]);
    assert_eq!(sentences[0], Sentence::Parked, "it builds on what was held");
    assert!(matches!(sentences[1], Sentence::Accepted { .. }), "{sentences:?}");
    // Broken is broken, whoever wrote it; and a person may let in what nothing proves.
    let (_, other) = begin(2, 9);
    let mut parts = other.parts().unwrap();
    parts.start_op += 1;
    let broken = Candidate { doubt: Some(ReasonCode::UnprovenAuthor), ..candidate(&parts) };
    let admitted = Candidate { admitted: true, ..doubted(&other) };
    let sentences = center.take(&[broken, admitted]);
    assert!(matches!(sentences[0], Sentence::Refused(_)), "{sentences:?}");
    assert!(matches!(sentences[1], Sentence::Accepted { .. }), "{sentences:?}");
}
