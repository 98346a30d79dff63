//! Work that was not sent yet when rights changed: a real replica syncs with a real server, and what it sends is held with its
//! reason until the unit's administrator decides. Nothing is lost on either side.

use cairn_client::{
    Engine, HttpTransport, MemoryStore, SystemClock,
    engine::{Answers, NewRecord},
};
use serde_json::{Value as Json, json};
use sync_core::{
    id::RecordId,
    record::{Edit, Value},
    replica::Receipt,
};

use crate::{
    both, on_both,
    run::{Program, Server},
};

on_both![
    a_worker_who_is_re_assigned_loses_nothing,
    the_new_administrator_of_a_moved_unit_decides,
    what_a_revoked_phone_sends_late_is_held_and_a_rejection_says_why
];

/// A county with two administrators, one clinic, and a recorder with a phone.
struct Story {
    server: Server,
    /// Administrator of the whole prefecture.
    root: String,
    /// Administrator of the county that the clinic lies in.
    markam: String,
    phone: Engine<MemoryStore, HttpTransport, SystemClock>,
    _program: Program,
}

impl Story {
    async fn new(engine: both::Engine) -> Self {
        let program = Program::with_people(engine);
        for unit in [
            ["markam-clinic", "--parent", "markam", "--kind", "clinic", "--name", "芒康县卫生院"],
            ["riwoqe", "--parent", "changdu", "--kind", "county", "--name", "类乌齐县"],
        ] {
            program.json(&[&["admin", "unit", "add"], unit.as_slice()].concat());
        }
        let mut tokens = ["admin-01", "admin-02"].into_iter().zip(["changdu", "markam"]).map(|(user, unit)| {
            let on = ["--name", user, "--role", "administrator", "--unit", unit];
            program.json(&[&["admin", "user", "add", user], on.as_slice()].concat());
            let made = program.json(&["admin", "token", user, "--role", "administrator"]);
            made["token"].as_str().unwrap().to_owned()
        });
        let (root, markam) = (tokens.next().unwrap(), tokens.next().unwrap());
        let server = program.serve();
        let phone = Engine::open(MemoryStore::default(), HttpTransport::new(), SystemClock).unwrap();
        let made = server.ask("POST", "/api/v1/users/doctor-03/codes", &markam, r#"{"purpose":"device"}"#);
        let url = server.said["listening"].as_str().unwrap().parse().unwrap();
        phone.enrol(&url, made.json["code"].as_str().unwrap(), "phone").await.unwrap();
        let story = Self { server, root, markam, phone, _program: program };
        story.sync().await;
        story
    }

    async fn sync(&self) {
        let report = self.phone.sync().await.unwrap();
        assert!(report.error.is_none(), "{report:?}");
    }

    async fn log(&self, patients: i64) -> RecordId {
        let values = [("on", Value::Text("2021-03-15".into())), ("place", Value::Text("嘎托镇".into()))];
        let mut values: sync_core::record::Values =
            values.into_iter().map(|(key, value)| (key.parse().unwrap(), value)).collect();
        values.insert("patients_seen".parse().unwrap(), Value::Integer(patients));
        let new = NewRecord {
            form: "clinic.outreach".into(),
            unit: Some("markam-clinic".into()),
            answers: Answers::Values(values),
            allow_faults: false,
        };
        self.phone.create(&new).await.unwrap().id
    }

    #[track_caller]
    fn ask(&self, token: &str, method: &str, path: &str, body: Json) -> Json {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.server.ask(method, path, token, &body);
        assert!(answer.status < 300, "{method} {path}: {answer:?}");
        answer.json
    }

    #[track_caller]
    fn held(&self, token: &str) -> Vec<Json> {
        self.ask(token, "GET", "/api/v1/held", Json::Null)["items"].as_array().unwrap().clone()
    }

    async fn receipt(&self, record: RecordId) -> Receipt {
        self.phone.show(record).await.unwrap().receipt
    }

    #[track_caller]
    fn people_benefited(&self) -> i64 {
        let path = "/api/v1/summary?unit=changdu&from=2021-01-01&to=2021-12-31";
        let summary = self.ask(&self.root, "GET", path, Json::Null);
        summary["rows"][0]["measures"]["people_benefited"].as_i64().unwrap_or(0)
    }

    /// Everything that is held is admitted, or rejected, by whoever has the token; what is parked upon it is held next.
    #[track_caller]
    fn admit_all(&self, token: &str) {
        while let Some(first) = self.held(token).first() {
            let path = format!("/api/v1/held/{}/admit", first["change"].as_str().unwrap());
            assert_eq!(self.ask(token, "POST", &path, Json::Null)["outcome"], "accepted");
        }
    }
}

async fn a_worker_who_is_re_assigned_loses_nothing(engine: both::Engine) {
    let story = Story::new(engine).await;
    let sent = story.log(1).await;
    story.sync().await;
    let unsent = story.log(20).await;
    story.phone.edit(sent, &[Edit::Set("patients_seen".parse().unwrap(), Value::Integer(3))], false).await.unwrap();
    let grants = "/api/v1/users/doctor-03/grants";
    story.ask(&story.root, "POST", grants, json!({"unit": "riwoqe", "role": "recorder"}));
    story.ask(&story.markam, "DELETE", &format!("{grants}?unit=markam&role=recorder"), Json::Null);
    story.sync().await;
    assert_eq!(story.people_benefited(), 1);
    for record in [sent, unsent] {
        assert!(matches!(story.receipt(record).await, Receipt::Held { .. }));
    }
    let held = story.held(&story.markam);
    assert_eq!(held.len(), 2);
    assert!(held.iter().all(|h| h["reason"] == "no_permission" && h["username"] == "doctor-03"), "{held:?}");
    let read = |held: &Json| {
        story.ask(&story.markam, "GET", &format!("/api/v1/held/{}", held["change"].as_str().unwrap()), Json::Null)
    };
    let contents: Vec<Json> = held.iter().map(|held| read(held)["content"].take()).collect();
    let birth = contents.iter().find(|content| content["began"] == true).unwrap();
    assert_eq!((&birth["form"], &birth["worker"]), (&json!("clinic.outreach"), &json!("doctor-03")));
    assert!(birth["acts"].as_array().unwrap().contains(&json!({"did": "set", "field": "patients_seen", "value": 20})));
    story.admit_all(&story.markam);
    story.sync().await;
    assert_eq!(story.people_benefited(), 23);
    assert!(story.held(&story.root).is_empty());
    let decided = story.ask(&story.root, "GET", "/api/v1/audit?act=held_admitted", Json::Null);
    assert!(decided["items"].as_array().unwrap().iter().all(|entry| entry["by"] == "admin-02"));
}

async fn the_new_administrator_of_a_moved_unit_decides(engine: both::Engine) {
    let story = Story::new(engine).await;
    let unsent = story.log(20).await;
    story.ask(&story.root, "PATCH", "/api/v1/units/markam-clinic", json!({"parent": "riwoqe"}));
    story.sync().await;
    assert!(matches!(story.receipt(unsent).await, Receipt::Held { .. }));
    assert!(story.held(&story.markam).is_empty(), "it is not theirs any more");
    let held = story.held(&story.root);
    let path = format!("/api/v1/held/{}/admit", held[0]["change"].as_str().unwrap());
    assert_eq!(story.server.ask("POST", &path, &story.markam, "").status, 404);
    story.admit_all(&story.root);
    assert_eq!(story.people_benefited(), 20);
}

async fn what_a_revoked_phone_sends_late_is_held_and_a_rejection_says_why(engine: both::Engine) {
    let story = Story::new(engine).await;
    let sent = story.log(1).await;
    story.sync().await;
    let late = story.log(20).await;
    let devices = story.ask(&story.markam, "GET", "/api/v1/devices", Json::Null);
    let device = devices["items"][0]["id"].as_str().unwrap().to_owned();
    story.ask(&story.markam, "POST", &format!("/api/v1/devices/{device}/revoke"), Json::Null);
    story.sync().await;
    let held = story.held(&story.markam);
    assert_eq!((held.len(), &held[0]["reason"]), (1, &json!("device_revoked")));
    assert_eq!(story.people_benefited(), 1, "what it had sent counts");
    let path = format!("/api/v1/held/{}/reject", held[0]["change"].as_str().unwrap());
    let unreadable = story.server.ask("POST", &path, &story.markam, r#"{"reason": " "}"#);
    assert_eq!((unreadable.status, &unreadable.json["code"]), (400, &json!("rejection_reason")));
    story.ask(&story.markam, "POST", &path, json!({"reason": "the phone was lost that day"}));
    let rejected = story.ask(&story.markam, "GET", "/api/v1/held?state=rejected", Json::Null);
    assert_eq!(rejected["items"][0]["note"], "the phone was lost that day");
    story.sync().await;
    let Receipt::Refused { reason } = story.receipt(late).await else { panic!("the worker is not told") };
    assert_eq!(reason.detail, "the phone was lost that day");
    assert_eq!(story.receipt(sent).await, Receipt::OnTheServer);
}
