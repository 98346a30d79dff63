//! Lists: pages, filters, rights.

use std::collections::BTreeSet;

use cairn_server::auth::Role;
use serde_json::{Value as Json, json};
use sync_core::{
    record::{Value, Verdict},
    wire::Outcome,
};

use crate::{
    both::Engine,
    county::{County, operator, outreach, text},
    on_both,
};

on_both![
    pages_visit_each_record_once_newest_first,
    a_walk_meets_each_record_once_while_they_are_edited,
    filters_narrow_and_rows_say_what_is_in_them,
    everybody_sees_their_own_units_and_no_others,
    a_wrong_question_is_told_what_is_wrong,
];

/// The ids of all pages, in order; `between` happens after each page.
async fn walk(county: &County, token: &str, query: &str) -> Vec<String> {
    let (mut ids, mut after) = (Vec::new(), String::new());
    loop {
        let page = county.answer(&format!("/api/v1/records?{query}&after={after}"), token).await;
        ids.extend(page["items"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()));
        match &page["next"] {
            Json::String(next) => after.clone_from(next),
            _ => return ids,
        }
    }
}

async fn pages_visit_each_record_once_newest_first(engine: Engine) {
    let mut county = County::new(engine).await;
    let token = county.user("doctor-03", Role::Recorder, "changdu").await;
    let phone = county.phone("doctor-03").await;
    let mut logged = Vec::new();
    for n in 0..63 {
        let unit = ["markam-hospital", "riwoqe-clinic", "markam"][n % 3];
        let record = county.log(&phone, unit, "clinic.outreach", &outreach("2021-03-15", n as i64)).await;
        logged.push(record.id().to_string());
    }
    logged.reverse();
    for limit in [1, 7, 21, 25, 26, 62, 63, 200] {
        assert_eq!(walk(&county, &token, &format!("limit={limit}")).await, logged, "{limit}");
    }
    let page = county.answer("/api/v1/records", &token).await;
    assert_eq!(page["items"].as_array().unwrap().len(), 50, "the default");
    let all = county.answer("/api/v1/records?limit=63", &token).await;
    assert_eq!(all["next"], Json::Null, "no page behind the last record");
    let markam: BTreeSet<String> = walk(&county, &token, "unit=markam&limit=10").await.into_iter().collect();
    assert_eq!(markam.len(), 42);
}

