//! A small prefecture with people, their phones, and what they log.

use std::{collections::BTreeMap, path::Path};

use axum::{
    Router,
    body::Body,
    http::{Request, response::Parts},
};
use cairn_server::{
    AppState,
    admin::{self, TokenTerms},
    api::{self, ApiState},
    auth::{By, Role, enrol},
    clock,
    ingest::{Ingest, Push},
    live,
    store::{Store, devices},
    sync, web,
};
use http_body_util::BodyExt;
use serde_json::Value as Json;
use sqlx::Connection;
use sync_core::{
    crdt::Change,
    form::Form,
    id::{ActorKey, ClockMs, UnitCode},
    record::{Edit, Header, Pen, Record, Value, Values},
    replica::UnitKind,
    wire::{InChange, Outcome},
};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::{
    both::{Engine, address},
    run::Program,
};

/// 2021-03-01T00:00Z.
pub const MARCH_MS: i64 = 1_614_556_800_000;
const UNITS: [(&str, Option<&str>, UnitKind); 7] = [
    ("changdu", None, UnitKind::Prefecture),
    ("markam", Some("changdu"), UnitKind::County),
    ("markam-hospital", Some("markam"), UnitKind::Clinic),
    ("markam-school", Some("markam"), UnitKind::School),
    ("riwoqe", Some("changdu"), UnitKind::County),
    ("riwoqe-clinic", Some("riwoqe"), UnitKind::Clinic),
    ("elsewhere", None, UnitKind::Prefecture),
];

pub struct County {
    dir: TempDir,
    /// The store's address.
    pub url: String,
    pub store: Store,
    ingest: Ingest,
    router: Router,
    minutes: i64,
}

/// A phone, enrolled for one user.
pub struct Phone {
    pub user: String,
    pub token: cairn_server::auth::Token,
    actor: ActorKey,
}

