//! What a response does to a device, word by word. What comes of many of them, on both sides, is the simulation's.

use alloc::{vec, vec::Vec};

use super::*;
use crate::{
    crdt::{Change, Document, DocumentError, Object, Scalar},
    gate::{Reason, ReasonCode, Roles},
    id::{ActorKey, Digest},
    record::layout::{CONTAINERS, Header, header_entries},
    replica::{CatalogUnit, Grant, UnitKind},
    wire::Decision,
};

/// Of a device that knows an epoch and doubts its feed or has seen it go, what is unsure when a server of epoch 1 says that a feed is
/// gone, or has a unit followed.
fn is_unsure(known: Option<u64>, is_suspect: bool, was_gone: bool, gone: Option<&str>, follows: Option<&str>) -> bool {
    let unit: UnitCode = "markam".parse().unwrap();
    let catalog = |code: &str| Catalog {
        user: "doctor-03".parse().unwrap(),
        name: "医生".into(),
        grants: vec![Grant { unit: code.parse().unwrap(), roles: Roles { recorder: true, ..Roles::default() } }],
        units: vec![CatalogUnit {
            code: code.parse().unwrap(),
            parent: None,
            kind: UnitKind::County,
            name: code.into(),
        }],
        forms: Vec::new(),
    };
    let head = ResponseHead {
        epoch: 1,
        feeds: gone.iter().map(|code| (code.parse().unwrap(), FeedAnswer::Gone)).collect(),
        catalog: follows.map(|code| (2, serde_json::to_string(&catalog(code)).unwrap())),
        ..ResponseHead::default()
    };
    let state = SyncState { epoch: known, ..SyncState::default() };
    let feed = FeedState { suspect: is_suspect, gone: was_gone, ..FeedState::new(unit.clone()) };
    let named = unsure(&state, &[feed], &InResponse { head, groups: Vec::new() });
    assert!(named.iter().all(|named| *named == unit));
    !named.is_empty()
}

#[test]
fn a_feed_that_cannot_be_compared_is_unsure_where_the_server_may_lack_it() {
    const MINE: Option<&str> = Some("markam");
    const OTHER: Option<&str> = Some("gonjo");
    let (same, restored) = (Some(1), Some(7));
    // As is_unsure takes them; and what it gives.
    let cases = [
        (same, true, true, None, None, false),
        (same, false, false, MINE, None, false),
        (same, true, false, MINE, None, true),
        (same, true, false, OTHER, None, false),
        (same, false, false, None, OTHER, false),
        (same, true, false, None, OTHER, true),
        (same, true, false, None, MINE, false),
        (restored, false, false, None, None, false),
        (restored, false, true, None, None, true),
        (restored, false, false, MINE, None, true),
        (restored, false, false, None, OTHER, true),
        (restored, false, false, OTHER, MINE, false),
        (None, false, true, MINE, None, false),
    ];
    for (known, is_suspect, was_gone, gone, follows, expected) in cases {
        let found = is_unsure(known, is_suspect, was_gone, gone, follows);
        assert_eq!(found, expected, "{known:?} {is_suspect} {was_gone} {gone:?} {follows:?}");
    }
}

fn unit() -> UnitCode {
    "markam".parse().unwrap()
}

fn digest(name: u8) -> Digest {
    Digest::default().plus(&ChangeHash([name; 32]))
}

/// A feed of which all is here: up to position 5, of a digest.
fn whole() -> FeedState {
    FeedState { met: true, top: 5, digest: digest(1), held: digest(1), ..FeedState::new(unit()) }
}

/// The feed, and whether there is more to ask for, after a response with this answer about it, if with any.
fn after(feed: FeedState, answer: Option<FeedAnswer>) -> (FeedState, bool) {
    let feeds = answer.map(|answer| (unit(), answer)).into_iter().collect();
    let response = InResponse { head: ResponseHead { feeds, ..ResponseHead::default() }, groups: Vec::new() };
    let forms = FormSet::default();
    let state = SyncState { epoch: Some(0), ..SyncState::default() };
    let absorbed = absorb(&state, &[feed], &forms, &[], Lookup::default(), &response, ClockMs(1)).unwrap();
    (absorbed.feeds[0].clone(), absorbed.more)
}

