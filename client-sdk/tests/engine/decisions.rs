//! What a person must decide: held, admitted, rejected, revoked.

use sync_core::{gate::Roles, record::Verdict};

use crate::world::{HOSPITAL, SCHOOL, World};

fn recorder() -> Roles {
    Roles { recorder: true, ..Roles::default() }
}

#[tokio::test]
async fn a_worker_who_was_moved_keeps_the_work_and_an_administrator_admits_it() {
    let mut world = World::new();
    let (a, reviewer) = (world.enrolled("doctor-01").await, world.enrolled("reviewer").await);
    let before = a.log("嘎托镇", 1).await;
    a.synced().await;
    let record = a.log("嘎托镇", 40).await;
    a.set(record, "patients_seen", "41").await;
    world.grant("doctor-01", &[(SCHOOL, recorder())]);
    let report = a.synced().await;
    assert_eq!((report.held, report.parked), (1, 1), "the edit waits for the record");
    let shown = a.shown(record).await;
    assert_eq!(shown.receipt.word(), "held");
    assert_eq!(shown.unsettled.len(), 2);
    let status = a.engine.status().await.unwrap();
    let reasons: Vec<_> = status.unsettled.iter().filter_map(|u| u.reason.as_ref()).map(|r| r.code.word()).collect();
    assert_eq!(reasons, ["no_permission"]);
    assert!(status.feeds.iter().any(|f| f.unit.as_str() == HOSPITAL && f.gone));
    assert_eq!(a.engine.create(&crate::world::outreach("x", 1)).await.unwrap().faults, []);
    assert_eq!(a.shown(before).await.receipt.word(), "on_the_server", "what was read stays readable");

    // The edit comes out of parking, to be decided about in its turn.
    world.server().admit_all();
    a.synced().await;
    let states: Vec<_> = a.shown(record).await.unsettled.iter().map(|u| u.state).collect();
    assert_eq!(states, ["held"]);
    world.server().admit_all();
    a.synced().await;
    reviewer.synced().await;
    assert_eq!(a.shown(record).await.receipt.word(), "on_the_server");
    assert!(a.engine.status().await.unwrap().unsettled.is_empty());
    assert_eq!(reviewer.shown(record).await.values["patients_seen"], 41);
}

#[tokio::test]
async fn nothing_is_built_on_what_was_rejected() {
    let mut world = World::new();
    let (a, b) = (world.enrolled("doctor-01").await, world.enrolled("doctor-02").await);
    let record = b.log("嘎托镇", 40).await;
    b.synced().await;
    a.synced().await;
    a.set(record, "patients_seen", "999").await;
    world.grant("doctor-01", &[]);
    assert_eq!(a.synced().await.held, 1);
    world.server().reject_all();
    world.grant("doctor-01", &[(HOSPITAL, recorder())]);
    a.synced().await;
    let shown = a.shown(record).await;
    assert_eq!((shown.receipt.word(), &shown.values["patients_seen"]), ("refused", &40.into()));
    assert_eq!(a.engine.history(record).await.unwrap().last().unwrap().state, "refused");
    // The same program goes on writing to the same record.
    a.set(record, "notes", "复诊").await;
    assert_eq!(a.synced().await.accepted, 1);
    b.synced().await;
    assert_eq!(b.shown(record).await.values["notes"], "复诊");
    assert_eq!(b.shown(record).await.values["patients_seen"], 40);
}

#[tokio::test]
async fn what_a_revoked_device_sends_is_held_with_its_reason() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let first = a.log("嘎托镇", 1).await;
    a.synced().await;
    world.server().devices.values_mut().for_each(|d| d.revoked = true);
    let record = a.log("嘎托镇", 2).await;
    assert_eq!(a.synced().await.held, 1);
    let shown = a.shown(record).await;
    assert_eq!(shown.unsettled[0].reason.as_ref().unwrap().code.word(), "device_revoked");
    assert_eq!(a.shown(first).await.receipt.word(), "on_the_server");
}

#[tokio::test]
async fn a_device_that_is_not_recognised_is_told_and_keeps_its_work() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let devices = core::mem::take(&mut world.server().devices);
    let record = a.log("嘎托镇", 1).await;
    let report = a.engine.sync().await.unwrap();
    assert_eq!(report.error.as_ref().unwrap().code(), "not_recognised");
    assert!(!report.not_reached() && !report.answered_all && report.requests == 1);
    assert_eq!(a.shown(record).await.receipt.word(), "on_this_device");
    // Another code, and the work goes out.
    world.server().devices = devices;
    a.engine.enrol(&"http://moved".parse().unwrap(), "doctor-01:again", "phone").await.unwrap();
    a.synced().await;
    assert_eq!(a.shown(record).await.receipt.word(), "on_the_server");
    let other = a.engine.enrol(&"http://moved".parse().unwrap(), "doctor-02:again", "phone").await;
    assert_eq!(other.unwrap_err().code(), "other_user");
    assert_eq!(a.engine.status().await.unwrap().identity.user.as_str(), "doctor-01");
}

#[tokio::test]
async fn reviews_and_comments_reach_the_worker() {
    let mut world = World::new();
    let (a, reviewer) = (world.enrolled("doctor-01").await, world.enrolled("reviewer").await);
    let (record, twice) = (a.log("嘎托镇", 40).await, a.log("嘎托镇", 40).await);
    a.synced().await;
    reviewer.synced().await;
    reviewer.engine.comment(record, " 请核对人数 ").await.unwrap();
    reviewer.engine.review(record, Verdict::Approved, "", None).await.unwrap();
    reviewer.engine.review(twice, Verdict::Void, "重复", Some(record)).await.unwrap();
    reviewer.synced().await;
    a.synced().await;
    let shown = a.shown(record).await;
    assert_eq!((shown.comments[0].text.as_str(), shown.status.word()), ("请核对人数", "approved"));
    assert_eq!(shown.comments[0].author.as_ref().unwrap().as_str(), "reviewer");
    let void = a.shown(twice).await;
    assert_eq!((void.status.word(), void.reviews[0].duplicate_of), ("void", Some(record)));
    assert_eq!(a.engine.review(record, Verdict::Approved, "", None).await.unwrap_err().code(), "no_permission_here");
    // One's own record may be taken back.
    a.engine.review(record, Verdict::Void, "误填", None).await.unwrap();
    assert_eq!(a.shown(record).await.status.word(), "void");
}
