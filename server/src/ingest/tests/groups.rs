//! Jobs that wait at the same time share a transaction, and none of them shows in what becomes of another.

use sync_core::{
    gate::ReasonCode,
    record::{Edit, Value},
    wire::Outcome,
};
use tokio::sync::oneshot;

use super::{accepted, held};
use crate::{
    auth::Role,
    ingest::{
        IngestError, Push, ReadyPush,
        job::{Reply, Work},
        queue::{Job, commit_group},
    },
    store::Engine,
    testing::{World, on_both},
};

on_both![
    a_push_that_fails_takes_no_other_with_it,
    a_push_that_fails_alone_is_told_why,
    what_one_push_waits_for_another_one_brings,
    who_comes_first_decides_where_pushes_meet,
];

/// What became of each of these pushes, all of which waited.
async fn together(world: &World, pushes: Vec<Push>) -> Vec<Result<Vec<Outcome>, IngestError>> {
    let job = |push: Push| {
        let (reply, answer) = oneshot::channel();
        (Job { work: Work::Push(ReadyPush::of(push)), reply }, answer)
    };
    let (jobs, answers): (Vec<Job>, Vec<_>) = pushes.into_iter().map(job).unzip();
    commit_group(world.store.clone(), jobs).await;
    let mut results = Vec::new();
    for answer in answers {
        results.push(answer.await.unwrap().map(|reply| match reply {
            Reply::Outcomes(outcomes) => outcomes,
            other => panic!("{other:?}"),
        }));
    }
    results
}

/// A store with a record that is damaged; a push that meets it, and one that does not.
async fn bad_and_good(engine: Engine) -> (World, Push, Push) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-01", Role::Recorder, "markam").await;
    let other = world.worker("doctor-02", Role::Recorder, "markam").await;
    let (mut record, born) = worker.outreach("markam", 40, 1);
    assert_eq!(accepted(&world.push(&worker, "markam", &[&born]).await), [1]);
    world.tamper("UPDATE changes SET record = substr(record, 1, 8)").await;
    let seen = Edit::Set("patients_seen".parse().unwrap(), Value::Integer(45));
    let edited = record.edit(&[seen], worker.pen(2)).unwrap();
    let (_, apart) = other.outreach("markam", 7, 3);
    let bad = World::a_push(&worker, "markam", &[&edited], &[], &[]);
    let good = World::a_push(&other, "markam", &[&apart], &[], &[]);
    (world, bad, good)
}

async fn a_push_that_fails_takes_no_other_with_it(engine: Engine) {
    let (world, bad, good) = bad_and_good(engine).await;
    let results = together(&world, vec![good, bad]).await;
    assert_eq!(accepted(results[0].as_ref().unwrap()), [2]);
    assert_eq!(results[1].as_ref().unwrap_err().code(), "store_damaged");
    assert_eq!(world.total("people_benefited").await, 47);
}

async fn a_push_that_fails_alone_is_told_why(engine: Engine) {
    let (world, bad, _) = bad_and_good(engine).await;
    let results = together(&world, vec![bad]).await;
    assert_eq!(results[0].as_ref().unwrap_err().code(), "store_damaged");
    assert_eq!(world.total("people_benefited").await, 40);
}

async fn what_one_push_waits_for_another_one_brings(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-01", Role::Recorder, "markam").await;
    let reviewer = world.worker("reviewer-01", Role::Reviewer, "changdu").await;
    let (mut record, born) = doctor.outreach("markam", 40, 1);
    let comment = record.comment("请核对人数", reviewer.pen(2)).unwrap();
    let early = World::a_push(&reviewer, "markam", &[&comment], &[], &[]);
    let late = World::a_push(&doctor, "markam", &[&born], &[], &[]);
    let results = together(&world, vec![early, late]).await;
    let positions: Vec<u64> = results.iter().flat_map(|result| accepted(result.as_ref().unwrap())).collect();
    assert_eq!(positions, [2, 1]);
    for empty in ["SELECT COUNT(*) FROM parked", "SELECT COUNT(*) FROM parked_on", "SELECT COUNT(*) FROM decisions"] {
        assert_eq!(world.count(empty).await, 0, "{empty}");
    }
}

async fn who_comes_first_decides_where_pushes_meet(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-01", Role::Recorder, "markam").await;
    let other = world.worker("doctor-02", Role::Recorder, "markam").await;
    let (_, first) = doctor.outreach("markam", 40, 1);
    let (_, forged) = doctor.outreach("markam", 1, 2);
    let (_, apart) = other.outreach("markam", 7, 3);
    let push = |by, change| World::a_push(by, "markam", &[change], &[], &[]);
    let pushes = vec![push(&doctor, &first), push(&doctor, &first), push(&other, &forged), push(&other, &apart)];
    let results: Vec<_> = together(&world, pushes).await.into_iter().map(|result| result.unwrap().remove(0)).collect();
    assert_eq!(results[0], Outcome::Accepted { position: 1 });
    assert_eq!(results[1], Outcome::Duplicate { position: 1 });
    assert_eq!(held(&results[2]), ReasonCode::UnprovenAuthor);
    assert_eq!(results[3], Outcome::Accepted { position: 2 });
}
