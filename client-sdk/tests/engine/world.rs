//! A plateau in small: units, forms, people, devices, and the link between them and the server.

use core::{
    sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst},
    time::Duration,
};
use std::sync::{Arc, Mutex, MutexGuard};

use cairn_client::{
    Clock, Engine, MemoryStore, Store as _, Transport,
    engine::{Answers, NewRecord, Seed, ShownRecord, SyncReport},
    store::RecordFilter,
    transport::{EnrolRequest, Enrolled, Problem, Reply, ServerUrl, Traffic, TransportError},
};
use sync_core::{
    gate::Roles,
    id::{ClockMs, RecordId, Username},
    replica::{CatalogUnit, Grant, UnitKind, Write},
};

use crate::server::FakeServer;

pub const HOSPITAL: &str = "markam-hospital";
pub const SCHOOL: &str = "markam-school";
const FORMS: [&str; 2] = [
    include_str!("../../../server/forms/clinic.outreach.json"),
    include_str!("../../../server/forms/clinic.outpatient_day.json"),
];

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// It never arrives.
    RequestLost,
    /// It arrives, and the answer does not.
    AnswerLost,
    /// The network's login page answers.
    Portal,
    /// A proxy on the way takes no more than this many bytes.
    TooLarge(usize),
    /// Something on the way is overloaded.
    Busy,
    /// The server is, and says after how many seconds to come again.
    ComeAgain(u32),
    /// The answer is a frame, cut.
    Garbage,
}

type Plan = Box<dyn FnMut(u32) -> Option<Mishap> + Send>;

/// A line to the server.
#[derive(Clone)]
pub struct Link {
    pub server: Arc<Mutex<FakeServer>>,
    plan: Arc<Mutex<Plan>>,
    requests: Arc<AtomicU64>,
    traffic: Arc<Mutex<Traffic>>,
    /// The sizes of the requests' bodies.
    pub sizes: Arc<Mutex<Vec<usize>>>,
}

impl Link {
    fn pass(&self, token: &str, body: &[u8]) -> Result<Reply, TransportError> {
        let number = self.requests.fetch_add(1, SeqCst) as u32;
        let mishap = (self.plan.lock().unwrap())(number);
        self.traffic.lock().unwrap().sent += body.len() as u64;
        self.sizes.lock().unwrap().push(body.len());
        let lost = || Err(TransportError::Unreachable("the line was cut".into()));
        let page = |status: u16| Reply { status, content_type: Some("text/html".into()), ..Reply::default() };
        match mishap {
            Some(Mishap::RequestLost) => return lost(),
            Some(Mishap::Portal) => return Ok(page(200)),
            Some(Mishap::Busy) => return Ok(page(503)),
            Some(Mishap::ComeAgain(seconds)) => return Ok(Reply { retry_after: Some(seconds), ..page(503) }),
            Some(Mishap::TooLarge(most)) if body.len() > most => return Ok(page(413)),
            _ => {}
        }
        let mut reply = self.server.lock().unwrap().handle(token, body);
        if mishap == Some(Mishap::AnswerLost) {
            return lost();
        }
        if mishap == Some(Mishap::Garbage) {
            reply.body.truncate(6);
        }
        self.traffic.lock().unwrap().received += reply.body.len() as u64;
        Ok(reply)
    }
}

impl Transport for Link {
    async fn enrol(&self, _: &ServerUrl, request: &EnrolRequest) -> Result<Enrolled, TransportError> {
        assert_eq!(request.public_key.len(), 64);
        self.server.lock().unwrap().enrol(&request.code)
    }

    async fn sync(&self, _: &ServerUrl, token: &str, body: Vec<u8>) -> Result<Reply, TransportError> {
        // As over a real line, others get on meanwhile.
        tokio::task::yield_now().await;
        self.pass(token, &body)
    }

    fn traffic(&self) -> Traffic {
        *self.traffic.lock().unwrap()
    }
}

/// A clock that moves when somebody waits.
#[derive(Clone)]
pub struct TestClock {
    now: Arc<AtomicI64>,
    slept: Arc<Mutex<Vec<Duration>>>,
}

impl Clock for TestClock {
    fn now(&self) -> ClockMs {
        ClockMs(self.now.fetch_add(1, SeqCst))
    }

    fn offset_minutes(&self) -> i32 {
        480
    }

    async fn sleep(&self, duration: Duration) {
        self.slept.lock().unwrap().push(duration);
        self.now.fetch_add(i64::try_from(duration.as_millis()).unwrap(), SeqCst);
        tokio::task::yield_now().await;
    }
}

pub struct World {
    pub server: Arc<Mutex<FakeServer>>,
    seeds: u8,
}

/// A device with its store, its line and its clock at hand.
pub struct Phone {
    pub engine: Engine<MemoryStore, Link, TestClock>,
    pub store: MemoryStore,
    pub link: Link,
    pub clock: TestClock,
}

