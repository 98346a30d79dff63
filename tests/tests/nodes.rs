//! Promises 2 and 4 on several nodes: three servers on one PostgreSQL, of which one or another is killed all the time, behind a
//! balancer that sends each request wherever it likes.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use cairn_client::{
    Clock, Engine as Replica, HttpTransport, MemoryStore, Store as _, SystemClock, Transport, TransportError,
    engine::{Answers, ImportRow, NewRecord},
    transport::{EnrolRequest, Enrolled, Reply, ServerUrl, Traffic},
};
use cairn_server::{
    admin,
    auth::{By, Role},
    clock,
    config::PlaceConfig,
    store::{Engine, Store, feeds, pages},
};
use cairn_tests::{Server, place, postgres::Cluster, run_on};
use serde_json::json;
use sync_core::{
    id::{ChangeHash, ClockMs, UnitCode},
    record::{Edit, Value},
    replica::{ChangeState, UnitKind},
};
use tokio::task::JoinSet;

const NODES: usize = 3;
const WRITERS: usize = 16;
const READERS: usize = 4;
const FEEDS: usize = 8;
/// Changes of all writers together, at least.
const CHANGES: u64 = 50_000;
/// How often a node is killed, at least.
const KILLS: u32 = 30;
/// Records that a writer makes between two syncs, besides the one that it corrects.
const ROWS: u64 = 100;
/// Rounds of one writer, at most.
const ROUNDS_MAX: u64 = 1_000;
/// Syncs that may fail one after the other once nobody is killed any more.
const PATIENCE: u32 = 20;

/// What the tables take, with their indexes: inputs of the model in `server/docs/scale.md`.
const SIZES: &str = "SELECT relname || ': ' || pg_table_size(oid) || ' and ' || pg_indexes_size(oid) || ' bytes' \
                     FROM pg_class WHERE relname IN ('changes', 'records', 'tallies', 'worker_tallies', 'actors') ORDER BY relname";

/// A balancer without memory: each request goes to a node drawn at random.
struct Balanced {
    http: HttpTransport,
    nodes: Arc<Vec<ServerUrl>>,
    drawn: AtomicU64,
}

impl Balanced {
    fn draw(&self) -> &ServerUrl {
        let next = |n: u64| Some(n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
        let drawn = self.drawn.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).unwrap_or_default();
        &self.nodes[(drawn >> 33) as usize % self.nodes.len()]
    }
}

impl Transport for Balanced {
    async fn enrol(&self, _: &ServerUrl, request: &EnrolRequest) -> Result<Enrolled, TransportError> {
        self.http.enrol(self.draw(), request).await
    }

    async fn sync(&self, _: &ServerUrl, token: &str, body: Vec<u8>) -> Result<Reply, TransportError> {
        self.http.sync(self.draw(), token, body).await
    }

    fn traffic(&self) -> Traffic {
        self.http.traffic()
    }
}

/// The machine's clock, but for waits before another try, which are short: the next node is most likely alive.
struct Hasty;

impl Clock for Hasty {
    fn now(&self) -> ClockMs {
        SystemClock.now()
    }

    fn offset_minutes(&self) -> i32 {
        480
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration / 20).await;
    }
}

type Device = Replica<MemoryStore, Balanced, Hasty>;

/// What the nodes, their tormentor and the devices have in common.
struct Field {
    nodes: Arc<Vec<ServerUrl>>,
    store: Store,
    kills: AtomicU32,
    is_over: AtomicBool,
}

impl Field {
    async fn device(&self, user: &str, number: usize) -> Device {
        let (code, _) = admin::make_enrolment_code(&self.store, &operator(), &user.parse().unwrap(), 1).await.unwrap();
        let transport =
            Balanced { http: HttpTransport::new(), nodes: self.nodes.clone(), drawn: AtomicU64::new(number as u64) };
        let device = Replica::open(MemoryStore::new(), transport, Hasty).unwrap();
        device.enrol(&self.nodes[0], &code.reveal(), "phone").await.unwrap();
        device
    }
}

fn unit(number: usize) -> String {
    format!("clinic-{}", number % FEEDS)
}

fn outreach(unit: &str, seen: u64) -> NewRecord {
    let fields = json!({"on": "2021-05-01", "place": "嘎托镇", "patients_seen": seen});
    let answers = Answers::Sent(fields.as_object().unwrap().clone());
    NewRecord { form: "clinic.outreach".into(), unit: Some(unit.into()), answers, allow_faults: false }
}

