//! Writing and reading without a network.

use cairn_client::{
    Error,
    engine::{Answers, BadRow, ImportRow, NewRecord},
    store::RecordFilter,
};
use sync_core::gate::Roles;

use crate::world::{HOSPITAL, Mishap, SCHOOL, World, outreach};

fn typed(pairs: &[(&str, &str)]) -> Answers {
    Answers::Typed(pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect())
}

#[tokio::test]
async fn nothing_but_sync_and_enrol_touches_the_network() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    a.mishaps(|_| Some(Mishap::RequestLost));
    let record = a.log("嘎托镇", 1).await;
    a.set(record, "patients_seen", "2").await;
    a.engine.comment(record, "好").await.unwrap();
    a.engine.list(&RecordFilter::default()).await.unwrap();
    a.shown(record).await;
    a.engine.history(record).await.unwrap();
    a.engine.status().await.unwrap();
    assert_eq!((a.requests(), a.engine.forms().await.unwrap().len(), a.engine.units().await.unwrap().len()), (0, 2, 3));
    a.log("如美镇", 1).await;
    let status = a.engine.status().await.unwrap();
    assert_eq!((status.waiting, status.waiting_records), (4, 2));
}

#[tokio::test]
async fn two_events_with_the_same_answers_in_the_same_millisecond_are_two_records() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    a.log("嘎托镇", 1).await;
    a.log("嘎托镇", 1).await;
    let row = |line| Ok(ImportRow { line, record: outreach("嘎托镇", 1) });
    assert_eq!(a.engine.import([row(1), row(2)]).await.unwrap().imported, 2);
    assert_eq!(a.records().await.len(), 4);
}

#[tokio::test]
async fn every_fault_is_named_and_nothing_is_saved() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let try_with = |pairs: &[(&str, &str)]| {
        let answers = typed(pairs);
        NewRecord { form: "clinic.outreach".into(), unit: None, answers, allow_faults: false }
    };
    let new = try_with(&[("on", "2021-02-30"), ("patients_seen", "-1"), ("colour", "red")]);
    let error = a.engine.create(&new).await.unwrap_err();
    assert_eq!(error.code(), "faults");
    let said = error.to_string();
    for part in [
        "on: must be a day",
        "patients_seen: must be at least 0",
        "colour: the form has no such field",
        "place: an answer is required",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(said.matches("patients_seen").count(), 1, "{said}");
    // A draft may lack answers, but not hold what cannot be read.
    let draft = NewRecord { allow_faults: true, ..try_with(&[("on", "2021-03-01")]) };
    let saved = a.engine.create(&draft).await.unwrap();
    assert_eq!(saved.faults.len(), 2);
    let unreadable = NewRecord { allow_faults: true, ..try_with(&[("patients_seen", "many")]) };
    assert_eq!(a.engine.create(&unreadable).await.unwrap_err().code(), "faults");
    // Old faults do not stand in the way of an edit; new ones do.
    a.set(saved.id, "place", "嘎托镇").await;
    let emptied = a.engine.edit_typed(saved.id, &[("place".into(), String::new())], false).await;
    assert_eq!(emptied.unwrap_err().to_string(), "place: an answer is required");
    assert_eq!(a.records().await.len(), 1);
    assert_eq!(a.shown(saved.id).await.values["place"], "嘎托镇");
}

#[tokio::test]
async fn a_record_needs_a_unit_where_its_author_may_write() {
    let mut world = World::new();
    let recorder = Roles { recorder: true, ..Roles::default() };
    let observer = Roles { observer: true, ..Roles::default() };
    world.grant("both", &[(HOSPITAL, recorder), (SCHOOL, recorder)]);
    world.grant("guest", &[("markam", observer)]);
    world.grant("nobody", &[]);
    let both = world.enrolled("both").await;
    let guest = world.enrolled("guest").await;
    let nobody = world.enrolled("nobody").await;
    let at = |unit: &str| NewRecord { unit: Some(unit.into()), ..outreach("x", 1) };
    assert!(
        matches!(both.engine.create(&outreach("x", 1)).await, Err(Error::UnitNeeded { choices }) if choices.len() == 2)
    );
    both.engine.create(&at(SCHOOL)).await.unwrap();
    assert_eq!(both.engine.create(&at("riwoqe")).await.unwrap_err().code(), "unknown_unit");
    assert_eq!(both.engine.create(&at("markam")).await.unwrap_err().code(), "no_permission_here");
    assert_eq!(guest.engine.create(&at(HOSPITAL)).await.unwrap_err().code(), "no_permission_here");
    assert_eq!(nobody.engine.create(&outreach("x", 1)).await.unwrap_err().code(), "unit_needed");
    let unknown = NewRecord { form: "clinic.Nothing".into(), ..at(SCHOOL) };
    assert_eq!(both.engine.create(&unknown).await.unwrap_err().code(), "unknown_form");
    // Whoever reads may comment, and no more.
    both.engine.create(&at(HOSPITAL)).await.unwrap();
    both.synced().await;
    guest.synced().await;
    let record = guest.engine.list(&RecordFilter::default()).await.unwrap()[0].id;
    guest.engine.comment(record, "?").await.unwrap();
    let edit = guest.engine.edit_typed(record, &[("notes".into(), "x".into())], true).await;
    assert_eq!(edit.unwrap_err().code(), "no_permission_here");
    let below = RecordFilter { units: vec!["markam".parse().unwrap()], ..RecordFilter::default() };
    assert_eq!(guest.engine.list(&below).await.unwrap().len(), 2, "a unit stands for all below it");
}

#[tokio::test]
async fn records_are_found_by_the_beginning_of_their_names() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let record = a.log("嘎托镇", 1).await;
    let name = record.to_string();
    for text in [name.as_str(), &name[..8], &name[..4], &name.to_uppercase()] {
        assert_eq!(a.engine.find(text).await.unwrap(), record, "{text}");
    }
    for text in ["", &name[..3], "zzzz", "ffffffff", "a record"] {
        assert_eq!(a.engine.find(text).await.unwrap_err().code(), "no_such_record", "{text}");
    }
    let mut by_beginning: std::collections::BTreeMap<String, u32> = Default::default();
    for i in 0..400 {
        let id = a.log("x", i).await;
        *by_beginning.entry(id.to_string()[..4].to_owned()).or_default() += 1;
    }
    let twice = by_beginning.iter().find(|(_, n)| **n > 1).map(|(beginning, _)| beginning.clone());
    if let Some(beginning) = twice {
        assert_eq!(a.engine.find(&beginning).await.unwrap_err().code(), "ambiguous_record");
    }
}

#[tokio::test]
async fn an_import_keeps_the_good_rows_and_names_the_bad() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let rows = (1..=250u64).map(|line| match line {
        77 => Err(BadRow { line, error: "not a row".into() }),
        _ => {
            let patients = if line % 100 == 3 { "-5".to_owned() } else { line.to_string() };
            let answers = typed(&[("on", "2021-03-01"), ("place", "x"), ("patients_seen", &patients)]);
            Ok(ImportRow { line, record: NewRecord { answers, ..outreach("", 0) } })
        }
    });
    let report = a.engine.import(rows.collect::<Vec<_>>()).await.unwrap();
    assert_eq!((report.imported, report.stopped), (246, None));
    let lines: Vec<u64> = report.bad.iter().map(|bad| bad.line).collect();
    assert_eq!(lines, [3, 77, 103, 203]);
    assert_eq!(report.bad[0].error, "patients_seen: must be at least 0");
    assert_eq!(a.records().await.len(), 246);
    assert_eq!(a.synced().await.accepted, 246);
}
