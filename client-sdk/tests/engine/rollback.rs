//! Stores that are not what they were: servers restored from backups, replicas copied, feeds that differ in silence.

use std::sync::Arc;

use crate::world::{Mishap, World};

#[tokio::test]
async fn a_server_restored_from_a_backup_is_given_back_what_it_forgot() {
    let mut world = World::new();
    let (a, b) = (world.enrolled("doctor-01").await, world.enrolled("doctor-02").await);
    let old = a.log("嘎托镇", 1).await;
    for phone in [&a, &b] {
        phone.synced().await;
    }
    let backup = world.server().restored();
    // After the backup: new records of both, edits of an old one, and b takes everything.
    let lost = a.log("察雅", 2).await;
    a.set(old, "patients_seen", "11").await;
    a.set(lost, "notes", "第二次").await;
    b.log("类乌齐", 3).await;
    for phone in [&a, &b, &a, &b] {
        phone.synced().await;
    }
    let expected = a.records().await;
    assert_eq!(expected.len(), 3);
    let feed = world.server().feeds.values().map(Vec::len).sum::<usize>();
    *world.server() = backup;

    // Only b comes back: it gives back what a had written, in a's name.
    let report = b.synced().await;
    assert!(report.accepted >= 4, "{report:?}");
    assert_eq!(world.server().feeds.values().map(Vec::len).sum::<usize>(), feed);
    let fresh = world.enrolled("reviewer").await;
    assert_eq!(fresh.records().await, expected);
    assert_eq!(fresh.engine.history(lost).await.unwrap()[0].author.as_ref().unwrap().as_str(), "doctor-01");
    for phone in [&a, &b, &a] {
        phone.synced().await;
        assert_eq!(phone.records().await, expected);
    }
    // Everybody goes on as before.
    a.set(old, "patients_seen", "12").await;
    a.synced().await;
    b.synced().await;
    assert_eq!(b.shown(old).await.values["patients_seen"], 12);
    let idle = b.synced().await;
    assert_eq!(idle.requests, 1);
}

#[tokio::test]
async fn what_others_wrote_is_given_back_in_their_names_however_little_goes_at_once() {
    let mut world = World::new();
    let (a, b) = (world.enrolled("doctor-01").await, world.enrolled("reviewer").await);
    a.log("嘎托镇", 0).await;
    a.synced().await;
    b.synced().await;
    let backup = world.server().restored();
    let mut records = Vec::new();
    for i in 0..60 {
        records.push(a.log(&format!("察雅 {i}"), i).await);
    }
    a.synced().await;
    b.synced().await;
    // Later changes of some of them, received in runs of their own.
    for record in records.iter().step_by(7) {
        a.set(*record, "notes", "复诊").await;
        a.synced().await;
        b.synced().await;
    }
    let expected = b.records().await;
    *world.server() = backup;
    // A reviewer's rights would do; but in whose name does it come?
    // Every other request is lost, so the budget stays at a few changes.
    b.learnt_to_take_little(5).await;
    b.mishaps(|n| (n % 2 == 1).then_some(Mishap::RequestLost));
    b.synced().await;
    assert!(b.requests() > 20, "{} requests", b.requests());
    let fresh = world.enrolled("doctor-02").await;
    assert_eq!(fresh.records().await, expected);
    assert!(world.server().held.is_empty() && world.server().parked.is_empty());
    let server = world.server();
    let authors = server.stored.values().map(|s| server.user(s.parts.actor).unwrap().as_str());
    assert!(authors.into_iter().all(|author| author == "doctor-01"));
}

#[tokio::test]
async fn positions_that_a_restored_server_expects_to_be_known_are_learnt_again() {
    let mut world = World::new();
    let (a, b) = (world.enrolled("doctor-01").await, world.enrolled("doctor-02").await);
    let old = a.log("嘎托镇", 1).await;
    for i in 0..200 {
        a.log(&format!("察雅 {i}"), i).await;
    }
    a.synced().await;
    b.synced().await;
    let restored = world.server().restored();
    *world.server() = restored;
    world.server().refers_all_the_same = true;
    for phone in [&a, &b] {
        assert_eq!(phone.synced().await.pulled, 0, "nothing was lost, so nothing comes again");
    }
    a.set(old, "patients_seen", "2").await;
    a.synced().await;
    // The edit refers to the record's beginning by a position of which b only knows that it means nothing any more.
    b.synced().await;
    assert_eq!(b.shown(old).await.values["patients_seen"], 2);
    a.set(old, "patients_seen", "3").await;
    a.synced().await;
    assert_eq!(b.synced().await.requests, 1, "it is known again");
    assert_eq!(a.records().await, b.records().await);
}

#[tokio::test]
async fn work_in_a_unit_that_its_author_has_left_is_given_back_too() {
    use sync_core::gate::Roles;
    let recorder = Roles { recorder: true, ..Roles::default() };
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let backup = world.server().clone();
    let record = a.log("嘎托镇", 1).await;
    a.synced().await;
    world.grant("doctor-01", &[(crate::world::SCHOOL, recorder)]);
    a.synced().await;
    let grants = world.server().users.clone();
    *world.server() = backup.restored();
    world.server().users = grants;
    world.server().revision += 5;
    let report = a.synced().await;
    assert_eq!((report.pushed, report.held), (1, 1), "nobody else has it");
    assert_eq!(a.shown(record).await.receipt.word(), "held");
    world.server().admit_all();
    a.synced().await;
    assert_eq!(a.shown(record).await.receipt.word(), "on_the_server");
}

