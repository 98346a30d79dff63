//! Both programs, as people and scripts use them: from nothing to a total, and every way in which it can go wrong.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

use std::path::Path;

use cairn_server::{config::PlaceConfig, store::Engine};
use cairn_tests::{Ended, Server, get, on_both, place, program, run, run_on};
use serde_json::{Value, json};

/// A server with one clinic and one worker, and a directory for devices.
struct Clinic {
    home: tempfile::TempDir,
    place: PlaceConfig,
    server: Server,
}

impl Clinic {
    fn open(engine: Engine) -> Self {
        let home = tempfile::tempdir().unwrap();
        let place = place(engine, &home.path().join("data"));
        let server = Server::start(&place, "127.0.0.1:0");
        let clinic = Self { home, place, server };
        clinic.admin(&["unit", "add", "markam", "--kind", "county", "--name", "芒康县"]).well();
        let hospital =
            ["unit", "add", "markam-hospital", "--parent", "markam", "--kind", "clinic", "--name", "县人民医院"];
        clinic.admin(&hospital).well();
        let worker =
            ["user", "add", "doctor-03", "--name", "医生 03", "--role", "recorder", "--unit", "markam-hospital"];
        clinic.admin(&worker).well();
        clinic
    }

    fn admin(&self, arguments: &[&str]) -> Ended {
        run_on(&self.place, &[&["admin"], arguments, &["--json"]].concat())
    }

    fn code(&self) -> String {
        self.admin(&["enrol", "doctor-03"]).well().json()["code"].as_str().unwrap().to_owned()
    }

    fn store(&self, name: &str) -> String {
        self.home.path().join(name).to_str().unwrap().to_owned()
    }

    fn cairn(&self, store: &str, arguments: &[&str]) -> Ended {
        run("cairn", [&["--store", &self.store(store), "--json"], arguments].concat())
    }

    fn enrolled(&self, store: &str) {
        self.cairn(store, &["enrol", &self.server.url, &self.code()]).well();
    }

    fn log(&self, store: &str, place: &str, seen: u32) -> String {
        let (place, seen) = (format!("place={place}"), format!("patients_seen={seen}"));
        let added =
            self.cairn(store, &["record", "add", "clinic.outreach", "--on", "2021-05-01", &place, &seen]).well();
        added.json()["id"].as_str().unwrap().to_owned()
    }

    fn listed(&self, store: &str) -> usize {
        self.cairn(store, &["record", "list"]).well().json()["records"].as_array().unwrap().len()
    }

    fn total(&self) -> Value {
        let token = self.admin(&["token", "doctor-03"]).well().json()["token"].as_str().unwrap().to_owned();
        let path = "/api/v1/summary?unit=markam-hospital&from=2021-01-01&to=2021-12-31&by=none";
        let (status, body) = get(&self.server.url, path, &token);
        assert_eq!(status, 200, "{body}");
        body["rows"][0].clone()
    }
}

on_both![
    from_nothing_to_a_total,
    without_a_server_work_goes_on_and_is_kept,
    codes_are_good_once_and_for_their_own_server,
    a_follower_hears_at_once_of_what_others_log,
    an_administrators_bad_input_is_named_in_one_line,
];

async fn from_nothing_to_a_total(engine: Engine) {
    let clinic = Clinic::open(engine);
    clinic.enrolled("phone");
    let id = clinic.log("phone", "嘎托镇", 41);
    clinic.log("phone", "如美镇", 9);
    let report = clinic.cairn("phone", &["sync"]).well().json();
    assert_eq!((&report["pushed"], &report["accepted"]), (&json!(2), &json!(2)), "{report}");
    let device = clinic.admin(&["device", "list"]).well().json()["devices"][0].take();
    assert_eq!(device["app"], concat!("cairn/", env!("CARGO_PKG_VERSION")), "{device}");
    assert_eq!(
        clinic.total(),
        json!({"group": null, "records": 2, "measures": {"outreach_clinics": 2, "people_benefited": 50}})
    );

    clinic.cairn("phone", &["record", "edit", &id, "patients_seen=40"]).well();
    clinic.cairn("phone", &["record", "comment", &id, "counted again"]).well();
    let status = clinic.cairn("phone", &["status"]).well().json();
    assert_eq!(status["waiting"], json!(2), "{status}");
    clinic.cairn("phone", &["sync"]).well();
    assert_eq!(clinic.total()["measures"]["people_benefited"], json!(49));
    clinic.cairn("phone", &["record", "void", &id, "--reason", "logged by mistake"]).well();
    clinic.cairn("phone", &["sync"]).well();
    assert_eq!(clinic.total()["measures"], json!({"outreach_clinics": 1, "people_benefited": 9}));
    run_on(&clinic.place, &["verify"]).well();
}