async fn a_walk_meets_each_record_once_while_they_are_edited(engine: Engine) {
    let mut county = County::new(engine).await;
    let token = county.user("doctor-03", Role::Recorder, "changdu").await;
    let phone = county.phone("doctor-03").await;
    let mut records = Vec::new();
    for n in 0..9 {
        records.push(county.log(&phone, "markam", "clinic.outreach", &outreach("2021-03-15", n)).await);
    }
    let (mut met, mut after) = (Vec::new(), String::new());
    loop {
        let page = county.answer(&format!("/api/v1/records?limit=2&after={after}"), &token).await;
        met.extend(page["items"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()));
        for record in &mut records {
            let day = format!("2021-04-{:02}", met.len());
            county.set(&phone, record, "on", text(&day)).await;
        }
        county.log(&phone, "markam", "clinic.outreach", &outreach("2021-03-15", 1)).await;
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    let expected: Vec<String> = records.iter().rev().map(|r| r.id().to_string()).collect();
    assert_eq!(met, expected);
}

async fn filters_narrow_and_rows_say_what_is_in_them(engine: Engine) {
    let mut county = County::new(engine).await;
    let token = county.user("reviewer-01", Role::Reviewer, "changdu").await;
    county.user("doctor-03", Role::Recorder, "markam").await;
    county.user("doctor-04", Role::Recorder, "markam").await;
    county.user("guest-01", Role::Observer, "markam").await;
    let (phone, other, guest) =
        (county.phone("doctor-03").await, county.phone("doctor-04").await, county.phone("guest-01").await);

    let plain = county.log(&phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-15", 40)).await;
    let lecture = [("on", text("2021-03-16")), ("topic", text("分数")), ("participants", Value::Integer(30))];
    let lecture = county.log(&phone, "markam-school", "school.lecture", &lecture).await;
    let faulty = county.log(&phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-17", -1)).await;
    let dayless = county.log(&phone, "markam-hospital", "clinic.outreach", &outreach("", 4)[1..]).await;
    let mut void = county.log(&phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-18", 40)).await;
    let pen = county.pen(&phone);
    let verdict = void.review(Verdict::Void, "twice", Some(plain.id()), pen).unwrap();
    county.push(&phone, "markam-hospital", &verdict).await;

    let mut here = county.log(&phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-19", 1)).await;
    let mut there = here.clone();
    county.set(&phone, &mut here, "patients_seen", Value::Integer(2)).await;
    county.set(&other, &mut there, "patients_seen", Value::Integer(3)).await;

    let mut touched = plain.clone();
    let held = county.set(&guest, &mut touched, "patients_seen", Value::Integer(9)).await;
    assert!(matches!(held, Outcome::Held(_)), "{held:?}");

    let ids = |records: &[&sync_core::record::Record]| records.iter().map(|r| r.id().to_string()).collect::<Vec<_>>();
    for (query, expected) in [
        ("form=school.lecture", ids(&[&lecture])),
        ("form=clinic.training", ids(&[])),
        ("status=void", ids(&[&void])),
        ("status=approved", ids(&[])),
        ("has=conflict", ids(&[&here])),
        ("has=fault", ids(&[&dayless, &faulty])),
        ("has=held", ids(&[&plain])),
        ("from=2021-03-16&to=2021-03-17", ids(&[&faulty, &lecture])),
        ("to=2021-03-15", ids(&[&plain])),
        ("unit=markam-school&from=2021-03-16&to=&status=&has=", ids(&[&lecture])),
        ("unit=markam-hospital&form=clinic.outreach&from=2021-03-18", ids(&[&here, &void])),
        ("unit=riwoqe", ids(&[])),
    ] {
        assert_eq!(walk(&county, &token, query).await, expected, "{query}");
    }
    let row = county.answer("/api/v1/records?has=held", &token).await["items"][0].take();
    let expected = json!({
        "id": plain.id().to_string(), "unit": "markam-hospital", "form": "clinic.outreach", "form_version": 1,
        "worker": "doctor-03", "created": "2021-03-01T00:01:00.000Z", "on": "2021-03-15", "status": "open",
        "values": {"on": "2021-03-15", "place": "广场", "patients_seen": 40, "notes": ""},
        "conflicts": [], "faults": [], "comments": 0, "changes": 1, "held": 1,
    });
    assert_eq!(row, expected);
    let row = county.answer("/api/v1/records?has=conflict", &token).await["items"][0].take();
    assert_eq!((&row["conflicts"], &row["changes"]), (&json!(["patients_seen"]), &json!(3)));
    let row = county.answer("/api/v1/records?has=fault&to=2021-03-17", &token).await["items"][0].take();
    assert_eq!(row["faults"], json!([{"field": "patients_seen", "code": "too_small", "min": 0}]));
}

async fn everybody_sees_their_own_units_and_no_others(engine: Engine) {
    let mut county = County::new(engine).await;
    let whole = county.user("admin-01", Role::Administrator, "changdu").await;
    let markam = county.user("doctor-03", Role::Recorder, "markam").await;
    let both = county.user("guest-01", Role::Observer, "riwoqe").await;
    cairn_server::admin::add_grant(
        &county.store,
        &operator(),
        &"guest-01".parse().unwrap(),
        &"markam-school".parse().unwrap(),
        Role::Observer,
    )
    .await
    .unwrap();
    county.user("doctor-05", Role::Recorder, "changdu").await;
    let phone = county.phone("doctor-05").await;
    let mut ids = Vec::new();
    for unit in ["markam-hospital", "markam-school", "riwoqe-clinic", "changdu"] {
        ids.push(county.log(&phone, unit, "clinic.outreach", &outreach("2021-03-15", 1)).await.id().to_string());
    }
    let [hospital, school, clinic, prefecture] = [0, 1, 2, 3].map(|n: usize| ids[n].clone());
    assert_eq!(walk(&county, &whole, "").await, [&prefecture, &clinic, &school, &hospital].map(Clone::clone));
    assert_eq!(walk(&county, &markam, "").await, [&school, &hospital].map(Clone::clone));
    assert_eq!(walk(&county, &both, "limit=1").await, [&clinic, &school].map(Clone::clone));
    let forbidden = county.problem("/api/v1/records?unit=riwoqe", &markam).await;
    assert_eq!(forbidden, (403, "unit_forbidden".into()));

    let remove = cairn_server::admin::remove_grant;
    remove(&county.store, &operator(), &"doctor-03".parse().unwrap(), &"markam".parse().unwrap(), Role::Recorder)
        .await
        .unwrap();
    let shown = county.problem("/api/v1/records", &markam).await;
    assert_eq!(shown, (403, "role_missing".into()), "a role taken back shows nothing any more");
}

async fn a_wrong_question_is_told_what_is_wrong(engine: Engine) {
    let county = County::new(engine).await;
    let token = county.user("doctor-03", Role::Recorder, "markam").await;
    for query in [
        "unit=a/b",
        "form=A",
        "from=2021",
        "to=x",
        "status=done",
        "has=comments",
        "after=x",
        "after=AAAA",
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=x",
        "limit=99999999999999999999",
        "sort=on",
        "limit=1&limit=2",
        "unit=%00",
    ] {
        let (status, json) = county.get(&format!("/api/v1/records?{query}"), &token).await;
        assert_eq!((status, &json["code"]), (400, &json!("parameter_invalid")), "{query}");
        let name = query.split('=').next().unwrap();
        assert!(json["detail"].as_str().unwrap().starts_with(&format!("{name}: ")), "{query}: {json}");
    }
    assert_eq!(county.problem("/api/v1/records?unit=nowhere", &token).await, (404, "unit_unknown".into()));
    assert_eq!(county.problem("/api/v1/records", "").await, (401, "token_unknown".into()));
}