fn page(from: u64, to: u64, head: u64, name: u8) -> Option<FeedAnswer> {
    Some(FeedAnswer::Page { from, to, head, digest: digest(name) })
}

#[test]
fn a_page_ends_a_feed_whose_digests_agree() {
    let told = |feed: FeedState, answer| {
        let (feed, more) = after(feed, answer);
        (feed.top, feed.missing_below, feed.suspect, more)
    };
    assert_eq!(told(whole(), page(5, 9, 9, 1)), (9, 0, false, false));
    assert_eq!(told(whole(), page(5, 9, 9, 2)), (9, 0, true, true), "not what the server has");
    assert_eq!(told(whole(), page(5, 9, 12, 2)), (9, 0, false, true), "not yet the end");
    assert_eq!(told(whole(), page(7, 9, 9, 2)), (5, 0, false, true), "not what was asked for");
    let gap = FeedState { missing_below: 3, ..whole() };
    assert_eq!(told(gap.clone(), page(5, 9, 9, 2)), (9, 3, false, true), "something is missing below");
    assert_eq!(told(gap.clone(), page(1, 3, 5, 2)), (5, 1, false, true));
    assert_eq!(told(gap.clone(), page(0, 3, 5, 1)), (5, 0, false, false));
    assert_eq!(told(gap, page(0, 3, 5, 2)), (5, 0, false, false), "the digest is that of the upper end");
    let asked = FeedState { fetch: vec![7], ..whole() };
    assert_eq!(told(asked, page(5, 9, 9, 2)), (9, 0, false, true), "something was asked for by name");
    let unmet = FeedState { held: digest(2), ..FeedState::new(unit()) };
    assert_eq!(told(unmet.clone(), page(2, 5, 5, 2)), (5, 2, false, true));
    assert_eq!(told(unmet, page(0, 5, 5, 2)), (5, 0, false, false));
    let suspect = FeedState { suspect: true, ..whole() };
    assert_eq!(told(suspect, page(5, 9, 9, 1)), (9, 0, true, true), "it still has to be compared");
    assert_eq!(told(whole(), Some(FeedAnswer::Unrecognised)), (5, 0, true, true));
    assert_eq!(told(whole(), Some(FeedAnswer::Gone)), (5, 0, false, false));
}

#[test]
fn a_feed_of_which_nothing_is_said_is_compared_where_it_should_be_whole() {
    let differs = || FeedState { held: digest(2), ..whole() };
    let told = |feed: FeedState| {
        let (feed, more) = after(feed, None);
        (feed.suspect, more)
    };
    assert_eq!(told(whole()), (false, false));
    assert_eq!(told(differs()), (true, true));
    for not_whole in [
        FeedState { met: false, ..differs() },
        FeedState { missing_below: 3, ..differs() },
        FeedState { fetch: vec![7], ..differs() },
        FeedState { gone: true, ..differs() },
    ] {
        assert_eq!(told(not_whole), (false, false));
    }
    // Where it was not asked about, or the device has just written, its silence says nothing.
    let other = (("gonjo".parse().unwrap(), FeedAnswer::Gone), true);
    let own = ((unit(), FeedAnswer::Page { from: 5, to: 5, head: 5, digest: digest(2) }), false);
    for ((unit, answer), suspect) in [other, own] {
        let head = ResponseHead { feeds: vec![(unit, answer)], ..ResponseHead::default() };
        let response = InResponse { head, groups: Vec::new() };
        let lookup = Lookup::default();
        let state = SyncState { epoch: Some(0), ..SyncState::default() };
        let absorbed = absorb(&state, &[differs()], &FormSet::default(), &[], lookup, &response, ClockMs(1)).unwrap();
        assert_eq!(absorbed.feeds[0].suspect, suspect);
    }
}

/// A record's first change, by an author of that number, as a row of this device.
fn row(author: u8, state: ChangeState, own: bool) -> ChangeRow {
    let actor = ActorKey([author; 8]);
    let header = Header {
        form: "clinic.outreach".parse().unwrap(),
        form_version: 1,
        unit: unit(),
        worker: "doctor-03".parse().unwrap(),
        created: ClockMs(1_716_170_000_000),
    };
    let mut document = Document::new();
    let write = document.write::<DocumentError>(actor, header.created, |w| {
        let made: Result<Vec<Object>, _> = CONTAINERS.into_iter().map(|name| w.make_map(Object::Root, name)).collect();
        let made = made?;
        for (name, value) in header_entries(&header) {
            w.put(made[0], name, &value)?;
        }
        w.put(made[1], "patients_seen", &Scalar::Integer(3))
    });
    let change: Change = write.unwrap().0;
    let (hash, position) = (change.hash(), None);
    let record = Some(RecordId::of_first_change(&hash));
    ChangeRow { hash, record, unit: unit(), actor, position, state, own, raw: change.raw().to_vec() }
}