async fn without_a_server_work_goes_on_and_is_kept(engine: Engine) {
    let clinic = Clinic::open(engine);
    clinic.enrolled("phone");
    let Clinic { home, place, server } = clinic;
    let address = server.address();
    server.kill();
    let store = home.path().join("phone");
    let cairn =
        |arguments: &[&str]| run("cairn", [&["--store", store.to_str().unwrap(), "--json"], arguments].concat());
    cairn(&["record", "add", "clinic.outreach", "place=嘎托镇", "patients_seen=3", "--on", "2021-05-01"]).well();
    let missed = cairn(&["sync"]);
    assert_eq!(missed.status, 2, "the server was not reached: {missed:?}");
    assert_eq!(cairn(&["status"]).well().json()["waiting"], json!(1));
    let _server = Server::start(&place, &address);
    assert_eq!(cairn(&["sync"]).well().json()["accepted"], json!(1));
}

async fn codes_are_good_once_and_for_their_own_server(engine: Engine) {
    let clinic = Clinic::open(engine);
    let code = clinic.code();
    let url = clinic.server.url.clone();
    clinic.cairn("phone", &["enrol", &url, "AAAAA-AAAAA"]).failed(1, "code");
    clinic.cairn("phone", &["enrol", &url, &code]).well();
    clinic.cairn("tablet", &["enrol", &url, &code]).failed(1, "code");
    let other = Clinic::open(engine);
    other.cairn("phone", &["enrol", &url, &other.code()]).failed(1, "code");
    let closed = "http://127.0.0.1:9";
    clinic.cairn("late", &["enrol", closed, &code]).failed(1, "cannot be reached");
    clinic.cairn("none", &["record", "list"]).failed(1, "enrol");
}

