//! Work that is not synced, carried by hand.

use cairn_client::store::{RecordFilter, Store};
use serde_json::json;

use crate::world::{Mishap, World};

#[tokio::test]
async fn a_phone_that_is_lost_lives_on_in_its_copy() {
    let mut world = World::new();
    let lost = world.enrolled("doctor-01").await;
    let (before, other) = (lost.log("嘎托镇", 1).await, lost.log("如美镇", 2).await);
    lost.synced().await;
    lost.set(before, "patients_seen", "5").await;
    lost.set(before, "patients_seen", "6").await;
    let fresh = lost.log("曲孜卡", 3).await;
    lost.engine.comment(fresh, "好").await.unwrap();
    let copy = lost.engine.save_copy().await.unwrap();
    assert_eq!(copy.changes, 4);

    // A new phone of the same person, before it has heard of the records that the copy builds on.
    let new = world.phone();
    new.engine.enrol(&"http://server".parse().unwrap(), "doctor-01:new", "phone").await.unwrap();
    new.engine.sync_within(1).await.unwrap();
    let report = new.engine.take_in_copy(&copy.bytes).await.unwrap();
    assert_eq!(serde_json::to_value(report).unwrap(), json!({"changes": 4, "taken_in": 4, "rejected": 0}));
    let again = new.engine.take_in_copy(&copy.bytes).await.unwrap();
    assert_eq!((again.changes, again.taken_in), (4, 0));
    new.synced().await;
    assert_eq!(new.shown(before).await.values["patients_seen"], json!(6));
    assert_eq!(new.shown(fresh).await.comments[0].author.as_ref().unwrap().as_str(), "doctor-01");
    assert_eq!(new.shown(other).await.values["patients_seen"], json!(2));
    assert_eq!((new.store.waiting().await.unwrap(), new.store.orphans().await.unwrap().len()), (0, 0));
    // The old one is found again, and finds that all is there.
    let report = lost.synced().await;
    assert_eq!((report.duplicate, report.accepted), (4, 0));
    assert_eq!(lost.records().await, new.records().await);
}

#[tokio::test]
async fn what_is_shown_of_a_copy_needs_no_network() {
    let mut world = World::new();
    let (a, b) = (world.enrolled("doctor-01").await, world.enrolled("doctor-01").await);
    let record = a.log("嘎托镇", 1).await;
    a.set(record, "patients_seen", "2").await;
    let copy = a.engine.save_copy().await.unwrap();
    b.mishaps(|_| Some(Mishap::RequestLost));
    b.engine.take_in_copy(&copy.bytes).await.unwrap();
    assert_eq!(b.records().await, a.records().await);
    assert_eq!((b.requests(), b.engine.status().await.unwrap().waiting), (0, 2));
}

#[tokio::test]
async fn a_large_copy_is_several_frames() {
    let mut world = World::new();
    let (a, b) = (world.enrolled("doctor-01").await, world.enrolled("doctor-01").await);
    let long: String = (0..4_000u32).filter_map(|n| char::from_u32(0x4e00 + n * 37 % 20_000)).collect();
    for n in 0..40 {
        let record = a.log("嘎托镇", n).await;
        a.set(record, "notes", &long).await;
    }
    let copy = a.engine.save_copy().await.unwrap();
    assert!(sync_core::wire::split_frames(&copy.bytes).unwrap().len() > 1);
    assert_eq!(b.engine.take_in_copy(&copy.bytes).await.unwrap().taken_in, copy.changes);
    assert_eq!(b.records().await, a.records().await);
}

#[tokio::test]
async fn what_is_no_copy_of_this_person_is_named_and_nothing_is_taken_in() {
    let mut world = World::new();
    let (a, b) = (world.enrolled("doctor-01").await, world.enrolled("doctor-02").await);
    let nothing = a.engine.save_copy().await.unwrap();
    assert_eq!((nothing.changes, a.engine.take_in_copy(&nothing.bytes).await.unwrap().changes), (0, 0));
    a.log("嘎托镇", 1).await;
    let copy = a.engine.save_copy().await.unwrap();
    assert_eq!(b.engine.take_in_copy(&copy.bytes).await.unwrap_err().code(), "copy_of_other");
    let c = world.enrolled("doctor-01").await;
    for broken in [&b"%PDF-1.7"[..], &copy.bytes[..copy.bytes.len() - 1], b""] {
        assert_eq!(c.engine.take_in_copy(broken).await.unwrap_err().code(), "bad_copy");
    }
    let mut changed = copy.bytes.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(c.engine.take_in_copy(&changed).await.unwrap_err().code(), "bad_copy");
    assert!(c.engine.list(&RecordFilter::default()).await.unwrap().is_empty());
}
