//! Two people at once.

use crate::world::{Mishap, World, name};

#[tokio::test]
async fn both_values_of_a_conflict_are_kept_with_their_authors_until_somebody_chooses() {
    let mut world = World::new();
    let (a, b) = (world.enrolled("doctor-01").await, world.enrolled("doctor-02").await);
    let record = a.log("嘎托镇", 40).await;
    a.synced().await;
    b.synced().await;
    a.set(record, "patients_seen", "41").await;
    b.set(record, "patients_seen", "42").await;
    b.set(record, "notes", "高血压").await;
    for phone in [&a, &b, &a] {
        phone.synced().await;
    }
    assert_eq!(a.records().await, b.records().await);
    let shown = a.shown(record).await;
    let [conflict] = shown.conflicts.as_slice() else { panic!("{shown:?}") };
    let mut values: Vec<_> = conflict.values.iter().map(|v| (v.value.as_i64(), v.author.clone().unwrap())).collect();
    values.sort();
    assert_eq!(values, [(Some(41), name("doctor-01")), (Some(42), name("doctor-02"))]);
    assert_eq!(shown.values["notes"], "高血压", "another field is no conflict");

    let reviewer = world.enrolled("reviewer").await;
    reviewer.set(record, "patients_seen", "42").await;
    for phone in [&reviewer, &a, &b] {
        phone.synced().await;
    }
    let (at_a, at_b) = (a.shown(record).await, b.shown(record).await);
    assert!(at_a.conflicts.is_empty());
    assert_eq!((&at_a.values["patients_seen"], &at_a.values), (&42.into(), &at_b.values));
}

#[tokio::test]
async fn a_tally_counted_on_two_devices_adds_up() {
    use cairn_client::engine::{Answers, NewRecord};
    let mut world = World::new();
    let (a, b) = (world.enrolled("doctor-01").await, world.enrolled("doctor-02").await);
    let answers = [("on", "2021-03-15"), ("department", "内科"), ("visits", "10")];
    let answers = Answers::Typed(answers.map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec());
    let new = NewRecord { form: "clinic.outpatient_day".into(), unit: None, answers, allow_faults: false };
    let record = a.engine.create(&new).await.unwrap().id;
    a.synced().await;
    b.synced().await;
    a.set(record, "visits", "+3").await;
    b.set(record, "visits", "＋4").await;
    b.set(record, "visits", "-1").await;
    for phone in [&a, &b, &a] {
        phone.synced().await;
    }
    assert_eq!(a.shown(record).await.values["visits"], 16);
    assert!(a.shown(record).await.conflicts.is_empty());
    assert_eq!(a.records().await, b.records().await);
}

#[tokio::test]
async fn work_saved_while_a_sync_is_under_way_is_not_overwritten() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let record = a.log("嘎托镇", 1).await;
    // Another program on the same store writes while each request is on the line.
    let other = world.phone_on(a.store.clone());
    a.mishaps(|n| (n == 1).then_some(Mishap::AnswerLost));
    let (report, ()) = tokio::join!(a.engine.sync(), async {
        for i in 2..20 {
            other.set(record, "patients_seen", &i.to_string()).await;
            tokio::task::yield_now().await;
        }
    });
    assert!(report.unwrap().error.is_none());
    a.synced().await;
    let b = world.enrolled("doctor-02").await;
    assert_eq!(b.shown(record).await.values["patients_seen"], 19);
    assert_eq!(a.records().await, b.records().await);
    assert_eq!(a.engine.history(record).await.unwrap().len(), 19);
}
