//! Which changes come back, and when.

use sync_core::{
    crdt::Change,
    record::Record,
    replica::{Budget, ChangeState},
    wire::{FeedAnswer, Outcome},
};

use super::{answers, page, positions};
use crate::{
    auth::Role,
    store::Engine,
    testing::{Hand, Worker, World, on_both, operator},
};

on_both![
    a_device_hears_of_its_own_changes_by_their_outcomes_alone,
    the_first_page_is_the_newest_and_the_rest_follows_downwards,
    one_change_goes_however_small_the_budget,
    a_lost_answer_is_made_up_for,
    who_may_read_no_more_is_told_so_and_a_revoked_device_reads_nothing,
    whoever_gets_a_right_back_reads_on_in_the_same_sync,
    a_decision_reaches_the_device_that_waits_for_it,
    a_cloned_device_gets_what_its_twin_wrote,
    what_a_device_says_of_itself_is_noted,
];

async fn fill(world: &World, worker: &Worker, unit: &str, count: i64) -> Vec<(Record, Change)> {
    let made: Vec<_> = (1..=count).map(|n| worker.outreach(unit, n, n)).collect();
    let changes: Vec<&Change> = made.iter().map(|(_, change)| change).collect();
    world.push(worker, unit, &changes).await;
    made
}

async fn a_device_hears_of_its_own_changes_by_their_outcomes_alone(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let other = world.worker("doctor-04", Role::Recorder, "markam").await;
    let mut hand = Hand::of(&world, &doctor);
    hand.sync().await;
    let (record, change) = doctor.outreach("markam", 1, 1);
    hand.write(&record, &change);
    let (response, absorbed) = hand.sync_once().await;
    assert_eq!(response.head.outcomes, [Outcome::Accepted { position: 1 }]);
    assert_eq!(page(answers(&response, "markam")[0]), (0, 1, 1), "the head moved, so the cursor does");
    assert!(response.groups.is_empty() && !absorbed.more);
    fill(&world, &other, "markam", 2).await;
    let (response, _) = hand.sync_once().await;
    assert_eq!(positions(&response, "markam"), [2, 3]);
    assert_eq!(response.head.authors.iter().map(|a| a.user.as_str()).collect::<Vec<_>>(), ["doctor-04"]);
    let (response, absorbed) = hand.sync_once().await;
    assert!(response.head.feeds.is_empty() && response.groups.is_empty() && !absorbed.more, "nothing is new");
    assert_eq!(hand.feed("markam").held, hand.feed("markam").digest);
}

async fn the_first_page_is_the_newest_and_the_rest_follows_downwards(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let reader = world.worker("reader-01", Role::Observer, "markam-hospital").await;
    fill(&world, &doctor, "markam-hospital", 60).await;
    let mut hand = Hand::of(&world, &reader);
    hand.state.pull = Budget::default().quartered().quartered().quartered().quartered().quartered();
    let small = hand.state.pull;
    hand.sync_once().await;
    hand.state.pull = small;
    let (response, absorbed) = hand.sync_once().await;
    let (from, to, head) = page(answers(&response, "markam-hospital")[0]);
    assert_eq!((to, head, absorbed.more), (60, 60, true));
    assert!(from > 40, "{from}");
    assert_eq!(positions(&response, "markam-hospital"), (from + 1..=60).collect::<Vec<_>>());
    // Meanwhile the head moves: the new ones come up, and the old ones down, in one response.
    fill(&world, &doctor, "markam-hospital", 1).await;
    let (mut record, first) = doctor.outreach("markam-hospital", 9, 999);
    let second = record.comment("好", doctor.pen(1_000)).unwrap();
    world.push(&doctor, "markam-hospital", &[&first, &second]).await;
    hand.state.pull = small;
    let (response, _) = hand.sync_once().await;
    let pages: Vec<_> = answers(&response, "markam-hospital").into_iter().map(page).collect();
    assert_eq!((pages[0].0, pages[0].1), (60, 62));
    assert_eq!((pages[1].1, pages[1].2), (from, 62));
    hand.sync().await;
    let feed = hand.feed("markam-hospital");
    assert_eq!((feed.top, feed.missing_below, hand.rows.len()), (62, 0, 62));
    assert_eq!(feed.held, feed.digest);
}

async fn one_change_goes_however_small_the_budget(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "changdu").await;
    let reader = world.worker("reader-01", Role::Observer, "changdu").await;
    let mut hand = Hand::of(&world, &reader);
    hand.sync().await;
    for unit in ["changdu", "markam", "riwoqe"] {
        let (mut record, first) = doctor.outreach(unit, 1, 1);
        let long = record.comment(&"长".repeat(2_000), doctor.pen(2)).unwrap();
        world.push(&doctor, unit, &[&first, &long]).await;
    }
    for round in 0..20 {
        let (mut request, pushed) = hand.request();
        request.head.budget_bytes = 0;
        let response = hand.open(&hand.send(&request).await);
        let brought: usize = response.groups.iter().map(|group| group.changes.len()).sum();
        assert_eq!(brought, 1, "round {round}");
        if !hand.take(&response, &pushed).more {
            assert_eq!(round, 5);
            return;
        }
    }
    panic!("it does not end");
}

