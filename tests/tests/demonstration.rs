//! `cairn-server demo --exit`: the command that a new user runs first.

use std::path::Path;

use cairn_server::store::Engine;
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

#[test]
fn other_seeds_give_other_years_and_the_same_totals() {
    let home = tempfile::tempdir().unwrap();
    let told: Vec<Value> = (2..5).map(|seed| demo(Engine::Sqlite, &home.path().join(seed.to_string()), seed)).collect();
    let totals = |v: &Value| -> Vec<i64> {
        v["totals"].as_array().unwrap().iter().map(|f| f["merged"].as_i64().unwrap()).collect()
    };
    assert_eq!(totals(&told[0]).len(), 22);
    assert!(told.iter().all(|t| totals(t) == totals(&told[0])));
    assert!(told[0]["state"] != told[1]["state"] && told[1]["state"] != told[2]["state"]);
}

#[test]
fn a_directory_that_holds_something_else_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("thesis.txt"), "years of work").unwrap();
    run("cairn-server", ["demo", "--exit", "--data", home.path().to_str().unwrap()]).failed(1, "left alone");
    assert_eq!(std::fs::read_to_string(home.path().join("thesis.txt")).unwrap(), "years of work");
}
