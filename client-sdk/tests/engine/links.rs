//! Good and bad links: first syncs, interruptions, budgets.

use std::time::Duration;

use sync_core::replica::Budget;

use crate::world::{Mishap, Phone, World};
use cairn_client::Store;

async fn budgets(phone: &Phone) -> (u32, u32) {
    let state = phone.store.sync_state().await.unwrap();
    (state.push.bytes(), state.pull.bytes())
}

/// A server on which somebody logged `records` clinics, the `i`-th with `i` patients.
async fn world_with(records: i64) -> (World, Phone) {
    let mut world = World::new();
    let author = world.enrolled("doctor-01").await;
    for i in 0..records {
        author.log(&format!("嘎托镇 {i}"), i).await;
    }
    author.synced().await;
    (world, author)
}

#[tokio::test]
async fn a_first_sync_takes_the_newest_first_and_backfills() {
    let (mut world, author) = world_with(300).await;
    let phone = world.phone();
    let code = "doctor-02:fresh";
    phone.engine.enrol(&"http://server".parse().unwrap(), code, "phone").await.unwrap();
    // The first answer brings the catalog, the second the newest page.
    phone.engine.sync_within(1).await.unwrap();
    phone.learnt_to_take_little(3).await;
    phone.engine.sync_within(1).await.unwrap();
    let few: Vec<_> = phone.engine.list(&Default::default()).await.unwrap();
    assert!(!few.is_empty() && few.len() < 300, "{}", few.len());
    let patients = |s: &cairn_client::store::Summary| s.values["patients_seen"].as_i64().unwrap();
    let least = few.iter().map(patients).min().unwrap();
    assert_eq!(least, 300 - few.len() as i64, "the newest came first");
    let feed = &phone.engine.status().await.unwrap().feeds[0];
    assert!(!feed.complete && feed.missing_below > 0 && feed.position == 300);

    let report = phone.synced().await;
    assert_eq!(report.pulled as usize, 300 - few.len(), "nothing came twice");
    assert_eq!(phone.records().await, author.records().await);
    assert!(phone.engine.status().await.unwrap().feeds[0].complete);
    let idle = phone.synced().await;
    assert_eq!((idle.requests, idle.pulled, idle.pushed), (1, 0, 0));
}

#[tokio::test]
async fn an_interruption_at_any_request_loses_and_repeats_nothing() {
    let (mut world, author) = world_with(300).await;
    let expected = author.records().await;
    for lost in [Mishap::RequestLost, Mishap::AnswerLost] {
        let mut cut = 0;
        loop {
            let server = world.server().clone();
            let phone = world.phone();
            let code = format!("doctor-02:{lost:?}-{cut}");
            phone.engine.enrol(&"http://server".parse().unwrap(), &code, "phone").await.unwrap();
            phone.engine.sync_within(1).await.unwrap();
            phone.learnt_to_take_little(3).await;
            for i in 0..150 {
                phone.log(&format!("察雅 {i}"), i).await;
            }
            // The line is dead from this request on, until the next sync.
            phone.mishaps(move |n| (n >= cut).then_some(lost));
            let report = phone.engine.sync().await.unwrap();
            let whole = report.error.is_none();
            assert_eq!(report.answered_all, whole, "{report:?}");
            assert!(whole || report.not_reached(), "{report:?}");
            phone.mishaps(|_| None);
            phone.synced().await;
            let fresh = world.server().feeds.values().map(Vec::len).sum::<usize>();
            assert_eq!(fresh, 450, "cut at {cut}: each change once");
            let mut all = phone.records().await;
            all.retain(|record| expected.contains(record));
            assert_eq!(all, expected, "cut at {cut}");
            *world.server() = server;
            if whole {
                break;
            }
            cut += 1;
        }
        assert!(cut > 2, "there were several requests to cut");
    }
}

