//! A server that runs, and commands on its store meanwhile.

use serde_json::json;

use crate::{both::Engine, on_both, run::Program};

on_both![
    a_device_enrols_with_a_code_made_while_the_server_runs,
    a_token_made_while_the_server_runs_reads_what_its_user_may,
];

const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

fn enrolment(code: &str) -> String {
    json!({"code": code, "device_name": "tablet of ward 2", "public_key": KEY}).to_string()
}

#[test]
fn a_server_says_where_it_listens_and_stops_when_told() {
    let program = Program::new();
    let server = program.serve();
    let answer = server.ask("GET", "/nowhere", "", "");
    assert_eq!((answer.status, &answer.json["code"]), (404, &json!("path_unknown")));
    let (status, rest) = server.stop();
    assert_eq!((status, rest.as_str()), (0, ""), "nothing but the address is printed");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    program.fails(&["serve", "--listen", &address], 1, &format!("cannot listen on {address}"));
    program.fails(&["serve", "--listen", "nonsense"], 1, "cannot listen on nonsense");
}

async fn a_device_enrols_with_a_code_made_while_the_server_runs(engine: Engine) {
    let program = Program::with_people(engine);
    let server = program.serve();
    let made = program.json(&["admin", "enrol", "doctor-03"]);
    let code = made["code"].as_str().unwrap();
    let enrol = |body: &str| server.ask("POST", "/api/v1/enrol", "", body);

    let bad_key = enrol(&enrolment(code).replace(KEY, &"0".repeat(64)));
    assert_eq!((bad_key.status, &bad_key.json["code"]), (400, &json!("public_key_invalid")));
    let nameless = enrol(&enrolment(code).replace("tablet of ward 2", " "));
    assert_eq!((nameless.status, &nameless.json["code"]), (400, &json!("device_name_invalid")));
    let unknown = enrol(&enrolment("00000-00000"));
    assert_eq!((unknown.status, &unknown.json["code"]), (400, &json!("code_unknown")));
    assert!(unknown.head.contains("application/problem+json") && unknown.head.contains("cache-control: no-store"));

    // As people type it.
    let enrolled = enrol(&enrolment(&code.to_lowercase().replace('-', " ")));
    assert_eq!(enrolled.status, 201, "{enrolled:?}");
    let body = &enrolled.json;
    assert_eq!((&body["username"], &body["name"]), (&json!("doctor-03"), &json!("医生 03")));
    assert_eq!(body["token"].as_str().unwrap().len(), 22);
    assert_eq!(body["server_key"].as_str().unwrap().len(), 64);
    let again = enrol(&enrolment(code));
    assert_eq!((again.status, &again.json["code"]), (410, &json!("code_used")));

    let devices = program.json(&["admin", "device", "list"]);
    let device = &devices["devices"][0];
    assert_eq!(
        (&device["id"], &device["username"], &device["revoked"]),
        (&body["device"], &json!("doctor-03"), &json!(null))
    );
    assert_eq!(device["name"], "tablet of ward 2");
    let id = body["device"].as_str().unwrap();
    program.json(&["admin", "device", "revoke", id]);
    program.fails(&["admin", "device", "revoke", id], 1, "was revoked already");
    assert!(program.json(&["admin", "device", "list"])["devices"][0]["revoked"].is_string());
}

