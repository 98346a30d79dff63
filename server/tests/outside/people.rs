//! People, devices and the tree, administered over HTTP: each administrator within their units; nothing that was written is lost.

use cairn_server::auth::Role;
use serde_json::{Value as Json, json};
use sync_core::wire::Outcome;

use crate::county::{County, outreach};
use crate::{both::Engine, on_both};

on_both![
    an_administrator_runs_their_units_and_no_others,
    an_api_token_narrows_its_user_and_can_be_taken_back,
    what_a_revoked_device_had_sent_stays_and_what_it_sends_is_held,
    a_moved_unit_takes_everything_below_along_and_its_new_administrator_decides,
    a_table_of_units_is_taken_whole_or_each_bad_row_is_named,
    a_version_of_a_form_never_changes,
    the_log_names_who_did_what_and_shows_each_administrator_their_own,
];

async fn county(engine: Engine) -> (County, String, String) {
    let county = County::new(engine).await;
    let root = county.user("admin-01", Role::Administrator, "changdu").await;
    let markam = county.user("admin-02", Role::Administrator, "markam").await;
    (county, root, markam)
}

#[track_caller]
fn is_problem(answer: (u16, Json), status: u16, code: &str) {
    assert_eq!((answer.0, &answer.1["code"]), (status, &json!(code)), "{}", answer.1);
}

