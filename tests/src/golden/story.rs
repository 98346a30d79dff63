//! What happens in a kept store: little, but of every kind. Two doctors, a teacher and a reviewer, over real HTTP with a real server.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
};

use cairn_client::{Store as _, transport::ServerUrl};
use cairn_server::{
    admin::{self, TokenTerms},
    auth::{By, Role},
    store::Store,
};
use serde_json::{Value as Json, json};
use sync_core::{
    crdt::{Action, Change, ChangeParts, Key, Object, Op, OpId, Scalar},
    form::Form,
    id::{ActorKey, ClockMs, RecordId, UnitCode, Username},
    record::{Header, Pen, Record, Value, Values, Verdict},
    replica::{ChangeRow, ChangeState, UnitKind, Write},
    wire::{self, OutChange, OutGroup, OutRequest, RequestHead},
};

use super::{
    line::{Line, Said},
    phone::{Phone, StillClock},
};
use crate::http;

/// Who sees everything in a kept store.
pub const ADMINISTRATOR: &str = "admin-01";
/// With which the administrator logs in to the console.
pub const PASSWORD: &str = "牦牛 crosses the pass";
/// Codes and tokens are made in 2100, so that they are good for as long as a store is kept.
const LATER: ClockMs = ClockMs(4_102_444_800_000);
const HOSPITAL: &str = "markam-hospital";
const SCHOOL: &str = "markam-school";
/// The actor of changes that no replica would make.
const STRANGE: ActorKey = ActorKey([0xee; 8]);

/// A story while it goes on.
pub(super) struct Story {
    pub url: ServerUrl,
    pub store: Store,
    pub said: Said,
    pub clock: StillClock,
    pub folder: PathBuf,
    devices: u8,
}

/// What is needed of it afterwards.
pub(super) struct Told {
    /// The device with unsynced work.
    pub phone: Phone<Line>,
    /// What was heard on the live stream.
    pub live: Vec<u8>,
    /// An administrator's API token.
    pub token: String,
    /// Codes with which a device of the phone's user enrols, not used yet.
    pub codes: [String; 2],
}

fn unit(code: &str) -> UnitCode {
    code.parse().expect("a unit's code")
}

fn user(name: &str) -> Username {
    name.parse().expect("a username")
}

/// Whoever makes what is to last.
fn lasting() -> By {
    By::operator(LATER)
}

impl Story {
    pub(super) fn new(url: ServerUrl, store: Store, folder: &Path) -> Self {
        let (said, clock) = (Said::default(), StillClock::default());
        Self { url, store, said, clock, folder: folder.to_owned(), devices: 0 }
    }

    fn by(&self) -> By {
        By::operator(self.clock.pass())
    }

    /// Units, people, a newer form.
    async fn furnish(&self) {
        let places = [
            ("changdu", None, UnitKind::Prefecture, "昌都市"),
            ("markam", Some("changdu"), UnitKind::County, "芒康"),
            (HOSPITAL, Some("markam"), UnitKind::Clinic, "芒康县人民医院"),
            (SCHOOL, Some("markam"), UnitKind::School, "芒康县中学"),
        ];
        for (code, parent, kind, name) in places {
            admin::add_unit(&self.store, &self.by(), unit(code), parent.map(unit), kind, name).await.expect("a unit");
        }
        admin::rename_unit(&self.store, &self.by(), &unit("markam"), "芒康县").await.expect("a new name");
        for (name, called, role, at) in [
            (ADMINISTRATOR, "管理员", Role::Administrator, "changdu"),
            ("doctor-03", "卓玛", Role::Recorder, HOSPITAL),
            ("doctor-07", "扎西", Role::Recorder, HOSPITAL),
            ("teacher-01", "老师", Role::Recorder, SCHOOL),
            ("reviewer-01", "次仁", Role::Reviewer, "markam"),
        ] {
            admin::add_user(&self.store, &self.by(), user(name), called, role, unit(at)).await.expect("a user");
        }
        admin::rename_user(&self.store, &self.by(), &user("teacher-01"), "央金").await.expect("a new name");
        admin::add_grant(&self.store, &self.by(), &user("doctor-03"), &unit(SCHOOL), Role::Recorder)
            .await
            .expect("a role");
        admin::add_grant(&self.store, &self.by(), &user("doctor-07"), &unit("markam"), Role::Observer)
            .await
            .expect("a role");
    }

