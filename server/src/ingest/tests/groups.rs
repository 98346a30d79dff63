//! Jobs that wait at the same time share a transaction, and none of them shows in what becomes of another.

use sync_core::{
    record::{Edit, Value},
    wire::Outcome,
};
use tokio::sync::oneshot;

use super::accepted;
use crate::{
    auth::Role,
    ingest::{
        IngestError, Push,
        job::{Reply, Work},
        queue::{Job, commit_group},
    },
    store::Engine,
    testing::{World, on_both},
};

on_both![a_push_that_fails_takes_no_other_with_it, a_push_that_fails_alone_is_told_why];

/// What became of each of these pushes, all of which waited.
async fn together(world: &World, pushes: Vec<Push>) -> Vec<Result<Vec<Outcome>, IngestError>> {
    let job = |push| {
        let (reply, answer) = oneshot::channel();
        (Job { work: Work::Push(push), reply }, answer)
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
