//! What administrators do at a terminal.

use serde_json::{Value, json};

use crate::{both::Engine, on_both, run::Program};

on_both![
    the_tree_grows_below_units_that_are_there,
    people_get_and_lose_roles,
    a_version_of_a_form_never_changes,
    unknown_devices_and_changes_are_named,
    a_unit_is_renamed_and_moved_at_the_terminal,
];

const SURGERY: &str = include_str!("../../forms/clinic.surgery.json");

async fn the_tree_grows_below_units_that_are_there(engine: Engine) {
    let program = Program::with_people(engine);
    let add = |code: &'static str, rest: &[&'static str]| [&["admin", "unit", "add", code], rest].concat();
    let hospital = add("markam-hospital", &["--parent", "markam", "--kind", "clinic", "--name", " 芒康县人民医院 "]);
    let added = program.json(&hospital);
    let expected = json!({"code": "markam-hospital", "parent": "markam", "kind": "clinic", "name": "芒康县人民医院"});
    assert_eq!(added, expected);

    program.fails(&hospital, 1, "`markam-hospital` already");
    let clinic = ["--kind", "clinic", "--name", "x"];
    program.fails(&add("Markam", &clinic), 1, "\"Markam\" is not a valid unit code");
    program.fails(&add("昌都", &clinic), 1, "unit code");
    program.fails(&add("x", &["--kind", "village", "--name", "x"]), 1, "prefecture, county, clinic, school, other");
    program.fails(&add("x", &["--kind", "clinic", "--name", " "]), 1, "the name of org unit `x` is empty");
    program.fails(&[add("x", &clinic), vec!["--parent", "nowhere"]].concat(), 1, "no org unit `nowhere`");

    let listed = program.json(&["admin", "unit", "list"]);
    let codes: Vec<&str> = listed["units"].as_array().unwrap().iter().map(|u| u["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["changdu", "markam", "markam-hospital"], "what failed left nothing");
    let lines = program.run(&["admin", "unit", "list"]).stdout;
    assert!(lines.contains("    markam-hospital\tclinic\t芒康县人民医院\n"), "{lines}");
}

async fn people_get_and_lose_roles(engine: Engine) {
    let program = Program::with_people(engine);
    let user = |name: &'static str, role: &'static str, unit: &'static str| {
        vec!["admin", "user", "add", name, "--name", "x", "--role", role, "--unit", unit]
    };
    program.fails(&user("doctor-03", "recorder", "markam"), 1, "user `doctor-03` already");
    program.fails(&user("doctor-04", "doctor", "markam"), 1, "recorder, reviewer, administrator, observer");
    program.fails(&user("doctor-04", "recorder", "nowhere"), 1, "no org unit `nowhere`");
    program.fails(&user("Doctor 4", "recorder", "markam"), 1, "username");
    let users = |program: &Program| program.json(&["admin", "user", "list"])["users"].clone();
    assert_eq!(users(&program).as_array().unwrap().len(), 1, "no user without the role that failed");

    let grant = |act: &'static str, user: &'static str, role: &'static str, unit: &'static str| {
        vec!["admin", "grant", act, user, "--role", role, "--unit", unit]
    };
    let granted = program.json(&grant("add", "doctor-03", "reviewer", "changdu"));
    assert_eq!(granted, json!({"username": "doctor-03", "unit": "changdu", "role": "reviewer", "granted": true}));
    program.fails(&grant("add", "doctor-03", "reviewer", "changdu"), 1, "`doctor-03` is reviewer on `changdu` already");
    program.fails(&grant("add", "nobody", "reviewer", "changdu"), 1, "no user `nobody`");
    program.fails(&grant("add", "doctor-03", "reviewer", "nowhere"), 1, "no org unit `nowhere`");
    program.json(&grant("remove", "doctor-03", "recorder", "markam"));
    program.fails(&grant("remove", "doctor-03", "recorder", "markam"), 1, "`doctor-03` is not recorder on `markam`");
    program.fails(&grant("remove", "doctor-03", "boss", "markam"), 1, "\"boss\" is not a role");
    let expected =
        json!([{"username": "doctor-03", "name": "医生 03", "grants": [{"unit": "changdu", "role": "reviewer"}]}]);
    assert_eq!(users(&program), expected);
}

