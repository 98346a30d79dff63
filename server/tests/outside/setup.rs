//! The first administrator: made with the code that the operator reads at the terminal.

use serde_json::json;

use crate::{both::Engine, browser::PASSWORD, on_both, run::Program};

on_both![the_printed_code_makes_the_first_administrator_once, a_code_is_good_until_the_next_is_printed];

async fn the_printed_code_makes_the_first_administrator_once(engine: Engine) {
    let program = Program::of(engine);
    let server = program.serve();
    let code = server.said["setup_code"].as_str().unwrap().to_owned();
    assert_eq!(server.ask("GET", "/api/v1/setup", "", "").json, json!({"needed": true, "unit_needed": true}));
    let ask = |code: &str, unit: bool| {
        let unit = unit.then(|| json!({"code": "changdu", "kind": "prefecture", "name": "昌都市"}));
        let body = json!({"code": code, "username": "admin-01", "name": "扎西", "password": PASSWORD, "unit": unit});
        let answer = server.ask("POST", "/api/v1/setup", "", &body.to_string());
        (answer.status, answer.json["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(ask("AAAAA-AAAAA", true), (400, "code_unknown".into()));
    assert_eq!(ask(&code, false), (409, "unit_missing".into()));
    assert_eq!(ask(&code, true), (201, String::new()), "what failed has not used it up");
    assert_eq!(ask(&code, true), (400, "code_unknown".into()));
    assert_eq!(server.ask("GET", "/api/v1/setup", "", "").json, json!({"needed": false, "unit_needed": false}));
    let log_in = json!({"username": "admin-01", "password": PASSWORD}).to_string();
    let logged_in = server.ask("POST", "/api/v1/session", "", &log_in);
    assert_eq!(logged_in.json["grants"], json!([{"unit": "changdu", "role": "administrator"}]));
    // An administrator who has forgotten it gets a code at the terminal.
    let code = program.json(&["admin", "password", "admin-01"])["code"].clone();
    let forgot = json!({"code": code, "password": "another good one"}).to_string();
    assert_eq!(server.ask("POST", "/api/v1/password", "", &forgot).status, 200);
    assert_eq!(server.ask("POST", "/api/v1/session", "", &log_in).status, 401);
    drop(server);
    assert_eq!(program.serve().said["setup_code"], json!(null), "nothing is printed once somebody administers");
    assert_eq!(program.json(&["verify"])["differences"], json!([]));
}

async fn a_code_is_good_until_the_next_is_printed(engine: Engine) {
    let program = Program::with_people(engine);
    let first = program.serve().said["setup_code"].clone();
    let server = program.serve();
    let body = |code: &serde_json::Value| {
        json!({"code": code, "username": "admin-01", "name": "扎西", "password": PASSWORD}).to_string()
    };
    assert_eq!(server.ask("POST", "/api/v1/setup", "", &body(&first)).status, 400);
    assert_eq!(server.ask("POST", "/api/v1/setup", "", &body(&server.said["setup_code"])).status, 201);
}
