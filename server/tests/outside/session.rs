//! Logging in, staying so, and being logged out; guessing gets nowhere and learns nothing.

use cairn_server::auth::{IDLE_MS, Role, SESSION_MS};
use serde_json::{Value as Json, json};

use crate::{both::Engine, on_both};
use crate::{
    browser::{Browser, PASSWORD, give_password},
    county::County,
};

on_both![
    a_session_shows_what_its_user_may_until_they_log_out,
    a_session_is_new_at_each_log_in_and_ends_when_idle_or_old,
    a_page_elsewhere_cannot_write_in_a_session,
    guessing_is_slowed_down_and_tells_nothing_of_accounts,
    a_password_is_set_once_by_a_code_and_changed_by_knowing_it,
    a_second_factor_is_asked_for_once_confirmed_and_each_code_is_taken_once,
];

const SESSION: &str = "/api/v1/session";

async fn county(engine: Engine) -> (County, String) {
    let county = County::new(engine).await;
    let admin = county.user("admin-01", Role::Administrator, "changdu").await;
    county.user("reviewer-01", Role::Reviewer, "markam").await;
    give_password(&county, &admin, "reviewer-01").await;
    (county, admin)
}

async fn a_session_shows_what_its_user_may_until_they_log_out(engine: Engine) {
    let (county, _) = county(engine).await;
    let mut browser = Browser::default();
    let (status, who) = browser.log_in(&county, "reviewer-01", PASSWORD).await;
    assert_eq!((status, &who["username"]), (201, &json!("reviewer-01")));
    assert_eq!(who["grants"], json!([{"unit": "markam", "role": "reviewer"}]));
    assert_eq!(browser.ask(&county, "GET", SESSION, Json::Null).await.1["expires"], who["expires"]);
    assert_eq!(browser.ask(&county, "GET", "/api/v1/records", Json::Null).await.0, 200);
    assert_eq!(browser.ask(&county, "GET", "/api/v1/users", Json::Null).await.0, 403);
    let kept = browser.clone();
    assert_eq!(browser.ask(&county, "DELETE", SESSION, Json::Null).await.0, 204);
    assert_eq!(browser.cookie, None);
    let (status, problem) = kept.clone().ask(&county, "GET", SESSION, Json::Null).await;
    assert_eq!((status, &problem["code"]), (401, &json!("session_unknown")), "a copied cookie is worth nothing");
}

async fn a_session_is_new_at_each_log_in_and_ends_when_idle_or_old(engine: Engine) {
    let (county, _) = county(engine).await;
    let mut browser = Browser::default();
    browser.log_in(&county, "reviewer-01", PASSWORD).await;
    let mut before = browser.clone();
    browser.log_in(&county, "reviewer-01", PASSWORD).await;
    assert_ne!(before.cookie, browser.cookie);
    assert_eq!(before.ask(&county, "GET", SESSION, Json::Null).await.0, 401, "the one before is over");
    for (column, lasts) in [("used_ms", IDLE_MS), ("expires_ms", SESSION_MS)] {
        browser.log_in(&county, "reviewer-01", PASSWORD).await;
        county.tamper(&format!("UPDATE sessions SET {column} = {column} - {lasts} + 60000")).await;
        assert_eq!(browser.ask(&county, "GET", SESSION, Json::Null).await.0, 200, "{column}: a minute is left");
        county.tamper(&format!("UPDATE sessions SET {column} = {column} - {lasts}")).await;
        assert_eq!(browser.ask(&county, "GET", SESSION, Json::Null).await.0, 401, "{column}");
    }
}

async fn a_page_elsewhere_cannot_write_in_a_session(engine: Engine) {
    let (county, admin) = county(engine).await;
    give_password(&county, &admin, "admin-01").await;
    let mut browser = Browser::default();
    browser.log_in(&county, "admin-01", PASSWORD).await;
    let user = json!({"username": "doctor-09", "name": "x", "role": "recorder", "unit": "markam"});
    for site in ["cross-site", "same-site", "none"] {
        let (status, problem) = browser.ask_from(&county, site, "POST", "/api/v1/users", user.clone()).await;
        assert_eq!((status, &problem["code"]), (403, &json!("origin_forbidden")), "{site}");
    }
    let elsewhere =
        browser.ask_from(&county, "cross-site", "POST", SESSION, json!({"username": "a", "password": "b"})).await;
    assert_eq!(elsewhere.0, 403, "nor log somebody in");
    assert_eq!(browser.ask(&county, "POST", "/api/v1/users", user).await.0, 201);
}

async fn guessing_is_slowed_down_and_tells_nothing_of_accounts(engine: Engine) {
    let (county, _) = county(engine).await;
    county.user("doctor-03", Role::Recorder, "markam").await;
    let mut told = Vec::new();
    for user in ["reviewer-01", "doctor-03", "nobody", "not a username", ""] {
        let (status, mut problem) = Browser::default().log_in(&county, user, "wrong").await;
        assert_eq!((status, problem["code"].take()), (401, json!("login_failed")), "{user}");
        told.push(problem);
    }
    assert!(told.iter().all(|problem| *problem == told[0]), "{told:?}");
    // At an account, and from an address: here all are one address.
    let mut tries = 0;
    while Browser::default().log_in(&county, "nobody", "wrong").await.0 != 429 {
        tries += 1;
        assert!(tries < 100, "guessing is not slowed down");
    }
    // One attempt comes back every six seconds; more do not.
    let mut slowed = 0;
    for _ in 0..3 {
        let (status, problem) = Browser::default().log_in(&county, "reviewer-01", "wrong").await;
        slowed += u32::from(status == 429 && problem["code"] == "attempts_exceeded");
    }
    assert!(slowed >= 2);
}

