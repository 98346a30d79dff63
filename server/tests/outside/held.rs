//! Deciding about held changes at a terminal, while the server works on the same store.

use cairn_server::auth::Role;
use serde_json::{Value as Json, json};
use sync_core::{
    crdt::Change,
    record::{Edit, Value},
    wire::Outcome,
};

use crate::{
    both::Engine,
    county::{County, Phone, outreach},
    on_both,
};

on_both![
    an_admitted_change_counts_at_once,
    a_rejected_change_stays_out_with_its_reason,
    a_change_that_is_not_held_is_named,
];

const MARCH: &str = "/api/v1/summary?unit=markam&from=2021-03-01&to=2021-03-31";

async fn benefited(county: &County, token: &str) -> Json {
    county.answer(MARCH, token).await["rows"][0]["measures"]["people_benefited"].take()
}

/// A county, and an observer's change that sets 40 patients to `patients`, which is held.
async fn with_held(engine: Engine, patients: i64) -> (County, String, Phone, Change) {
    let mut county = County::new(engine).await;
    let token = county.user("doctor-03", Role::Recorder, "markam").await;
    county.user("guest-01", Role::Observer, "markam").await;
    let (phone, guest) = (county.phone("doctor-03").await, county.phone("guest-01").await);
    let mut record = county.log(&phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-15", 40)).await;
    let pen = county.pen(&guest);
    let set = Edit::Set("patients_seen".parse().unwrap(), Value::Integer(patients));
    let change = record.edit(&[set], pen).unwrap();
    assert!(matches!(county.push(&guest, "markam-hospital", &change).await, Outcome::Held(_)));
    (county, token, guest, change)
}

async fn an_admitted_change_counts_at_once(engine: Engine) {
    let (county, token, guest, change) = with_held(engine, 41).await;
    let program = county.program();
    let hash = change.hash().to_string();
    let listed = program.json(&["admin", "held", "list"]);
    let held = &listed["held"][0];
    assert_eq!((&held["change"], &held["username"]), (&json!(hash), &json!("guest-01")));
    assert_eq!((&held["unit"], &held["reason"]), (&json!("markam-hospital"), &json!("no_permission")));
    assert!(program.run(&["admin", "held", "list"]).stdout.starts_with(&hash));
    assert_eq!(benefited(&county, &token).await, 40);

    let admitted = program.json(&["admin", "held", "admit", &hash]);
    assert_eq!(admitted, json!({"change": hash, "outcome": "accepted"}));
    assert_eq!(benefited(&county, &token).await, 41);
    assert_eq!(program.json(&["admin", "held", "list"]), json!({"held": []}));
    assert!(matches!(county.push(&guest, "markam-hospital", &change).await, Outcome::Duplicate { .. }));
    program.fails(&["admin", "held", "reject", &hash, "--reason", "too late"], 1, &format!("no held change {hash}"));
    assert_eq!(program.json(&["verify"])["differences"], json!([]));
}

async fn a_rejected_change_stays_out_with_its_reason(engine: Engine) {
    let (county, token, guest, change) = with_held(engine, 41).await;
    let program = county.program();
    let hash = change.hash().to_string();
    program.fails(&["admin", "held", "reject", &hash, "--reason", " "], 1, "with a reason: 1 to 200 characters");
    program.fails(&["admin", "held", "reject", &hash, "--reason", &"x".repeat(201)], 1, "1 to 200 characters");
    let rejected = program.json(&["admin", "held", "reject", &hash, "--reason", "not your record"]);
    assert_eq!(rejected, json!({"change": hash, "outcome": "rejected"}));
    assert_eq!(benefited(&county, &token).await, 40);
    assert_eq!(program.json(&["admin", "held", "list"]), json!({"held": []}));
    let again = county.push(&guest, "markam-hospital", &change).await;
    let Outcome::Refused(reason) = again else { panic!("{again:?}") };
    assert_eq!(reason.detail, "not your record");
    assert_eq!(program.json(&["verify"])["differences"], json!([]));
}

async fn a_change_that_is_not_held_is_named(engine: Engine) {
    let county = County::new(engine).await;
    let program = county.program();
    let unknown = "ab".repeat(32);
    program.fails(&["admin", "held", "admit", &unknown], 1, &format!("no held change {unknown}"));
    program.fails(&["admin", "held", "reject", &unknown, "--reason", "x"], 1, &format!("no held change {unknown}"));
    program.fails(&["admin", "held", "admit", "abc"], 1, "\"abc\" is not a valid change hash");
}
