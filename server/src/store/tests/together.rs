//! Many writers: in one process, and in several that have the same file open.

use std::collections::BTreeMap;

use sync_core::{crdt::Change, wire::Outcome};

use crate::{AppState, auth::Role, store::Store, testing::World};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn positions_have_no_gaps_however_many_write() {
    let world = World::new().await;
    // A second handle, as another process has it, with a writer of its own.
    let beside = Store::open_file(&world.path("cairn.db")).await.unwrap();
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
                let change = |change: Change| {
                    let parts = change.parts().unwrap();
                    ("markam".parse().unwrap(), sync_core::wire::InChange { position: None, parts, change })
                };
                let push = crate::ingest::Push {
                    device: worker.device.clone(),
                    contact: None,
                    changes: vec![change(first), change(second)],
                    vouched: BTreeMap::new(),
                    authors: Vec::new(),
                };
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

#[tokio::test]
async fn what_another_process_changes_in_the_catalog_counts_at_once() {
    let world = World::new().await;
    let beside = AppState::start(Store::open_file(&world.path("cairn.db")).await.unwrap());
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
