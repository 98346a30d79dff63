//! `verify` finds what was tampered with, and `rebuild` repairs all that follows from the changes.

use sync_core::record::{Edit, Value};

use crate::{
    auth::Role,
    store::Engine,
    testing::{World, on_both},
};

on_both![
    each_kind_of_difference_is_found_and_what_can_be_is_repaired,
    a_damaged_record_holds_up_no_other_and_loses_nothing,
];

async fn filled(engine: Engine) -> World {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "changdu").await;
    for time in 1..=4 {
        let (mut record, first) = worker.outreach(["markam", "riwoqe"][time as usize % 2], time, time);
        let edit = Edit::Set("patients_seen".parse().unwrap(), Value::Integer(10 * time));
        let second = record.edit(&[edit], worker.pen(time)).unwrap();
        world.push(&worker, "changdu", &[&first, &second]).await;
    }
    world
}

async fn each_kind_of_difference_is_found_and_what_can_be_is_repaired(engine: Engine) {
    let tampered: [(&'static str, &str, bool); 22] = [
        ("UPDATE records SET fields = '{}' WHERE touched = 2", "record", true),
        ("UPDATE records SET status = 'void'", "record", true),
        ("UPDATE records SET contribution = NULL WHERE touched = 4", "record", true),
        ("UPDATE records SET conflicts = 1 WHERE touched = 4", "record", true),
        ("DELETE FROM records WHERE touched = 2", "record", true),
        (
            "INSERT INTO records SELECT org_unit, randomblob(16), form, form_version, worker, created_ms, on_day, status, fields, \
          conflicts, conflicting, faults, faulty, comments, changes, touched, contribution FROM records LIMIT 1",
            "record",
            true,
        ),
        ("UPDATE tallies SET value = value + 1 WHERE measure = 'records'", "tally", true),
        ("DELETE FROM tallies WHERE org_unit = 'markam'", "tally", true),
        ("INSERT INTO tallies VALUES ('changdu', 'clinic.outreach', '2021-03-15', 'records', 1)", "tally", true),
        ("UPDATE worker_tallies SET value = value - 1 WHERE measure = 'people_benefited'", "tally", true),
        ("INSERT INTO worker_tallies VALUES ('riwoqe', '2021-03-15', 'doctor-04', 'records', 1)", "tally", true),
        ("UPDATE month_totals SET totals = 'clinic.outreach:records=3'", "tally", true),
        ("UPDATE worker_month_totals SET totals = ''", "tally", true),
        ("INSERT INTO attention VALUES ('riwoqe', 1, 0, 0, 0)", "tally", true),
        ("DELETE FROM month_totals WHERE org_unit = 'markam'", "tally", true),
        ("UPDATE feeds SET head = 9 WHERE org_unit = 'markam'", "feed", true),
        ("UPDATE feeds SET digest = zeroblob(16)", "feed", true),
        ("UPDATE changes SET digest = zeroblob(16) WHERE position = 3", "change", true),
        ("UPDATE changes SET raw = zeroblob(80) WHERE position = 4", "change", false),
        ("UPDATE changes SET hash = randomblob(32) WHERE position = 4", "change", false),
        ("DELETE FROM changes WHERE position = 2", "change", false),
        ("DELETE FROM actors", "change", false),
    ];
    for (sql, kind, repairs) in tampered {
        let world = filled(engine).await;
        world.is_right().await;
        world.tamper(sql).await;
        let found = world.verified().await.differences;
        assert!(found.iter().any(|difference| difference.kind == kind), "{sql}: {found:?}");
        world.store.rebuild().await.unwrap();
        let left = world.verified().await.differences;
        assert_eq!(left.is_empty(), repairs, "{sql}: {left:?}");
    }
}

async fn a_damaged_record_holds_up_no_other_and_loses_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    let (mut record, first) = worker.outreach("markam", 1, 1);
    world.push(&worker, "markam", &[&first]).await;
    world.tamper("UPDATE changes SET raw = zeroblob(80)").await;
    let late = record.comment("好", worker.pen(2)).unwrap();
    let (_, other) = worker.outreach("markam", 2, 3);
    let outcomes = world.push(&worker, "markam", &[&late, &other]).await;
    assert_eq!(outcomes.iter().map(|outcome| outcome.word()).collect::<Vec<_>>(), ["parked", "accepted"]);
    let found = world.verified().await.differences;
    assert_eq!((found[0].subject.as_str(), found[1].kind), ("markam/1", "record"), "{found:?}");
    assert!(world.store.rebuild().await.unwrap().failed.len() == 1);
}
