//! Any message that can be said comes back as it was, sensible or not.

use alloc::{string::String, vec, vec::Vec};

use proptest::prelude::*;

use super::samples::parts_out;
use crate::{
    crdt::{Action, ChangeParts, Key, Object, Op, OpId, Scalar},
    gate::{Reason, ReasonCode},
    id::{ActorKey, ChangeHash, ClockMs, Digest, UnitCode, Username},
    limits::{COUNTER_MAX, VOUCHED_CHANGES},
    record::layout::{Header, prologue},
    wire::{
        Author, BundleHead, CursorMark, Decision, FeedAnswer, FeedRequest, Known, OutBundle, OutChange, OutGroup,
        OutRequest, OutResponse, Outcome, RepairAnswer, RepairRequest, RequestHead, ResponseHead, VouchedChange,
        Voucher, Vouching, encode_bundle, encode_request, encode_response, open_bundle, open_request, open_response,
    },
};

// In a browser they are run by another hand.
#[cfg(target_family = "wasm")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn actor() -> impl Strategy<Value = ActorKey> {
    prop_oneof![4 => (0u8..4).prop_map(|n| ActorKey([n; 8])), 1 => any::<[u8; 8]>().prop_map(ActorKey)]
}

fn counter() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 1u64..60, 1 => 1..=COUNTER_MAX, 1 => Just(COUNTER_MAX)]
}

fn op_id() -> impl Strategy<Value = OpId> {
    (counter(), actor()).prop_map(|(counter, actor)| OpId { counter, actor })
}

fn text() -> impl Strategy<Value = String> {
    let days = (1890u16..2210, 1u8..13, 1u8..32).prop_map(|(y, m, d)| alloc::format!("{y:04}-{m:02}-{d:02}"));
    prop_oneof![Just(String::new()), "[a-z_]{1,12}", "\\PC{0,20}", "[嘎托镇卫生院，。a😀]{1,9}", days]
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(Action::MakeMap),
        Just(Action::MakeText),
        Just(Action::Delete),
        any::<i64>().prop_map(Action::Increment),
        text().prop_map(|text| Action::Put(Scalar::Text(text))),
        any::<i64>().prop_map(|n| Action::Put(Scalar::Integer(n))),
        any::<bool>().prop_map(|answer| Action::Put(Scalar::YesNo(answer))),
        (-9i64..9).prop_map(|n| Action::Put(Scalar::Tally(n))),
    ]
}

fn key() -> impl Strategy<Value = Key> {
    let name = text().prop_filter("a key", |text| text.len() <= 64);
    prop_oneof![
        3 => name.prop_map(Key::Name),
        // Replaced below by the key that the operation would generate.
        1 => Just(Key::Name("generated".into())),
        1 => Just(Key::Element(None)),
        2 => op_id().prop_map(|id| Key::Element(Some(id))),
    ]
}

/// A few operations: one of any sort, or a run of typing or erasing, whole or spoiled.
fn ops() -> impl Strategy<Value = Vec<Op>> {
    let object = || prop_oneof![Just(Object::Root), op_id().prop_map(Object::Id)];
    let any_op = (object(), key(), action(), prop::collection::vec(op_id(), 0..4))
        .prop_map(|(object, key, action, pred)| vec![Op { object, key, action, pred }]);
    let typing = (object(), key(), "[字a😀]{1,6}").prop_map(|(object, key, text)| {
        let put = |c: char| Action::Put(Scalar::Text(c.into()));
        text.chars().map(|c| Op { object, key: key.clone(), action: put(c), pred: vec![] }).collect()
    });
    let erasing = (object(), op_id(), 1u64..6).prop_map(|(object, from, count)| {
        let id = |i: u64| OpId { counter: (from.counter + i).min(COUNTER_MAX), ..from };
        let op = |id| Op { object, key: Key::Element(Some(id)), action: Action::Delete, pred: vec![id] };
        (0..count).map(|i| op(id(i))).collect()
    });
    let some = prop::collection::vec(prop_oneof![3 => any_op, 1 => typing, 1 => erasing], 0..6);
    some.prop_map(|parts: Vec<Vec<Op>>| parts.concat())
}

#[derive(Clone, Debug)]
enum DepPick {
    Earlier(usize),
    Known(usize),
    Foreign([u8; 32]),
}

#[derive(Clone, Debug)]
struct Draft {
    parts: ChangeParts,
    deps: Vec<DepPick>,
    first: Option<(u32, bool, bool)>,
    chained: bool,
    position: Option<u64>,
}