    async fn code(&self, of: &str) -> String {
        let (code, _) = admin::make_enrolment_code(&self.store, &lasting(), &user(of), 1).await.expect("a code");
        code.reveal()
    }

    /// A device that has enrolled.
    async fn enrolled(&mut self, name: &str, of: &str) -> Phone<Line> {
        self.devices += 1;
        let line = Line::new(name, &self.url, &self.said);
        let phone = Phone::open(&self.folder.join(name), line, &self.clock, self.devices).await;
        let code = self.code(of).await;
        phone.engine.enrol(&self.url, &code, &format!("{of} · {name}")).await.expect("a good code");
        phone
    }

    /// Asks the API.
    fn ask(&self, method: &str, path: &str, token: &str, body: &Json) -> Json {
        let body = body.to_string();
        let (status, answer) = http(self.url.as_str(), method, path, Some(token), "application/json", body.as_bytes());
        let said = String::from_utf8_lossy(&answer).into_owned();
        assert!(status < 300, "{method} {path}: {status} {said}");
        serde_json::from_str(&said).unwrap_or(Json::Null)
    }

    /// Tells the whole story.
    pub(super) async fn tell(&mut self) -> Told {
        self.furnish().await;
        let phone = self.enrolled("phone", "doctor-03").await;
        let second = self.enrolled("second", "doctor-07").await;
        let school = self.enrolled("school", "teacher-01").await;
        let lost = self.enrolled("lost", "doctor-03").await;
        let desk = self.enrolled("desk", "reviewer-01").await;
        let desk_folder = self.folder.join("desk");
        // Kept as it is before its first sync.
        desk.engine.store().close().await;
        copy_store(&desk_folder, &self.folder.join("desk-new"));
        let desk = Phone::open(&desk_folder, Line::new("desk", &self.url, &self.said), &self.clock, self.devices).await;
        let terms = TokenTerms { name: "golden", role: Role::Administrator, days: admin::TOKEN_DAYS_MAX };
        let made = admin::make_api_token(&self.store, &lasting(), &user(ADMINISTRATOR), terms).await;
        let token = made.expect("a token").0.reveal().to_owned();

        phone.sync().await;
        let clinic = |place: &str, seen: u32, day: &str| json!({"on": day, "place": place, "patients_seen": seen});
        let first = phone.log("clinic.outreach", HOSPITAL, clinic("嘎托镇", 41, "2021-03-10"), false).await;
        let twice = phone.log("clinic.outreach", HOSPITAL, clinic("如美镇", 20, "2021-03-11"), false).await;
        let surgery =
            json!({"on": "2021-03-12", "procedure": "阑尾切除", "outcome": "recovered", "laparoscopic": true});
        let surgery = phone.log("clinic.surgery", HOSPITAL, surgery, false).await;
        let faulty =
            phone.log("clinic.outreach", HOSPITAL, json!({"on": "2021-04-02", "notes": "གཞན་མེད།"}), true).await;
        phone.sync().await;
        let live = self.live(&second, &phone, clinic("曲孜卡乡", 8, "2021-03-13")).await;
        second.sync().await;
        let other = second.log("clinic.outreach", HOSPITAL, clinic("如美镇", 20, "2021-03-11"), false).await;
        let third = second.log("clinic.outreach", HOSPITAL, clinic("如美镇", 20, "2021-03-11"), false).await;
        let ward = json!({"on": "2021-03-12", "department": "内科", "visits": 12});
        let ward = second.log("clinic.outpatient_day", HOSPITAL, ward, false).await;
        second.sync().await;
        phone.sync().await;

        // Both at once: two values of one field, two counts of one tally, two hands in one text.
        phone.set(first, json!({"patients_seen": 43, "notes": "测血压，发药。"})).await;
        phone.set(ward, json!({"visits": "+3"})).await;
        second.set(first, json!({"patients_seen": 44})).await;
        second.set(ward, json!({"visits": "+4"})).await;
        second.say(first, "我数的是四十四。").await;
        phone.sync().await;
        second.sync().await;
        phone.sync().await;

        desk.sync().await;
        desk.engine.store().close().await;
        let line = Line::new("desk-later", &self.url, &self.said);
        let desk = Phone::open(&desk_folder, line, &self.clock, self.devices + 1).await;
        for (record, verdict, why) in [
            (surgery, Verdict::Approved, ""),
            (faulty, Verdict::Returned, "地点？"),
            (third, Verdict::Void, "重复登记"),
        ] {
            self.clock.pass();
            let original = (verdict == Verdict::Void).then_some(other);
            desk.engine.review(record, verdict, why, original).await.expect("a verdict");
        }
        desk.sync().await;
        phone.sync().await;
        phone.set(surgery, json!({"outcome": "improved"})).await;
        phone.sync().await;

        self.unfit(&phone, &school, &token, first).await;
        self.parked(&second).await;
        admin::tell_apart(&self.store, &self.by(), &unit(HOSPITAL), twice, other).await.expect("two records");
        let template = json!({"source": "# {{ unit.name }}, {{ period.text }}\n\n{{ total().records }}\n"});
        self.ask("PUT", "/api/v1/briefing/templates/unit/en", &token, &template);
        let (code, _) =
            admin::make_password_code(&self.store, &lasting(), &user(ADMINISTRATOR), 1).await.expect("a code");
        self.ask("POST", "/api/v1/password", &token, &json!({"code": code.reveal(), "password": PASSWORD}));
        let gone = lost.engine.status().await.expect("a status").identity.device;
        admin::revoke_device(&self.store, &self.by(), &gone).await.expect("a device");
        for device in [&second, &school, &desk] {
            device.sync().await;
        }
        phone.sync().await;
        self.unsynced(&phone, first, surgery).await;
        for device in [second, school, lost, desk] {
            device.engine.store().close().await;
        }
        let codes = [self.code("doctor-03").await, self.code("doctor-03").await];
        Told { phone, live, token, codes }
    }