async fn a_password_is_set_once_by_a_code_and_changed_by_knowing_it(engine: Engine) {
    let (county, admin) = county(engine).await;
    let path = "/api/v1/users/reviewer-01/codes";
    let code = async |body| county.call("POST", path, &admin, body).await.1["code"].take();
    let set = async |code: &Json, password: &str| {
        let body = json!({"code": code, "password": password});
        let (status, json) = Browser::default().ask(&county, "POST", "/api/v1/password", body).await;
        (status, json["code"].as_str().map(str::to_owned))
    };
    let problem = |status, code: &str| (status, Some(code.to_owned()));
    let device = code(json!({"purpose": "device"})).await;
    assert_eq!(set(&device, PASSWORD).await, problem(400, "code_unknown"), "a device's code sets no password");
    let good = code(json!({"purpose": "password", "hours": 1})).await;
    assert_eq!(set(&good, "short").await, problem(400, "password_invalid"));
    let mut browser = Browser::default();
    browser.log_in(&county, "reviewer-01", PASSWORD).await;
    assert_eq!(set(&good, "another good one").await.0, 200, "the bad password has not used it up");
    assert_eq!(set(&good, "another good one").await, problem(410, "code_used"));
    assert_eq!(browser.ask(&county, "GET", SESSION, Json::Null).await.0, 401, "sessions end with the password");
    let late = code(json!({"purpose": "password"})).await;
    county.tamper("UPDATE enrolment_codes SET expires_ms = 1 WHERE used_ms IS NULL").await;
    assert_eq!(set(&late, PASSWORD).await, problem(410, "code_expired"));

    assert_eq!(browser.log_in(&county, "reviewer-01", PASSWORD).await.0, 401);
    browser.log_in(&county, "reviewer-01", "another good one").await;
    let change = |before: &str, password: &str| json!({"before": before, "password": password});
    let own = "/api/v1/session/password";
    let wrong = browser.ask(&county, "PUT", own, change("not that one", PASSWORD)).await;
    assert_eq!((wrong.0, &wrong.1["code"]), (403, &json!("password_wrong")));
    assert_eq!(browser.ask(&county, "PUT", own, change("another good one", PASSWORD)).await.0, 204);
    assert_eq!(browser.log_in(&county, "reviewer-01", PASSWORD).await.0, 201);
    let program = county.call("PUT", own, &admin, change(PASSWORD, PASSWORD)).await;
    assert_eq!((program.0, &program.1["code"]), (403, &json!("session_needed")));
}

async fn a_second_factor_is_asked_for_once_confirmed_and_each_code_is_taken_once(engine: Engine) {
    let (county, admin) = county(engine).await;
    let mut browser = Browser::default();
    browser.log_in(&county, "reviewer-01", PASSWORD).await;
    let factor = "/api/v1/session/second-factor";
    let (status, drawn) = browser.ask(&county, "POST", factor, Json::Null).await;
    assert_eq!(status, 201);
    let secret = totp_rs::Secret::try_from_base32(drawn["secret"].as_str().unwrap()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = || u64::try_from(cairn_server::clock::now().0 / 1000).unwrap();
    assert_eq!(browser.log_in(&county, "reviewer-01", PASSWORD).await.0, 201, "it is not confirmed");
    let confirm = |code: &str| json!({"code": code});
    let wrong = browser.ask(&county, "PUT", factor, confirm("000000x")).await;
    assert_eq!((wrong.0, &wrong.1["code"]), (400, &json!("second_factor_wrong")));
    // The code of the half minute before, so that the one of now is still good.
    let before = totp.generate(now() - 30).to_string();
    assert_eq!(browser.ask(&county, "PUT", factor, confirm(&before)).await.0, 204);
    let (status, problem) = browser.log_in(&county, "reviewer-01", PASSWORD).await;
    assert_eq!((status, &problem["code"]), (401, &json!("second_factor_needed")));
    let log_in = |code: &str| json!({"username": "reviewer-01", "password": PASSWORD, "code": code});
    let current = totp.generate(now()).to_string();
    assert_eq!(browser.ask(&county, "POST", SESSION, log_in(&before)).await.0, 401, "used to confirm");
    assert_eq!(browser.ask(&county, "POST", SESSION, log_in(&current)).await.0, 201);
    let (status, problem) = browser.ask(&county, "POST", SESSION, log_in(&current)).await;
    assert_eq!((status, &problem["code"]), (401, &json!("second_factor_wrong")));
    assert_eq!(browser.ask(&county, "POST", factor, Json::Null).await.0, 409);

    let reset = "/api/v1/users/reviewer-01/second-factor";
    assert_eq!(county.call("DELETE", reset, &admin, Json::Null).await.0, 204);
    assert_eq!(county.call("DELETE", reset, &admin, Json::Null).await.0, 404);
    assert_eq!(browser.log_in(&county, "reviewer-01", PASSWORD).await.0, 201);
}
