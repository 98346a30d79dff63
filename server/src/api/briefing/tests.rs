//! Briefings, asked for as people do.

use axum::body::Body;
use http_body_util::BodyExt;
use serde_json::{Value as Json, json};
use sync_core::record::{Edit, Value};

use crate::{
    auth::Role,
    store::Engine,
    testing::{Desk, Worker, World, on_both, problem},
};

on_both![
    a_briefing_made_again_is_what_it_was_whatever_came_since,
    its_numbers_are_those_of_the_summary,
    events_are_found_by_what_they_say_newest_first,
    what_people_typed_stands_as_text,
    a_template_is_tried_before_it_is_kept,
    a_workers_own_year_is_of_them_alone,
    a_wrong_question_is_told_what_is_wrong,
    a_word_document_holds_the_blocks,
];

const YEAR: &str = "from=2021-01-01&to=2021-12-31";

fn set(field: &str, value: Value) -> Edit {
    Edit::Set(field.parse().unwrap(), value)
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

/// Logs an outreach clinic at a place on a day.
async fn log(world: &World, worker: &Worker, unit: &str, (on, place, seen): (&str, &str, i64), time: i64) -> String {
    let (mut record, first) = worker.outreach(unit, seen, time);
    let edit = record.edit(&[set("on", text(on)), set("place", text(place))], worker.pen(time)).unwrap();
    world.push(worker, unit, &[&first, &edit]).await;
    record.id().to_string()
}

/// Two doctors and what they logged in two years; one record is returned, one has a conflict, one change is held.
async fn logged(world: &World) -> (Desk, [Worker; 2], Vec<String>) {
    let desk = Desk::with(world, "admin-01", Role::Administrator, "changdu").await;
    let one = world.worker("doctor-03", Role::Recorder, "changdu").await;
    let other = world.worker("doctor-04", Role::Recorder, "markam").await;
    let mut ids = Vec::new();
    for (time, (unit, on, seen)) in (1..).zip([
        ("markam-hospital", "2020-02-10", 1_000),
        ("markam-hospital", "2021-02-10", 2_090),
        ("markam-hospital", "2021-12-31", 10),
        ("markam", "2021-07-01", 7),
        ("riwoqe", "2021-01-01", 5),
        ("changdu", "2021-03-03", 3),
    ]) {
        let worker = if unit == "markam" { &other } else { &one };
        ids.push(log(world, worker, unit, (on, &format!("村{time}"), seen), time).await);
    }
    let (record, first) = one.outreach("markam", 40, 20);
    let (mut mine, mut theirs) = (record.clone(), record);
    let here = mine.edit(&[set("patients_seen", Value::Integer(41))], one.pen(21)).unwrap();
    let there = theirs.edit(&[set("patients_seen", Value::Integer(42))], other.pen(21)).unwrap();
    world.push(&one, "markam", &[&first, &here]).await;
    world.push(&other, "markam", &[&there]).await;
    let returned = json!({"verdict": "returned", "reason": "which village?"});
    desk.posted(&format!("/api/v1/records/{}/reviews", ids[1]), returned).await;
    let stranger = world.worker("doctor-05", Role::Observer, "riwoqe").await;
    world.push(&stranger, "riwoqe", &[&stranger.outreach("riwoqe", 9, 30).1]).await;
    (desk, [one, other], ids)
}

/// What to ask for to get a briefing again.
fn again(briefing: &Json) -> Json {
    let made = &briefing["made"];
    json!({
        "unit": briefing["unit"], "from": briefing["from"], "to": briefing["to"], "language": briefing["language"],
        "worker": briefing["worker"], "positions": made["positions"], "at": made["at"], "epoch": made["epoch"],
    })
}

/// Every text of a briefing, block by block.
fn texts(briefing: &Json) -> String {
    fn walk(json: &Json, out: &mut String) {
        match json {
            Json::Array(items) => items.iter().for_each(|item| walk(item, out)),
            Json::Object(fields) => {
                fields.iter().for_each(|(name, value)| match value {
                    Json::String(text) if ["text", "label", "title"].contains(&name.as_str()) => {
                        out.push_str(text);
                        out.push('\n');
                    }
                    value => walk(value, out),
                });
            }
            _ => {}
        }
    }
    let mut out = String::new();
    walk(&briefing["blocks"], &mut out);
    out
}

async fn a_briefing_made_again_is_what_it_was_whatever_came_since(engine: Engine) {
    let world = World::new(engine).await;
    let (desk, [one, other], ids) = logged(&world).await;
    let mut first = Vec::new();
    for (unit, language, worker) in [
        ("changdu", "zh", ""),
        ("changdu", "en", ""),
        ("changdu", "bo", ""),
        ("markam", "en", ""),
        ("markam-hospital", "zh", ""),
        ("changdu", "zh", "doctor-03"),
        ("changdu", "en", "doctor-03"),
        ("markam", "bo", "doctor-04"),
    ] {
        let path = format!("/api/v1/briefing?unit={unit}&{YEAR}&language={language}&worker={worker}");
        first.push((path.clone(), desk.got(&path).await));
    }
    // What is open is told.
    assert!(texts(&first[1].1).contains("Changes held until an administrator decides\n1\n"), "{}", first[1].1);
    for (_, briefing) in &first {
        assert_eq!(&desk.posted("/api/v1/briefing", again(briefing)).await, briefing);
    }
    // More records, other numbers, other days, verdicts; and what was open no longer is.
    log(&world, &one, "riwoqe", ("2021-05-05", "新", 900), 50).await;
    log(&world, &other, "markam-hospital", ("2020-05-05", "新", 90), 51).await;
    log(&world, &other, "markam", ("2021-05-06", "新", 9), 52).await;
    for id in &ids {
        desk.posted(&format!("/api/v1/records/{id}/fields"), json!({"fields": {"patients_seen": 77}})).await;
    }
    let void = json!({"verdict": "void", "reason": "twice"});
    desk.posted(&format!("/api/v1/records/{}/reviews", ids[2]), void).await;
    desk.posted(&format!("/api/v1/records/{}/reviews", ids[1]), json!({"verdict": "approved"})).await;
    let held = desk.got("/api/v1/held").await["items"][0]["change"].as_str().unwrap().to_owned();
    desk.posted(&format!("/api/v1/held/{held}/reject"), json!({"reason": "not hers"})).await;
    world.is_right().await;
    for (path, briefing) in &first {
        assert_eq!(&desk.posted("/api/v1/briefing", again(briefing)).await, briefing, "{path}");
        assert_ne!(desk.got(path).await["blocks"], briefing["blocks"], "{path}");
    }
}

async fn its_numbers_are_those_of_the_summary(engine: Engine) {
    let world = World::new(engine).await;
    let (desk, ..) = logged(&world).await;
    let briefing = desk.got(&format!("/api/v1/briefing?unit=changdu&{YEAR}&language=en")).await;
    let whole = json!({"unit": "changdu", "from": "2021-01-01", "to": "2021-12-31"});
    let named = |filter: &Json| {
        let find = |row: &&Json| row.as_array().is_some_and(|row| row.iter().any(|cell| cell[0]["records"] == *filter));
        let tables = briefing["blocks"].as_array().unwrap().iter().filter(|block| block["kind"] == "table");
        let row = tables.flat_map(|table| table["rows"].as_array().unwrap()).find(find).cloned();
        row.unwrap_or_else(|| panic!("no row leads to {filter}"))
    };
    let cells = |row: &Json| -> Vec<String> {
        row.as_array().unwrap().iter().map(|cell| cell[0]["text"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let with = |more: Json| {
        let mut filter = whole.clone();
        more.as_object().unwrap().iter().for_each(|(name, value)| filter[name] = value.clone());
        filter
    };
    let summary = desk.got(&format!("/api/v1/summary?unit=changdu&{YEAR}&compare=before")).await["rows"][0].take();
    let benefited = summary["measures"]["people_benefited"].as_i64().unwrap();
    assert_eq!((summary["records"].as_i64(), summary["compared"]["records"]["before"].as_i64()), (Some(6), Some(1)));
    assert_eq!(cells(&named(&whole))[..5], ["Records", "6", "1", "+5", "+500 %"]);
    let row = cells(&named(&with(json!({"measure": "people_benefited"}))));
    let percent = summary["compared"]["measures"]["people_benefited"]["percent"].as_f64().unwrap();
    assert_eq!(row[1].replace(',', "").parse::<i64>().ok(), Some(benefited), "{row:?}");
    assert_eq!(
        row[2..],
        [
            "1,000",
            &format!("+{},{:03}", (benefited - 1000) / 1000, (benefited - 1000) % 1000),
            &format!("+{percent} %")
        ]
    );
    // A unit with others below it is shown by itself, and leads to its own records.
    let markam = (benefited - 2_108).to_string();
    let annex = briefing["blocks"].as_array().unwrap().iter().rev().find(|block| block["kind"] == "table").unwrap();
    let rows: Vec<Vec<String>> = annex["rows"].as_array().unwrap().iter().map(cells).collect();
    let hospital = rows.iter().filter(|row| row[1] == "People benefited").map(|row| row[2].as_str());
    assert_eq!(hospital.collect::<Vec<_>>(), ["3", &markam, "2,100", "5"], "{rows:?}");
    let own = with(json!({"alone": true, "measure": "outreach_clinics"}));
    assert_eq!(annex["rows"][0][2][0]["records"], own, "{annex}");
    let list = desk.got(&format!("/api/v1/records?unit=changdu&alone=true&{YEAR}&measure=outreach_clinics")).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let parts = named(&with(json!({"unit": "riwoqe", "measure": "outreach_clinics"})));
    assert_eq!(cells(&parts)[1..], ["1", "4", "1", "6"], "the prefecture itself, two counties, all");
    assert_eq!(parts[1][0]["records"], own, "{parts}");
    let sector = named(&with(json!({"sector": "clinic"})));
    let list = desk.got(&format!("/api/v1/records?unit=changdu&sector=clinic&{YEAR}&counted=true")).await;
    assert_eq!(cells(&sector)[2], list["items"].as_array().unwrap().len().to_string(), "{sector}");
    let nowhere = desk.get(&format!("/api/v1/records?alone=true&{YEAR}")).await;
    assert_eq!(problem(nowhere), (400, "parameter_missing".into()));
}

async fn events_are_found_by_what_they_say_newest_first(engine: Engine) {
    let world = World::new(engine).await;
    let (desk, ..) = logged(&world).await;
    let source = "{% set all = events(limit=6) %}\n\
                  {{ events(\"clinic.outreach\", patients_seen=7).count }} {{ events(\"clinic.outreach\", patients_seen=8).count }} \
                  {{ events(\"clinic.outreach\", place=\"村2\", unit=\"markam\").list|map(attribute=\"title\")|join }} \
                  {{ events(\"clinic.surgery\").count }} {{ events(limit=2).count }} {{ events(limit=2).more }} {{ all.more }}\n\n\
                  {{ all.list|map(attribute=\"on\")|join(\" \") }}";
    let path = "/api/v1/briefing/templates/unit/en";
    let put = desk.ask("PUT", path, Body::from(json!({"source": source}).to_string())).await;
    assert_eq!(put.status(), 200);
    let briefing = desk.got(&format!("/api/v1/briefing?unit=changdu&{YEAR}&language=en")).await;
    let lines: Vec<String> = briefing["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|block| block["spans"].as_array().unwrap().iter().map(|span| span["text"].as_str().unwrap()).collect())
        .collect();
    let days = "2021-12-31 2021-07-01 2021-03-15 2021-03-03 2021-02-10 2021-01-01";
    assert_eq!(lines, ["1 0 村2 0 2 True False", days]);
    assert_eq!(desk.posted("/api/v1/briefing", again(&briefing)).await, briefing);
}

async fn what_people_typed_stands_as_text(engine: Engine) {
    let world = World::new(engine).await;
    let desk = Desk::with(&world, "admin-01", Role::Administrator, "changdu").await;
    let doctor = world.worker("doctor-03", Role::Recorder, "changdu").await;
    let hostile = [
        "<script>alert(1)</script>",
        "**a** | b",
        "| a | b |",
        "# 标题",
        "- a",
        "1. a",
        "[x](https://evil.example)",
        "![x](https://evil.example)",
        "{{ 7 * 7 }}{% for x in y %}",
        "a\\",
        "&lt;b&gt; &amp;",
        "---",
        "=HYPERLINK(\"x\")",
        "]]><!--",
    ];
    for (time, place) in (1..).zip(hostile) {
        log(&world, &doctor, "markam", ("2021-03-15", place, time), time).await;
    }
    let odd = "a\u{202e}gpj\u{f0001}0\u{f0002}\u{f0004}b\u{2066}";
    log(&world, &doctor, "markam", ("2021-03-15", odd, 1), 100).await;
    let long = "村".repeat(199) + "尾";
    log(&world, &doctor, "markam", ("2021-03-15", &long, 1), 101).await;
    let source = "# {{ unit.name }}\n\n{% for e in events(limit=100).list %}\n- {{ e.title }}\n{% endfor %}\n\n\
                  | a | b |\n|---|---|\n{% for e in events(limit=100).list %}\n| {{ e.fields.place }} | {{ e.title|strong }} |\n{% endfor %}\n\n\
                  {% for e in events(limit=1).list %}{{ e.fields.no_such_field }}{% endfor %}{{ table([\"x\"], [[events(limit=1).list|first|default(\"\")]]) }}";
    let put =
        desk.ask("PUT", "/api/v1/briefing/templates/unit/zh", Body::from(json!({"source": source}).to_string())).await;
    assert_eq!(put.status(), 200);
    let briefing = desk.got(&format!("/api/v1/briefing?unit=markam&{YEAR}")).await;
    let kinds: Vec<&str> = briefing["blocks"].as_array().unwrap().iter().map(|b| b["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["heading", "list", "table", "table"], "{briefing}");
    let shown: Vec<String> =
        briefing["blocks"][1]["items"].as_array().unwrap().iter().map(|item| item[0]["text"].to_string()).collect();
    for place in hostile.into_iter().chain([long.as_str(), "a\u{fffd}gpj\u{fffd}0\u{fffd}\u{fffd}b\u{fffd}"]) {
        assert!(shown.contains(&Json::from(place).to_string()), "{place} is not in {shown:?}");
    }
    for row in briefing["blocks"][2]["rows"].as_array().unwrap() {
        let (plain, strong) = (&row[0][0], &row[1][0]);
        assert_eq!((row.as_array().unwrap().len(), row[0].as_array().unwrap().len()), (2, 1), "{row}");
        assert_eq!((&plain["text"], &strong["strong"]), (&strong["text"], &json!(true)));
    }
    let word = desk.ask("GET", &format!("/api/v1/briefing.docx?unit=markam&{YEAR}"), Body::empty()).await;
    crate::briefing::word::opened::check(&word.into_body().collect().await.unwrap().to_bytes());
}

async fn a_template_is_tried_before_it_is_kept(engine: Engine) {
    let world = World::new(engine).await;
    let (desk, ..) = logged(&world).await;
    let path = "/api/v1/briefing/templates/unit/en";
    let put = async |source: &str| {
        let response = desk.ask("PUT", path, Body::from(json!({"source": source}).to_string())).await;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice::<Json>(&body).unwrap())
    };
    let shipped = desk.got(path).await;
    assert_eq!(shipped["is_default"], true);
    for (source, line, word) in [
        ("a\n\n{% for %}", Some(3), "syntax error"),
        ("{{ unti.name }}", Some(1), "undefined"),
        ("a\n{{ total().measure(\"People\") }}", Some(2), "measure"),
        ("{{ groups(\"week\") }}", Some(1), "by: expected one of"),
        ("{{ total(unit=\"nowhere\") }}", Some(1), "nowhere"),
        ("{{ unit.name|safe }}", Some(1), "safe"),
        ("{% for a in range(10000) %}{% for b in range(10000) %}{{ a }}{% endfor %}{% endfor %}", Some(1), "fuel"),
        (
            &format!("{}{{{{ a }}}}", "{% set a = (a or \"xxxxxxxx\") ~ (a or \"xxxxxxxx\") %}".repeat(60)),
            Some(1),
            "fuel",
        ),
        ("{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}", None, "recursion"),
        ("{% for i in range(300) %}{% set e = events(limit=i + 1) %}{% endfor %}", Some(1), "different facts"),
        (&"x".repeat(crate::briefing::SOURCE_BYTES_MAX + 1), None, "longer than"),
        ("{% include \"other\" %}", Some(1), "syntax error"),
    ] {
        let (status, problem) = put(source).await;
        let detail = problem["detail"].as_str().unwrap();
        let shown: String = source.chars().take(80).collect();
        assert_eq!((status, problem["code"].as_str()), (422, Some("template_faulty")), "{shown}: {problem}");
        assert!(detail.contains(word), "{shown}: {detail}");
        if let Some(line) = line {
            assert!(detail.starts_with(&format!("line {line}: ")), "{shown}: {detail}");
        }
    }
    assert_eq!(desk.got(path).await, shipped, "the one before stays");

    // What the documentation shows.
    let page = include_str!("../../../docs/briefing.md");
    let shown = page.split("```jinja\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(put(shown).await.0, 200);
    let source = "# {{ unit.name }} {{ total().records }}\u{0}";
    let (status, kept) = put(source).await;
    assert_eq!((status, &kept["is_default"]), (200, &json!(false)));
    let briefing = desk.got(&format!("/api/v1/briefing?unit=changdu&{YEAR}&language=en")).await;
    assert!(briefing["title"].as_str().unwrap().starts_with("单位 6"), "{briefing}");
    let listed = desk.got("/api/v1/briefing/templates").await;
    let changed: Vec<&Json> =
        listed["items"].as_array().unwrap().iter().filter(|one| one["is_default"] == false).collect();
    assert_eq!((listed["items"].as_array().unwrap().len(), changed.len()), (6, 1));
    assert_eq!(
        (&changed[0]["kind"], &changed[0]["language"], &changed[0]["changed_by"]),
        (&json!("unit"), &json!("en"), &json!("admin-01"))
    );
    for _ in 0..2 {
        assert_eq!(desk.ask("DELETE", path, Body::empty()).await.status(), 204);
    }
    assert_eq!(desk.got(path).await, shipped);
    let acts = desk.got("/api/v1/audit").await;
    let acts: Vec<(&str, &str)> = acts["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["act"].as_str().unwrap(), entry["subject"].as_str().unwrap()))
        .filter(|(act, _)| act.starts_with("briefing_"))
        .collect();
    let changed = ("briefing_template_changed", "unit.en");
    assert_eq!(acts, [("briefing_template_restored", "unit.en"), changed, changed]);
    let county = Desk::with(&world, "admin-02", Role::Administrator, "markam").await;
    let response = county.ask("PUT", path, Body::from(json!({"source": "x"}).to_string())).await;
    assert_eq!(response.status(), 403);
}

async fn a_workers_own_year_is_of_them_alone(engine: Engine) {
    let world = World::new(engine).await;
    let (desk, _, ids) = logged(&world).await;
    for worker in ["doctor-03", "doctor-04"] {
        let briefing = desk.got(&format!("/api/v1/briefing?unit=changdu&{YEAR}&language=en&worker={worker}")).await;
        let rows = desk.got(&format!("/api/v1/summary?unit=changdu&{YEAR}&by=worker")).await["rows"].take();
        let own = rows.as_array().unwrap().iter().find(|row| row["group"] == worker).unwrap();
        let whole = json!({"unit": "changdu", "from": "2021-01-01", "to": "2021-12-31", "worker": worker});
        let all = briefing.to_string();
        assert!(all.contains(&format!("{{\"records\":{whole},\"text\":\"{}\"}}", own["records"])), "{own} {all}");
        assert_eq!(briefing["title"], "医生, 2021: Work done");
        for id in &ids {
            let is_theirs = (*id == ids[3]) == (worker == "doctor-04");
            // The first is of the year before.
            assert_eq!(all.contains(id.as_str()), is_theirs && *id != ids[0], "{worker} {id}");
        }
    }
    let reader = Desk::with(&world, "observer-01", Role::Observer, "riwoqe").await;
    let path = |worker: &str| format!("/api/v1/briefing?unit=riwoqe&{YEAR}&worker={worker}");
    assert_eq!(reader.get(&path("doctor-03")).await.0, 200, "she is of the prefecture");
    assert_eq!(problem(reader.get(&path("doctor-04")).await), (404, "user_unknown".into()), "of another county");
    assert_eq!(problem(reader.get(&path("nobody")).await), (404, "user_unknown".into()));
}

async fn a_wrong_question_is_told_what_is_wrong(engine: Engine) {
    let world = World::new(engine).await;
    let (desk, ..) = logged(&world).await;
    for (query, code) in [
        ("unit=changdu&from=2021-01-01", (400, "parameter_missing")),
        ("unit=changdu&from=2021-02-01&to=2021-01-01", (400, "parameter_invalid")),
        ("unit=changdu&from=2021-01-01&to=2021-01-31&language=fr", (400, "parameter_invalid")),
        ("unit=changdu&from=2021-01-01&to=2021-01-31&worker=A", (400, "parameter_invalid")),
        ("unit=nowhere&from=2021-01-01&to=2021-01-31", (404, "unit_unknown")),
    ] {
        for path in ["briefing", "briefing.docx"] {
            let found = problem(desk.get(&format!("/api/v1/{path}?{query}")).await);
            assert_eq!(found, (code.0, code.1.into()), "{path} {query}");
        }
    }
    for path in ["unit/fr", "county/zh"] {
        assert_eq!(
            problem(desk.get(&format!("/api/v1/briefing/templates/{path}")).await),
            (400, "parameter_invalid".into())
        );
    }
    // A period that nothing lies before is compared with nothing.
    let first = desk.got("/api/v1/briefing?unit=changdu&from=1900-01-01&to=1900-12-31&language=en").await;
    assert!(texts(&first).contains("—"), "{first}");
    let whole = desk.got("/api/v1/briefing?unit=changdu&from=1900-01-01&to=2199-12-31&language=en").await;
    assert!(texts(&whole).contains("Records\n7\n—"), "{whole}");

    let made = desk.got(&format!("/api/v1/briefing?unit=markam&{YEAR}")).await;
    let position = |unit: &str, position: i64| json!([{"unit": unit, "position": position}]);
    for (name, value, code) in [
        ("positions", position("riwoqe", 1), (400, "position_elsewhere")),
        ("positions", position("nowhere", 1), (400, "position_elsewhere")),
        ("positions", position("markam", 9_999), (409, "position_unknown")),
        (
            "positions",
            json!([{"unit": "markam", "position": 1}, {"unit": "markam", "position": 1}]),
            (400, "position_twice"),
        ),
        ("positions", position("markam", -1), (400, "body_malformed")),
        ("epoch", json!("0000000000000001"), (409, "epoch_unknown")),
        ("epoch", json!("x"), (400, "parameter_invalid")),
        ("at", json!("yesterday"), (400, "parameter_invalid")),
        ("worker", json!("nobody"), (404, "user_unknown")),
        ("to", json!("2020-01-01"), (400, "parameter_invalid")),
        ("unit", json!("nowhere"), (404, "unit_unknown")),
    ] {
        let mut body = again(&made);
        body[name] = value;
        assert_eq!(problem(desk.post("/api/v1/briefing", body.clone()).await), (code.0, code.1.into()), "{body}");
    }
    world.tamper("UPDATE feeds SET head = 200001 WHERE org_unit = 'markam'").await;
    let mut body = again(&made);
    body["positions"] = position("markam", 200_001);
    assert_eq!(problem(desk.post("/api/v1/briefing", body).await), (422, "briefing_too_large".into()));
}

async fn a_word_document_holds_the_blocks(engine: Engine) {
    let world = World::new(engine).await;
    let (desk, _, ids) = logged(&world).await;
    for (query, title) in
        [("unit=changdu&language=zh", "单位 2021年 工作简报"), ("unit=markam&language=bo&worker=doctor-04", "医生")]
    {
        let response = desk.ask("GET", &format!("/api/v1/briefing.docx?{query}&{YEAR}"), Body::empty()).await;
        let unit = if query.contains("markam") { "markam" } else { "changdu" };
        let disposition = format!("attachment; filename=\"briefing-{unit}-2021-01-01-2021-12-31.docx\"");
        assert_eq!(response.headers()["content-disposition"], disposition.as_str());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let parts = crate::briefing::word::opened::check(&bytes);
        assert!(parts["word/document.xml"].contains(title));
        // Nobody knows where the console is.
        assert!(!parts["word/_rels/document.xml.rels"].contains("hyperlink"));
        assert!(!parts["word/document.xml"].contains(&ids[1]));
    }
}