async fn a_lost_answer_is_made_up_for(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let mut hand = Hand::of(&world, &doctor);
    hand.sync().await;
    let (mut record, first) = doctor.outreach("markam", 1, 1);
    hand.write(&record, &first);
    // It arrives, and its answer does not.
    hand.send(&hand.request().0).await;
    hand.state.unanswered = true;
    let other = world.worker("doctor-04", Role::Recorder, "markam").await;
    let reply = record.clone().comment("好", other.pen(2)).unwrap();
    world.push(&other, "markam", &[&reply]).await;
    let second = record.comment("是", doctor.pen(3)).unwrap();
    hand.write(&record, &second);
    let (response, _) = hand.sync_once().await;
    assert_eq!(response.head.outcomes, [Outcome::Duplicate { position: 1 }, Outcome::Accepted { position: 3 }]);
    hand.sync().await;
    assert_eq!(hand.stored().len(), 3);
    world.is_right().await;
}

async fn who_may_read_no_more_is_told_so_and_a_revoked_device_reads_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let mut doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let mut hand = Hand::of(&world, &doctor);
    hand.sync().await;
    fill(&world, &world.worker("doctor-04", Role::Recorder, "markam").await, "markam", 1).await;
    world.withdraw(&doctor, Role::Recorder, "markam").await;
    let (response, _) = hand.sync_once().await;
    assert_eq!(answers(&response, "markam"), [&FeedAnswer::Gone]);
    assert!(response.groups.is_empty() && response.head.catalog.is_some());

    let mut other = world.device(&"doctor-04".parse().unwrap()).await;
    let mut hand = Hand::of(&world, &other);
    hand.sync_once().await;
    world.revoke(&mut other).await;
    let (record, change) = other.outreach("markam", 1, 1);
    hand.write(&record, &change);
    let (response, _) = hand.sync_once().await;
    assert!(matches!(&response.head.outcomes[..], [Outcome::Held(_)]));
    assert!(response.head.feeds.iter().all(|(_, answer)| *answer == FeedAnswer::Gone) && response.groups.is_empty());
    assert!(response.head.catalog.is_none());
    doctor.device.revoked = true;
}

async fn a_decision_reaches_the_device_that_waits_for_it(engine: Engine) {
    let world = World::new(engine).await;
    let teacher = world.worker("teacher-01", Role::Recorder, "riwoqe").await;
    let mut hand = Hand::of(&world, &teacher);
    hand.sync().await;
    let (record, change) = teacher.outreach("markam", 1, 1);
    hand.write(&record, &change);
    hand.sync().await;
    assert!(matches!(hand.rows[&change.hash()].state, ChangeState::Held(_)));
    world.app.ingest.admit(change.hash(), &operator()).await.unwrap();
    hand.sync().await;
    assert_eq!(hand.rows[&change.hash()].state, ChangeState::Stored);
    let (response, _) = hand.sync_once().await;
    assert!(response.head.decisions.is_empty(), "it was heard");
}

async fn a_cloned_device_gets_what_its_twin_wrote(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let mut one = Hand::of(&world, &doctor);
    one.sync().await;
    let mut twin = Hand::of(&world, &Worker { actor: sync_core::id::ActorKey([7; 8]), ..doctor.clone() });
    twin.sync().await;
    for (hand, time) in [(&mut one, 1), (&mut twin, 2)] {
        let (record, change) = hand.worker.outreach("markam", time, time);
        hand.write(&record, &change);
        hand.sync().await;
    }
    one.sync().await;
    assert_eq!(one.stored(), twin.stored());
    assert_eq!(one.stored().len(), 2);
}

async fn what_a_device_says_of_itself_is_noted(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let hand = Hand::of(&world, &doctor);
    let (mut request, _) = hand.request();
    request.head.waiting = 12;
    hand.open(&hand.send(&request).await);
    let noted = "SELECT COUNT(*) FROM devices WHERE last_seen_ms IS NOT NULL AND waiting = 12 AND skew_ms < 0";
    assert_eq!(world.count(noted).await, 1);
}

async fn whoever_gets_a_right_back_reads_on_in_the_same_sync(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let reader = world.worker("observer-01", Role::Observer, "markam").await;
    let mut hand = Hand::of(&world, &reader);
    fill(&world, &doctor, "markam", 2).await;
    hand.sync().await;
    world.withdraw(&reader, Role::Observer, "markam").await;
    hand.sync().await;
    let late = doctor.outreach("markam", 9, 9).1;
    world.push(&doctor, "markam", &[&late]).await;
    hand.sync().await;
    assert_eq!(hand.stored().len(), 2);
    world.grant("observer-01", Role::Observer, "markam").await;
    hand.sync().await;
    assert_eq!(hand.stored().len(), 3);
}