#[tokio::test]
async fn a_lost_answer_is_a_duplicate_the_next_time() {
    let mut world = World::new();
    let phone = world.enrolled("doctor-01").await;
    let record = phone.log("嘎托镇", 40).await;
    phone.mishaps(|n| (n == 0).then_some(Mishap::AnswerLost));
    let report = phone.synced().await;
    assert_eq!((report.requests, report.duplicate, report.accepted), (2, 1, 0));
    assert_eq!(phone.shown(record).await.receipt.word(), "on_the_server");
    assert!(!phone.store.sync_state().await.unwrap().unanswered);
    // An edit now refers to the position that the duplicate told.
    phone.set(record, "patients_seen", "41").await;
    assert_eq!(phone.synced().await.accepted, 1);
}

#[tokio::test]
async fn budgets_shrink_on_failure_and_grow_while_there_is_more() {
    let mut world = World::new();
    let phone = world.enrolled("doctor-01").await;
    phone.learnt_to_take_little(2).await;
    let start = budgets(&phone).await.0;
    assert_eq!(start, Budget::START.bytes() / 16);
    for i in 0..200 {
        phone.log(&format!("嘎托镇 {i}"), i).await;
    }
    phone.mishaps(|n| (n < 2).then_some(Mishap::Busy));
    let report = phone.synced().await;
    assert_eq!(report.accepted, 200);
    let sizes = phone.link.sizes.lock().unwrap().clone();
    assert!(sizes[0] > sizes[1] && sizes[1] > sizes[2], "{sizes:?}");
    assert!(sizes[4] > sizes[3] && sizes[3] > sizes[2], "{sizes:?}");
    assert_eq!(phone.slept().len(), 2);
    assert!(budgets(&phone).await.0 >= start);

    // Three tries in a row, then the sync ends with its work kept.
    phone.log("late", 1).await;
    phone.mishaps(|_| Some(Mishap::RequestLost));
    let report = phone.engine.sync().await.unwrap();
    assert_eq!((report.requests, report.not_reached(), report.pushed), (3, true, 0));
    assert_eq!(phone.engine.status().await.unwrap().waiting, 1);
    assert_eq!(budgets(&phone).await.1, Budget::LEAST, "five failures, each a quarter");
}

#[tokio::test]
async fn a_busy_server_is_asked_again_when_it_says_for_as_much() {
    let mut world = World::new();
    let phone = world.enrolled("doctor-01").await;
    let before = budgets(&phone).await;
    phone.log("嘎托镇", 40).await;
    phone.mishaps(|n| (n < 2).then_some(Mishap::ComeAgain(20)));
    let report = phone.synced().await;
    assert_eq!((report.requests, report.accepted), (3, 1));
    assert_eq!(budgets(&phone).await, before);
    let slept = phone.slept();
    let jittered = Duration::from_secs(10)..=Duration::from_secs(30);
    assert!(slept.len() == 2 && slept.iter().all(|pause| jittered.contains(pause)), "{slept:?}");
}

#[tokio::test]
async fn a_proxy_that_takes_little_gets_little() {
    let mut world = World::new();
    let phone = world.enrolled("doctor-01").await;
    for i in 0..200 {
        phone.log(&format!("{i} {}", "镇".repeat(60)), i).await;
    }
    phone.mishaps(|_| Some(Mishap::TooLarge(1_500)));
    let report = phone.synced().await;
    assert_eq!(report.accepted, 200);
    // One that takes nothing is an error, not a loop.
    phone.log("late", 1).await;
    phone.mishaps(|_| Some(Mishap::TooLarge(0)));
    let report = phone.engine.sync().await.unwrap();
    assert_eq!(report.error.unwrap().to_string(), "the server said: HTTP status 413");
    assert_eq!(phone.engine.status().await.unwrap().waiting, 1);
}

#[tokio::test]
async fn an_old_record_changed_by_others_is_put_together_from_pages_in_any_order() {
    let (mut world, author) = world_with(150).await;
    let oldest = author.engine.list(&Default::default()).await.unwrap().pop().unwrap();
    assert_eq!(oldest.values["patients_seen"], 0);
    author.set(oldest.id, "patients_seen", "77").await;
    author.synced().await;
    // The edit stands in the newest page, the record's beginning in the oldest.
    let phone = world.enrolled("doctor-02").await;
    assert_eq!(phone.shown(oldest.id).await.values["patients_seen"], 77);
    assert_eq!(phone.records().await, author.records().await);
}
