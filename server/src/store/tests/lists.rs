//! Lists of records hold what their filters say, whichever index leads and however few rows a request may examine.

use std::collections::BTreeSet;

use sync_core::{
    id::RecordId,
    record::{Edit, Record, Status, Value, Values, Verdict},
};

use crate::{
    auth::Role,
    report::alike,
    store::{
        Engine,
        record_list::{self, Has, RecordFilter},
        record_read::{ListPosition, ReadRow},
        unit,
    },
    testing::{Worker, World, on_both},
};

on_both![every_filter_finds_what_it_says, a_walk_ends_among_records_of_one_moment];

const UNITS: [&str; 4] = ["markam", "markam-hospital", "riwoqe", "changdu"];

/// The record numbered `n`: its worker, unit, day and form come round at different paces, and days do not follow the clock.
async fn log(world: &World, worker: &Worker, n: i64) -> Record {
    let unit = UNITS[usize::try_from(n).unwrap() % 4];
    let form = if n % 5 == 0 { "clinic.outpatient_day" } else { "clinic.outreach" };
    let text = |text: String| Value::Text(text);
    let mut values: Values = match form {
        "clinic.outreach" => [
            ("place".parse().unwrap(), text(format!("第{}村", n % 7))),
            // None of some, so that they add nothing.
            ("patients_seen".parse().unwrap(), Value::Integer(n % 3 * 10)),
        ]
        .into(),
        _ => [("department".parse().unwrap(), text("内科".into())), ("visits".parse().unwrap(), Value::Integer(n))]
            .into(),
    };
    if n % 11 != 0 {
        values.insert("on".parse().unwrap(), text(format!("2021-03-{:02}", 1 + n * 5 % 9)));
    }
    let (record, change) = worker.record(form, unit, &values, n * 17 % 40 / 2 * 1_000);
    world.push(worker, unit, &[&change]).await;
    record
}

async fn filled(engine: Engine) -> World {
    let world = World::new(engine).await;
    let workers = [
        world.worker("doctor-03", Role::Recorder, "changdu").await,
        world.worker("doctor-04", Role::Recorder, "changdu").await,
    ];
    let reviewer = world.worker("reviewer-01", Role::Reviewer, "changdu").await;
    world.worker("observer-01", Role::Observer, "markam").await;
    world.worker("observer-02", Role::Observer, "markam-hospital").await;
    world.grant("observer-02", Role::Observer, "riwoqe").await;
    let mut lost = world.worker("doctor-05", Role::Recorder, "changdu").await;
    world.revoke(&mut lost).await;
    for n in 0..48 {
        let worker = &workers[usize::try_from(n).unwrap() % 2];
        let record = log(&world, worker, n).await;
        let (one, mut other) = (record.clone(), record.clone());
        let unit = UNITS[usize::try_from(n).unwrap() % 4];
        let verdict = match n % 6 {
            1 => Some(Verdict::Approved),
            2 => Some(Verdict::Returned),
            3 => Some(Verdict::Void),
            _ => None,
        };
        if let Some(verdict) = verdict {
            let mut reviewed = record.clone();
            let change = reviewed.review(verdict, "x", None, reviewer.pen(1)).unwrap();
            world.push(&reviewer, unit, &[&change]).await;
        }
        if n % 7 == 2 {
            let change = one.clone().comment("好", reviewer.pen(2)).unwrap();
            world.push(&reviewer, unit, &[&change]).await;
        }
        if n % 8 == 4 {
            for (hand, value) in [(&workers[0], 500), (&workers[1], 501)] {
                let edit = Edit::Set("notes".parse().unwrap(), Value::Text(value.to_string()));
                let place = Edit::Set("place".parse().unwrap(), Value::Text(value.to_string()));
                let edit = if n % 5 == 0 { edit } else { place };
                let mut record = record.clone();
                if let Ok(change) = record.edit(&[edit], hand.pen(3)) {
                    world.push(hand, unit, &[&change]).await;
                }
            }
        }
        if n % 9 == 3 {
            let change = other.comment("?", lost.pen(4)).unwrap();
            world.push(&lost, unit, &[&change]).await;
        }
    }
    // Of these there are two.
    for n in [10, 16] {
        log(&world, &workers[1], n).await;
    }
    world.is_right().await;
    world
}

fn all(reader: &str) -> RecordFilter {
    RecordFilter {
        reader: reader.parse().unwrap(),
        below: None,
        alone: false,
        form: None,
        sector: None,
        from: None,
        to: None,
        status: None,
        has: None,
        worker: None,
        text: None,
        measure: None,
        counted: false,
    }
}