#[tokio::test]
async fn work_in_a_unit_of_which_a_restored_server_forgot_the_right_is_given_back() {
    use crate::world::{HOSPITAL, SCHOOL};
    use cairn_client::engine::NewRecord;
    use sync_core::gate::Roles;
    let recorder = Roles { recorder: true, ..Roles::default() };
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let backup = world.server().restored();
    world.grant("doctor-01", &[(HOSPITAL, recorder), (SCHOOL, recorder)]);
    a.synced().await;
    let new = NewRecord { unit: Some(SCHOOL.into()), ..crate::world::outreach("嘎托镇", 1) };
    let record = a.engine.create(&new).await.unwrap().id;
    a.synced().await;
    *world.server() = backup;
    // That the server is another one, and that the school is not the doctor's, is told in one answer.
    let report = a.synced().await;
    assert_eq!((report.pushed, report.held), (1, 1), "nobody else has it");
    assert_eq!(a.shown(record).await.receipt.word(), "held");
    world.server().admit_all();
    a.synced().await;
    assert_eq!(a.shown(record).await.receipt.word(), "on_the_server");
}

#[tokio::test]
async fn what_a_restored_server_no_longer_holds_is_said_to_be_on_this_device_only() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let backup = world.server().restored();
    world.grant("doctor-01", &[]);
    let record = a.log("嘎托镇", 1).await;
    a.synced().await;
    assert_eq!(a.shown(record).await.receipt.word(), "held");
    *world.server() = backup;
    // The first answer tells that it is another server; by then it has not been asked about the record.
    a.engine.sync_within(1).await.unwrap();
    assert_eq!(a.shown(record).await.receipt.word(), "on_this_device");
    a.synced().await;
    assert_eq!(a.shown(record).await.receipt.word(), "on_the_server");
}

#[tokio::test]
async fn a_restored_server_that_went_on_with_others_is_brought_together_with_both_pasts() {
    let mut world = World::new();
    let (a, b) = (world.enrolled("doctor-01").await, world.enrolled("doctor-02").await);
    a.log("嘎托镇", 1).await;
    a.synced().await;
    let backup = world.server().restored();
    for i in 0..40 {
        a.log(&format!("察雅 {i}"), i).await;
    }
    a.synced().await;
    *world.server() = backup;
    for i in 0..60 {
        b.log(&format!("类乌齐 {i}"), i).await;
    }
    b.synced().await;
    // The line breaks in the middle of it all, too.
    a.mishaps(|n| (n % 3 == 1).then_some(Mishap::AnswerLost));
    a.synced().await;
    a.mishaps(|_| None);
    b.synced().await;
    a.synced().await;
    assert_eq!(a.records().await.len(), 101);
    assert_eq!(a.records().await, b.records().await);
}

#[tokio::test]
async fn a_server_that_is_restored_again_and_again_during_one_sync_is_not_said_to_differ() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    a.log("嘎托镇", 1).await;
    a.synced().await;
    let server = Arc::clone(&world.server);
    // After each comparison it is another one, which is to be compared as well.
    a.mishaps(move |n| {
        let mut server = server.lock().unwrap();
        if n < 8 && n % 2 == 0 {
            *server = server.restored();
        }
        None
    });
    let report = a.synced().await;
    assert!(report.requests >= 8, "{report:?}");
    a.mishaps(|_| None);
    assert_eq!(a.synced().await.requests, 1);
}

#[tokio::test]
async fn a_change_that_a_page_left_out_is_noticed_and_fetched() {
    let mut world = World::new();
    let (a, b) = (world.enrolled("doctor-01").await, world.enrolled("doctor-02").await);
    let record = a.log("嘎托镇", 1).await;
    a.log("察雅", 2).await;
    a.synced().await;
    let hash = world.server().stored.values().find(|s| s.record == record).unwrap().change.hash();
    world.server().withheld.insert(hash);
    let report = b.synced().await;
    assert_eq!(report.pulled, 2, "the one left out as well");
    assert_eq!(a.records().await, b.records().await);
}

#[tokio::test]
async fn a_copied_replica_and_its_original_go_on_side_by_side() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let record = a.log("嘎托镇", 1).await;
    a.synced().await;
    // Both are the same device to the server, which sends a device nothing that came from it.
    let copy = world.phone_on(a.store.copied());
    a.set(record, "patients_seen", "2").await;
    copy.set(record, "patients_seen", "3").await;
    let at_a = a.log("察雅", 5).await;
    let at_copy = copy.log("类乌齐", 6).await;
    for phone in [&a, &copy, &a, &copy] {
        phone.synced().await;
    }
    assert_eq!(a.records().await, copy.records().await);
    assert_eq!(a.shown(record).await.conflicts[0].values.len(), 2);
    assert_eq!(a.shown(at_copy).await.worker, copy.shown(at_a).await.worker);
}

#[tokio::test]
async fn a_replica_restored_from_an_old_copy_catches_up() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let record = a.log("嘎托镇", 1).await;
    a.synced().await;
    let copy = a.store.copied();
    a.set(record, "patients_seen", "2").await;
    a.log("察雅", 5).await;
    a.synced().await;
    let expected = a.records().await;
    let again = world.phone_on(copy);
    again.set(record, "notes", "从旧手机").await;
    again.synced().await;
    again.synced().await;
    a.synced().await;
    assert_eq!(again.records().await, a.records().await);
    assert_eq!(again.records().await.len(), expected.len());
}