/// What became of rows, and of their feed, after a response.
fn absorbed(rows: &[ChangeRow], feed: FeedState, pushed: &[ChangeHash], response: &InResponse) -> Absorbed {
    let lookup = Lookup { rows: rows.iter().map(|row| (row.hash, row.clone())).collect() };
    let state = SyncState { epoch: Some(0), ..SyncState::default() };
    absorb(&state, &[feed], &FormSet::default(), pushed, lookup, response, ClockMs(1)).unwrap()
}

fn written(absorbed: &Absorbed) -> Vec<&ChangeRow> {
    let changes = absorbed.writes.iter().filter_map(|write| match write {
        Write::Change(row) => Some(row),
        _ => None,
    });
    changes.collect()
}

#[test]
fn a_late_word_takes_nothing_out_of_a_feed() {
    let held = Outcome::Held(Reason::from(ReasonCode::NoPermission));
    let said = |state: ChangeState, outcome: Outcome| {
        let row = row(1, state, true);
        let decision = Decision { number: 4, hash: row.hash, outcome };
        let head = ResponseHead { decisions: vec![decision], ..ResponseHead::default() };
        let feed = FeedState { held: digest(1), ..whole() };
        let absorbed = absorbed(core::slice::from_ref(&row), feed, &[], &InResponse { head, groups: Vec::new() });
        assert_eq!(absorbed.state.decisions_after, 4);
        let changed: Vec<ChangeState> = written(&absorbed).into_iter().map(|row| row.state.clone()).collect();
        (changed, absorbed.feeds[0].held == digest(1).plus(&row.hash))
    };
    let accepted = Outcome::Accepted { position: 6 };
    assert_eq!(said(ChangeState::Stored, held.clone()), (vec![], false));
    assert_eq!(said(ChangeState::Stored, accepted.clone()), (vec![ChangeState::Stored], false));
    assert_eq!(said(ChangeState::Parked, accepted), (vec![ChangeState::Stored], true));
    let reason = Reason::from(ReasonCode::NoPermission);
    assert_eq!(said(ChangeState::Parked, held), (vec![ChangeState::Held(reason)], false));
}

/// A response that brings a change.
fn received(change: Change) -> InResponse {
    let parts = change.parts().unwrap().into();
    let changes = vec![InChange { position: Some(6), parts, change }];
    InResponse { head: ResponseHead::default(), groups: vec![InGroup { unit: unit(), changes }] }
}

#[test]
fn what_comes_back_is_in_the_feed() {
    let held = |state: ChangeState, digest: Digest| {
        let row = row(1, state, true);
        let absorbed = absorbed(
            core::slice::from_ref(&row),
            FeedState { held: digest, ..whole() },
            &[],
            &received(row.change().unwrap()),
        );
        let [row] = written(&absorbed)[..] else { panic!("one change is written") };
        assert_eq!((&row.state, row.position, row.own), (&ChangeState::Stored, Some(6), true));
        absorbed.feeds[0].held
    };
    let hash = row(1, ChangeState::Stored, true).hash;
    assert_eq!(held(ChangeState::Waiting, digest(1)), digest(1).plus(&hash));
    assert_eq!(held(ChangeState::Stored, digest(1)), digest(1), "it is counted once");
}

