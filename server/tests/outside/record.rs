//! One record with all that was ever said of it.

use cairn_server::auth::Role;
use serde_json::json;
use sync_core::{
    crdt::Change,
    record::{Edit, Value, Verdict},
};

use crate::{
    both::Engine,
    county::{County, outreach},
    on_both,
};

on_both![a_record_tells_what_disagrees_who_said_what_and_what_waits, what_one_may_not_see_is_not_there,];

async fn a_record_tells_what_disagrees_who_said_what_and_what_waits(engine: Engine) {
    let mut county = County::new(engine).await;
    let token = county.user("reviewer-01", Role::Reviewer, "changdu").await;
    for user in ["doctor-03", "doctor-04"] {
        county.user(user, Role::Recorder, "markam").await;
    }
    county.user("guest-01", Role::Observer, "markam").await;
    let [first, second, reviewer, guest] = [
        county.phone("doctor-03").await,
        county.phone("doctor-04").await,
        county.phone("reviewer-01").await,
        county.phone("guest-01").await,
    ];
    let mut here = county.log(&first, "markam-hospital", "clinic.outreach", &outreach("2021-03-15", 40)).await;
    let mut there = here.clone();
    let key = || "patients_seen".parse().unwrap();
    let pens = [county.pen(&first), county.pen(&second)];
    let mine = here.edit(&[Edit::Set(key(), Value::Integer(41))], pens[0]).unwrap();
    let theirs = there.edit(&[Edit::Set(key(), Value::Integer(42))], pens[1]).unwrap();
    county.push(&second, "markam-hospital", &theirs).await;
    county.push(&first, "markam-hospital", &mine).await;
    here.take(&theirs, &theirs.parts().unwrap()).unwrap();
    let pen = county.pen(&guest);
    let comment = here.comment("which of the two?", pen).unwrap();
    county.push(&guest, "markam-hospital", &comment).await;
    let pen = county.pen(&reviewer);
    let returned = here.review(Verdict::Returned, "please settle", None, pen).unwrap();
    county.push(&reviewer, "markam-hospital", &returned).await;
    let mut copy = here.clone();
    let pen = county.pen(&guest);
    let held = copy.edit(&[Edit::Set(key(), Value::Integer(0))], pen).unwrap();
    county.push(&guest, "markam-hospital", &held).await;

    let record = county.answer(&format!("/api/v1/records/{}", here.id()), &token).await;
    let at = |minute: u32| format!("2021-03-01T00:{minute:02}:00.000Z");
    let by = |user: &str, minute: u32, change: &Change| json!({"username": user, "time": at(minute), "change": change.hash().to_string()});
    assert_eq!(record["id"], here.id().to_string());
    assert_eq!((&record["unit"], &record["worker"]), (&json!("markam-hospital"), &json!("doctor-03")));
    assert_eq!((&record["status"], &record["on"]), (&json!("returned"), &json!("2021-03-15")));
    assert_eq!(record["created"], at(1));

    let conflict = &record["conflicts"][0];
    assert_eq!(conflict["field"], "patients_seen");
    let mut values = conflict["values"].as_array().unwrap().clone();
    assert_eq!(values[1]["value"], record["values"]["patients_seen"], "the last is the one shown");
    values.sort_by_key(|v| v["value"].as_i64());
    let with = |mut author: serde_json::Value, key: &str, value: serde_json::Value| {
        author[key] = value;
        author
    };
    let expected =
        [with(by("doctor-03", 2, &mine), "value", json!(41)), with(by("doctor-04", 3, &theirs), "value", json!(42))];
    assert_eq!(values, expected);

    assert_eq!(record["comments"], json!([with(by("guest-01", 4, &comment), "text", json!("which of the two?"))]));
    let review = with(by("reviewer-01", 5, &returned), "verdict", json!("returned"));
    let review = with(with(review, "reason", json!("please settle")), "duplicate_of", json!(null));
    let review = with(review, "heads", json!([comment.hash()]));
    assert_eq!(record["reviews"], json!([review]));

    let history = record["history"].as_array().unwrap();
    assert_eq!(history.len(), 5);
    assert_eq!((&history[0]["began"], &history[0]["username"]), (&json!(true), &json!("doctor-03")));
    assert!(history[0]["acts"].as_array().unwrap().contains(&json!({"did": "set", "field": "place", "value": "广场"})));
    let mut last = history[4].clone();
    let received = last.as_object_mut().unwrap().remove("received");
    assert!(received.is_some_and(|at| at.as_str() > Some("2026")), "by the server's clock");
    let device = last.as_object_mut().unwrap().remove("device").unwrap();
    assert!(device["id"].is_string() && device["name"] == "phone", "{device}");
    let expected = with(by("reviewer-01", 5, &returned), "began", json!(false));
    assert_eq!(last, with(expected, "acts", json!([{"did": "reviewed", "verdict": "returned"}])));

    let waiting = record["held"].as_array().unwrap();
    assert_eq!(waiting.len(), 1, "what is held is no part of the record, and is shown beside it");
    assert_eq!(waiting[0]["change"], held.hash().to_string());
    assert_eq!((&waiting[0]["username"], &waiting[0]["reason"]), (&json!("guest-01"), &json!("no_permission")));
}

async fn what_one_may_not_see_is_not_there(engine: Engine) {
    let mut county = County::new(engine).await;
    let own = county.user("doctor-03", Role::Recorder, "markam").await;
    let other = county.user("doctor-07", Role::Administrator, "riwoqe").await;
    let phone = county.phone("doctor-03").await;
    let record = county.log(&phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-15", 40)).await;
    let path = format!("/api/v1/records/{}", record.id());
    county.answer(&path, &own).await;
    let unknown = (404, String::from("record_unknown"));
    assert_eq!(county.problem(&path, &other).await, unknown);
    let missing = "/api/v1/records/00000000-0000-8000-8000-000000000000";
    assert_eq!(county.problem(missing, &own).await, unknown);
    for bad in ["x", "%FF", "1234", "%E6%98%8C", "'%20OR%201=1"] {
        let problem = county.problem(&format!("/api/v1/records/{bad}"), &own).await;
        assert_eq!(problem, (400, "parameter_invalid".into()), "{bad}");
    }
    assert_eq!(county.problem(&format!("{path}?verbose=1"), &own).await, (400, "parameter_invalid".into()));
    assert_eq!(county.problem(&path, "").await, (401, "token_unknown".into()));
    assert_eq!(county.problem("/api/v1/records/", &own).await, (404, "path_unknown".into()));
}