fn draft() -> impl Strategy<Value = Draft> {
    let dep = prop_oneof![
        (0usize..8).prop_map(DepPick::Earlier),
        (0usize..8).prop_map(DepPick::Known),
        any::<[u8; 32]>().prop_map(DepPick::Foreign)
    ];
    let time = prop_oneof![(1_700_000_000_000..1_800_000_000_000i64), any::<i64>()];
    let first = prop::option::of((0u32..3, any::<bool>(), any::<bool>()));
    let place = (actor(), prop_oneof![0u64..5, Just(COUNTER_MAX)], counter(), time);
    let position = prop::option::of(0..u64::MAX);
    (place, ops(), prop::collection::vec(dep, 0..4), first, any::<bool>(), position).prop_map(
        |((actor, seq, start_op, time), ops, deps, first, chained, position)| {
            let start_op = start_op.min(COUNTER_MAX - ops.len() as u64);
            let parts = ChangeParts { actor, seq, start_op, time: ClockMs(time), deps: vec![], ops };
            Draft { parts, deps, first, chained, position }
        },
    )
}

fn unit() -> impl Strategy<Value = UnitCode> {
    prop_oneof![Just("markam-hospital"), Just("a"), Just("changdu.0-b")].prop_map(|unit| unit.parse().unwrap())
}

fn known() -> impl Strategy<Value = Known> {
    (any::<u64>(), any::<[u8; 32]>(), actor()).prop_map(|(position, hash, actor)| Known {
        position,
        hash: ChangeHash(hash),
        actor,
    })
}

fn groups() -> impl Strategy<Value = Vec<OutGroup>> {
    let group = (unit(), prop::collection::vec(draft(), 0..8), prop::collection::vec(known(), 0..4), 0u8..3);
    prop::collection::vec(group, 0..4).prop_map(|groups| {
        let mut made: Vec<(OutChange, u64)> = vec![];
        let group = |(unit, drafts, known, positions): (UnitCode, Vec<Draft>, Vec<Known>, u8)| {
            let mut at = 0;
            let mut change = |draft: Draft| {
                let change = finish(draft, &unit, &known, &made);
                at += 1 + change.position.unwrap_or_default() % 300;
                made.push((change.clone(), 0));
                let position = [None, Some(at), change.position][usize::from(positions)];
                OutChange { position, ..change }
            };
            let changes = drafts.into_iter().map(&mut change).collect();
            OutGroup { unit, changes, known }
        };
        groups.into_iter().map(group).collect()
    })
}

fn finish(draft: Draft, unit: &UnitCode, known: &[Known], made: &[(OutChange, u64)]) -> OutChange {
    let Draft { mut parts, deps, first, chained, position } = draft;
    if let Some((version, elsewhere, worker)) = first {
        let unit = if elsewhere { "elsewhere".parse().unwrap() } else { unit.clone() };
        let worker = if worker { "doctor-03" } else { "doctor-04" }.parse().unwrap();
        let form = "clinic.outreach".parse().unwrap();
        let header = Header { form, form_version: version, unit, worker, created: parts.time };
        parts.ops.splice(0..0, prologue(parts.actor, &header));
        (parts.seq, parts.start_op) = (1, 1);
    } else {
        let dep = |dep: &DepPick| match dep {
            DepPick::Earlier(i) if !made.is_empty() => made[made.len() - 1 - i % made.len()].0.hash,
            DepPick::Known(i) if !known.is_empty() => known[i % known.len()].hash,
            DepPick::Foreign(hash) => ChangeHash(*hash),
            _ => ChangeHash([7; 32]),
        };
        parts.deps = deps.iter().map(dep).collect();
        parts.deps.sort_unstable();
    }
    for i in 0..parts.ops.len() {
        let own = parts.op_id(i);
        let behind = OpId { counter: own.counter.saturating_sub(1), ..own };
        let op = &mut parts.ops[i];
        if op.key == Key::Name("generated".into()) {
            op.key = Key::Name(crate::record::layout::entry_key(own));
        } else if chained && op.inserts() && behind.counter > 0 {
            op.key = Key::Element(Some(behind));
        }
    }
    OutChange { position, ..parts_out(parts) }
}

fn reason() -> impl Strategy<Value = Reason> {
    let number = prop_oneof![Just(1u16), Just(105), any::<u16>()];
    (number, "\\PC{0,30}").prop_map(|(number, detail)| Reason::new(ReasonCode::from_number(number), detail))
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let position = || prop_oneof![0u64..4, any::<u64>().prop_map(|p| p - u64::from(p == u64::MAX))];
    prop_oneof![
        3 => position().prop_map(|position| Outcome::Accepted { position }),
        3 => position().prop_map(|position| Outcome::Duplicate { position }),
        1 => Just(Outcome::Parked),
        1 => reason().prop_map(Outcome::Held),
        1 => reason().prop_map(Outcome::Refused),
    ]
}

