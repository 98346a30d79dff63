//! Promises 2 and 4 on several nodes: three servers on one PostgreSQL, behind a balancer that sends each request wherever it likes.
//! One or another server is killed all the time, and so are connections of the database, in the middle of whatever they do.
//!
//! | variable | what it says | default |
//! |---|---|---|
//! | `CAIRN_CHANGES` | changes of all writers together, at least | 8000 |
//! | `CAIRN_REPORT` | where the figures are written, as JSON | nowhere |

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
    Engine as Replica, HttpTransport, MemoryStore, Store as _, Transport, TransportError,
    engine::ImportRow,
    transport::{EnrolRequest, Enrolled, Reply, ServerUrl, Traffic},
};
use cairn_server::{
    admin,
    auth::Role,
    config::PlaceConfig,
    store::{Engine, Store},
};
use cairn_tests::{
    Server,
    field::{Hasty, Placed, add_user, all_changes, enrol, finish, operator, outreach, stored_here},
    figures::{Draws, Rig, setting},
    order::Watcher,
    place,
    postgres::Cluster,
    run_on,
    session::Session,
};
use serde_json::json;
use sync_core::{
    id::UnitCode,
    record::{Edit, Value},
    replica::{ChangeState, UnitKind},
};
use tokio::task::JoinSet;

static RIG: Rig = Rig::new("postgres", "Three servers on one PostgreSQL, which lose their lives and their connections");

const NODES: usize = 3;
const WRITERS: usize = 16;
const READERS: usize = 4;
const FEEDS: usize = 8;
/// How often a node is killed, at least.
const KILLS: u32 = 30;
/// Records that a writer makes between two syncs, besides the one that it corrects.
const ROWS: u64 = 100;
/// Rounds of one writer, at most.
const ROUNDS_MAX: u64 = 1_000;
/// How often connections of the database are ended, at least.
const ENDED: u64 = 200;
/// Times that a server is started before it has to say that it listens.
const STARTS_MAX: u32 = 20;
/// How often the store itself is looked into.
const LOOK_EVERY: Duration = Duration::from_millis(5);

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

type Device = Replica<MemoryStore, Balanced, Hasty>;

/// What the nodes, their tormentor and the devices have in common.
struct Field {
    nodes: Arc<Vec<ServerUrl>>,
    store: Store,
    changes: u64,
    kills: AtomicU32,
    ended: AtomicU64,
    is_over: AtomicBool,
}

impl Field {
    async fn device(&self, user: &str, number: usize) -> Device {
        let transport =
            Balanced { http: HttpTransport::new(), nodes: self.nodes.clone(), drawn: AtomicU64::new(number as u64) };
        let device = Replica::open(MemoryStore::new(), transport, Hasty(20)).unwrap();
        enrol(&self.store, &device, self.nodes[0].as_str(), user).await;
        device
    }
}

fn unit(number: usize) -> String {
    format!("clinic-{}", number % FEEDS)
}

