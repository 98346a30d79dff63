//! Many writers: in one process, and in several that have the same file open.

use std::collections::BTreeMap;

use sync_core::{
    crdt::Change,
    wire::{InChange, Outcome},
};

use crate::{
    AppState,
    auth::Role,
    ingest::Push,
    store::Engine,
    testing::{Worker, World, on_both},
};

on_both![
    positions_have_no_gaps_however_many_write,
    what_another_process_changes_in_the_catalog_counts_at_once,
    the_same_changes_through_two_servers_at_once_are_stored_once,
    an_actor_that_two_devices_claim_at_once_belongs_to_one_of_them,
    a_parked_change_is_taken_up_once_and_its_device_told_once,
];

async fn positions_have_no_gaps_however_many_write(engine: Engine) {
    let world = World::new(engine).await;
    // A second handle, as another process has it, with a writer of its own.
    let beside = world.beside().await;
    let beside = AppState::start(beside);
    let mut writers = Vec::new();
    for number in 0..8 {
        let worker = world.worker(&format!("doctor-{number:02}"), Role::Recorder, "changdu").await;
        let app = if number % 2 == 0 { world.app.clone() } else { beside.clone() };
        writers.push(tokio::spawn(async move {
            let mut positions = Vec::new();
            for time in 0..20 {
                let (mut record, first) = worker.outreach("markam", 1, time);
                let second = record.comment("好", worker.pen(time)).unwrap();
                let push = pushed(&worker, &[&first, &second]);
                for outcome in app.ingest.push(push).await.unwrap() {
                    let Outcome::Accepted { position } = outcome else { panic!("{outcome:?}") };
                    positions.push(position);
                }
            }
            positions
        }));
    }
    let mut all = Vec::new();
    for writer in writers {
        let positions = writer.await.unwrap();
        assert!(positions.is_sorted());
        all.extend(positions);
    }
    all.sort_unstable();
    assert_eq!(all, (1..=320).collect::<Vec<_>>());
    assert_eq!(world.total("people_benefited").await, 160);
    world.is_right().await;
}

async fn what_another_process_changes_in_the_catalog_counts_at_once(engine: Engine) {
    let world = World::new(engine).await;
    let beside = AppState::start(world.beside().await);
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    let seen = async |app: &AppState| {
        let mut tx = app.store.read().await.unwrap();
        let directory = crate::store::catalog::Directory::current(&mut tx).await.unwrap();
        let grants = crate::store::people::grants_of(&mut tx, &worker.user).await.unwrap();
        let catalog = directory.catalog(&mut tx, &worker.user, &grants).await.unwrap();
        let json: serde_json::Value = serde_json::from_str(&catalog.json).unwrap();
        (catalog.revision, json["units"].as_array().unwrap().len(), json["forms"].as_array().unwrap().len())
    };
    let before = seen(&beside).await;
    assert_eq!((before.1, before.2), (3, 2), "those above, the one granted, those below");
    world.form("clinic.surgery").await;
    let after = seen(&beside).await;
    assert_eq!((after.1, after.2), (3, 3));
    world.unit("riwoqe-school", Some("riwoqe")).await;
    assert_eq!(seen(&beside).await, after, "what a user cannot see gives them no new catalog");
    assert_ne!(after.0, before.0);
}

/// What a device pushes in one request.
fn pushed(by: &Worker, changes: &[&Change]) -> Push {
    let change = |change: &&Change| {
        let (parts, change) = (change.parts().unwrap(), (*change).clone());
        ("markam".parse().unwrap(), InChange { position: None, parts: parts.into(), change })
    };
    Push {
        device: by.device.clone(),
        contact: None,
        changes: changes.iter().map(change).collect(),
        vouched: BTreeMap::new(),
        authors: Vec::new(),
    }
}

/// What the store has vouched for, given back by somebody else.
fn given_back(by: &Worker, author: &Worker, changes: &[&Change]) -> Push {
    let vouched = changes.iter().map(|change| (change.hash(), author.user.clone())).collect();
    Push { vouched, ..pushed(by, changes) }
}

