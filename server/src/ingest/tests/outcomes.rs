//! What is said of changes that come in good order, twice, or broken.

use sync_core::{
    crdt::{Action, Change, ChangeParts, Scalar},
    gate::ReasonCode,
    record::{Edit, Value},
    wire::Outcome,
};

use super::{accepted, held, refused};
use crate::{
    auth::Role,
    store::{Engine, feeds},
    testing::{World, on_both},
};

on_both![
    what_is_sent_for_the_wrong_feed_is_known_wherever_it_is_sent_again,
    a_push_is_stored_and_counted_and_a_repeat_changes_nothing,
    a_change_that_stands_twice_in_a_push_has_one_outcome,
    a_push_in_the_wrong_order_is_stored_in_the_right_one,
    records_of_several_units_go_to_their_own_feeds_whatever_the_push_says,
    a_refused_change_takes_no_neighbour_with_it,
    a_large_push_is_judged_by_many_as_it_would_be_by_one,
    an_actor_that_is_used_twice_loses_nothing,
    conflicts_are_counted_until_they_are_settled,
];

fn seen(count: i64) -> Edit {
    Edit::Set("patients_seen".parse().unwrap(), Value::Integer(count))
}

async fn a_push_is_stored_and_counted_and_a_repeat_changes_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    let (mut record, first) = worker.outreach("markam-hospital", 40, 1);
    let second = record.edit(&[seen(45)], worker.pen(2)).unwrap();
    assert_eq!(accepted(&world.push(&worker, "markam-hospital", &[&first, &second]).await), [1, 2]);
    assert_eq!(world.total("people_benefited").await, 45);
    assert_eq!(world.total("records").await, 1);
    let again = world.push(&worker, "markam-hospital", &[&second, &first, &second]).await;
    let duplicate = |position| Outcome::Duplicate { position };
    assert_eq!(again, [duplicate(2), duplicate(1), duplicate(2)]);
    assert_eq!(world.total("people_benefited").await, 45);
    world.is_right().await;
}

async fn a_change_that_stands_twice_in_a_push_has_one_outcome(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    let (_, first) = worker.outreach("markam", 40, 1);
    assert_eq!(accepted(&world.push(&worker, "markam", &[&first, &first]).await), [1, 1]);
    world.is_right().await;
}

async fn a_push_in_the_wrong_order_is_stored_in_the_right_one(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    let (mut record, first) = worker.outreach("markam", 1, 1);
    let second = record.edit(&[seen(2)], worker.pen(2)).unwrap();
    let third = record.edit(&[seen(3)], worker.pen(3)).unwrap();
    assert_eq!(accepted(&world.push(&worker, "markam", &[&third, &second, &first]).await), [3, 2, 1]);
    assert_eq!(world.total("people_benefited").await, 3);
    world.is_right().await;
}

async fn records_of_several_units_go_to_their_own_feeds_whatever_the_push_says(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "changdu").await;
    let (_, here) = worker.outreach("markam", 1, 1);
    let (_, there) = worker.outreach("riwoqe", 2, 2);
    assert_eq!(accepted(&world.push(&worker, "changdu", &[&here, &there]).await), [1, 1]);
    let heads = feeds::all(&mut world.store.read().await.unwrap()).await.unwrap();
    let heads: Vec<_> = heads.iter().map(|(unit, feed)| (unit.as_str(), feed.head)).collect();
    assert_eq!(heads, [("changdu", 0), ("markam", 1), ("markam-hospital", 0), ("riwoqe", 1)]);
    world.is_right().await;
}

/// What one hostile or broken change is, next to good ones.
fn broken(good: &ChangeParts, what: &str) -> Change {
    let mut parts = good.clone();
    match what {
        "counter" => parts.start_op += 5,
        "sequence" => parts.seq += 5,
        "header" => parts.ops[6].action = Action::Put(Scalar::Text("Not A Form".into())),
        "structure" => parts.ops[11].object = sync_core::crdt::Object::Root,
        "value" => parts.ops[11].action = Action::Put(Scalar::Text("a\0b".into())),
        other => panic!("{other}"),
    }
    Change::build(&parts)
}