/// Logs and syncs until enough is logged and enough nodes were killed; gives how many changes that were.
async fn write(field: &Field, device: &Device, unit: &str) -> u64 {
    let mut made = 0;
    for _ in 0..ROUNDS_MAX {
        let is_enough = field.kills.load(Ordering::SeqCst) >= KILLS && field.ended.load(Ordering::SeqCst) >= ENDED;
        if made >= field.changes / WRITERS as u64 && is_enough {
            return made;
        }
        let rows = (0..ROWS).map(|line| Ok(ImportRow { line, record: outreach(unit, "嘎托镇", 1) }));
        let imported = device.import(rows).await.unwrap();
        assert_eq!((imported.imported, imported.bad.len()), (ROWS, 0));
        let saved = device.create(&outreach(unit, "嘎托镇", 1)).await.unwrap();
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

/// Looks into the store itself until the writers are done, whoever ends the connection meanwhile.
async fn watch(field: &Field) -> Watcher {
    let mut watcher = Watcher::default();
    while !field.is_over.load(Ordering::SeqCst) {
        if let Ok(wrong) = watcher.look(&field.store).await {
            assert_eq!(wrong, Vec::<String>::new(), "at look {}", watcher.looks);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    watcher
}

/// Ends connections of the database, two at a time, until the writers are done, at moments drawn from `draws`.
fn disconnect(field: &Field, url: &str, mut draws: Draws) {
    while !field.is_over.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(20 + draws.below(180)));
        let order = draws.below(1_000_000);
        let ended = Cluster::get().sql(
            url,
            &format!(
                "SELECT COUNT(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity \
                 WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid() \
                 ORDER BY state = 'idle', md5(pid::text || '{order}') LIMIT 2) AS chosen"
            ),
        );
        field.ended.fetch_add(ended.parse::<u64>().unwrap(), Ordering::SeqCst);
    }
}

/// Kills nodes and starts them again, until the writers are done, at moments drawn from `draws`.
fn torment(field: &Field, place: &PlaceConfig, mut nodes: Vec<Server>, mut draws: Draws) -> Vec<Server> {
    while !field.is_over.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(200 + draws.below(1_000)));
        let node = nodes.swap_remove(draws.below(NODES as u64) as usize);
        let address = node.address();
        node.kill();
        field.kills.fetch_add(1, Ordering::SeqCst);
        // The database may hang up on one that has just begun, too.
        nodes.push((0..STARTS_MAX).find_map(|_| Server::attempt(place, &address)).expect("a server that starts"));
    }
    nodes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_nodes_that_are_killed_all_the_time_lose_and_skip_nothing() {
    RIG.begin();
    let home = tempfile::tempdir().unwrap();
    let place = place(Engine::Postgres, home.path());
    let servers: Vec<Server> = (0..NODES).map(|_| Server::start(&place, "127.0.0.1:0")).collect();
    let nodes = Arc::new(servers.iter().map(|server| server.url.parse().unwrap()).collect());
    let store = place.open().await.unwrap();
    let (kills, ended, is_over) = (AtomicU32::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let field = Arc::new(Field { nodes, store, changes: setting("CAIRN_CHANGES", 8_000), kills, ended, is_over });
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
        std::thread::spawn(move || torment(&field, &place, servers, Draws(7)))
    };
    let disconnector = {
        let (field, url) = (field.clone(), place.database.clone().unwrap());
        std::thread::spawn(move || disconnect(&field, &url, Draws(8)))
    };
    let watching = {
        let field = field.clone();
        tokio::spawn(async move { watch(&field).await })
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
    let watched = watching.await.unwrap();
    let servers = tormentor.join().unwrap();
    disconnector.join().unwrap();

    let (mut made, mut acknowledged) = (0, BTreeSet::new());
    for (count, device) in &written {
        finish(device).await;
        made += count;
        acknowledged.extend(own_changes(device).await);
    }
    assert!(
        made >= field.changes && acknowledged.len() as u64 == made,
        "{made} made, {} acknowledged",
        acknowledged.len()
    );
    let stored = all_changes(&field.store).await;
    assert!(stored == acknowledged, "{} stored, {} acknowledged", stored.len(), acknowledged.len());
    for (looks, device) in &read {
        finish(device).await;
        has_no_gap(device).await;
        assert!(*looks > 0 && stored_here(device.store()).await == stored, "a reader lacks something");
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
    assert!(watched.looks > 0 && watched.positions > 0);
    RIG.add(&[
        ("changes of sixteen writers, each acknowledged and stored once", made),
        ("SIGKILLs of servers", kills.into()),
        ("connections that the database ended", field.ended.load(Ordering::SeqCst)),
        ("looks of four devices that follow all feeds, none with a gap", looks.into()),
        ("looks into the store, none with a gap", watched.looks),
        ("positions that came into view, each behind the one before it", watched.positions),
    ]);
    assert!(kills >= KILLS);
    drop(servers);
}

/// The watchers of this file would see a writer that gives positions without waiting for whoever was given one before.
#[tokio::test]
async fn a_writer_that_takes_positions_past_the_lock_is_caught() {
    let home = tempfile::tempdir().unwrap();
    let place = place(Engine::Postgres, home.path());
    let store = place.open().await.unwrap();
    let unit: UnitCode = "clinic".parse().unwrap();
    admin::add_unit(&store, &operator(), unit, None, UnitKind::Clinic, "卫生院").await.unwrap();
    let cluster = Cluster::get();
    let url = place.database.as_ref().unwrap();
    let mut watcher = Watcher::default();
    assert_eq!(watcher.look(&store).await.unwrap(), Vec::<String>::new());

    // A counter of its own gives each the next position, and nobody waits.
    cluster.sql(url, "CREATE SEQUENCE next_position");
    let write = "INSERT INTO changes (org_unit, position, hash, record, actor, received_ms, digest, raw) \
                 SELECT 'clinic', n, decode(md5(n::text) || md5(n::text), 'hex'), '\\x00', '\\x00', 0, '\\x00', '\\x00' \
                 FROM nextval('next_position') AS n; \
                 UPDATE feeds SET head = (SELECT MAX(position) FROM changes) WHERE org_unit = 'clinic'";
    let (slow, quick) = write.split_once("; ").map(|(insert, _)| (insert, write)).unwrap();
    let mut first = Session::begin(url);
    first.sql(&format!("BEGIN; {slow}"));
    Session::begin(url).sql(quick);
    assert_eq!(watcher.look(&store).await.unwrap(), ["clinic: after 0 comes 2"]);
    first.sql("COMMIT");
    Session::begin(url).sql(quick);
    assert_eq!(watcher.look(&store).await.unwrap(), Vec::<String>::new(), "what was passed over is not seen any more");
    let mut late = Watcher::default();
    assert_eq!(late.look(&store).await.unwrap(), Vec::<String>::new(), "nor missed by who comes afterwards");
    assert_eq!((watcher.positions, late.positions), (3, 3));
    RIG.add(&[("writers past the lock, seen by the check", 1)]);
}

/// The clinics, a worker for each writer, and whoever reads it all.
async fn furnish(store: &Store) {
    let county: UnitCode = "county".parse().unwrap();
    admin::add_unit(store, &operator(), county.clone(), None, UnitKind::County, "县").await.unwrap();
    for number in 0..FEEDS {
        let code = unit(number).parse().unwrap();
        admin::add_unit(store, &operator(), code, Some(county.clone()), UnitKind::Clinic, "卫生院").await.unwrap();
    }
    for number in 0..WRITERS {
        add_user(store, &format!("writer-{number}"), Role::Recorder, &unit(number)).await;
    }
    add_user(store, "reader", Role::Observer, "county").await;
}

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