/// Syncs until everything is answered, once nobody is killed any more.
async fn finish(device: &Device) {
    for _ in 0..PATIENCE {
        if device.sync().await.unwrap().answered_all {
            return;
        }
    }
    panic!("{:?}", device.sync().await.unwrap());
}

/// Logs and syncs until enough is logged and enough nodes were killed; gives how many changes that were.
async fn write(field: &Field, device: &Device, unit: &str) -> u64 {
    let mut made = 0;
    for _ in 0..ROUNDS_MAX {
        if made >= CHANGES / WRITERS as u64 && field.kills.load(Ordering::SeqCst) >= KILLS {
            return made;
        }
        let rows = (0..ROWS).map(|line| Ok(ImportRow { line, record: outreach(unit, 1) }));
        let imported = device.import(rows).await.unwrap();
        assert_eq!((imported.imported, imported.bad.len()), (ROWS, 0));
        let saved = device.create(&outreach(unit, 1)).await.unwrap();
        let correction = Edit::Set("patients_seen".parse().unwrap(), Value::Integer(2));
        device.edit(saved.id, &[correction], false).await.unwrap();
        made += ROWS + 2;
        // Whatever goes wrong is done by the next sync.
        device.sync().await.unwrap();
    }
    panic!("{made} changes, and only {} kills", field.kills.load(Ordering::SeqCst));
}

/// Syncs and looks for gaps until the writers are done; gives how often it looked.
async fn read(field: &Field, device: &Device) -> u32 {
    let mut looks = 0;
    while !field.is_over.load(Ordering::SeqCst) {
        device.sync().await.unwrap();
        has_no_gap(device).await;
        looks += 1;
    }
    looks
}

/// What a reader has of each feed is all that lies between two positions.
async fn has_no_gap(device: &Device) {
    for feed in device.store().feeds().await.unwrap() {
        let rows = device.store().rows_of_feed(&feed.unit).await.unwrap();
        let mut positions: Vec<u64> = rows.iter().map(|row| row.position.unwrap()).collect();
        positions.sort_unstable();
        let all: Vec<u64> = (feed.missing_below + 1..=feed.top).collect();
        assert!(positions == all, "{}: {} of {} positions", feed.unit, positions.len(), all.len());
    }
}

/// Kills nodes and starts them again, until the writers are done, at moments drawn from `seed`.
fn torment(field: &Field, place: &PlaceConfig, mut nodes: Vec<Server>, mut seed: u64) -> Vec<Server> {
    while !field.is_over.load(Ordering::SeqCst) {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis(200 + (seed >> 33) % 1_000));
        let node = nodes.swap_remove((seed >> 40) as usize % NODES);
        let address = node.address();
        node.kill();
        field.kills.fetch_add(1, Ordering::SeqCst);
        nodes.push(Server::start(place, &address));
    }
    nodes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_nodes_that_are_killed_all_the_time_lose_and_skip_nothing() {
    let home = tempfile::tempdir().unwrap();
    let place = place(Engine::Postgres, home.path());
    let servers: Vec<Server> = (0..NODES).map(|_| Server::start(&place, "127.0.0.1:0")).collect();
    let nodes = Arc::new(servers.iter().map(|server| server.url.parse().unwrap()).collect());
    let store = place.open().await.unwrap();
    let field = Arc::new(Field { nodes, store, kills: AtomicU32::new(0), is_over: AtomicBool::new(false) });
    furnish(&field.store).await;
    let mut writers = Vec::new();
    for number in 0..WRITERS {
        writers.push((unit(number), field.device(&format!("writer-{number}"), number).await));
    }
    let mut readers = Vec::new();
    for number in 0..READERS {
        readers.push(field.device("reader", WRITERS + number).await);
    }
    for device in writers.iter().map(|(_, device)| device).chain(&readers) {
        finish(device).await;
    }

    let tormentor = {
        let (field, place) = (field.clone(), place.clone());
        std::thread::spawn(move || torment(&field, &place, servers, 7))
    };
    let mut writing = JoinSet::new();
    for (unit, device) in writers {
        let field = field.clone();
        writing.spawn(async move {
            let made = write(&field, &device, &unit).await;
            (made, device)
        });
    }
    let mut reading = JoinSet::new();
    for device in readers {
        let field = field.clone();
        reading.spawn(async move {
            let looks = read(&field, &device).await;
            (looks, device)
        });
    }
    let written = writing.join_all().await;
    field.is_over.store(true, Ordering::SeqCst);
    let read = reading.join_all().await;
    let servers = tormentor.join().unwrap();

    let (mut made, mut acknowledged) = (0, BTreeSet::new());
    for (count, device) in &written {
        finish(device).await;
        made += count;
        acknowledged.extend(own_changes(device).await);
    }
    assert!(made >= CHANGES && acknowledged.len() as u64 == made, "{made} made, {} acknowledged", acknowledged.len());
    let stored = all_changes(&field.store).await;
    assert!(stored == acknowledged, "{} stored, {} acknowledged", stored.len(), acknowledged.len());
    for (looks, device) in &read {
        finish(device).await;
        has_no_gap(device).await;
        assert!(*looks > 0 && all_read(device).await == stored, "a reader lacks something");
    }
    let records = made / (ROWS + 2) * (ROWS + 1);
    let url = place.database.as_ref().unwrap();
    let total = Cluster::get().sql(url, "SELECT SUM(value) FROM tallies WHERE measure = 'people_benefited'");
    assert_eq!(total, (records + made / (ROWS + 2)).to_string(), "one for each record, one more for each correction");
    let verified = run_on(&place, &["verify", "--json"]).well().json();
    assert_eq!((&verified["changes"], &verified["records"]), (&json!(made), &json!(records)));
    let kills = field.kills.load(Ordering::SeqCst);
    let looks: u32 = read.iter().map(|(looks, _)| looks).sum();
    println!("{}", Cluster::get().sql(url, SIZES));
    println!("{made} changes, {kills} kills, {looks} looks of {READERS} readers, no gap, totals right");
    assert!(kills >= KILLS);
    drop(servers);
}

