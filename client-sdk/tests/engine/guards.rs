//! Servers that are none, or broken; and syncing for as long as the program runs.

use core::ops::ControlFlow;

use cairn_client::{Engine, Store, engine::Seed};

use crate::world::{Mishap, World, refused};

#[tokio::test]
async fn a_login_page_is_no_server() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    a.log("嘎托镇", 1).await;
    a.mishaps(|_| Some(Mishap::Portal));
    let report = a.engine.sync().await.unwrap();
    assert_eq!((report.error.as_ref().unwrap().code(), report.requests), ("not_a_server", 1));
    assert!(report.not_reached());
    a.mishaps(|_| None);
    a.synced().await;
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_changes_nothing() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let record = a.log("嘎托镇", 1).await;
    a.mishaps(|_| Some(Mishap::Garbage));
    let report = a.engine.sync().await.unwrap();
    assert_eq!(report.error.as_ref().unwrap().code(), "bad_answer");
    assert!(!report.not_reached());
    assert_eq!(a.shown(record).await.receipt.word(), "on_this_device");
    a.mishaps(|_| None);
    assert_eq!(a.synced().await.duplicate, 1);
}

#[tokio::test]
async fn a_server_whose_digests_are_always_wrong_is_reported_after_two_comparisons() {
    let mut world = World::new();
    let (a, b) = (world.enrolled("doctor-01").await, world.enrolled("doctor-02").await);
    a.log("嘎托镇", 1).await;
    a.synced().await;
    world.server().lies = true;
    let report = b.engine.sync().await.unwrap();
    assert_eq!(report.error.as_ref().unwrap().code(), "diverged", "{report:?}");
    assert!(report.requests < 12, "{report:?}");
    assert_eq!(b.records().await.len(), 1, "what came is there all the same");
    world.server().lies = false;
    b.synced().await;
}

#[tokio::test]
async fn positions_that_the_server_gave_to_others_are_forgotten_and_all_is_sent_in_full() {
    let mut world = World::new();
    let (a, b) = (world.enrolled("doctor-01").await, world.enrolled("doctor-02").await);
    let record = a.log("嘎托镇", 1).await;
    let second = a.log("察雅", 1).await;
    a.synced().await;
    // The server gives the two changes' positions anew and keeps its epoch: somebody copied files about.
    {
        let mut server = world.server();
        server.feeds.values_mut().for_each(|feed| feed.reverse());
        let last = server.stored.len() as u64 + 1;
        server.stored.values_mut().for_each(|s| s.position = last - s.position);
    }
    a.set(record, "patients_seen", "7").await;
    let report = a.synced().await;
    assert_eq!(report.accepted, 1, "{report:?}");
    a.set(second, "patients_seen", "8").await;
    a.synced().await;
    b.synced().await;
    assert_eq!(a.records().await, b.records().await);
    assert_eq!(b.shown(record).await.values["patients_seen"], 7);
    b.set(record, "patients_seen", "9").await;
    b.synced().await;
    a.synced().await;
    assert_eq!(a.records().await, b.records().await);
}

#[tokio::test]
async fn one_store_is_synced_once_at_a_time() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let _lease = a.store.sync_lease().await.unwrap().unwrap();
    assert_eq!(a.engine.sync().await.unwrap_err().code(), "already_syncing");
    let stranger = world.phone();
    assert_eq!(stranger.engine.sync().await.unwrap_err().code(), "not_enrolled");
    let code = stranger.engine.enrol(&"http://server".parse().unwrap(), "nobody", "x").await.unwrap_err();
    assert_eq!(code.code(), "code_unknown");
    assert_ne!(code, refused(400, "code_expired").into());
}

#[tokio::test]
async fn following_syncs_what_is_written_meanwhile_and_gives_way_to_a_bad_link() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let mut reports = Vec::new();
    a.mishaps(|n| (3..9).contains(&n).then_some(Mishap::RequestLost));
    a.log("嘎托镇", 1).await;
    a.engine
        .follow(|report| {
            reports.push(report.clone());
            if reports.len() < 6 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
        .await
        .unwrap();
    assert_eq!(reports[0].accepted, 1);
    let reached: Vec<bool> = reports.iter().map(|r| !r.not_reached()).collect();
    assert_eq!(reached, [true, true, true, false, false, true]);
    let pauses: Vec<u64> = a.slept().iter().map(|d| d.as_secs()).filter(|s| *s >= 10).collect();
    assert!(pauses.iter().max() > Some(&59), "{pauses:?}");
}

#[tokio::test]
async fn an_engine_can_be_moved_between_threads() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let engine = Engine::with_seed(a.store.clone(), a.link.clone(), a.clock.clone(), Seed([99; 16]));
    let report = tokio::spawn(async move { engine.sync().await }).await.unwrap().unwrap();
    assert!(report.answered_all);
}