fn user() -> impl Strategy<Value = Username> {
    "[a-z][a-z0-9.-]{0,20}".prop_map(|user| user.parse().unwrap())
}

/// Vouchers of a request, some of which speak of changes that are not in it; numbers are made to fit below.
fn vouchings() -> impl Strategy<Value = Vec<Vouching>> {
    let elsewhere = (any::<[u8; 32]>(), prop::option::of(user()))
        .prop_map(|(hash, user)| VouchedChange::Elsewhere { hash: ChangeHash(hash), user });
    let change = prop_oneof![(0usize..99).prop_map(VouchedChange::Here), elsewhere];
    let vouching = (any::<[u8; 8]>(), prop::collection::vec(change, 1..=VOUCHED_CHANGES))
        .prop_map(|(voucher, run)| Vouching { voucher: Voucher(voucher), run });
    prop::collection::vec(vouching, 0..4)
}

/// Takes out of the vouchers what speaks of changes that a request of `groups` does not have.
fn fitting(mut head: RequestHead, groups: &[OutGroup]) -> RequestHead {
    let changes = groups.iter().map(|group| group.changes.len()).sum::<usize>();
    for vouching in &mut head.vouchings {
        vouching.run.retain(|change| !matches!(change, VouchedChange::Here(number) if *number >= changes));
    }
    head.vouchings.retain(|vouching| !vouching.run.is_empty());
    head
}

/// Gives a response as many vouchers as it must have.
fn vouched(mut head: ResponseHead, groups: &[OutGroup]) -> ResponseHead {
    let runs = groups.iter().flat_map(|group| group.changes.chunks(VOUCHED_CHANGES));
    head.vouchers = runs.map(|run| Voucher([run.len() as u8; 8])).collect();
    head
}

fn authors() -> impl Strategy<Value = Vec<Author>> {
    let author = (actor(), user()).prop_map(|(actor, user)| Author { actor, user });
    prop::collection::vec(author, 0..3)
}

fn numbers() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(any::<u64>(), 0..5)
}

fn request_head() -> impl Strategy<Value = RequestHead> {
    let after =
        prop::option::of((any::<u64>(), any::<u64>()).prop_map(|(position, check)| CursorMark { position, check }));
    let feed = (unit(), after, prop_oneof![Just(0), any::<u64>()])
        .prop_map(|(unit, after, missing_below)| FeedRequest { unit, after, missing_below });
    let repair = (unit(), 0u32..5).prop_map(|(unit, n)| RepairRequest { unit, digests: vec![u64::MAX; 1 << n] });
    let small = (any::<u32>(), any::<i64>(), any::<u64>(), any::<u64>(), any::<bool>(), any::<u32>());
    let lists = (
        prop::collection::vec(feed, 0..4),
        prop::collection::vec((unit(), numbers()), 0..3),
        prop::collection::vec(repair, 0..3),
        authors(),
        vouchings(),
    );
    (small, lists).prop_map(|((budget_bytes, clock, catalog, decisions_after, unanswered, waiting), lists)| {
        let (feeds, fetch, repairs, authors, vouchings) = lists;
        let clock = ClockMs(clock);
        RequestHead {
            feeds,
            budget_bytes,
            clock,
            catalog,
            decisions_after,
            unanswered,
            waiting,
            fetch,
            repairs,
            authors,
            vouchings,
        }
    })
}

fn response_head() -> impl Strategy<Value = ResponseHead> {
    let page = (any::<u64>(), any::<u64>(), any::<u64>(), any::<u128>())
        .prop_map(|(from, to, head, digest)| FeedAnswer::Page { from, to, head, digest: Digest(digest) });
    let answer = prop_oneof![page, Just(FeedAnswer::Unrecognised), Just(FeedAnswer::Gone)];
    let decision = (any::<u64>(), any::<[u8; 32]>(), outcome()).prop_map(|(number, hash, outcome)| Decision {
        number,
        hash: ChangeHash(hash),
        outcome,
    });
    let repair =
        (unit(), any::<u32>(), prop::collection::vec((any::<u32>(), numbers()), 0..3), any::<u64>(), any::<u128>())
            .prop_map(|(unit, buckets, differing, head, digest)| RepairAnswer {
                unit,
                buckets,
                differing,
                head,
                digest: Digest(digest),
            });
    let lists = (
        prop::collection::vec(outcome(), 0..12),
        prop::collection::vec((unit(), answer), 0..3),
        prop::collection::vec(decision, 0..3),
        authors(),
        prop::collection::vec(repair, 0..3),
    );
    let small = (any::<u64>(), any::<i64>(), any::<bool>(), prop::option::of((any::<u64>(), text())));
    (small, lists).prop_map(|((epoch, clock, more_decisions, catalog), lists)| {
        let (outcomes, feeds, decisions, authors, repairs) = lists;
        let clock = ClockMs(clock);
        let vouchers = Vec::new();
        ResponseHead { epoch, clock, outcomes, feeds, decisions, more_decisions, catalog, authors, repairs, vouchers }
    })
}