#[test]
fn what_was_written_here_is_given_back_where_a_feed_goes_that_was_to_be_compared() {
    let rows = [
        row(1, ChangeState::Stored, true),
        row(2, ChangeState::Stored, false),
        row(3, ChangeState::Refused(Reason::from(ReasonCode::Rejected)), true),
        ChangeRow { unit: "gonjo".parse().unwrap(), ..row(4, ChangeState::Stored, true) },
        ChangeRow {
            own: false,
            record: row(1, ChangeState::Stored, true).record,
            ..row(5, ChangeState::Stored, false)
        },
    ];
    let given = |feed: FeedState| {
        let head = ResponseHead { feeds: vec![(unit(), FeedAnswer::Gone)], ..ResponseHead::default() };
        let absorbed = absorbed(&rows[..4], feed, &[], &InResponse { head, groups: Vec::new() });
        assert!(absorbed.feeds[0].gone);
        let waiting = written(&absorbed).into_iter().filter(|row| row.state == ChangeState::Waiting);
        (waiting.map(|row| row.hash).collect::<Vec<_>>(), absorbed.more)
    };
    assert_eq!(given(FeedState { suspect: true, ..whole() }), (vec![rows[0].hash], true));
    assert_eq!(given(whole()), (vec![], false), "the server has it");
    assert_eq!(given(FeedState { suspect: true, gone: true, ..whole() }), (vec![], false), "it was given back before");
    // With what others wrote in the same records, of which this device writes only what the server did not refuse.
    let mut work = Work::new(&SyncState::default(), &[whole()], Lookup::default());
    work.rows = rows.iter().map(|row| (row.hash, row.clone())).collect();
    work.give_back_own(&unit());
    let waiting = work.rows.values().filter(|row| row.state == ChangeState::Waiting);
    let waiting: BTreeSet<ChangeHash> = waiting.map(|row| row.hash).collect();
    assert_eq!(waiting, BTreeSet::from([rows[0].hash, rows[4].hash]));
    // What was refused makes no record one's own.
    let theirs = ChangeRow { record: rows[2].record, ..rows[1].clone() };
    let mut work = Work::new(&SyncState::default(), &[whole()], Lookup::default());
    work.rows = [theirs, rows[2].clone()].iter().map(|row| (row.hash, row.clone())).collect();
    work.give_back_own(&unit());
    assert!(work.rows.values().all(|row| row.state != ChangeState::Waiting));
}

#[test]
fn what_breaks_the_grammar_is_counted_and_not_kept() {
    let odd = |actor: u8| {
        let write = Document::new().write::<DocumentError>(ActorKey([actor; 8]), ClockMs(1), |w| {
            w.put(Object::Root, "patients_seen", &Scalar::Integer(3))
        });
        write.unwrap().0
    };
    let mut response = received(odd(1));
    response.groups.extend(received(odd(2)).groups);
    response.groups.extend(received(row(3, ChangeState::Stored, false).change().unwrap()).groups);
    let absorbed = absorbed(&[], whole(), &[], &response);
    assert_eq!(absorbed.rejected, 2);
    let good = row(3, ChangeState::Stored, false).hash;
    assert_eq!(written(&absorbed).into_iter().map(|row| row.hash).collect::<Vec<_>>(), [good]);
    assert_eq!(absorbed.feeds[0].held, digest(1).plus(&good));
}

#[test]
fn what_the_server_lacks_goes_back_and_what_it_alone_has_is_asked_for() {
    let rows = [
        row(1, ChangeState::Stored, true),
        row(2, ChangeState::Stored, false),
        row(3, ChangeState::Waiting, true),
        ChangeRow { unit: "gonjo".parse().unwrap(), ..row(4, ChangeState::Stored, true) },
    ];
    let mut names = vec![hash_prefix(&rows[1].hash), hash_prefix(&rows[2].hash), 7];
    names.sort_unstable();
    let answer = RepairAnswer { unit: unit(), head: 9, digest: digest(2), buckets: 1, differing: vec![(0, names)] };
    let head = ResponseHead { repairs: vec![answer], ..ResponseHead::default() };
    let held = digest(1).plus(&rows[0].hash);
    let feed = FeedState { suspect: true, held, missing_below: 3, ..whole() };
    let absorbed = absorbed(&rows, feed, &[], &InResponse { head, groups: Vec::new() });
    let given: Vec<_> = written(&absorbed).into_iter().map(|row| (row.hash, row.state.clone())).collect();
    assert_eq!(given, [(rows[0].hash, ChangeState::Waiting)]);
    let mut fetch = vec![hash_prefix(&rows[2].hash), 7];
    fetch.sort_unstable();
    let expected = FeedState { top: 9, digest: digest(2), held: digest(1), fetch, ..whole() };
    assert_eq!((&absorbed.feeds[0], absorbed.more), (&expected, true));
}