impl World {
    /// Units, forms, three people: two who record at the hospital, and their reviewer.
    pub fn new() -> Self {
        let mut server = FakeServer { epoch: 7, now: ClockMs(1_614_556_800_000), revision: 1, ..FakeServer::default() };
        let units = [
            ("changdu", None, UnitKind::Prefecture),
            ("markam", Some("changdu"), UnitKind::County),
            (HOSPITAL, Some("markam"), UnitKind::Clinic),
            (SCHOOL, Some("markam"), UnitKind::School),
        ];
        server.units = units
            .into_iter()
            .map(|(code, parent, kind)| CatalogUnit {
                code: code.parse().unwrap(),
                parent: parent.map(|p| p.parse().unwrap()),
                kind,
                name: code.into(),
            })
            .collect();
        FORMS.iter().for_each(|json| server.add_form(json));
        let world = Self { server: Arc::new(Mutex::new(server)), seeds: 0 };
        let recorder = Roles { recorder: true, ..Roles::default() };
        let reviewer = Roles { reviewer: true, ..Roles::default() };
        world.grant("doctor-01", &[(HOSPITAL, recorder)]);
        world.grant("doctor-02", &[(HOSPITAL, recorder)]);
        world.grant("reviewer", &[("markam", reviewer)]);
        world
    }

    pub fn grant(&self, user: &str, grants: &[(&str, Roles)]) {
        let grants = grants.iter().map(|(unit, roles)| Grant { unit: unit.parse().unwrap(), roles: *roles });
        self.server().grant(&name(user), grants.collect());
    }

    pub fn server(&self) -> MutexGuard<'_, FakeServer> {
        self.server.lock().unwrap()
    }

    /// A device without a user.
    pub fn phone(&mut self) -> Phone {
        self.phone_on(MemoryStore::new())
    }

    /// A device that was switched on with this store.
    pub fn phone_on(&mut self, store: MemoryStore) -> Phone {
        self.seeds += 1;
        let link = Link {
            server: Arc::clone(&self.server),
            plan: Arc::new(Mutex::new(Box::new(|_| None))),
            requests: Arc::default(),
            traffic: Arc::default(),
            sizes: Arc::default(),
        };
        let clock = TestClock { now: Arc::new(AtomicI64::new(1_614_556_800_000)), slept: Arc::default() };
        let engine = Engine::with_seed(store.clone(), link.clone(), clock.clone(), Seed([self.seeds; 16]));
        Phone { engine, store, link, clock }
    }

    /// A device that has enrolled for `user` and synced.
    pub async fn enrolled(&mut self, user: &str) -> Phone {
        let phone = self.phone();
        let code = format!("{user}:phone-{}", self.seeds);
        phone.engine.enrol(&"http://server".parse().unwrap(), &code, "phone").await.unwrap();
        phone.synced().await;
        phone
    }
}

impl Phone {
    /// From now on, request `n` (counted from 0) meets `plan(n)`.
    pub fn mishaps(&self, plan: impl FnMut(u32) -> Option<Mishap> + Send + 'static) {
        self.link.requests.store(0, SeqCst);
        self.link.sizes.lock().unwrap().clear();
        *self.link.plan.lock().unwrap() = Box::new(plan);
    }

    /// Bad links have taught it to send and to ask for so many quarters less than at first.
    pub async fn learnt_to_take_little(&self, quarters: u32) {
        let right = self.store.exclusive().await.unwrap();
        let mut state = self.store.sync_state().await.unwrap();
        for _ in 0..quarters {
            (state.push, state.pull) = (state.push.quartered(), state.pull.quartered());
        }
        self.store.commit(&right, vec![Write::Sync(state)]).await.unwrap();
    }

    pub fn requests(&self) -> u32 {
        self.link.requests.load(SeqCst) as u32
    }

    pub fn slept(&self) -> Vec<Duration> {
        self.clock.slept.lock().unwrap().clone()
    }

    /// Syncs, and everything is answered for.
    pub async fn synced(&self) -> SyncReport {
        let report = self.engine.sync().await.unwrap();
        assert!(report.answered_all && report.error.is_none(), "{report:?}");
        report
    }

    /// Logs an outreach clinic.
    pub async fn log(&self, place: &str, patients: i64) -> RecordId {
        self.engine.create(&outreach(place, patients)).await.unwrap().id
    }

    pub async fn set(&self, record: RecordId, field: &str, text: &str) {
        self.engine.edit_typed(record, &[(field.into(), text.into())], false).await.unwrap();
    }

    pub async fn shown(&self, record: RecordId) -> ShownRecord {
        self.engine.show(record).await.unwrap()
    }

    /// What the device shows of every record, by name, without what differs between devices.
    pub async fn records(&self) -> Vec<String> {
        let all = self.engine.list(&RecordFilter::default()).await.unwrap();
        let mut all: Vec<String> = all
            .into_iter()
            .map(|r| format!("{} {:?} {:?} {} {:?}", r.id, r.values, r.conflicts, r.changes, r.status))
            .collect();
        all.sort();
        all
    }
}

pub fn outreach(place: &str, patients: i64) -> NewRecord {
    let answers = [("on", "2021-03-15"), ("place", place), ("patients_seen", &patients.to_string())];
    let answers = answers.map(|(key, text)| (key.to_owned(), text.to_owned())).to_vec();
    NewRecord { form: "clinic.outreach".into(), unit: None, answers: Answers::Typed(answers), allow_faults: false }
}

pub fn name(user: &str) -> Username {
    user.parse().unwrap()
}

/// The text of a problem's code, for comparing.
pub fn refused(status: u16, code: &str) -> TransportError {
    TransportError::Refused(Problem { status, code: Some(code.into()), detail: code.into() })
}
