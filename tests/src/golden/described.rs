//! What is compared: a server's store as its API tells it, and a device's as its screens show it. Only what was said once is
//! compared later: a build may say more, never something else. What depends on the hour is left out.

use cairn_client::{Transport, store::RecordFilter};
use serde_json::{Map, Value as Json, json};

use super::Phone;
use crate::get;

/// Of the hour: not compared.
const LEFT_OUT: [&str; 6] = ["received", "last_seen", "skew_ms", "app", "next", "decided"];

/// The server's store as whoever has `token` sees it.
///
/// # Panics
/// When the server does not tell.
#[must_use]
pub fn described(url: &str, token: &str) -> Json {
    let tell = |path: &str| {
        let (status, body) = get(url, path, token);
        assert_eq!(status, 200, "{path}: {body}");
        body
    };
    let mut told = Map::new();
    for (name, path) in [
        ("units", "/api/v1/units"),
        ("users", "/api/v1/users"),
        ("devices", "/api/v1/devices"),
        ("records", "/api/v1/records?limit=200"),
        ("held", "/api/v1/held"),
        ("admitted", "/api/v1/held?state=admitted"),
        ("rejected", "/api/v1/held?state=rejected"),
        ("refused", "/api/v1/refused"),
        ("form", "/api/v1/forms/clinic.outreach"),
        ("template", "/api/v1/briefing/templates/unit/en"),
        ("totals", "/api/v1/summary?unit=changdu&from=2021-03-01&to=2021-04-30"),
        ("totals_by_unit", "/api/v1/summary?unit=changdu&from=2021-03-01&to=2021-04-30&by=unit"),
        ("totals_by_month", "/api/v1/summary?unit=changdu&from=2021-03-01&to=2021-04-30&by=month"),
        ("totals_by_worker", "/api/v1/summary?unit=changdu&from=2021-03-01&to=2021-04-30&by=worker"),
        ("alike", "/api/v1/duplicates?unit=changdu&from=2021-03-01&to=2021-04-30"),
        ("told_apart", "/api/v1/duplicates?unit=changdu&from=2021-03-01&to=2021-04-30&told_apart=true"),
    ] {
        told.insert(name.to_owned(), pruned(tell(path)));
    }
    // By number: what a newer program notes when it starts comes behind.
    let audit = tell("/api/v1/audit?limit=500");
    let entries =
        audit["items"].as_array().expect("a page").iter().map(|entry| (entry["number"].to_string(), entry.clone()));
    told.insert("audit".to_owned(), Json::Object(entries.collect()));
    let system = tell("/api/v1/system");
    told.insert("counts".to_owned(), system["counts"].clone());
    told.insert("parked".to_owned(), system["sync"]["parked"].clone());
    told.insert("epoch".to_owned(), system["epoch"].clone());
    let ids: Vec<String> = told["records"]["items"].as_array().expect("a page").iter().map(text_of("id")).collect();
    let whole = ids.iter().map(|id| pruned(tell(&format!("/api/v1/records/{id}")))).collect();
    told.insert("whole_records".to_owned(), Json::Array(whole));
    Json::Object(told)
}

/// A device's store as its screens show it.
///
/// # Panics
/// When it does not.
pub async fn described_device<T: Transport>(phone: &Phone<T>) -> Json {
    let engine = &phone.engine;
    let status = engine.status().await.expect("a status");
    let listed = engine.list(&RecordFilter::default()).await.expect("a list");
    let mut records = Vec::new();
    for summary in &listed {
        let shown = engine.show(summary.id).await.expect("a record");
        let history = engine.history(summary.id).await.expect("a history");
        records.push(json!({"listed": summary, "shown": shown, "history": history}));
    }
    let mut status = serde_json::to_value(&status).expect("JSON");
    // Where the server was, and how far its clock was from this one.
    for drawn in ["server", "skew_ms"] {
        status.as_object_mut().expect("an object").remove(drawn);
    }
    json!({
        "status": status,
        "only_here": engine.only_here().await.expect("a count"),
        "drafts": engine.drafts().await.expect("drafts"),
        "records": records,
    })
}

/// Without what depends on the hour.
fn pruned(json: Json) -> Json {
    match json {
        Json::Object(map) => {
            let kept = map.into_iter().filter(|(key, _)| !LEFT_OUT.contains(&key.as_str()));
            Json::Object(kept.map(|(key, value)| (key, pruned(value))).collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(pruned).collect()),
        other => other,
    }
}

/// How much goes into a request: each version chooses where it begins.
const CHOSEN: [&str; 2] = ["push_budget_bytes", "pull_budget_bytes"];

/// Asserts that `found` says all that `expected` says, and nothing else in its place, but for what each version chooses; keys that are new
/// are no matter.
///
/// # Panics
/// When it does not, with the place.
pub fn contains(found: &Json, expected: &Json, place: &str) {
    match (found, expected) {
        (Json::Object(found), Json::Object(expected)) => {
            for (key, value) in expected.iter().filter(|(key, _)| !CHOSEN.contains(&key.as_str())) {
                let there = found.get(key).unwrap_or_else(|| panic!("{place}: {key} is gone"));
                contains(there, value, &format!("{place}.{key}"));
            }
        }
        (Json::Array(found), Json::Array(expected)) => {
            let (here, there) = (found.len(), expected.len());
            assert_eq!(here, there, "{place} has {here} items for {there}: {found:?}");
            for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
                contains(found, expected, &format!("{place}[{index}]"));
            }
        }
        (found, expected) => assert_eq!(found, expected, "{place}"),
    }
}

fn text_of(key: &str) -> impl Fn(&Json) -> String {
    move |json| json[key].as_str().expect("a text").to_owned()
}