async fn a_token_made_while_the_server_runs_reads_what_its_user_may(engine: Engine) {
    let program = Program::with_people(engine);
    let server = program.serve();
    let token = program.json(&["admin", "token", "doctor-03"])["token"].as_str().unwrap().to_owned();
    let summary = |unit: &str, token: &str| {
        server.ask("GET", &format!("/api/v1/summary?unit={unit}&from=2021-03-01&to=2022-02-28"), token, "")
    };
    let own = summary("markam", &token);
    assert_eq!(own.status, 200);
    assert_eq!(own.json["rows"], json!([{"group": null, "records": 0, "measures": {}}]));
    assert_eq!(
        (summary("changdu", &token).status, &summary("changdu", &token).json["code"]),
        (403, &json!("unit_forbidden"))
    );
    assert_eq!(summary("nowhere", &token).json["code"], "unit_unknown");
    assert_eq!(summary("markam", "").json["code"], "credential_missing");
    assert_eq!(summary("markam", &"x".repeat(22)).json["code"], "token_unknown");

    program.json(&["admin", "grant", "add", "doctor-03", "--role", "observer", "--unit", "changdu"]);
    assert_eq!(summary("changdu", &token).status, 200, "a new role counts at once");
    program.json(&["admin", "grant", "remove", "doctor-03", "--role", "observer", "--unit", "changdu"]);
    assert_eq!(summary("changdu", &token).status, 403, "and so does one taken back");
}

#[test]
fn guessing_codes_is_slowed_down() {
    let program = Program::with_people(Engine::Sqlite);
    let server = program.serve();
    let guess = || server.ask("POST", "/api/v1/enrol", "", &enrolment("00000-00000"));
    let slowed = (0..40).map(|_| guess()).find(|answer| answer.status != 400).expect("40 guesses in a row");
    assert_eq!((slowed.status, &slowed.json["code"]), (429, &json!("attempts_exceeded")));
    assert!(slowed.head.contains("retry-after: "), "{}", slowed.head);
}

/// The page that shows the operations works where there is no other network.
#[test]
fn the_operations_are_shown_without_any_other_host() {
    let program = Program::new();
    let server = program.serve();
    let document = server.ask("GET", "/api/openapi.json", "", "");
    assert_eq!((document.status, &document.json["openapi"]), (200, &json!("3.1.0")));
    assert!(document.json["paths"]["/api/v1/enrol"]["post"]["responses"]["410"].is_object());
    for path in ["/api/docs", "/api/docs.js"] {
        let shown = server.ask("GET", path, "", "");
        assert_eq!(shown.status, 200, "{path}");
        assert!(!shown.body.contains("http://") && !shown.body.contains("https://"), "{path} needs another host");
    }
    assert!(server.ask("GET", "/api/docs", "", "").head.contains("default-src 'none'"));
}

#[test]
fn requests_that_are_wrong_are_the_clients_fault() {
    let program = Program::new();
    let server = program.serve();
    for (method, path, body, status, code) in [
        ("POST", "/api/v1/enrol", "", 400, "body_malformed"),
        ("POST", "/api/v1/enrol", "[]", 400, "body_malformed"),
        ("POST", "/api/v1/enrol", r#"{"code":1,"device_name":"","public_key":""}"#, 400, "body_malformed"),
        (
            "POST",
            "/api/v1/enrol",
            r#"{"code":"x","device_name":"x","public_key":"x","admin":true}"#,
            400,
            "body_malformed",
        ),
        ("POST", "/api/v1/enrol", &"x".repeat(20_000), 413, "body_too_large"),
        ("GET", "/api/v1/enrol", "", 405, "method_not_allowed"),
        ("DELETE", "/api/v1/records", "", 405, "method_not_allowed"),
        ("GET", "/api/v1/records", "", 401, "credential_missing"),
        ("GET", "/api/v1/records/%ff", "", 401, "credential_missing"),
        ("GET", "/nowhere", "", 404, "path_unknown"),
        ("GET", "/api/v1/", "", 404, "path_unknown"),
    ] {
        let answer = server.ask(method, path, "", body);
        assert_eq!((answer.status, &answer.json["code"]), (status, &json!(code)), "{method} {path} {answer:?}");
        assert_eq!(answer.json["status"], status, "{method} {path}");
        assert!(answer.head.contains("content-type: application/problem+json"), "{}", answer.head);
        assert!(answer.head.contains("cache-control: no-store"), "{}", answer.head);
    }
}