async fn a_refused_change_takes_no_neighbour_with_it(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    let cases = [
        ("counter", ReasonCode::BadCounter),
        ("sequence", ReasonCode::BadSequence),
        ("header", ReasonCode::BadHeader),
        ("structure", ReasonCode::BadStructure),
        ("value", ReasonCode::BadValue),
    ];
    for (time, (what, code)) in cases.into_iter().enumerate() {
        let time = 10 * time as i64;
        let (mut one, first) = worker.outreach("markam", 1, time);
        let edit = one.edit(&[seen(7)], worker.pen(time + 1)).unwrap();
        let (_, victim) = worker.outreach("markam", 5, time + 2);
        let bad = broken(&victim.parts().unwrap(), what);
        let outcomes = world.push(&worker, "markam", &[&first, &bad, &edit]).await;
        assert_eq!(refused(&outcomes[1]), code, "{what}");
        accepted(&[outcomes[0].clone(), outcomes[2].clone()]);
        // Said again, it is refused again, and noted once.
        assert_eq!(refused(&world.push(&worker, "markam", &[&bad]).await[0]), code, "{what}");
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM refused").await, 5);
    assert_eq!(world.total("people_benefited").await, 35);
    world.is_right().await;
}

async fn a_large_push_is_judged_by_many_as_it_would_be_by_one(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    let mut changes = Vec::new();
    for time in 0..100 {
        let (mut record, first) = worker.outreach("markam", 1, time);
        let second = record.edit(&[seen(time + 2)], worker.pen(time)).unwrap();
        let (_, victim) = worker.outreach("markam", 5, 1_000 + time);
        changes.extend([first, broken(&victim.parts().unwrap(), "counter"), second]);
    }
    let pushed: Vec<&Change> = changes.iter().collect();
    let outcomes = world.push(&worker, "markam", &pushed).await;
    for outcomes in outcomes.chunks(3) {
        assert_eq!(refused(&outcomes[1]), ReasonCode::BadCounter);
        accepted(&[outcomes[0].clone(), outcomes[2].clone()]);
    }
    assert_eq!(world.total("people_benefited").await, (2..102).sum::<i64>());
    world.is_right().await;

    // One that builds on two records is seen as that, however many judge.
    let mut across = changes[2].parts().unwrap();
    across.deps = vec![changes[0].hash(), changes[3].hash()];
    across.deps.sort_unstable();
    let across = Change::build(&across);
    let more: Vec<Change> = (200..300).map(|time| worker.outreach("markam", 1, time).1).collect();
    let pushed: Vec<&Change> = more.iter().chain([&across]).collect();
    let outcomes = world.push(&worker, "markam", &pushed).await;
    assert_eq!(refused(&outcomes[100]), ReasonCode::BadDependencies);
    accepted(&outcomes[..100]);
    world.is_right().await;
}

async fn an_actor_that_is_used_twice_loses_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    let (record, first) = worker.outreach("markam", 1, 1);
    let (mut original, mut copy) = (record.clone(), record);
    let one = original.edit(&[seen(2)], worker.pen(2)).unwrap();
    let other = copy.edit(&[seen(3)], worker.pen(3)).unwrap();
    let outcomes = world.push(&worker, "markam", &[&first, &one, &other]).await;
    assert_eq!(accepted(&outcomes[..2]), [1, 2]);
    assert_eq!(held(&outcomes[2]), ReasonCode::ActorReused);
    assert_eq!(world.total("people_benefited").await, 2);
    assert_eq!(world.count("SELECT COUNT(*) FROM held WHERE record IS NOT NULL").await, 1);
    world.is_right().await;
}

async fn conflicts_are_counted_until_they_are_settled(engine: Engine) {
    let world = World::new(engine).await;
    let here = world.worker("doctor-03", Role::Recorder, "markam").await;
    let there = world.worker("doctor-04", Role::Recorder, "markam").await;
    let (record, first) = here.outreach("markam", 1, 1);
    let (mut mine, mut theirs) = (record.clone(), record);
    let one = mine.edit(&[seen(2)], here.pen(2)).unwrap();
    let other = theirs.edit(&[seen(3)], there.pen(2)).unwrap();
    accepted(&world.push(&here, "markam", &[&first, &one]).await);
    accepted(&world.push(&there, "markam", &[&other]).await);
    assert_eq!(world.count("SELECT conflicts FROM records").await, 1);
    mine.take(&other, &other.parts().unwrap()).unwrap();
    let settled = mine.edit(&[seen(5)], here.pen(4)).unwrap();
    accepted(&world.push(&here, "markam", &[&settled]).await);
    assert_eq!(world.count("SELECT conflicts FROM records").await, 0);
    assert_eq!(world.total("people_benefited").await, 5);
    world.is_right().await;
}

async fn what_is_sent_for_the_wrong_feed_is_known_wherever_it_is_sent_again(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "changdu").await;
    let (mut record, first) = doctor.outreach("markam", 1, 1);
    let second = record.comment("好", doctor.pen(2)).unwrap();
    let third = record.comment("很好", doctor.pen(3)).unwrap();
    let words = |outcomes: Vec<Outcome>| outcomes.iter().map(Outcome::word).collect::<Vec<_>>();
    let push = async |unit, changes: &[&Change]| words(world.push(&doctor, unit, changes).await);
    assert_eq!(push("riwoqe", &[&first, &second]).await, ["accepted", "accepted"]);
    for unit in ["riwoqe", "markam-hospital", "markam"] {
        assert_eq!(push(unit, &[&first, &second]).await, ["duplicate", "duplicate"], "{unit}");
        assert_eq!(push(unit, &[&second]).await, ["duplicate"], "{unit}");
    }
    assert_eq!(push("riwoqe", &[&third, &second]).await, ["accepted", "duplicate"]);
    assert_eq!(world.count("SELECT COUNT(*) FROM changes WHERE org_unit = 'markam'").await, 3);
    // Without the first, and then with it, each for another feed.
    let (mut record, first) = doctor.outreach("markam", 2, 4);
    let second = record.comment("好", doctor.pen(5)).unwrap();
    assert_eq!(push("riwoqe", &[&second]).await, ["parked"]);
    assert_eq!(push("markam-hospital", &[&first]).await, ["accepted"]);
    assert_eq!(push("markam", &[&second, &first]).await, ["duplicate", "duplicate"]);
    world.is_right().await;
}