impl County {
    pub async fn new(engine: Engine) -> Self {
        let dir = TempDir::new().unwrap();
        let url = address(engine, dir.path());
        let store = Store::open(&url).await.unwrap();
        let key = admin::make_ready(&store).await.unwrap();
        for (code, parent, kind) in UNITS {
            let parent = parent.map(|p| p.parse().unwrap());
            admin::add_unit(&store, &operator(), code.parse().unwrap(), parent, kind, code).await.unwrap();
        }
        let app = AppState::start(store.clone());
        let router = api::router(ApiState::new(&app, &key))
            .merge(sync::routes(app.clone()))
            .merge(live::routes(app.clone()))
            .merge(web::router());
        Self { dir, url, ingest: app.ingest, store, router: api::with_manners(router), minutes: 0 }
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The program on the same store.
    pub fn program(&self) -> Program {
        Program::on(self.dir(), &self.url)
    }

    /// Adds a user, and gives an API token of theirs.
    pub async fn user(&self, user: &str, role: Role, unit: &str) -> String {
        let name = user.parse().unwrap();
        admin::add_user(&self.store, &operator(), name, user, role, unit.parse().unwrap()).await.unwrap();
        let terms = TokenTerms { role: Role::Administrator, ..TokenTerms::default() };
        let user = user.parse().unwrap();
        let (token, _) = admin::make_api_token(&self.store, &operator(), &user, terms).await.unwrap();
        token.reveal().to_owned()
    }

    /// Enrols a phone for a user.
    pub async fn phone(&self, user: &str) -> Phone {
        let (code, _) = admin::make_enrolment_code(&self.store, &operator(), &user.parse().unwrap(), 1).await.unwrap();
        let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        let enrolled = enrol(&self.store, &code.reveal(), "phone", key, clock::now()).await.unwrap();
        let mut actor = [0; 8];
        getrandom::fill(&mut actor).unwrap();
        Phone { user: user.to_owned(), token: enrolled.token, actor: ActorKey(actor) }
    }

    /// A pen whose clock is a minute further each time.
    pub fn pen(&mut self, phone: &Phone) -> Pen {
        self.minutes += 1;
        Pen { actor: phone.actor, time: ClockMs(MARCH_MS + self.minutes * 60_000) }
    }

    /// Logs a record and pushes it.
    pub async fn log(&mut self, phone: &Phone, unit: &str, form: &str, values: &[(&str, Value)]) -> Record {
        let (record, change) = self.write(phone, unit, form, values);
        assert!(matches!(self.push(phone, unit, &change).await, Outcome::Accepted { .. }));
        record
    }

    /// Logs a record and keeps it on the phone.
    pub fn write(&mut self, phone: &Phone, unit: &str, form: &str, values: &[(&str, Value)]) -> (Record, Change) {
        let pen = self.pen(phone);
        let form = form_of(form);
        let header = Header {
            form: form.id.clone(),
            form_version: form.version,
            unit: unit.parse().unwrap(),
            worker: phone.user.parse().unwrap(),
            created: pen.time,
        };
        Record::create(&form, header, &named(values), pen).unwrap()
    }

    /// Sets a field and pushes it.
    pub async fn set(&mut self, phone: &Phone, record: &mut Record, field: &str, value: Value) -> Outcome {
        let pen = self.pen(phone);
        let change = record.edit(&[Edit::Set(field.parse().unwrap(), value)], pen).unwrap();
        self.push(phone, record.header().unit.as_str(), &change).await
    }

    pub async fn push(&self, phone: &Phone, unit: &str, change: &Change) -> Outcome {
        let mut tx = self.store.read().await.unwrap();
        let device = devices::by_token(&mut tx, phone.token.hash()).await.unwrap().unwrap();
        drop(tx);
        let unit: UnitCode = unit.parse().unwrap();
        let change = InChange { position: None, parts: change.parts().unwrap().into(), change: change.clone() };
        let push = Push {
            device,
            contact: None,
            changes: vec![(unit, change)],
            vouched: BTreeMap::new(),
            authors: Vec::new(),
        };
        self.ingest.push(push).await.unwrap().remove(0)
    }

    /// Asks, and gives status and body.
    pub async fn get(&self, path: &str, token: &str) -> (u16, Json) {
        let request =
            Request::get(path).header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
        let status = response.status().as_u16();
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let json: Json = serde_json::from_slice(&body).unwrap();
        assert_eq!(kind, if status < 400 { "application/json" } else { "application/problem+json" }, "{path}");
        (status, json)
    }

    /// Changes the store behind everybody's back.
    pub async fn tamper(&self, sql: &str) {
        let mut conn = sqlx::AnyConnection::connect(&self.url).await.unwrap();
        let done = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.unwrap();
        assert!(done.rows_affected() > 0, "{sql}");
        conn.close().await.unwrap();
    }

    /// Sends a request as it is; gives the answer's head, and its body as far as it is JSON. A stream of events has no end.
    pub async fn ask(&self, request: Request<Body>) -> (Parts, Json) {
        let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        if head.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream") {
            return (head, Json::Null);
        }
        let body = body.collect().await.unwrap().to_bytes();
        (head, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Asks as a program does: a method, a path, a token, and a body unless it is null.
    pub async fn call(&self, method: &str, path: &str, token: &str, body: Json) -> (u16, Json) {
        let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
        let request = match body {
            Json::Null => request.body(Body::empty()),
            body => request.header("content-type", "application/json").body(Body::from(body.to_string())),
        };
        let (head, json) = self.ask(request.unwrap()).await;
        (head.status.as_u16(), json)
    }

    /// Asks what must be answered.
    #[track_caller]
    pub fn answer(&self, path: &str, token: &str) -> impl Future<Output = Json> {
        let asked = format!("GET {path}");
        let answer = self.get(path, token);
        async move {
            let (status, json) = answer.await;
            assert_eq!(status, 200, "{asked}: {json}");
            json
        }
    }

    /// Asks what must be a problem; gives its status and code.
    pub async fn problem(&self, path: &str, token: &str) -> (u16, String) {
        let (status, json) = self.get(path, token).await;
        assert_eq!(json["status"], status, "{path}: {json}");
        (status, json["code"].as_str().unwrap().to_owned())
    }
}

/// The operator, now: API tokens expire.
pub fn operator() -> By {
    By::operator(clock::now())
}

pub fn text(text: &str) -> Value {
    Value::Text(text.into())
}

/// A free outreach clinic.
pub fn outreach(on: &str, patients: i64) -> Vec<(&'static str, Value)> {
    vec![("on", text(on)), ("place", text("广场")), ("patients_seen", Value::Integer(patients))]
}

fn named(values: &[(&str, Value)]) -> Values {
    values.iter().map(|(key, value)| (key.parse().unwrap(), value.clone())).collect()
}

fn form_of(id: &str) -> Form {
    let forms = admin::STARTER_KIT.iter().map(|json| Form::parse(json).unwrap());
    forms.into_iter().find(|form| form.id.as_str() == id).unwrap()
}
