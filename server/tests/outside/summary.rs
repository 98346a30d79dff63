//! Totals, against sums made by hand.

use cairn_server::auth::Role;
use serde_json::{Value as Json, json};
use sync_core::record::{Value, Verdict};

use crate::{
    both::Engine,
    county::{County, outreach, text},
    on_both,
};

on_both![
    a_subtree_and_both_days_count_and_nothing_else,
    groups_add_up_to_the_whole,
    the_totals_of_workers_are_those_of_their_records,
    figures_stand_beside_those_of_the_period_before,
    a_corrected_record_moves_its_numbers,
    a_wrong_question_is_told_what_is_wrong,
];

/// What was logged, and what of it counts in March 2021: the hospital's 40, the clinic's 5 and the lecture.
async fn logged(engine: Engine) -> (County, String) {
    let mut county = County::new(engine).await;
    let token = county.user("admin-01", Role::Administrator, "changdu").await;
    county.user("doctor-03", Role::Recorder, "changdu").await;
    county.user("doctor-09", Role::Recorder, "elsewhere").await;
    let phone = county.phone("doctor-03").await;
    county.log(&phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-31", 40)).await;
    county.log(&phone, "markam-hospital", "clinic.outreach", &outreach("2021-04-01", 60)).await;
    county.log(&phone, "riwoqe-clinic", "clinic.outreach", &outreach("2021-03-01", 5)).await;
    let lecture = [("on", text("2021-03-15")), ("topic", text("分数")), ("participants", Value::Integer(30))];
    county.log(&phone, "markam-school", "school.lecture", &lecture).await;
    let training =
        [("on", text("2021-02-28")), ("topic", text("缝合")), ("mode", text("team")), ("people", Value::Integer(7))];
    county.log(&phone, "markam", "clinic.training", &training).await;
    // What does not count: a void record, one without a day, and one of another tree.
    let mut void = county.log(&phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-10", 1000)).await;
    let pen = county.pen(&phone);
    let verdict = void.review(Verdict::Void, "logged by mistake", None, pen).unwrap();
    county.push(&phone, "markam-hospital", &verdict).await;
    county.log(&phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-10", 500)[1..]).await;
    let other = county.phone("doctor-09").await;
    county.log(&other, "elsewhere", "clinic.outreach", &outreach("2021-03-10", 9999)).await;
    (county, token)
}

async fn rows(county: &County, token: &str, query: &str) -> Json {
    county.answer(&format!("/api/v1/summary?{query}"), token).await["rows"].take()
}

async fn a_subtree_and_both_days_count_and_nothing_else(engine: Engine) {
    let (county, token) = logged(engine).await;
    let march = json!([{"group": null, "records": 3, "measures":
        {"lectures": 1, "outreach_clinics": 2, "people_benefited": 45, "teachers_reached": 30}}]);
    assert_eq!(rows(&county, &token, "unit=changdu&from=2021-03-01&to=2021-03-31&by=none").await, march);
    assert_eq!(rows(&county, &token, "unit=changdu&from=2021-03-01&to=2021-03-31").await, march);
    let inner = json!([{"group": null, "records": 1, "measures": {"lectures": 1, "teachers_reached": 30}}]);
    assert_eq!(rows(&county, &token, "unit=changdu&from=2021-03-02&to=2021-03-30&by=none").await, inner);
    let markam = json!([{"group": null, "records": 2, "measures":
        {"lectures": 1, "outreach_clinics": 1, "people_benefited": 40, "teachers_reached": 30}}]);
    assert_eq!(rows(&county, &token, "unit=markam&from=2021-03-01&to=2021-03-31&by=none").await, markam);
    let nothing = json!([{"group": null, "records": 0, "measures": {}}]);
    assert_eq!(rows(&county, &token, "unit=markam-hospital&from=2021-03-10&to=2021-03-10&by=none").await, nothing);
    let whole = county.answer("/api/v1/summary?unit=riwoqe&from=2021-03-01&to=2021-03-01&by=form", &token).await;
    let expected = json!({"unit": "riwoqe", "from": "2021-03-01", "to": "2021-03-01", "by": "form", "rows":
        [{"group": "clinic.outreach", "records": 1, "measures": {"outreach_clinics": 1, "people_benefited": 5}}]});
    assert_eq!(whole, expected);
}

async fn groups_add_up_to_the_whole(engine: Engine) {
    let (county, token) = logged(engine).await;
    let year = "unit=changdu&from=2021-01-01&to=2021-12-31";
    let outreach = |records: i64, people: i64| json!({"outreach_clinics": records, "people_benefited": people});
    let lecture = json!({"lectures": 1, "teachers_reached": 30});
    assert_eq!(
        rows(&county, &token, &format!("{year}&by=unit")).await,
        json!([
            {"group": "markam", "records": 1, "measures": {"people_trained": 7}},
            {"group": "markam-hospital", "records": 2, "measures": outreach(2, 100)},
            {"group": "markam-school", "records": 1, "measures": lecture},
            {"group": "riwoqe-clinic", "records": 1, "measures": outreach(1, 5)},
        ])
    );
    assert_eq!(
        rows(&county, &token, &format!("{year}&by=form")).await,
        json!([
            {"group": "clinic.outreach", "records": 3, "measures": outreach(3, 105)},
            {"group": "clinic.training", "records": 1, "measures": {"people_trained": 7}},
            {"group": "school.lecture", "records": 1, "measures": lecture},
        ])
    );
    let march = json!({"lectures": 1, "outreach_clinics": 2, "people_benefited": 45, "teachers_reached": 30});
    assert_eq!(
        rows(&county, &token, &format!("{year}&by=month")).await,
        json!([
            {"group": "2021-02", "records": 1, "measures": {"people_trained": 7}},
            {"group": "2021-03", "records": 3, "measures": march},
            {"group": "2021-04", "records": 1, "measures": outreach(1, 60)},
        ])
    );
}

async fn the_totals_of_workers_are_those_of_their_records(engine: Engine) {
    let (mut county, token) = logged(engine).await;
    county.user("teacher-01", Role::Recorder, "markam").await;
    let phone = county.phone("teacher-01").await;
    let mut record = county.log(&phone, "markam-school", "clinic.outreach", &outreach("2021-03-02", 8)).await;
    county.set(&phone, &mut record, "patients_seen", Value::Integer(9)).await;
    let march = "unit=changdu&from=2021-03-01&to=2021-03-31&by=worker";
    let doctor = json!({"lectures": 1, "outreach_clinics": 2, "people_benefited": 45, "teachers_reached": 30});
    let teacher = json!({"outreach_clinics": 1, "people_benefited": 9});
    let both = json!([{"group": "doctor-03", "records": 3, "measures": doctor},
        {"group": "teacher-01", "records": 1, "measures": teacher}]);
    assert_eq!(rows(&county, &token, march).await, both);
    let below = rows(&county, &token, &march.replace("changdu", "markam-school")).await;
    let lecture = json!({"lectures": 1, "teachers_reached": 30});
    let here = json!([{"group": "doctor-03", "records": 1, "measures": lecture},
        {"group": "teacher-01", "records": 1, "measures": teacher}]);
    assert_eq!(below, here);
    // A void record leaves its worker's totals, too.
    county.user("reviewer-01", Role::Reviewer, "markam").await;
    let reviewer = county.phone("reviewer-01").await;
    let void = record.review(Verdict::Void, "", None, county.pen(&reviewer)).unwrap();
    county.push(&reviewer, "markam-school", &void).await;
    let left = json!([{"group": "doctor-03", "records": 3, "measures": doctor}]);
    assert_eq!(rows(&county, &token, march).await, left);
    assert_eq!(county.store.verify().await.unwrap().differences, []);
}

async fn figures_stand_beside_those_of_the_period_before(engine: Engine) {
    let (county, token) = logged(engine).await;
    let april =
        county.answer("/api/v1/summary?unit=changdu&from=2021-04-01&to=2021-04-30&compare=before", &token).await;
    let change =
        |before, difference, percent: Json| json!({"before": before, "difference": difference, "percent": percent});
    let gone = json!(-100.0);
    let expected = json!({"unit": "changdu", "from": "2021-04-01", "to": "2021-04-30", "by": "none",
        "before": {"from": "2021-03-01", "to": "2021-03-31"},
        "rows": [{"group": null, "records": 1, "measures": {"outreach_clinics": 1, "people_benefited": 60}, "compared": {
            "records": change(3, -2, json!(-66.7)),
            "measures": {"lectures": change(1, -1, gone.clone()), "outreach_clinics": change(2, -1, json!(-50.0)),
                "people_benefited": change(45, 15, json!(33.3)), "teachers_reached": change(30, -30, gone.clone())}}}]});
    assert_eq!(april, expected);
    // A group that is only in one of the two periods.
    let units = rows(&county, &token, "unit=changdu&from=2021-04-01&to=2021-04-30&by=unit&compare=before").await;
    let groups: Vec<_> = units.as_array().unwrap().iter().map(|row| row["group"].as_str().unwrap()).collect();
    assert_eq!(groups, ["markam-hospital", "markam-school", "riwoqe-clinic"]);
    assert_eq!((&units[2]["records"], &units[2]["measures"]), (&json!(0), &json!({})));
    assert_eq!(units[2]["compared"]["records"], change(1, -1, gone));
    // Months beside months: March with January, April with February.
    let months = rows(&county, &token, "unit=changdu&from=2021-03-01&to=2021-04-30&by=month&compare=before").await;
    assert_eq!((&months[0]["group"], &months[1]["group"]), (&json!("2021-03"), &json!("2021-04")));
    assert_eq!(months[0]["compared"]["records"], change(0, 3, Json::Null));
    assert_eq!(months[1]["compared"]["measures"]["people_trained"], change(7, -7, json!(-100.0)));
    // Days with as many days.
    let days = county.answer("/api/v1/summary?unit=changdu&from=2021-03-30&to=2021-04-01&compare=before", &token).await;
    assert_eq!(days["before"], json!({"from": "2021-03-27", "to": "2021-03-29"}));
}

async fn a_corrected_record_moves_its_numbers(engine: Engine) {
    let mut county = County::new(engine).await;
    let token = county.user("doctor-03", Role::Recorder, "markam").await;
    let phone = county.phone("doctor-03").await;
    let mut record = county.log(&phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-31", 40)).await;
    county.set(&phone, &mut record, "patients_seen", Value::Integer(41)).await;
    let by_month = "unit=markam&from=2021-01-01&to=2021-12-31&by=month";
    let measures = json!({"outreach_clinics": 1, "people_benefited": 41});
    let march = json!([{"group": "2021-03", "records": 1, "measures": measures}]);
    assert_eq!(rows(&county, &token, by_month).await, march);
    county.set(&phone, &mut record, "on", text("2021-04-01")).await;
    let april = json!([{"group": "2021-04", "records": 1, "measures": measures}]);
    assert_eq!(rows(&county, &token, by_month).await, april, "March has returned to nothing");
}

async fn a_wrong_question_is_told_what_is_wrong(engine: Engine) {
    let county = County::new(engine).await;
    let token = county.user("doctor-03", Role::Observer, "markam").await;
    let days = "from=2021-03-01&to=2021-03-31";
    for (query, status, code) in [
        (String::new(), 400, "parameter_missing"),
        (days.into(), 400, "parameter_missing"),
        ("unit=markam&from=2021-03-01".into(), 400, "parameter_missing"),
        (format!("unit=Markam&{days}"), 400, "parameter_invalid"),
        (format!("unit=%E6%98%8C&{days}"), 400, "parameter_invalid"),
        (format!("unit=%FF&{days}"), 400, "parameter_invalid"),
        (format!("unit=markam&{days}&by=week"), 400, "parameter_invalid"),
        (format!("unit=markam&{days}&compare=after"), 400, "parameter_invalid"),
        ("unit=markam&from=2021-03-01&to=2021-03-30&by=month&compare=before".into(), 400, "parameter_invalid"),
        ("unit=markam&from=1900-01-01&to=1900-01-31&compare=before".into(), 400, "parameter_invalid"),
        (format!("unit=markam&{days}&group=unit"), 400, "parameter_invalid"),
        (format!("unit=markam&unit=markam&{days}"), 400, "parameter_invalid"),
        ("unit=markam&from=2021-03-31&to=2021-03-01".into(), 400, "parameter_invalid"),
        ("unit=markam&from=2021-02-29&to=2021-03-01".into(), 400, "parameter_invalid"),
        ("unit=markam&from=2021-02-01&to=tomorrow".into(), 400, "parameter_invalid"),
        (format!("unit=nowhere&{days}"), 404, "unit_unknown"),
        (format!("unit=changdu&{days}"), 403, "unit_forbidden"),
        (format!("unit=riwoqe-clinic&{days}"), 403, "unit_forbidden"),
        (format!("unit=elsewhere&{days}"), 403, "unit_forbidden"),
    ] {
        let problem = county.problem(&format!("/api/v1/summary?{query}"), &token).await;
        assert_eq!(problem, (status, code.to_owned()), "{query}");
    }
    county.answer(&format!("/api/v1/summary?unit=markam-hospital&{days}"), &token).await;
    let (status, code) = county.problem(&format!("/api/v1/summary?unit=markam&{days}"), "not-a-token").await;
    assert_eq!((status, code.as_str()), (401, "token_unknown"));
}