/// All that is found, and in how many requests.
async fn walk(world: &World, filter: &RecordFilter, limit: usize, examined: i64) -> (Vec<ReadRow>, usize) {
    let (mut found, mut after) = (Vec::new(), ListPosition::START);
    for request in 1..1_000 {
        let mut tx = world.store.read().await.unwrap();
        let page = record_list::page_within(&mut tx, filter, after, limit, examined).await.unwrap();
        assert!(page.rows.len() <= limit);
        found.extend(page.rows);
        match page.next {
            Some(next) => after = next,
            None => return (found, request),
        }
    }
    panic!("a walk does not end: {filter:?}");
}

/// What a record adds to which measure.
async fn contributions(world: &World) -> Vec<(RecordId, String)> {
    let mut tx = world.store.read().await.unwrap();
    let sql = "SELECT id, COALESCE(contribution, '') FROM records";
    let rows: Vec<(Vec<u8>, String)> = sqlx::query_as(sql).fetch_all(tx.conn()).await.unwrap();
    rows.into_iter().map(|(id, text)| (RecordId::try_from(id.as_slice()).unwrap(), text)).collect()
}

async fn every_filter_finds_what_it_says(engine: Engine) {
    let world = filled(engine).await;
    let (rows, _) = walk(&world, &all("reviewer-01"), 1_000, 4_000).await;
    assert_eq!(rows.len(), 50);
    assert!(rows.is_sorted_by_key(|row| std::cmp::Reverse((row.position.created_ms, row.position.id))));
    let adds = contributions(&world).await;
    let adds = |row: &ReadRow| adds.iter().find(|(id, _)| *id == row.id).map(|(_, adds)| adds.as_str()).unwrap();
    let day = |text: &str| Some(text.parse().unwrap());
    let path = async |code: &str| {
        let mut tx = world.store.read().await.unwrap();
        Some(unit::find(&mut tx, &code.parse().unwrap()).await.unwrap().unwrap().path)
    };
    let (markam, hospital) = (path("markam").await, path("markam-hospital").await);
    type Narrow<'a> = Box<dyn Fn(&mut RecordFilter) + 'a>;
    type Model<'a> = Box<dyn Fn(&ReadRow) -> bool + 'a>;
    macro_rules! part {
        (|$f:ident| $set:expr, |$r:ident| $holds:expr) => {
            (Box::new(|$f: &mut RecordFilter| $set) as Narrow<'_>, Box::new(|$r: &ReadRow| $holds) as Model<'_>)
        };
    }
    let twin = |row: &ReadRow| {
        let is_twin = |other: &&ReadRow| {
            other.id != row.id
                && other.unit == row.unit
                && other.on == row.on
                && other.on.is_some()
                && other.form == row.form
        };
        let counts = |row: &&ReadRow| row.status != "void";
        counts(&row) && rows.iter().filter(is_twin).filter(counts).any(|other| alike(&row.values, &other.values))
    };
    let two = ["markam-hospital", "riwoqe"];
    // Of each group one part is chosen.
    let groups: [Vec<(Narrow<'_>, Model<'_>)>; 6] = [
        vec![
            part!(|_f| (), |_r| true),
            part!(|f| f.below.clone_from(&markam), |r| r.unit.as_str().starts_with("markam")),
            part!(|f| f.below.clone_from(&hospital), |r| r.unit.as_str() == "markam-hospital"),
            part!(|f| f.reader = "observer-01".parse().unwrap(), |r| r.unit.as_str().starts_with("markam")),
            part!(|f| f.reader = "observer-02".parse().unwrap(), |r| two.contains(&r.unit.as_str())),
            part!(|f| f.reader = "nobody".parse().unwrap(), |_r| false),
            part!(|f| (f.alone, f.below) = (true, markam.clone()), |r| r.unit.as_str() == "markam"),
        ],
        vec![
            part!(|_f| (), |_r| true),
            part!(|f| (f.from, f.to) = (day("2021-03-02"), day("2021-03-04")), |r| {
                r.on.is_some_and(|on| ("2021-03-02".parse().unwrap()..="2021-03-04".parse().unwrap()).contains(&on))
            }),
            part!(|f| f.from = day("2021-03-07"), |r| r.on.is_some_and(|on| on >= "2021-03-07".parse().unwrap())),
            part!(|f| (f.from, f.to) = (day("2022-01-01"), day("2022-01-31")), |_r| false),
        ],
        vec![
            part!(|_f| (), |_r| true),
            part!(|f| f.form = Some("clinic.outpatient_day".parse().unwrap()), |r| r.form.as_str()
                == "clinic.outpatient_day"),
            part!(|f| f.measure = Some("people_benefited".parse().unwrap()), |r| adds(r).contains("people_benefited")),
            part!(|f| f.measure = Some("records".parse().unwrap()), |r| !adds(r).is_empty()),
            part!(|f| f.measure = Some("measures".parse().unwrap()), |_r| false),
            part!(|f| f.counted = true, |r| !adds(r).is_empty()),
            part!(|f| f.sector = Some("clinic".into()), |r| r.form.as_str().starts_with("clinic.")),
            part!(|f| f.sector = Some("school".into()), |_r| false),
            part!(
                |f| (f.sector, f.measure) = (Some("clinic".into()), Some("people_benefited".parse().unwrap())),
                |r| adds(r).contains("people_benefited")
            ),
        ],
        vec![
            part!(|_f| (), |_r| true),
            part!(|f| f.worker = Some("doctor-04".parse().unwrap()), |r| r.worker.as_str() == "doctor-04"),
        ],
        vec![
            part!(|_f| (), |_r| true),
            part!(|f| f.status = Some(Status::Open), |r| r.status == "open"),
            part!(|f| f.status = Some(Status::Returned), |r| r.status == "returned"),
        ],
        vec![
            part!(|_f| (), |_r| true),
            part!(|f| f.has = Some(Has::Conflict), |r| r.conflicts != serde_json::json!([])),
            part!(|f| f.has = Some(Has::Fault), |r| r.faults != serde_json::json!([])),
            part!(|f| f.has = Some(Has::Comment), |r| r.comments > 0),
            part!(|f| f.has = Some(Has::Held), |r| r.held > 0),
            part!(|f| f.has = Some(Has::Duplicate), |r| twin(r)),
            part!(|f| f.text = Some("第4村".into()), |r| r.values.to_string().contains("第4村")),
        ],
    ];
    let mut met: BTreeSet<(usize, usize)> = BTreeSet::new();
    let counts: Vec<usize> = groups.iter().map(Vec::len).collect();
    for number in 0..counts.iter().product() {
        let (mut rest, mut chosen) = (number, Vec::new());
        for count in &counts {
            chosen.push(rest % count);
            rest /= count;
        }
        // All of few, and some of the others.
        let narrowing = chosen.iter().filter(|part| **part > 0).count();
        if narrowing > 2 && number % 13 != 0 {
            continue;
        }
        let mut filter = all("reviewer-01");
        let parts: Vec<_> = groups.iter().zip(&chosen).map(|(group, part)| &group[*part]).collect();
        parts.iter().for_each(|(narrow, _)| narrow(&mut filter));
        let fits = |row: &&ReadRow| parts.iter().all(|(_, model)| model(row));
        let expected: Vec<&ReadRow> = rows.iter().filter(fits).collect();
        if !expected.is_empty() {
            met.extend(chosen.iter().copied().enumerate());
        }
        for (limit, examined) in [(1_000, 4_000), (3, 4), (5, 1)] {
            let (found, _) = walk(&world, &filter, limit, examined).await;
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{limit} of {examined}: {filter:?}");
        }
    }
    let empty = [(0, 5), (1, 3), (2, 4), (2, 7)];
    for (group, count) in counts.into_iter().enumerate() {
        for part in 0..count {
            assert!(met.contains(&(group, part)) != empty.contains(&(group, part)), "{group}, {part}: tells nothing");
        }
    }
}

async fn a_walk_ends_among_records_of_one_moment(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "changdu").await;
    let changes: Vec<_> = (0..20).map(|n| worker.outreach("markam", n, 7).1).collect();
    world.push(&worker, "markam", &changes.iter().collect::<Vec<_>>()).await;
    let filter = RecordFilter { status: Some(Status::Open), counted: true, ..all("doctor-03") };
    for (limit, examined) in [(1, 1), (3, 2), (50, 5)] {
        let (found, requests) = walk(&world, &filter, limit, examined).await;
        let different: BTreeSet<RecordId> = found.iter().map(|row| row.id).collect();
        assert_eq!((found.len(), different.len()), (20, 20), "{limit} of {examined}");
        assert!(requests <= 22, "{requests}");
    }
}