async fn the_same_changes_through_two_servers_at_once_are_stored_once(engine: Engine) {
    let world = World::new(engine).await;
    let beside = AppState::start(world.beside().await);
    let author = world.worker("doctor-03", Role::Recorder, "changdu").await;
    let carrier = world.worker("doctor-04", Role::Recorder, "changdu").await;
    let changes: Vec<Change> = (0..40).map(|time| author.outreach("markam", 1, time).1).collect();
    let known = author.outreach("markam", 1, 99).1;
    world.push(&author, "markam", &[&known]).await;
    for some in changes.chunks(4) {
        let some: Vec<&Change> = some.iter().collect();
        let (one, other) = tokio::join!(
            world.app.ingest.push(pushed(&author, &some)),
            beside.ingest.push(given_back(&carrier, &author, &some)),
        );
        for (one, other) in one.unwrap().into_iter().zip(other.unwrap()) {
            let position = |outcome| match outcome {
                Outcome::Accepted { position } | Outcome::Duplicate { position } => position,
                other => panic!("{other:?}"),
            };
            assert_ne!(one.word(), other.word(), "one of the two came first");
            assert_eq!(position(one), position(other));
        }
    }
    assert_eq!(world.total("people_benefited").await, 41);
    world.is_right().await;
}

async fn an_actor_that_two_devices_claim_at_once_belongs_to_one_of_them(engine: Engine) {
    let world = World::new(engine).await;
    let beside = AppState::start(world.beside().await);
    let author = world.worker("doctor-03", Role::Recorder, "markam").await;
    // Whoever holds no right of their own cannot write under the actor, should they be the first to show it.
    let observer = world.worker("observer-01", Role::Observer, "markam").await;
    for time in 0..20 {
        let fresh = world.device(&author.user).await;
        let first = fresh.outreach("markam", 1, time).1;
        let first = [&first];
        let (mine, theirs) =
            tokio::join!(world.app.ingest.push(pushed(&fresh, &first)), beside.ingest.push(pushed(&observer, &first)),);
        let words = (mine.unwrap()[0].word(), theirs.unwrap()[0].word());
        assert!(matches!(words, ("accepted", "duplicate") | ("held", "held")), "{words:?}");
    }
    let strangers = "SELECT COUNT(*) FROM changes c JOIN actors a ON a.actor = c.actor WHERE a.username <> 'doctor-03'";
    assert_eq!(world.count(strangers).await, 0);
    world.is_right().await;
}

async fn a_parked_change_is_taken_up_once_and_its_device_told_once(engine: Engine) {
    let world = World::new(engine).await;
    let beside = AppState::start(world.beside().await);
    let author = world.worker("doctor-03", Role::Recorder, "changdu").await;
    let carrier = world.worker("doctor-04", Role::Recorder, "changdu").await;
    let known = author.outreach("markam", 1, 99).1;
    world.push(&author, "markam", &[&known]).await;
    for time in 0..20 {
        let (mut record, first) = author.outreach("markam", 1, time);
        let later = record.comment("好", author.pen(time)).unwrap();
        // Sent for another feed than its own, so that no lock orders the two.
        let mut astray = pushed(&author, &[&later]);
        astray.changes[0].0 = "riwoqe".parse().unwrap();
        let before = given_back(&carrier, &author, &[&first]);
        let (later, before) = tokio::join!(world.app.ingest.push(astray), beside.ingest.push(before));
        assert!(matches!(later.unwrap()[0].word(), "parked" | "accepted"));
        assert_eq!(before.unwrap()[0].word(), "accepted");
    }
    // A server that starts takes up what fell between two others.
    let third = AppState::start(world.beside().await);
    third.ingest.push(pushed(&author, &[&known])).await.unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM parked").await, 0);
    let told = world.decisions(&author).await;
    let names: std::collections::BTreeSet<_> = told.iter().map(|(hash, _)| *hash).collect();
    assert_eq!(told.len(), names.len(), "told once");
    world.is_right().await;
}
