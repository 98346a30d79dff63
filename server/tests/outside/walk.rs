//! Every route × everybody who could call it: the rights table says what must come of it. A route without a row, and a row
//! that this walk does not know how to call, fail it.

use axum::{body::Body, http::Request};
use cairn_server::{
    api::{self, Listed, Scope, Who},
    auth::Role,
};
use serde_json::{Value as Json, json};

use crate::{
    both::Engine,
    browser::{Browser, PASSWORD, give_password},
    calls::{Call, Calls},
    county::County,
    on_both,
};

on_both![every_route_answers_everybody_as_its_row_says, a_session_is_let_in_where_one_is_needed,];

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Caller {
    /// Shows nothing.
    Nobody,
    /// Shows what is worth nothing (any more): named, and the header that it stands in.
    Stale(&'static str, &'static str, String),
    /// A program of a user with one role, on the unit that is asked about, another county, or the whole prefecture.
    Program(Role, Place, String),
    /// The same user's device.
    Device(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Here,
    Elsewhere,
    Root,
}

/// The county with everybody in it, who all call.
async fn everybody(county: &mut County) -> Vec<Caller> {
    let mut callers = vec![Caller::Nobody];
    for role in Role::ALL {
        for (place, unit) in [(Place::Here, "markam"), (Place::Elsewhere, "riwoqe"), (Place::Root, "changdu")] {
            let token = county.user(&format!("{}-at-{unit}", role.word()), role, unit).await;
            callers.push(Caller::Program(role, place, token));
        }
    }
    county.user("gone", Role::Administrator, "changdu").await;
    let phone = county.phone("gone").await;
    let bearer = |token: &str| format!("Bearer {token}");
    callers.push(Caller::Device(bearer(phone.token.reveal())));
    let revoked = county.phone("gone").await;
    let devices = county.answer("/api/v1/devices?user=gone", root(&callers)).await;
    let last = devices["items"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
    let revoke = format!("/api/v1/devices/{last}/revoke");
    assert_eq!(county.call("POST", &revoke, root(&callers), Json::Null).await.0, 204);
    callers.push(Caller::Stale("a revoked device", "authorization", bearer(revoked.token.reveal())));
    let mut tokens = Vec::new();
    for name in ["expired", "taken-back"] {
        let terms = json!({"name": name, "role": "administrator", "days": 1});
        let (_, made) = county.call("POST", "/api/v1/users/gone/tokens", root(&callers), terms).await;
        tokens.push((made["id"].as_str().unwrap().to_owned(), made["token"].as_str().unwrap().to_owned()));
    }
    county.tamper("UPDATE api_tokens SET expires_ms = 1 WHERE name = 'expired'").await;
    callers.push(Caller::Stale("an expired token", "authorization", bearer(&tokens[0].1)));
    let own = format!("/api/v1/users/gone/tokens/{}", tokens[1].0);
    assert_eq!(county.call("DELETE", &own, root(&callers), Json::Null).await.0, 204);
    callers.push(Caller::Stale("a token taken back", "authorization", bearer(&tokens[1].1)));
    give_password(county, root(&callers), "gone").await;
    let mut browser = Browser::default();
    browser.log_in(county, "gone", PASSWORD).await;
    county.tamper("UPDATE sessions SET expires_ms = 1").await;
    callers.push(Caller::Stale("an expired session", "cookie", browser.cookie.unwrap()));
    callers
}

/// The token of an administrator of everything.
fn root(callers: &[Caller]) -> &str {
    let found = callers.iter().find_map(|caller| match caller {
        Caller::Program(Role::Administrator, Place::Root, token) => Some(token.as_str()),
        _ => None,
    });
    found.unwrap()
}

async fn ask(county: &County, caller: &Caller, call: &Call) -> (u16, Json) {
    let request = Request::builder().method(call.method).uri(&call.path);
    let request = match caller {
        Caller::Nobody => request,
        Caller::Program(_, _, token) => request.header("authorization", format!("Bearer {token}")),
        Caller::Device(header) => request.header("authorization", header),
        Caller::Stale(_, name, value) => request.header(*name, value).header("sec-fetch-site", "same-origin"),
    };
    let request = match &call.body {
        Some((kind, body)) => request.header("content-type", *kind).body(Body::from(body.clone())),
        None => request.body(Body::empty()),
    };
    let (head, json) = county.ask(request.unwrap()).await;
    (head.status.as_u16(), json)
}

/// What must come of a call.
#[derive(Debug, PartialEq, Eq)]
enum Must {
    /// It is done.
    Succeed,
    /// It is not for want of a right that it is not done.
    BeLetIn,
    /// It is answered with this status, and, where it says so, this code.
    BeToldOff(u16, Option<&'static str>),
    /// It is done, and shows nothing of what is elsewhere.
    ShowNothing,
}

fn must(who: Who, caller: &Caller, path: &str) -> Must {
    let (roles, scope) = match (who, caller) {
        (Who::Anybody, _) | (Who::Device, Caller::Device(_)) => return Must::BeLetIn,
        (Who::Device, Caller::Stale("a revoked device", ..)) if path == "/sync/v1/live" => {
            return Must::BeToldOff(403, Some("device_revoked"));
        }
        // A revoked device is known: what it sends is held, it reads nothing. The sync's own tests prove that.
        (Who::Device, Caller::Stale("a revoked device", ..)) => return Must::BeLetIn,
        (_, Caller::Nobody | Caller::Stale(..) | Caller::Device(_)) | (Who::Device, _) => {
            return Must::BeToldOff(401, None);
        }
        (Who::User, Caller::Program(..)) => return Must::Succeed,
        (Who::Session, Caller::Program(..)) => return Must::BeToldOff(403, Some("session_needed")),
        (Who::Role(roles, scope), Caller::Program(..)) => (roles, scope),
    };
    let Caller::Program(role, place, _) = caller else { return Must::Succeed };
    match (roles.contains(role), scope, place) {
        (false, ..) => Must::BeToldOff(403, Some("role_missing")),
        (true, Scope::Root, Place::Here | Place::Elsewhere) => Must::BeToldOff(403, Some("role_missing")),
        (true, Scope::Unit, Place::Elsewhere) => Must::BeToldOff(403, Some("unit_forbidden")),
        (true, Scope::Thing, Place::Elsewhere) => Must::BeToldOff(404, None),
        (true, Scope::List, Place::Elsewhere) => Must::ShowNothing,
        (true, ..) => Must::Succeed,
    }
}

async fn every_route_answers_everybody_as_its_row_says(engine: Engine) {
    let mut county = County::new(engine).await;
    let callers = everybody(&mut county).await;
    let mut calls = Calls::new(&mut county, root(&callers).to_owned()).await;
    for Listed { method, path, who } in api::routes() {
        for caller in &callers {
            let call = calls.call(&mut county, method, &path).await;
            let (status, json) = ask(&county, caller, &call).await;
            let shown = format!("{method} {path} by {caller:?}: {status} {json}");
            match must(who, caller, &path) {
                Must::Succeed => assert!(status < 300, "{shown}"),
                Must::BeLetIn => assert!(status != 403 && (status != 401 || json["code"] == "login_failed"), "{shown}"),
                Must::BeToldOff(expected, code) => {
                    assert_eq!(status, expected, "{shown}");
                    assert!(code.is_none_or(|code| json["code"] == code), "{shown}");
                }
                Must::ShowNothing => {
                    assert_eq!(status, 200, "{shown}");
                    assert!(!json.to_string().contains("markam"), "{shown}");
                }
            }
        }
    }
}

/// What only people do who have logged in, they can do.
async fn a_session_is_let_in_where_one_is_needed(engine: Engine) {
    let mut county = County::new(engine).await;
    let callers = everybody(&mut county).await;
    let mut calls = Calls::new(&mut county, root(&callers).to_owned()).await;
    for Listed { method, path, .. } in api::routes().into_iter().filter(|route| route.who == Who::Session) {
        give_password(&county, root(&callers), "gone").await;
        let mut browser = Browser::default();
        assert_eq!(browser.log_in(&county, "gone", PASSWORD).await.0, 201);
        let call = calls.call(&mut county, method, &path).await;
        let body = call.body.map_or(Json::Null, |(_, body)| serde_json::from_str(&body).unwrap());
        let (status, json) = browser.ask(&county, method, &call.path, body).await;
        assert!(status != 401 && status != 403, "{method} {path}: {status} {json}");
    }
}

/// The operations are routed from the table. What is routed by hand must stand in it, too.
#[test]
fn no_route_is_made_past_the_table() {
    let mut found = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // One makes them from the table; one has an address of its own where nobody is asked who they are; one gives the files of
            // the web app, which hold nothing.
            if ["api/frame.rs", "metrics/page.rs", "web/serve.rs"].iter().any(|made| path.ends_with(made)) {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            for made in text.split(".route(").skip(1) {
                let mut parts = made.split('"');
                let method = parts.nth(2).unwrap().trim_start_matches([',', ' ']).split('(').next().unwrap();
                let route = made.split('"').nth(1).unwrap().to_owned();
                found.push((method.to_uppercase(), route, path.clone()));
            }
        }
    }
    assert!(found.len() >= 3, "the routes of the sync endpoint are found");
    let table = api::routes();
    for (method, route, path) in found {
        let known = table.iter().any(|listed| listed.path == route && listed.method == method);
        assert!(known, "{method} {route} in {} has no row in the rights table", path.display());
    }
}
