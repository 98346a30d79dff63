//! Changes that are kept outside of the feeds until something happens.

use sync_core::{
    crdt::Change,
    gate::ReasonCode,
    limits::PARKED_CHANGES_MAX,
    record::{Edit, Record, Value},
    wire::Outcome,
};

use super::{accepted, held, refused};
use crate::{
    auth::Role,
    store::Engine,
    testing::{Worker, World, on_both, operator},
};

on_both![
    parked_changes_are_taken_up_when_what_they_build_on_arrives,
    a_push_can_go_through_a_parked_change,
    more_than_can_be_taken_up_at_once_is_taken_up_all_the_same,
    too_many_parked_changes_are_held_and_find_their_way_all_the_same,
    an_admitted_change_goes_in_with_what_waits_for_it_and_its_device_is_told,
    a_change_admitted_before_what_it_builds_on_waits_for_it,
    a_rejected_change_stays_out_and_is_kept,
    every_device_that_brought_a_held_change_hears_what_becomes_of_it,
    a_form_that_nobody_knows_yet_holds_a_record_until_it_is_known,
];

fn edits(record: &mut Record, worker: &Worker, count: i64) -> Vec<Change> {
    let edit = |n| Edit::Set("patients_seen".parse().unwrap(), Value::Integer(n));
    (1..=count).map(|n| record.edit(&[edit(100 + n)], worker.pen(n)).unwrap()).collect()
}

async fn parked_changes_are_taken_up_when_what_they_build_on_arrives(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    let carrier = world.worker("doctor-04", Role::Recorder, "markam").await;
    let (mut record, first) = worker.outreach("markam", 1, 1);
    let later = edits(&mut record, &worker, 3);
    let outcomes = world.push(&worker, "markam", &[&later[2], &later[0]]).await;
    assert_eq!(outcomes, [Outcome::Parked, Outcome::Parked]);
    assert_eq!(world.push(&worker, "markam", &[&later[2]]).await, [Outcome::Parked], "again");
    world.is_right().await;
    // The one in the middle is still missing: its child goes on waiting.
    assert_eq!(accepted(&world.push(&worker, "markam", &[&first]).await), [1]);
    assert_eq!(world.decisions(&worker).await, [(later[0].hash(), Outcome::Accepted { position: 2 })]);
    assert_eq!(world.count("SELECT COUNT(*) FROM parked").await, 1);
    world.is_right().await;
    // Whoever brings it: the one who parked the other hears of it.
    assert_eq!(accepted(&world.give_back(&carrier, "markam", &[&later[1]], &[&worker]).await), [3]);
    assert_eq!(world.decisions(&worker).await[1], (later[2].hash(), Outcome::Accepted { position: 4 }));
    assert!(world.decisions(&carrier).await.is_empty());
    assert_eq!(world.count("SELECT (SELECT COUNT(*) FROM parked) + (SELECT COUNT(*) FROM parked_on)").await, 0);
    assert_eq!(world.total("people_benefited").await, 103);
    world.is_right().await;
}

async fn a_push_can_go_through_a_parked_change(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    let (mut record, first) = worker.outreach("markam", 1, 1);
    let later = edits(&mut record, &worker, 2);
    assert_eq!(world.push(&worker, "markam", &[&later[0]]).await, [Outcome::Parked]);
    // The second builds on the parked one, which builds on the first.
    assert_eq!(accepted(&world.push(&worker, "markam", &[&later[1], &first]).await), [3, 1]);
    assert_eq!(world.decisions(&worker).await, [(later[0].hash(), Outcome::Accepted { position: 2 })]);
    world.is_right().await;
}

