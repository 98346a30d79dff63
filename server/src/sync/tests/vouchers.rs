//! What the server vouches for is believed when it is given back, however it was received and however it comes.

use proptest::prelude::*;
use sync_core::{
    id::ChangeHash,
    record::Verdict,
    replica::{ChangeState, VouchedRun},
    wire::{InRequest, Outcome, encode_request, open_request},
};

use crate::{
    AppState,
    auth::Role,
    ingest,
    store::{Engine, Store},
    testing::{Hand, Worker, World},
};

/// A reader's device; its budget is one page of this many bytes, whatever it got before.
async fn read_on(hand: &mut Hand, budget_bytes: u32) -> bool {
    let (mut request, pushed) = hand.request();
    request.head.budget_bytes = budget_bytes;
    let response = hand.open(&hand.send(&request).await);
    hand.take(&response, &pushed).more
}

async fn fill(world: &World, worker: &Worker, count: i64, from: i64) {
    for time in from..from + count {
        let (mut record, first) = worker.outreach("markam", 1, time);
        let second = record.comment("好", worker.pen(time)).unwrap();
        world.push(worker, "markam", &[&first, &second]).await;
    }
}

/// Whom the store believes to have written what, when the device gives it all back at once.
fn believed(world: &World, hand: &Hand, given: &[ChangeHash]) -> usize {
    let mut copy: Vec<_> = given.iter().map(|hash| hand.rows[hash].clone()).collect();
    copy.iter_mut().for_each(|row| row.state = ChangeState::Waiting);
    let out = sync_core::replica::Outgoing {
        outbox: copy,
        runs: hand.runs.clone(),
        authors: hand.authors.values().cloned().collect(),
        ..Default::default()
    };
    let (request, _) = sync_core::replica::compose(&hand.state, &[], &out, sync_core::id::ClockMs(1)).unwrap();
    let InRequest { head, groups } = open_request(&encode_request(&request)).unwrap().rebuild(&|_, _| None).unwrap();
    let changes: Vec<_> =
        groups.into_iter().flat_map(|g| g.changes.into_iter().map(move |change| (g.unit.clone(), change))).collect();
    let vouched = ingest::vouched(world.store.author_key(), &head, &changes);
    changes.iter().filter(|(_, change)| vouched.contains_key(&change.change.hash())).count()
}

async fn check(counts: (i64, i64), budgets: Vec<u32>, split: usize, again: usize) {
    let world = World::new(Engine::Sqlite).await;
    let one = world.worker("doctor-03", Role::Recorder, "markam").await;
    let two = world.worker("doctor-04", Role::Recorder, "markam").await;
    let reader = world.worker("reader-01", Role::Observer, "markam").await;
    let mut hand = Hand::of(&world, &reader);
    fill(&world, &one, counts.0, 1).await;
    // The newest first and then downwards, while the head moves on.
    let mut pages = budgets.iter().cycle();
    for page in 0..1_000 {
        let more = read_on(&mut hand, *pages.next().unwrap()).await;
        if page == 2 {
            fill(&world, &two, counts.1, 1_000).await;
        }
        if page == again {
            // The answer was lost on the device's side: it has kept the changes, and reads all of them again.
            let feed = hand.feeds.values_mut().find(|feed| feed.met);
            feed.into_iter().for_each(|feed| feed.missing_below = feed.top);
        } else if !more && page > 2 {
            break;
        }
    }
    let all = hand.stored();
    assert_eq!(all.len() as i64, 2 * (counts.0 + counts.1));
    for given in all.chunks(split) {
        assert_eq!(believed(&world, &hand, given), given.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    #[test]
    fn any_pages_given_back_in_any_frames_are_believed(
        counts in (1..30i64, 1..20i64),
        budgets in prop::collection::vec(1..6_000u32, 1..5),
        split in 1..40usize,
        again in 0..12usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(check(counts, budgets, split, again));
    }
}

#[tokio::test]
async fn a_restored_server_is_not_deceived_by_those_who_give_back() {
    let mut world = World::new(Engine::Sqlite).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let reviewer = world.worker("reviewer-01", Role::Reviewer, "markam").await;
    let (mut giving, mut reviewing) = (Hand::of(&world, &doctor), Hand::of(&world, &reviewer));
    let (mut record, first) = doctor.outreach("markam", 1, 1);
    giving.write(&record, &first);
    giving.sync().await;
    reviewing.sync().await;
    world.store.backup(&world.path("backup.db")).await.unwrap();
    // After the backup: the reviewer returns the record, and the doctor reads it.
    let returned = record.clone().review(Verdict::Returned, "核对人数", None, reviewer.pen(2)).unwrap();
    reviewing.write(&record, &returned);
    reviewing.sync().await;
    giving.sync().await;
    let restored = Store::open_file(&world.path("backup.db")).await.unwrap();
    world.app = AppState::start(restored.clone());
    world.store = restored;
    giving.moved_to(&world);

    // The doctor's device says that it was approved instead, with the voucher of what it received.
    let approved = record.review(Verdict::Approved, "", None, reviewer.pen(3)).unwrap();
    let (mut request, _) = giving.request();
    let forged = {
        let mut row = giving.rows[&returned.hash()].clone();
        (row.hash, row.raw, row.state) = (approved.hash(), approved.raw().to_vec(), ChangeState::Waiting);
        let run = VouchedRun { changes: vec![(approved.hash(), reviewer.actor)], ..giving.runs[0].clone() };
        let authors = giving.authors.values().cloned().collect();
        sync_core::replica::Outgoing { outbox: vec![row], runs: vec![run], authors, ..Default::default() }
    };
    let (lie, _) = sync_core::replica::compose(&giving.state, &[], &forged, sync_core::id::ClockMs(1)).unwrap();
    assert_eq!((lie.head.vouchings.len(), lie.head.authors.len()), (1, 1));
    (request.head.vouchings, request.head.authors, request.groups) = (lie.head.vouchings, lie.head.authors, lie.groups);
    let response = giving.open(&giving.send(&request).await);
    let [Outcome::Held(reason)] = &response.head.outcomes[..] else { panic!("{:?}", response.head.outcomes) };
    assert_eq!(reason.code.word(), "unproven_author");

    // And so does nobody stand in the way of what it really received.
    giving.sync().await;
    assert_eq!(world.count("SELECT COUNT(*) FROM records WHERE status = 'returned'").await, 1);
    reviewing.moved_to(&world);
    reviewing.sync().await;
    assert_eq!(world.count("SELECT COUNT(*) FROM held").await, 1);
    world.is_right().await;
}