fn operator() -> By {
    By::operator(clock::now())
}

/// The clinics, a worker for each writer, and whoever reads it all.
async fn furnish(store: &Store) {
    let county: UnitCode = "county".parse().unwrap();
    admin::add_unit(store, &operator(), county.clone(), None, UnitKind::County, "县").await.unwrap();
    for number in 0..FEEDS {
        let code = unit(number).parse().unwrap();
        admin::add_unit(store, &operator(), code, Some(county.clone()), UnitKind::Clinic, "卫生院").await.unwrap();
    }
    let add = async |name: &str, role, unit: &str| {
        let (user, unit) = (name.parse().unwrap(), unit.parse().unwrap());
        admin::add_user(store, &operator(), user, name, role, unit).await.unwrap();
    };
    for number in 0..WRITERS {
        add(&format!("writer-{number}"), Role::Recorder, &unit(number)).await;
    }
    add("reader", Role::Observer, "county").await;
}

/// A change, and where it stands.
type Placed = (UnitCode, u64, ChangeHash);

/// What a writer made, every one of which is acknowledged.
async fn own_changes(device: &Device) -> Vec<Placed> {
    let mut own = Vec::new();
    for feed in device.store().feeds().await.unwrap() {
        for row in device.store().rows_of_feed(&feed.unit).await.unwrap().into_iter().filter(|row| row.own) {
            assert_eq!(row.state, ChangeState::Stored);
            own.push((row.unit, row.position.unwrap(), row.hash));
        }
    }
    own
}

/// What a reader has.
async fn all_read(device: &Device) -> BTreeSet<Placed> {
    let mut all = BTreeSet::new();
    for feed in device.store().feeds().await.unwrap() {
        let rows = device.store().rows_of_feed(&feed.unit).await.unwrap();
        all.extend(rows.into_iter().map(|row| (row.unit, row.position.unwrap(), row.hash)));
    }
    all
}

/// What the store holds, by its own word.
async fn all_changes(store: &Store) -> BTreeSet<Placed> {
    let mut tx = store.read().await.unwrap();
    let mut all = BTreeSet::new();
    for (unit, feed) in feeds::all(&mut tx).await.unwrap() {
        let names = pages::names(&mut tx, &unit, 0, usize::MAX >> 1).await.unwrap();
        assert_eq!(names.last().map_or(0, |(last, _)| *last), feed.head);
        all.extend(names.into_iter().map(|(position, hash)| (unit.clone(), position, hash)));
    }
    all
}