#[test]
fn bad_input_is_named_in_one_line_and_saves_nothing() {
    let clinic = Clinic::open(Engine::Sqlite);
    clinic.enrolled("phone");
    let bad: [(&[&str], &str); 9] = [
        (&["record", "add", "clinic.nothing", "place=x"], "clinic.nothing"),
        (&["record", "add", "clinic.outreach", "place=x"], "patients_seen"),
        (&["record", "add", "clinic.outreach", "place=x", "patients_seen=many"], "patients_seen"),
        (&["record", "add", "clinic.outreach", "place=x", "patients_seen=-1"], "patients_seen"),
        (&["record", "add", "clinic.outreach", "place=x", "patients_seen=1", "colour=red"], "colour"),
        (&["record", "add", "clinic.outreach", "place=x", "patients_seen=1", "--on", "2021-02-30"], "on"),
        (&["record", "add", "clinic.outreach", "place=x", "patients_seen=1", "--unit", "lhasa"], "lhasa"),
        (&["record", "show", "0b5e0000-0000-8000-8000-000000000000"], "0b5e0000"),
        (&["record", "edit", "ffff", "place=y"], "ffff"),
    ];
    for (arguments, part) in bad {
        clinic.cairn("phone", arguments).failed(1, part);
    }
    assert_eq!(clinic.listed("phone"), 0);
    let rows = clinic.home.path().join("rows.jsonl");
    let good = r#"{"form":"clinic.outreach","on":"2021-05-01","fields":{"place":"a","patients_seen":1}}"#;
    std::fs::write(&rows, format!("{good}\n{{\"form\":\"clinic.outreach\"}}\nnonsense\n{good}\n")).unwrap();
    let imported = clinic.cairn("phone", &["record", "import", rows.to_str().unwrap()]);
    assert_eq!(imported.status, 1, "{imported:?}");
    let report = imported.json();
    assert_eq!(report["imported"], json!(2));
    let lines: Vec<_> = report["bad"].as_array().unwrap().iter().map(|b| b["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [2, 3]);
    assert_eq!(clinic.listed("phone"), 2);
}

/// A process that is killed when the test ends.
struct Killed(std::process::Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn a_follower_hears_at_once_of_what_others_log(engine: Engine) {
    use std::io::{BufRead, BufReader};
    let clinic = Clinic::open(engine);
    clinic.enrolled("phone");
    clinic.enrolled("desk");
    let mut desk = std::process::Command::new(program("cairn"));
    desk.args(["--store", &clinic.store("desk"), "--json", "sync", "--follow"]).stdout(std::process::Stdio::piped());
    let mut desk = Killed(desk.spawn().unwrap());
    let mut lines = BufReader::new(desk.0.stdout.take().unwrap()).lines();
    let begun = std::time::Instant::now();
    for seen in 1..=5 {
        clinic.log("phone", "嘎托镇", seen);
        clinic.cairn("phone", &["sync"]).well();
        loop {
            let report: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
            if report["pulled"] == json!(1) {
                break;
            }
        }
    }
    // Whoever only asks every now and then asks after 15 s at the soonest.
    assert!(begun.elapsed().as_secs() < 5 * 15, "nobody told: {:?}", begun.elapsed());
}

/// A process whose files may not grow beyond `blocks` of 512 bytes: what a full disk looks like to it.
fn run_cramped(blocks: u32, store: &Path, arguments: &[&str]) -> Ended {
    let script = format!("ulimit -f {blocks}; trap '' XFSZ; exec \"$@\"");
    let output = std::process::Command::new("sh")
        .args(["-c", &script, "sh"])
        .arg(program("cairn"))
        .args(["--json", "--store"])
        .arg(store)
        .args(arguments)
        .output()
        .unwrap();
    Ended {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let clinic = Clinic::open(Engine::Sqlite);
    clinic.enrolled("phone");
    clinic.log("phone", "嘎托镇", 41);
    let store = clinic.home.path().join("phone");
    let long = format!("notes={}", "备".repeat(9_000));
    let mut refused = None;
    for n in 0..40 {
        let seen = format!("patients_seen={n}");
        let added = run_cramped(600, &store, &["record", "add", "clinic.outreach", "place=x", &seen, &long]);
        if added.status != 0 {
            refused = Some((n, added));
            break;
        }
    }
    let (saved, ended) = refused.expect("files of 300 kB hold less than 40 such records");
    ended.failed(1, "disk");
    assert_eq!(clinic.listed("phone"), saved + 1, "what was said to be saved is there, and nothing else");
    let report = clinic.cairn("phone", &["sync"]).well().json();
    assert_eq!(report["accepted"], json!(saved + 1));
}

async fn an_administrators_bad_input_is_named_in_one_line(engine: Engine) {
    let clinic = Clinic::open(engine);
    let bad: [(&[&str], &str); 7] = [
        (&["unit", "add", "riwoqe", "--parent", "tibet", "--kind", "county", "--name", "类乌齐县"], "tibet"),
        (&["unit", "add", "markam", "--kind", "county", "--name", "again"], "markam"),
        (&["unit", "add", "x", "--kind", "castle", "--name", "x"], "castle"),
        (&["user", "add", "a", "--name", "a", "--role", "recorder", "--unit", "nowhere"], "nowhere"),
        (&["enrol", "nobody"], "nobody"),
        (&["token", "nobody"], "nobody"),
        (&["form", "add", "/nonexistent.json"], "nonexistent"),
    ];
    for (arguments, part) in bad {
        clinic.admin(arguments).failed(1, part);
    }
}