async fn more_than_can_be_taken_up_at_once_is_taken_up_all_the_same(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    let (mut record, first) = worker.outreach("markam", 1, 1);
    let later = edits(&mut record, &worker, 1_200);
    let parked: Vec<&Change> = later.iter().collect();
    assert!(world.push(&worker, "markam", &parked).await.iter().all(|outcome| *outcome == Outcome::Parked));
    accepted(&world.push(&worker, "markam", &[&first]).await);
    // The writer goes on by itself; a push waits behind it.
    for _ in 0..3 {
        world.push(&worker, "markam", &[&first]).await;
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM changes").await, 1_201);
    assert_eq!(world.decisions(&worker).await.len(), 1_000, "as many as were asked for");
    world.is_right().await;
}

async fn too_many_parked_changes_are_held_and_find_their_way_all_the_same(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    world.tamper(FILL_PARKED).await;
    world.tamper("UPDATE parked SET device = (SELECT id FROM devices)").await;
    assert_eq!(world.count("SELECT COUNT(*) FROM parked").await, PARKED_CHANGES_MAX as i64);
    let (mut record, first) = worker.outreach("markam", 1, 1);
    let later = edits(&mut record, &worker, 1);
    assert_eq!(held(&world.push(&worker, "markam", &[&later[0]]).await[0]), ReasonCode::TooManyParked);
    world.tamper("DELETE FROM parked").await;
    world.is_right().await;
    accepted(&world.push(&worker, "markam", &[&first]).await);
    assert_eq!(world.decisions(&worker).await, [(later[0].hash(), Outcome::Accepted { position: 2 })]);
    assert_eq!(world.count("SELECT COUNT(*) FROM held").await, 0, "nobody had to decide");
    world.is_right().await;
}

pub(super) const FILL_PARKED: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) \
                           INSERT INTO parked (hash, org_unit, actor, received_ms, raw) \
                           SELECT randomblob(32), 'markam', randomblob(8), 0, randomblob(8) FROM n";

