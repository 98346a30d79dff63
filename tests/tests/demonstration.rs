//! `cairn-server demo --exit`: the command that a new user runs first.

use std::path::Path;

use cairn_server::{
    briefing::{self, Asked, Block, Language, Span, plain},
    clock,
    demo::plan::{PREFECTURE, Plan, YEAR},
    report::Period,
    store::{Engine, unit},
};
use cairn_tests::{place, run, run_on};
use serde_json::Value;

fn demo(engine: Engine, data: &Path, seed: u64) -> Value {
    let place = place(engine, data);
    run_on(&place, &["demo", "--exit", "--json", "--listen", "127.0.0.1:0", "--seed", &seed.to_string()]).well().json()
}

#[test]
fn one_seed_gives_the_same_record_states_on_both_databases_and_on_every_device() {
    let home = tempfile::tempdir().unwrap();
    let [first, second] =
        [(Engine::Sqlite, "a"), (Engine::Postgres, "b")].map(|(engine, name)| demo(engine, &home.path().join(name), 1));
    assert_eq!(first["state"], second["state"]);
    assert_eq!(first["devices"], second["devices"]);
    assert!(first["devices"].as_object().unwrap().len() > 33);
    assert!(first["state"].as_str().unwrap().len() == 64);
    for figure in first["totals"].as_array().unwrap() {
        assert_eq!(figure["expected"], figure["merged"], "{figure}");
    }
    assert!(first["conflicts"].as_u64().unwrap() >= 5 && first["duplicates"].as_u64().unwrap() >= 10);
    assert!(first["refused"].as_u64().unwrap() >= 1);
    assert!(!first["held"].as_object().unwrap().is_empty());
}

/// The briefing that the prefecture's office prints holds every figure of the year: each in a cell that leads to its records, and
/// the two changes in percent beside theirs.
#[expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]
async fn briefing_shows_every_expected_total(data: &Path, seed: u64) {
    let store = place(Engine::Sqlite, data).open().await.unwrap();
    let plan = Plan::new(seed);
    for language in Language::ALL {
        let mut tx = store.read().await.unwrap();
        let unit = unit::find(&mut tx, &PREFECTURE.parse().unwrap()).await.unwrap().unwrap();
        let period = Period { from: YEAR.0.parse().unwrap(), to: YEAR.1.parse().unwrap() };
        let asked = Asked { unit, period, language, worker: None };
        let made = briefing::make(&store, &mut tx, asked, clock::now(), None).await.unwrap();
        let tables = made.blocks.iter().filter_map(|block| match block {
            Block::Table { rows, .. } => Some(rows),
            _ => None,
        });
        let rows: Vec<&Vec<Vec<Span>>> = tables.flatten().collect();
        let mut changes = Vec::new();
        assert_eq!(plan.expected.len(), 22);
        for total in &plan.expected {
            let is_it = |span: &Span| {
                span.records.as_ref().is_some_and(|records| {
                    records.unit.as_str() == total.unit.unwrap_or(PREFECTURE)
                        && (records.from.to_string(), records.to.to_string()) == (total.from.into(), total.to.into())
                        && records.measure.as_ref().is_some_and(|measure| measure.as_str() == total.measure)
                })
            };
            let shown: Vec<(&str, String)> = rows
                .iter()
                .filter_map(|row| {
                    let cell = row.iter().flatten().find(|span| is_it(span))?;
                    Some((cell.text.as_str(), row.last().map(|cell| plain(cell)).unwrap_or_default()))
                })
                .collect();
            let expected = thousands(total.value);
            assert!(!shown.is_empty(), "{language:?}: nothing leads to the records of {}", total.label_en);
            assert!(shown.iter().all(|(text, _)| *text == expected), "{}: {expected}, not {shown:?}", total.label_en);
            changes.extend(shown.iter().map(|(_, change)| change.clone()).filter(|change| change.ends_with('%')));
        }
        changes.sort_unstable();
        changes.dedup();
        assert_eq!(changes, ["+109 %", "+91 %"], "{language:?}");
    }
}

/// A number as briefings write it.
fn thousands(value: i64) -> String {
    let digits: Vec<char> = value.to_string().chars().rev().collect();
    let groups: Vec<String> = digits.chunks(3).map(|chunk| chunk.iter().collect()).collect();
    groups.join(",").chars().rev().collect()
}

#[tokio::test]
async fn other_seeds_give_other_years_and_the_same_totals_and_their_briefing_shows_them() {
    let home = tempfile::tempdir().unwrap();
    let told: Vec<Value> = (2..4).map(|seed| demo(Engine::Sqlite, &home.path().join(seed.to_string()), seed)).collect();
    let totals = |v: &Value| -> Vec<i64> {
        v["totals"].as_array().unwrap().iter().map(|f| f["merged"].as_i64().unwrap()).collect()
    };
    assert_eq!(totals(&told[0]).len(), 22);
    assert!(told.iter().all(|t| totals(t) == totals(&told[0])));
    assert_ne!(told[0]["state"], told[1]["state"]);
    briefing_shows_every_expected_total(&home.path().join("3"), 3).await;
}

#[test]
fn a_directory_that_holds_something_else_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("thesis.txt"), "years of work").unwrap();
    run("cairn-server", ["demo", "--exit", "--data", home.path().to_str().unwrap()]).failed(1, "left alone");
    assert_eq!(std::fs::read_to_string(home.path().join("thesis.txt")).unwrap(), "years of work");
}
