//! A district moves from SQLite to PostgreSQL, and its devices notice nothing.

use cairn_server::store::Engine;
use cairn_tests::{Ended, Server, both::address, options, place, run, run_on};
use serde_json::json;

#[test]
fn a_device_syncs_before_and_after_its_server_moves_to_postgres() {
    let home = tempfile::tempdir().unwrap();
    let mut place = place(Engine::Sqlite, &home.path().join("data"));
    let server = Server::start(&place, "127.0.0.1:0");
    let (url, listen) = (server.url.clone(), server.address());
    let admin = |arguments: &[&str]| run_on(&place, &[&["admin"], arguments, &["--json"]].concat()).well().json();
    admin(&["unit", "add", "markam-hospital", "--kind", "clinic", "--name", "县人民医院"]);
    admin(&["user", "add", "doctor-03", "--name", "医生 03", "--role", "recorder", "--unit", "markam-hospital"]);
    let store = home.path().join("phone").display().to_string();
    let cairn = |arguments: &[&str]| -> Ended { run("cairn", [&["--store", &store, "--json"], arguments].concat()) };
    let log = |seen: &str| {
        cairn(&["record", "add", "clinic.outreach", "--on", "2021-05-01", "place=嘎托镇", seen]).well();
    };
    let code = admin(&["enrol", "doctor-03"])["code"].as_str().unwrap().to_owned();
    cairn(&["enrol", &url, &code]).well();
    log("patients_seen=41");
    assert_eq!(cairn(&["sync"]).well().json()["accepted"], json!(1));
    log("patients_seen=9");

    server.kill();
    let from = format!("sqlite://{}", place.data.join("cairn.sqlite").display());
    let to = address(Engine::Postgres, home.path());
    let moved = run("cairn-server", ["migrate-store", "--from", &from, "--to", &to, "--json"]).well().json();
    assert_eq!((&moved["changes"], &moved["records"]), (&json!(1), &json!(1)));
    place.database = Some(to);
    let _server = Server::start(&place, &listen);

    let synced = cairn(&["sync"]).well().json();
    assert_eq!((&synced["pushed"], &synced["accepted"]), (&json!(1), &json!(1)), "nothing is sent again: {synced}");
    assert_eq!(synced["requests"], json!(1), "its cursors are as good as before: {synced}");
    let verified = run("cairn-server", [vec!["verify".to_owned(), "--json".to_owned()], options(&place)].concat());
    let verified = verified.well().json();
    assert_eq!((&verified["changes"], &verified["differences"]), (&json!(2), &json!([])));
}