async fn every_device_that_brought_a_held_change_hears_what_becomes_of_it(engine: Engine) {
    for admitted in [true, false] {
        let world = World::new(engine).await;
        let worker = world.worker("teacher-01", Role::Recorder, "riwoqe").await;
        let second = world.device(&worker.user).await;
        let other = world.worker("doctor-04", Role::Recorder, "markam").await;
        let (_, change) = worker.outreach("markam", 7, 1);
        for _ in 0..2 {
            for device in [&worker, &second] {
                assert_eq!(held(&world.push(device, "markam", &[&change]).await[0]), ReasonCode::NoPermission);
            }
            held(&world.give_back(&other, "markam", &[&change], &[&worker]).await[0]);
        }
        let by = operator();
        let outcome = if admitted {
            world.app.ingest.admit(change.hash(), &by).await.unwrap().unwrap()
        } else {
            world.app.ingest.reject(change.hash(), &by, "not ours").await.unwrap().unwrap()
        };
        for device in [&worker, &second, &other] {
            assert_eq!(world.decisions(device).await, [(change.hash(), outcome.clone())], "{}", device.user);
        }
        // Whoever brings it again hears of it in the answer, and of what was decided anew as the others do.
        if !admitted {
            refused(&world.push(&second, "markam", &[&change]).await[0]);
            let outcome = world.app.ingest.admit(change.hash(), &by).await.unwrap().unwrap();
            for device in [&worker, &second, &other] {
                assert_eq!(world.decisions(device).await[1..], [(change.hash(), outcome.clone())], "{}", device.user);
            }
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM also_told").await, 0);
        world.is_right().await;
    }
}

async fn an_admitted_change_goes_in_with_what_waits_for_it_and_its_device_is_told(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("teacher-01", Role::Recorder, "riwoqe").await;
    let (mut record, first) = worker.outreach("markam", 1, 1);
    let later = edits(&mut record, &worker, 1);
    let outcomes = world.push(&worker, "markam", &[&first, &later[0]]).await;
    assert_eq!((held(&outcomes[0]), &outcomes[1]), (ReasonCode::NoPermission, &Outcome::Parked));
    assert_eq!(held(&world.push(&worker, "markam", &[&first]).await[0]), ReasonCode::NoPermission, "again");
    world.is_right().await;
    let by = operator();
    let outcome = world.app.ingest.admit(first.hash(), &by).await.unwrap();
    assert_eq!(outcome, Some(Outcome::Accepted { position: 1 }));
    // The edit lacks the right just as much: it is no longer parked, but held for itself.
    let decisions = world.decisions(&worker).await;
    assert_eq!(decisions[0], (first.hash(), Outcome::Accepted { position: 1 }));
    assert_eq!((decisions[1].0, held(&decisions[1].1)), (later[0].hash(), ReasonCode::NoPermission));
    assert_eq!(world.app.ingest.admit(first.hash(), &by).await.unwrap(), None, "it is in the feed");
    world.app.ingest.admit(later[0].hash(), &by).await.unwrap();
    assert_eq!(world.decisions(&worker).await[2], (later[0].hash(), Outcome::Accepted { position: 2 }));
    assert_eq!(world.total("people_benefited").await, 101);
    assert_eq!(world.count("SELECT COUNT(*) FROM held WHERE state = 'admitted' AND decided_by = 'operator'").await, 2);
    world.is_right().await;
}

async fn a_change_admitted_before_what_it_builds_on_waits_for_it(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    let (mut record, first) = worker.outreach("markam", 1, 1);
    let later = edits(&mut record, &worker, 1);
    accepted(&world.push(&worker, "markam", &[&first]).await);
    world.withdraw(&worker, Role::Recorder, "markam").await;
    let second = record.comment("好", worker.pen(9)).unwrap();
    let outcomes = world.push(&worker, "markam", &[&later[0], &second]).await;
    assert_eq!((held(&outcomes[0]), &outcomes[1]), (ReasonCode::NoPermission, &Outcome::Parked));
    let by = operator();
    assert_eq!(world.app.ingest.admit(second.hash(), &by).await.unwrap(), None, "it is parked, not held");
    assert_eq!(world.app.ingest.admit(later[0].hash(), &by).await.unwrap(), Some(Outcome::Accepted { position: 2 }));
    assert_eq!(held(&world.decisions(&worker).await[1].1), ReasonCode::NoPermission);
    world.is_right().await;
}

async fn a_rejected_change_stays_out_and_is_kept(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("teacher-01", Role::Recorder, "riwoqe").await;
    let (_, first) = worker.outreach("markam", 1, 1);
    held(&world.push(&worker, "markam", &[&first]).await[0]);
    let by = operator();
    let outcome = world.app.ingest.reject(first.hash(), &by, "logged twice").await.unwrap().unwrap();
    assert_eq!(refused(&outcome), ReasonCode::Rejected);
    assert_eq!(world.decisions(&worker).await, [(first.hash(), outcome.clone())]);
    assert_eq!(world.push(&worker, "markam", &[&first]).await, [outcome], "it says why, to whoever brings it again");
    assert_eq!(world.count("SELECT COUNT(*) FROM changes").await, 0);
    // Whoever decided may think better of it.
    assert_eq!(world.app.ingest.admit(first.hash(), &by).await.unwrap(), Some(Outcome::Accepted { position: 1 }));
    world.is_right().await;
}

async fn a_form_that_nobody_knows_yet_holds_a_record_until_it_is_known(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    let values = [("on".parse().unwrap(), Value::Text("2021-03-15".into()))].into();
    let (_, surgery) = worker.record("clinic.surgery", "markam", &values, 1);
    let (_, nowhere) = worker.outreach("nowhere", 1, 2);
    let outcomes = world.push(&worker, "markam", &[&surgery, &nowhere]).await;
    assert_eq!(held(&outcomes[0]), ReasonCode::UnknownForm);
    assert_eq!(held(&outcomes[1]), ReasonCode::UnknownUnit);
    let by = operator();
    let outcome = world.app.ingest.admit(surgery.hash(), &by).await.unwrap().unwrap();
    assert_eq!(held(&outcome), ReasonCode::UnknownForm, "a right can be given, a form cannot");
    assert!(world.decisions(&worker).await.is_empty(), "nothing new to tell");
    world.form("clinic.surgery").await;
    assert_eq!(world.app.ingest.admit(surgery.hash(), &by).await.unwrap(), Some(Outcome::Accepted { position: 1 }));
    assert_eq!(world.total("surgeries").await, 1);
    world.is_right().await;
}