async fn an_administrator_runs_their_units_and_no_others(engine: Engine) {
    let (county, root, markam) = county(engine).await;
    let user = |name: &str, unit: &str| json!({"username": name, "name": "医生", "role": "recorder", "unit": unit});
    let add = async |token: &str, body| county.call("POST", "/api/v1/users", token, body).await;
    let (status, added) = add(&markam, user("doctor-03", "markam-hospital")).await;
    assert_eq!((status, &added["grants"]), (201, &json!([{"unit": "markam-hospital", "role": "recorder"}])));
    is_problem(add(&markam, user("doctor-04", "riwoqe")).await, 403, "unit_forbidden");
    is_problem(add(&markam, user("doctor-04", "nowhere")).await, 404, "unit_unknown");
    is_problem(add(&markam, user("doctor-03", "markam")).await, 409, "user_exists");
    is_problem(add(&markam, user("operator", "markam")).await, 409, "user_exists");
    is_problem(add(&markam, user("Doctor", "markam")).await, 400, "id_invalid");
    assert_eq!(add(&root, user("doctor-05", "riwoqe")).await.0, 201);

    let names = async |token: &str| {
        let (_, page) = county.call("GET", "/api/v1/users", token, Json::Null).await;
        page["items"].as_array().unwrap().iter().map(|u| u["username"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&markam).await, ["admin-02", "doctor-03"]);
    assert_eq!(names(&root).await, ["admin-01", "admin-02", "doctor-03", "doctor-05"]);
    is_problem(county.call("GET", "/api/v1/users/doctor-05", &markam, Json::Null).await, 404, "user_unknown");

    // What makes one the user is only for whoever reaches all that the user has.
    let code = json!({"purpose": "device"});
    let make = async |token: &str, user: &str| {
        county.call("POST", &format!("/api/v1/users/{user}/codes"), token, code.clone()).await
    };
    assert_eq!(make(&markam, "doctor-03").await.0, 201);
    is_problem(make(&markam, "doctor-05").await, 404, "user_unknown");
    let grant = json!({"unit": "markam", "role": "observer"});
    assert_eq!(county.call("POST", "/api/v1/users/admin-01/grants", &markam, grant).await.0, 201, "to anybody, here");
    is_problem(make(&markam, "admin-01").await, 403, "user_forbidden");
    let token = json!({"name": "x", "role": "administrator", "days": 1});
    is_problem(county.call("POST", "/api/v1/users/admin-01/tokens", &markam, token).await, 403, "user_forbidden");
    let grant = json!({"unit": "riwoqe", "role": "administrator"});
    is_problem(county.call("POST", "/api/v1/users/admin-02/grants", &markam, grant).await, 403, "unit_forbidden");
}

async fn an_api_token_narrows_its_user_and_can_be_taken_back(engine: Engine) {
    let (county, root, _) = county(engine).await;
    let path = "/api/v1/users/admin-01/tokens";
    let make = async |role: &str, days: u32| {
        county.call("POST", path, &root, json!({"name": "report", "role": role, "days": days})).await
    };
    is_problem(make("observer", 0).await, 400, "days_out_of_range");
    is_problem(make("boss", 1).await, 400, "word_unknown");
    let (status, made) = make("observer", 1).await;
    assert_eq!(status, 201);
    let token = made["token"].as_str().unwrap();
    assert_eq!(county.get("/api/v1/records", token).await.0, 200);
    is_problem(county.get("/api/v1/users", token).await, 403, "role_missing");
    let listed = county.answer(path, &root).await;
    let shown = listed["items"].as_array().unwrap().iter().find(|t| t["id"] == made["id"]).unwrap();
    assert_eq!((&shown["name"], &shown["role"], &shown["token"]), (&json!("report"), &json!("observer"), &Json::Null));
    let own = format!("{path}/{}", made["id"].as_str().unwrap());
    assert_eq!(county.call("DELETE", &own, &root, Json::Null).await.0, 204);
    is_problem(county.get("/api/v1/records", token).await, 401, "token_unknown");
    is_problem(county.call("DELETE", &own, &root, Json::Null).await, 404, "token_not_found");
    let (_, made) = make("reviewer", 1).await;
    county.tamper("UPDATE api_tokens SET expires_ms = 1 WHERE role = 'reviewer'").await;
    is_problem(county.get("/api/v1/records", made["token"].as_str().unwrap()).await, 401, "token_unknown");
}

async fn what_a_revoked_device_had_sent_stays_and_what_it_sends_is_held(engine: Engine) {
    let (mut county, root, markam) = county(engine).await;
    county.user("doctor-03", Role::Recorder, "markam").await;
    let phone = county.phone("doctor-03").await;
    county.log(&phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-15", 4)).await;
    let (_, late) = county.write(&phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-16", 5));
    let devices = county.answer("/api/v1/devices?user=doctor-03", &markam).await;
    let id = devices["items"][0]["id"].as_str().unwrap().to_owned();
    let revoke = format!("/api/v1/devices/{id}/revoke");
    let other = county.user("admin-03", Role::Administrator, "riwoqe").await;
    is_problem(county.call("POST", &revoke, &other, Json::Null).await, 404, "device_unknown");
    assert_eq!(county.call("POST", &revoke, &markam, Json::Null).await.0, 204);
    is_problem(county.call("POST", &revoke, &root, Json::Null).await, 409, "device_revoked");
    assert!(matches!(county.push(&phone, "markam-hospital", &late).await, Outcome::Held(_)));
    let records = county.answer("/api/v1/records", &markam).await;
    assert_eq!(records["items"].as_array().unwrap().len(), 1);
    assert!(county.answer("/api/v1/devices", &markam).await["items"][0]["revoked"].is_string());
}

async fn a_moved_unit_takes_everything_below_along_and_its_new_administrator_decides(engine: Engine) {
    let (mut county, root, markam) = county(engine).await;
    let riwoqe = county.user("admin-03", Role::Administrator, "riwoqe").await;
    county.user("doctor-03", Role::Recorder, "markam").await;
    let phone = county.phone("doctor-03").await;
    county.log(&phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-15", 4)).await;
    let (_, late) = county.write(&phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-16", 5));
    let place = async |token: &str, parent: &str| {
        county.call("PATCH", "/api/v1/units/markam-hospital", token, json!({"parent": parent})).await
    };
    is_problem(place(&markam, "riwoqe").await, 403, "unit_forbidden");
    is_problem(place(&riwoqe, "riwoqe").await, 403, "unit_forbidden");
    let below = county.call("PATCH", "/api/v1/units/markam", &root, json!({"parent": "markam-school"})).await;
    is_problem(below, 409, "unit_below_itself");
    let (status, moved) = place(&root, "riwoqe").await;
    assert_eq!((status, &moved["path"]), (200, &json!("/changdu/riwoqe/markam-hospital/")));
    assert!(
        matches!(county.push(&phone, "markam-hospital", &late).await, Outcome::Held(_)),
        "the role did not move along"
    );
    let listed = async |token: &str| county.answer("/api/v1/records", token).await["items"].as_array().unwrap().len();
    assert_eq!((listed(&riwoqe).await, listed(&markam).await), (1, 0));
    let summary = "/api/v1/summary?unit=riwoqe&from=2021-03-01&to=2021-03-31";
    assert_eq!(county.answer(summary, &riwoqe).await["rows"][0]["measures"]["people_benefited"], 4);

    // A whole county moves with all that is in it.
    assert_eq!(county.call("PATCH", "/api/v1/units/riwoqe", &root, json!({"parent": "markam"})).await.0, 200);
    let units = county.answer("/api/v1/units", &markam).await;
    let paths: Vec<&str> = units["items"].as_array().unwrap().iter().map(|u| u["path"].as_str().unwrap()).collect();
    assert!(paths.contains(&"/changdu/markam/riwoqe/markam-hospital/"), "{paths:?}");
    assert_eq!(listed(&markam).await, 1);
}

async fn a_table_of_units_is_taken_whole_or_each_bad_row_is_named(engine: Engine) {
    let (county, root, _) = county(engine).await;
    let import = async |table: &str| {
        let request = axum::http::Request::post("/api/v1/units/import")
            .header("authorization", format!("Bearer {root}"))
            .header("content-type", "text/csv; charset=utf-8");
        let (head, json) = county.ask(request.body(table.to_owned().into()).unwrap()).await;
        (head.status.as_u16(), json)
    };
    let (status, problem) = import(
        "code,parent,kind,name\nzogang,changdu,county,左贡县\nzogang,changdu,county,again\nx,nowhere,county,x\n\
                y,changdu,palace,y\nZ,changdu,county,z\nz,changdu,county,\n",
    )
    .await;
    assert_eq!((status, &problem["code"]), (400, &json!("rows_invalid")));
    let rows: Vec<_> =
        problem["rows"].as_array().unwrap().iter().map(|r| (r["line"].clone(), r["code"].clone())).collect();
    let expected =
        [(3, "unit_exists"), (4, "unit_unknown"), (5, "word_unknown"), (6, "id_invalid"), (7, "name_invalid")];
    assert_eq!(rows, expected.map(|(line, code)| (json!(line), json!(code))));
    is_problem(import("code,name\n").await, 400, "table_invalid");
    is_problem(import("").await, 400, "table_invalid");
    let (status, done) = import("\u{feff}code,parent,kind,name\r\nzogang,changdu,county,左贡县\r\nzogang-school,zogang,school,\"学校, 左贡\"\r\n").await;
    assert_eq!((status, &done["added"]), (201, &json!(2)));
    let units = county.answer("/api/v1/units", &root).await;
    assert!(units["items"].as_array().unwrap().iter().any(|u| u["name"] == "学校, 左贡" && u["parent"] == "zogang"));
    // Tables are larger than other bodies may be.
    let many: String = (0..400).map(|n| format!("ward-{n:03},zogang-school,other,{}\n", "班".repeat(20))).collect();
    assert_eq!(import(&format!("code,parent,kind,name\n{many}")).await.1["added"], 400);
    let one = county.call("PATCH", "/api/v1/units/zogang", &root, json!({"name": "左贡"})).await;
    assert_eq!(one.1["name"], "左贡");
}

async fn a_version_of_a_form_never_changes(engine: Engine) {
    let (county, root, markam) = county(engine).await;
    let known = county.answer("/api/v1/forms/clinic.outreach", &markam).await["items"][0].take();
    let add = async |token: &str, form: Json| county.call("POST", "/api/v1/forms", token, form).await;
    assert_eq!(add(&root, known.clone()).await, (200, json!({"id": "clinic.outreach", "version": 1, "added": false})));
    let mut next = known;
    next["title"]["en"] = json!("Outreach");
    is_problem(add(&root, next.clone()).await, 409, "form_version_exists");
    next["version"] = json!(2);
    is_problem(add(&markam, next.clone()).await, 403, "role_missing");
    assert_eq!(add(&root, next).await.0, 201);
    let forms = county.answer("/api/v1/forms", &markam).await;
    let form = forms["items"].as_array().unwrap().iter().find(|f| f["id"] == "clinic.outreach").unwrap().clone();
    assert_eq!((&form["versions"], &form["title"]["en"]), (&json!([1, 2]), &json!("Outreach")));
    is_problem(add(&root, json!({})).await, 400, "form_malformed");
    is_problem(county.get("/api/v1/forms/clinic.dance", &markam).await, 404, "form_unknown");
}

async fn the_log_names_who_did_what_and_shows_each_administrator_their_own(engine: Engine) {
    let (county, root, markam) = county(engine).await;
    let user = |name: &str, unit: &str| json!({"username": name, "name": "医生", "role": "recorder", "unit": unit});
    county.call("POST", "/api/v1/users", &markam, user("doctor-03", "markam-hospital")).await;
    county.call("POST", "/api/v1/users", &root, user("doctor-05", "riwoqe")).await;
    let read = async |token: &str, query: &str| county.answer(&format!("/api/v1/audit?{query}"), token).await;
    let newest = read(&root, "limit=1").await;
    assert_eq!(newest["items"][0]["act"], "role_granted");
    assert_eq!((&newest["items"][0]["by"], &newest["items"][0]["subject"]), (&json!("admin-01"), &json!("doctor-05")));
    assert_eq!(newest["items"][0]["detail"], json!({"role": "recorder"}));
    let seen = read(&markam, "act=user_added").await;
    let subjects: Vec<_> = seen["items"].as_array().unwrap().iter().map(|e| e["subject"].clone()).collect();
    assert_eq!(subjects, ["doctor-03", "admin-02"]);
    let (mut numbers, mut after) = (Vec::new(), String::new());
    loop {
        let page = read(&root, &format!("limit=3&after={after}")).await;
        numbers.extend(page["items"].as_array().unwrap().iter().map(|e| e["number"].as_i64().unwrap()));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    let last = numbers[0];
    assert_eq!(numbers, (1..=last).rev().collect::<Vec<_>>());
    assert!(county.store.verify().await.unwrap().is_clean());
}

#[tokio::test]
async fn what_was_refused_is_listed_for_those_who_run_the_unit() {
    let (county, root, markam) = county(Engine::Sqlite).await;
    let riwoqe = county.user("admin-03", Role::Administrator, "riwoqe").await;
    county.user("doctor-03", Role::Recorder, "markam").await;
    county.phone("doctor-03").await;
    for (number, unit) in ["markam", "markam-hospital", "markam", "nowhere", "markam"].into_iter().enumerate() {
        county
            .tamper(&format!(
                "INSERT INTO refused SELECT x'{number:064x}', id, '{unit}', zeroblob(8), {}, 104, '', 212 FROM devices",
                number / 2
            ))
            .await;
    }
    let walk = async |token: &str| {
        let (mut units, mut after) = (Vec::new(), String::new());
        loop {
            let page = county.answer(&format!("/api/v1/refused?limit=2&after={after}"), token).await;
            let items = page["items"].as_array().unwrap();
            units.extend(items.iter().map(|note| note["unit"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break units,
            }
        }
    };
    assert_eq!(walk(&markam).await, ["markam", "markam", "markam", "markam-hospital"]);
    assert_eq!(
        walk(&root).await.len(),
        5,
        "what was sent for a unit that does not exist is for those who could add it"
    );
    assert!(walk(&riwoqe).await.is_empty());
    let note = county.answer("/api/v1/refused?limit=1", &markam).await["items"][0].take();
    assert_eq!((&note["username"], &note["reason"]), (&json!("doctor-03"), &json!("bad_counter")));
    is_problem(county.get("/api/v1/refused?after=x", &markam).await, 400, "parameter_invalid");
}