    /// Listens on the live stream as `ear` while `phone` brings in a record; gives all that came over the line.
    async fn live(&self, ear: &Phone<Line>, phone: &Phone<Line>, fields: Json) -> Vec<u8> {
        let token = ear.engine.store().identity().await.expect("a store").expect("an identity").token;
        let host = self.url.as_str().trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).expect("the server listens");
        write!(
            stream,
            "GET /sync/v1/live HTTP/1.1\r\nhost: {host}\r\naccept: text/event-stream\r\nauthorization: Bearer {token}\r\n\r\n"
        )
        .expect("the server reads");
        let mut stream = BufReader::new(stream);
        let mut heard = Vec::new();
        let mut hear_until = |end: &str| {
            while !String::from_utf8_lossy(&heard).contains(end) {
                let read = stream.read_until(b'\n', &mut heard).expect("a stream");
                assert!(read > 0, "the stream ended: {}", String::from_utf8_lossy(&heard));
            }
        };
        hear_until(": here");
        phone.log("clinic.outreach", HOSPITAL, fields, false).await;
        phone.sync().await;
        hear_until(&format!("data: {HOSPITAL}\n\n"));
        heard
    }

    /// Changes that are held, of which one is admitted and one rejected, and one that is refused.
    async fn unfit(&self, phone: &Phone<Line>, school: &Phone<Line>, token: &str, record: RecordId) {
        school.sync().await;
        let lecture = |topic: &str| json!({"on": "2021-03-14", "topic": topic, "participants": 60});
        for topic in ["防火", "卫生", "急救"] {
            school.log("school.lecture", SCHOOL, lecture(topic), false).await;
        }
        phone.log("school.lecture", SCHOOL, lecture("近视"), false).await;
        for name in ["teacher-01", "doctor-03"] {
            let (name, school) = (user(name), unit(SCHOOL));
            admin::remove_grant(&self.store, &self.by(), &name, &school, Role::Recorder).await.expect("a role");
        }
        self.break_a_rule(phone, record).await;
        phone.sync().await;
        school.sync().await;
        let held = self.ask("GET", "/api/v1/held?user=teacher-01", token, &Json::Null);
        let change = |at: usize| held["items"][at]["change"].as_str().expect("a held change").to_owned();
        self.ask("POST", &format!("/api/v1/held/{}/admit", change(0)), token, &json!({}));
        self.ask("POST", &format!("/api/v1/held/{}/reject", change(1)), token, &json!({"reason": "不在此校"}));
        school.sync().await;
    }

    /// Puts into the outbox, past the replica's own gate, what no rule allows: a record's header is written a second time.
    async fn break_a_rule(&self, phone: &Phone<Line>, id: RecordId) {
        let store = phone.engine.store();
        let rows = store.rows_of_records(&[id]).await.expect("rows");
        let record = sync_core::replica::assemble(&rows).expect("a record");
        let beneath = record.ledger().entries().iter().map(|entry| *entry.ops.end()).max().unwrap_or(0);
        let parts = ChangeParts {
            actor: STRANGE,
            seq: 1,
            start_op: beneath + 1,
            time: self.clock.pass(),
            deps: record.document().heads().to_vec(),
            ops: vec![Op {
                object: Object::Id(OpId { counter: 1, actor: record.ledger().entries()[0].actor }),
                key: Key::Name("worker".into()),
                action: Action::Put(Scalar::Text("somebody-else".into())),
                pred: vec![],
            }],
        };
        let change = Change::build(&parts);
        let (unit, raw) = (record.header().unit.clone(), change.raw().to_vec());
        let (state, hash) = (ChangeState::Waiting, change.hash());
        let row = ChangeRow { hash, record: Some(id), unit, actor: STRANGE, position: None, state, own: true, raw };
        let right = store.exclusive().await.expect("a turn");
        store.commit(&right, vec![Write::Change(row)]).await.expect("a commit");
    }

    /// Sends, past the replica, an edit of a record that the server has never seen.
    async fn parked(&self, second: &Phone<Line>) {
        let form: Form = Form::parse(include_str!("../../../server/forms/clinic.outreach.json")).expect("a form");
        let header = Header {
            form: form.id.clone(),
            form_version: form.version,
            unit: unit(HOSPITAL),
            worker: user("doctor-07"),
            created: self.clock.pass(),
        };
        let pen = |time| Pen { actor: ActorKey([0xdd; 8]), time };
        let place: sync_core::id::FieldKey = "place".parse().expect("a field");
        let values = Values::from([(place, Value::Text("帮达乡".into()))]);
        let made = Record::create(&form, header.clone(), &values, pen(header.created));
        let (mut record, _) = made.expect("a record");
        let change = record.comment("还没到", pen(self.clock.pass())).expect("a comment");
        let out = OutChange { position: None, hash: change.hash(), parts: change.parts().expect("parts") };
        let group = OutGroup { unit: unit(HOSPITAL), changes: vec![out], known: Vec::new() };
        let body = wire::encode_request(&OutRequest { head: RequestHead::default(), groups: vec![group] });
        let identity = second.engine.store().identity().await.expect("a store").expect("an identity");
        let transport = second.engine.transport();
        let reply =
            cairn_client::Transport::sync(transport, &self.url, &identity.token, body).await.expect("an answer");
        let opened = wire::open_response(&reply.body).expect("a frame");
        assert_eq!(opened.head().outcomes, [wire::Outcome::Parked]);
    }

    /// Work that no server has seen.
    async fn unsynced(&self, phone: &Phone<Line>, first: RecordId, surgery: RecordId) {
        let new = json!({"on": "2021-04-20", "place": "木许乡", "patients_seen": 17, "notes": "路上下雪。"});
        let new = phone.log("clinic.outreach", HOSPITAL, new, false).await;
        phone.set(new, json!({"referred": 2})).await;
        phone.set(first, json!({"patients_seen": 44})).await;
        phone.say(surgery, "已出院").await;
        let kept = |record: Option<RecordId>, answers: Json| cairn_client::engine::KeptDraft {
            id: None,
            record,
            form: "clinic.outreach".into(),
            unit: Some(HOSPITAL.into()),
            answers: answers.as_object().expect("an object").clone(),
        };
        self.clock.pass();
        phone.engine.keep_draft(&kept(None, json!({"place": "宗西", "patients_seen": "许多"}))).await.expect("a draft");
        self.clock.pass();
        phone.engine.keep_draft(&kept(Some(new), json!({"referred": "3"}))).await.expect("a draft");
    }
}

/// Copies a replica that nobody has open.
fn copy_store(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a writable folder");
    let file = cairn_client::SqliteStore::FILE;
    assert!(!from.join(format!("{file}-wal")).exists(), "the store is closed");
    std::fs::copy(from.join(file), to.join(file)).expect("a store");
}