#[test]
fn codes_and_tokens_are_shown_once() {
    let program = Program::with_people(Engine::Sqlite);
    let made = program.json(&["admin", "enrol", "doctor-03"]);
    let code = made["code"].as_str().unwrap();
    assert_eq!((code.len(), code.find('-')), (11, Some(5)), "{code}");
    assert!(made["expires"].as_str().unwrap().ends_with('Z'), "{made}");
    program.json(&["admin", "enrol", "doctor-03", "--hours", "168"]);
    program.fails(&["admin", "enrol", "doctor-03", "--hours", "169"], 1, "1 to 168 hours, not 169");
    program.fails(&["admin", "enrol", "doctor-03", "--hours", "0"], 1, "1 to 168 hours");
    program.fails(&["admin", "enrol", "nobody"], 1, "no user `nobody`");

    let token = program.json(&["admin", "token", "doctor-03"])["token"].clone();
    assert_eq!(token.as_str().unwrap().len(), 22);
    program.fails(&["admin", "token", "nobody"], 1, "no user `nobody`");
    // Neither is in the store as it was shown.
    let mut stored = Vec::new();
    for file in std::fs::read_dir(program.dir()).unwrap() {
        stored.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    for secret in [code, &code.replace('-', ""), token.as_str().unwrap()] {
        assert!(!stored.windows(secret.len()).any(|w| w == secret.as_bytes()), "a secret lies in the store");
    }
}

async fn a_version_of_a_form_never_changes(engine: Engine) {
    let program = Program::of(engine);
    let forms = |program: &Program| program.json(&["admin", "form", "list"])["forms"].as_array().unwrap().len();
    assert_eq!(forms(&program), 14, "a fresh store has the starter kit");
    let file = program.dir().join("form.json");
    let path = file.to_str().unwrap();
    let add = |text: &str| {
        std::fs::write(&file, text).unwrap();
        ["admin", "form", "add", path]
    };
    let second = SURGERY.replace("\"version\": 1", "\"version\": 2");
    assert_eq!(program.json(&add(SURGERY)), json!({"id": "clinic.surgery", "version": 1, "added": false}));
    assert_eq!(program.json(&add(&second))["added"], Value::Bool(true));
    assert_eq!(forms(&program), 15);
    program.fails(&add(&second.replace("laparoscopic", "keyhole")), 1, "version 2 is known with different content");
    program.fails(&add(&second.replace("\"text\"", "\"words\"")), 1, "form.json: not a form definition");
    program.fails(&add(&" ".repeat(2 << 20)), 1, "form.json: form: 1048577 bytes");
    program.fails(&add("{"), 1, "form.json: not a form definition");
    std::fs::write(&file, [0xff, 0xfe]).unwrap();
    program.fails(&["admin", "form", "add", path], 1, "form.json: ");
    program.fails(&["admin", "form", "add", "nowhere.json"], 1, "nowhere.json: ");
    program.fails(&["admin", "form", "add", "."], 1, ".: ");
    assert_eq!(forms(&program), 15, "what failed left nothing");
}

async fn unknown_devices_and_changes_are_named(engine: Engine) {
    let program = Program::of(engine);
    assert_eq!(program.json(&["admin", "device", "list"]), json!({"devices": []}));
    program.fails(&["admin", "device", "revoke", "0123"], 1, "no device \"0123\"");
}

async fn a_unit_is_renamed_and_moved_at_the_terminal(engine: Engine) {
    let program = Program::with_people(engine);
    let clinic = ["markam-clinic", "--parent", "markam", "--kind", "clinic", "--name", "卫生院"];
    program.json(&[&["admin", "unit", "add"], clinic.as_slice()].concat());
    let renamed = program.json(&["admin", "unit", "rename", "markam-clinic", "--name", "芒康县卫生院"]);
    assert_eq!(renamed["name"], "芒康县卫生院");
    let moved = program.json(&["admin", "unit", "move", "markam-clinic", "--parent", "changdu"]);
    assert_eq!((&moved["parent"], &moved["name"]), (&json!("changdu"), &json!("芒康县卫生院")));
    program.fails(&["admin", "unit", "move", "changdu", "--parent", "markam"], 1, "cannot lie below itself");
    program.fails(&["admin", "unit", "move", "markam", "--parent", "nowhere"], 1, "nowhere");
}