type Look = Option<(ChangeHash, ActorKey)>;

fn knows(groups: &[OutGroup]) -> impl Fn(&UnitCode, u64) -> Look + '_ {
    |unit, position| {
        let mut known = groups.iter().filter(|group| group.unit == *unit).flat_map(|group| &group.known);
        known.find(|known| known.position == position).map(|known| (known.hash, known.actor))
    }
}

fn assert_same(sent: &[OutGroup], read: &[crate::wire::InGroup]) {
    assert_eq!(sent.len(), read.len());
    for (sent, read) in sent.iter().zip(read) {
        assert_eq!(sent.unit, read.unit);
        assert_eq!(sent.changes.len(), read.changes.len());
        for (sent, read) in sent.changes.iter().zip(&read.changes) {
            assert_eq!((sent.position, &sent.parts), (read.position, &*read.parts));
            assert_eq!(sent.hash, read.change.hash());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_request_comes_back(head in request_head(), groups in groups()) {
        let request = OutRequest { head: fitting(head, &groups), groups };
        let opened = open_request(&encode_request(&request)).unwrap();
        prop_assert_eq!(opened.change_count(), request.groups.iter().map(|group| group.changes.len()).sum::<usize>());
        for (unit, position) in opened.references() {
            prop_assert!(knows(&request.groups)(&unit, position).is_some());
        }
        let read = opened.rebuild(&knows(&request.groups)).unwrap();
        prop_assert_eq!(&read.head, &request.head);
        assert_same(&request.groups, &read.groups);
    }

    #[test]
    fn any_response_comes_back(head in response_head(), groups in groups()) {
        let response = OutResponse { head: vouched(head, &groups), groups };
        let read = open_response(&encode_response(&response)).unwrap().rebuild(&knows(&response.groups)).unwrap();
        prop_assert_eq!(&read.head, &response.head);
        assert_same(&response.groups, &read.groups);
    }

    #[test]
    fn any_bundle_comes_back(mut groups in groups(), clock in any::<i64>(), server_key in any::<[u8; 32]>()) {
        groups.iter_mut().for_each(|group| group.known.clear());
        let head = BundleHead { clock: ClockMs(clock), server_key, user: "doctor-03".parse().unwrap() };
        let bundle = OutBundle { head, groups };
        let read = open_bundle(&encode_bundle(&bundle)).unwrap().rebuild().unwrap();
        prop_assert_eq!(&read.head, &bundle.head);
        assert_same(&bundle.groups, &read.groups);
    }

    #[test]
    fn damaged_changes_are_an_error_or_other_changes(
        head in request_head(), groups in groups(), damage in prop::collection::vec((any::<u16>(), any::<u8>()), 1..4)
    ) {
        let head = fitting(head, &groups);
        let mut message = crate::wire::frame::open(&encode_request(&OutRequest { head, groups: groups.clone() })).unwrap();
        for (at, byte) in damage {
            let at = usize::from(at) % message.len();
            message[at] = byte;
        }
        if let Ok(opened) = open_request(&crate::wire::frame::seal(&message)) {
            let _ = opened.rebuild(&|unit, position| {
                knows(&groups)(unit, position).or(Some((ChangeHash([1; 32]), ActorKey([1; 8]))))
            });
        }
    }

    #[test]
    fn noise_is_an_error(noise in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(open_request(&noise).is_err());
        let mut frame = vec![0xca, 0x1e, 1, 1];
        frame.extend_from_slice(&noise);
        let _ = open_request(&frame);
        let message = [&[0x83, 1, 0xa0, 0x58, noise.len() as u8][..], &noise].concat();
        if let Ok(opened) = open_request(&crate::wire::frame::seal(&message)) {
            let _ = opened.rebuild(&|_, _| None);
        }
    }
}
