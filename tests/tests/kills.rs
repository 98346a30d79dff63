//! Promises 1, 2 and 4 under SIGKILL: of the server, while the demonstration's year is played and while devices log as fast as they
//! can; and of devices, while they save and sync.
//!
//! | variable | what it says | default |
//! |---|---|---|
//! | `CAIRN_KILLS` | kills of servers over both databases, at least; a third as many of devices | 300 |
//! | `CAIRN_ACKNOWLEDGED` | changes acknowledged by the servers that are killed all the time, at least | 600 |
//! | `CAIRN_LIFE_MS` | the longest life of a server that is killed all the time, milliseconds | 80 |
//! | `CAIRN_REPORT` | where the figures are written, as JSON | nowhere |

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use cairn_client::{Engine as Replica, HttpTransport, MemoryStore, SqliteStore, Store as _, store::RecordFilter};
use cairn_server::{
    admin,
    auth::Role,
    config::PlaceConfig,
    demo::{Play, Stage, plan::Plan},
    store::{Engine, pages},
};
use cairn_tests::{
    Server,
    field::{Hasty, Placed, add_user, all_changes, enrol, finish, operator, outreach, stored_here},
    figures::{Draws, Rig, setting},
    on_both, place, program, run, run_on,
};
use serde_json::{Value, json};
use sync_core::{
    id::{ChangeHash, UnitCode},
    replica::{ChangeState, UnitKind},
};
use tokio::{sync::Notify, task::JoinSet, time::timeout};

static RIG: Rig = Rig::new("kills", "SIGKILL of servers and of devices, again and again");

/// How often the server is killed while a year is played, at least.
const YEAR_KILLS: u32 = 50;
/// Servers that are killed at one time, each on a store of its own.
const YARDS: u32 = 2;
/// Devices that log on each of them.
const WRITERS: usize = 4;
/// Records that a device makes between two syncs.
const ROWS: u64 = 24;
/// Changes that may wait before a device makes no more.
const OPEN_MAX: usize = 60;
/// How long an acknowledgement is waited for.
const PATIENCE: Duration = Duration::from_millis(500);
/// Kills between two looks into the store while nobody is there. In between the server itself finds what was left behind.
const LOOK_EVERY: u32 = 5;
/// Phones that are killed at one time.
const PHONES: usize = 4;
/// Rows of a file that a phone imports: more than one transaction takes.
const IMPORT_ROWS: u64 = 150;

fn kills() -> u32 {
    setting("CAIRN_KILLS", 300)
}

/// The longest life of a server that is killed all the time, after it said that it listens, or of every other one after something was
/// acknowledged. Most lives are short by far; the longer the longest, the more is acknowledged between two kills.
fn longest_life_ms() -> u64 {
    setting("CAIRN_LIFE_MS", 80)
}

on_both![
    a_server_killed_all_year_loses_nothing_that_it_acknowledged,
    servers_killed_all_the_time_lose_nothing_that_they_acknowledged,
];

/// Kills and starts the server, until told to stop, each time after at most `life_ms`.
fn torment(place: &PlaceConfig, first: Server, stop: &AtomicBool, kills: &AtomicU32, life_ms: u64) -> Server {
    let mut draws = Draws(1);
    let address = first.address();
    let mut server = first;
    while !stop.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(20 + draws.below(life_ms)));
        server.kill();
        kills.fetch_add(1, Ordering::SeqCst);
        server = Server::start(place, &address);
    }
    server
}

async fn a_server_killed_all_year_loses_nothing_that_it_acknowledged(engine: Engine) {
    RIG.begin();
    let home = tempfile::tempdir().unwrap();
    let place = place(engine, &home.path().join("server"));
    let server = Server::start(&place, "127.0.0.1:0");
    let stage = Stage {
        url: server.url.parse().unwrap(),
        store: place.open().await.unwrap(),
        devices: home.path().join("devices"),
    };
    let plan = Plan::new(50);
    let mut play = Play::begin(&plan, &stage).await.unwrap();

    let stop = Arc::new(AtomicBool::new(false));
    let kills = Arc::new(AtomicU32::new(0));
    // On PostgreSQL it takes longer until a server listens and has done anything: killed as soon, it needs minutes for a year.
    let life_ms = if engine == Engine::Postgres { 800 } else { 400 };
    let tormentor = {
        let (place, stop, kills) = (place.clone(), Arc::clone(&stop), Arc::clone(&kills));
        std::thread::spawn(move || torment(&place, server, &stop, &kills, life_ms))
    };
    play.year(&|_| {}).await.unwrap();
    // Whatever an author's device believes to be on the server must be there, although the server was killed meanwhile.
    let during = play.acknowledged_and_lost().await.unwrap();
    let settled = play.settle(&|_| {}).await.unwrap();
    stop.store(true, Ordering::SeqCst);
    let server = tormentor.join().unwrap();

    let checked = play.check().await.unwrap();
    assert_eq!(checked.differences(), 0, "{:?}\n{:?}", checked.totals, checked.wrong);
    assert_eq!(during, Vec::new(), "acknowledged and lost");
    assert_eq!(play.acknowledged_and_lost().await.unwrap(), Vec::new(), "acknowledged and lost");
    assert!(settled.conflicts > 0 && settled.duplicates >= 10 && !settled.held.is_empty());
    let kills = kills.load(Ordering::SeqCst);
    assert!(kills >= YEAR_KILLS, "only {kills} kills");
    let verified = run_on(&place, &["verify", "--json"]).well().json();
    RIG.add(&[
        ("SIGKILLs of servers", kills.into()),
        ("changes acknowledged by servers that were killed", verified["changes"].as_u64().unwrap()),
    ]);
    drop(server);
}

/// A store whose server is killed all the time, and what it has acknowledged.
struct Yard {
    home: tempfile::TempDir,
    place: PlaceConfig,
    /// What was acknowledged since somebody looked whether it is there.
    unseen: Mutex<Vec<Placed>>,
    acknowledged: AtomicU64,
    /// Rung when something was acknowledged.
    bell: Notify,
    is_over: AtomicBool,
}

type Device = Replica<MemoryStore, HttpTransport, Hasty>;

impl Yard {
    /// A store with its server, and the devices that are to log on it.
    async fn open(engine: Engine) -> (Self, Server, Vec<Device>) {
        let home = tempfile::tempdir().unwrap();
        let place = place(engine, &home.path().join("server"));
        let server = Server::start(&place, "127.0.0.1:0");
        let store = place.open().await.unwrap();
        for writer in 0..WRITERS {
            let unit: UnitCode = Self::unit(writer).parse().unwrap();
            if writer < 2 {
                admin::add_unit(&store, &operator(), unit.clone(), None, UnitKind::Clinic, "卫生院").await.unwrap();
            }
            add_user(&store, &format!("writer-{writer}"), Role::Recorder, unit.as_str()).await;
        }
        let mut devices = Vec::new();
        for writer in 0..WRITERS {
            let device = Replica::open(MemoryStore::new(), HttpTransport::new(), Hasty(20)).unwrap();
            enrol(&store, &device, &server.url, &format!("writer-{writer}")).await;
            finish(&device).await;
            devices.push(device);
        }
        // Nobody but the server may have the store open when it is killed: what it leaves behind is its own to find.
        store.close().await;

        let yard = Self {
            home,
            place,
            unseen: Mutex::default(),
            acknowledged: AtomicU64::new(0),
            bell: Notify::new(),
            is_over: AtomicBool::new(false),
        };
        (yard, server, devices)
    }

    fn unit(writer: usize) -> String {
        format!("clinic-{}", writer % 2)
    }

    /// Logs and syncs until told to stop; gives what it made.
    async fn log(&self, device: &Device, unit: &str) -> BTreeSet<ChangeHash> {
        let (mut made, mut open) = (BTreeSet::new(), Vec::new());
        while !self.is_over.load(Ordering::SeqCst) {
            // While nobody answers there is soon enough to say.
            let more = if open.len() < OPEN_MAX { ROWS } else { 0 };
            for _ in 0..more {
                open.push(device.create(&outreach(unit, "嘎托镇", 1)).await.unwrap().change);
            }
            made.extend(open.iter().copied());
            // Whatever goes wrong is done by the next sync.
            device.sync().await.unwrap();
            self.note(device, &mut open).await;
        }
        made
    }

    /// Notes which of the open changes are acknowledged by now.
    async fn note(&self, device: &Device, open: &mut Vec<ChangeHash>) {
        let rows = device.store().rows(open).await.unwrap();
        let stored = rows.into_iter().filter(|row| row.state == ChangeState::Stored);
        let stored: Vec<Placed> = stored.map(|row| (row.unit, row.position.unwrap(), row.hash)).collect();
        let known: BTreeSet<ChangeHash> = stored.iter().map(|(_, _, hash)| *hash).collect();
        open.retain(|hash| !known.contains(hash));
        if !stored.is_empty() {
            self.acknowledged.fetch_add(stored.len() as u64, Ordering::SeqCst);
            self.bell.notify_one();
        }
        self.unseen.lock().unwrap().extend(stored);
    }

    /// Looks whether everything is there that was acknowledged since the last look, and no feed shorter than it was; tells what is
    /// not so.
    async fn look(&self, heads: &mut BTreeMap<UnitCode, u64>) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut unseen: BTreeMap<UnitCode, BTreeMap<u64, ChangeHash>> = BTreeMap::new();
        for (unit, position, hash) in std::mem::take(&mut *self.unseen.lock().unwrap()) {
            unseen.entry(unit).or_default().insert(position, hash);
        }
        let store = self.place.open().await.unwrap();
        let mut tx = store.read().await.unwrap();
        for (unit, acknowledged) in unseen {
            let head = heads.entry(unit.clone()).or_default();
            let from = acknowledged.first_key_value().map_or(0, |(first, _)| first - 1).min(*head);
            let names: BTreeMap<u64, ChangeHash> =
                pages::names(&mut tx, &unit, from, 1_000_000).await.unwrap().into_iter().collect();
            let last = names.last_key_value().map_or(from, |(last, _)| *last);
            if last < *head {
                wrong.push(format!("{unit} ended at {head}, and now at {last}"));
            }
            *head = last;
            let lost = acknowledged.iter().filter(|(position, hash)| names.get(position) != Some(hash));
            wrong.extend(lost.map(|(position, _)| format!("acknowledged and lost: {position} of {unit}")));
        }
        drop(tx);
        store.close().await;
        wrong
    }

    /// Kills the server and starts it again, so often and until so much was acknowledged; gives how often that was.
    async fn torment(&self, mut server: Server, kills: u32, acknowledged: u64, mut draws: Draws) -> (Server, u32) {
        let address = server.address();
        let mut heads = BTreeMap::new();
        let (mut killed, longest_ms) = (0, longest_life_ms());
        while killed < kills || self.acknowledged.load(Ordering::SeqCst) < acknowledged {
            if draws.below(2) == 0 {
                // In the middle of what follows an acknowledgement; there may be none for long.
                let _ = timeout(PATIENCE, self.bell.notified()).await;
            }
            let within_ms = 1 + draws.below(longest_ms);
            tokio::time::sleep(Duration::from_millis(draws.below(within_ms))).await;
            server.kill();
            killed += 1;
            if killed.is_multiple_of(LOOK_EVERY) {
                assert_eq!(self.look(&mut heads).await, Vec::<String>::new());
            }
            let (place, address) = (self.place.clone(), address.clone());
            server = tokio::task::spawn_blocking(move || Server::start(&place, &address)).await.unwrap();
        }
        self.is_over.store(true, Ordering::SeqCst);
        (server, killed)
    }
}

/// One store, from its beginning to the comparison at its end. Gives kills, and changes that were acknowledged.
async fn torment_yard(engine: Engine, number: u32, kills: u32, acknowledged: u64) -> (u32, u64) {
    let (yard, server, devices) = Yard::open(engine).await;
    let yard = Arc::new(yard);
    let mut writing = JoinSet::new();
    for (writer, device) in devices.into_iter().enumerate() {
        let yard = yard.clone();
        writing.spawn(async move {
            let unit = Yard::unit(writer);
            let made = yard.log(&device, &unit).await;
            (unit, device, made)
        });
    }
    let (server, kills) = yard.torment(server, kills, acknowledged, Draws(u64::from(number) + 1)).await;

    let written = writing.join_all().await;
    assert_eq!(yard.look(&mut BTreeMap::new()).await, Vec::<String>::new());
    let mut made = BTreeSet::new();
    for (_, device, own) in &written {
        finish(device).await;
        made.extend(own.iter().copied());
    }
    let store = yard.place.open().await.unwrap();
    let stored = all_changes(&store).await;
    let names: BTreeSet<ChangeHash> = stored.iter().map(|(_, _, hash)| *hash).collect();
    assert!(names == made && stored.len() == made.len(), "{} stored, {} made", stored.len(), made.len());
    for (unit, device, _) in &written {
        finish(device).await;
        let of_unit: BTreeSet<Placed> = stored.iter().filter(|(of, _, _)| of.as_str() == unit).cloned().collect();
        let here = stored_here(device.store()).await;
        assert!(here == of_unit, "{unit}: {} changes here, {} there", here.len(), of_unit.len());
    }
    store.close().await;
    let verified = run_on(&yard.place, &["verify", "--json"]).well().json();
    assert_eq!((&verified["changes"], &verified["differences"]), (&json!(made.len()), &json!([])));
    drop(server);
    assert!(yard.home.path().exists());
    (kills, made.len() as u64)
}

async fn servers_killed_all_the_time_lose_nothing_that_they_acknowledged(engine: Engine) {
    RIG.begin();
    // A server on PostgreSQL is slower to begin, so the other one has twice as many lives.
    let share = if engine == Engine::Sqlite { 2 } else { 1 };
    let each = (kills().saturating_sub(2 * YEAR_KILLS) * share).div_ceil(3 * YARDS);
    let acknowledged = (setting("CAIRN_ACKNOWLEDGED", 600u64) * u64::from(share)).div_ceil(3 * u64::from(YARDS));
    let mut yards = JoinSet::new();
    for number in 0..YARDS {
        yards.spawn(torment_yard(engine, number, each, acknowledged));
    }
    for (kills, acknowledged) in yards.join_all().await {
        assert!(kills >= each && acknowledged > 0, "{kills} kills, {acknowledged} acknowledged");
        RIG.add(&[
            ("SIGKILLs of servers", kills.into()),
            ("changes acknowledged by servers that were killed", acknowledged),
        ]);
    }
}

/// The looks of this file would see an acknowledgement that a store forgot.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_and_forgotten_is_seen() {
    let (yard, server, devices) = Yard::open(Engine::Sqlite).await;
    let (file, backup) = (yard.place.data.join("cairn.sqlite"), yard.home.path().join("backup.sqlite"));
    run_on(&yard.place, &["backup", backup.to_str().unwrap()]).well();
    let mut open = vec![devices[0].create(&outreach(&Yard::unit(0), "嘎托镇", 1)).await.unwrap().change];
    finish(&devices[0]).await;
    yard.note(&devices[0], &mut open.clone()).await;
    server.kill();
    let mut heads = BTreeMap::new();
    assert_eq!(yard.look(&mut heads).await, Vec::<String>::new());
    for file in std::fs::read_dir(&yard.place.data).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    std::fs::copy(&backup, &file).unwrap();
    yard.note(&devices[0], &mut open).await;
    let wrong = ["clinic-0 ended at 1, and now at 0", "acknowledged and lost: 1 of clinic-0"];
    assert_eq!(yard.look(&mut heads).await, wrong);
    RIG.add(&[("acknowledgements that a store was made to forget, seen", 1)]);
}

/// A phone at a terminal, whose processes are killed.
struct Phone {
    folder: PathBuf,
    rows: PathBuf,
    draws: Draws,
    /// The last number that was given to a record.
    last: u64,
    /// The numbers of the records of which a process said that they are saved.
    said: BTreeSet<u64>,
    kills: u64,
}

impl Phone {
    fn new(home: &Path, number: usize) -> Self {
        let (folder, rows) = (home.join(format!("phone-{number}")), home.join(format!("rows-{number}.jsonl")));
        Self { folder, rows, draws: Draws(number as u64 + 1), last: 0, said: BTreeSet::new(), kills: 0 }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(program("cairn"));
        command.arg("--store").arg(&self.folder).arg("--json").stdin(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Runs a command and kills it at a moment before `longest_ms`, unless it has ended by then. Gives what it printed.
    fn cut_short(&mut self, arguments: &[&str], longest_ms: u64) -> Option<Value> {
        let mut child = self.command().args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(self.draws.below(longest_ms)));
        self.kills += u64::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        let mut printed = String::new();
        child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        serde_json::from_str(printed.trim()).ok()
    }

    fn row(n: u64) -> String {
        let fields = json!({"place": format!("p{n}"), "patients_seen": n});
        json!({"form": "clinic.outreach", "on": "2021-05-01", "fields": fields}).to_string() + "\n"
    }

    /// Saves or syncs, and is killed in the middle of it. Tells whether it said that all is on the server.
    fn act(&mut self) -> bool {
        match self.draws.below(4) {
            0 | 1 => {
                self.last += 1;
                let (place, seen) = (format!("place=p{}", self.last), format!("patients_seen={}", self.last));
                let added = ["record", "add", "clinic.outreach", "--on", "2021-05-01", &place, &seen];
                if self.cut_short(&added, 60).is_some_and(|saved| saved["id"].is_string()) {
                    self.said.insert(self.last);
                }
            }
            2 => {
                let numbers = self.last + 1..=self.last + IMPORT_ROWS;
                self.last += IMPORT_ROWS;
                std::fs::write(&self.rows, numbers.clone().map(Self::row).collect::<String>()).unwrap();
                let rows = self.rows.to_str().unwrap().to_owned();
                if self.cut_short(&["record", "import", &rows], 250).is_some_and(|told| told["imported"] == IMPORT_ROWS)
                {
                    self.said.extend(numbers);
                }
            }
            _ => return self.cut_short(&["sync"], 120).is_some_and(|report| report["answered_all"] == true),
        }
        false
    }

    /// The numbers of the records in the store, each of which is whole, and how many changes wait.
    async fn found(&self) -> (BTreeSet<u64>, u32) {
        let store = SqliteStore::open(&self.folder).await.unwrap();
        let records = store.records(&RecordFilter::default()).await.unwrap();
        let waiting = store.waiting().await.unwrap();
        store.close().await;
        let numbers: Vec<u64> = records.iter().map(|record| record.values["patients_seen"].as_u64().unwrap()).collect();
        for (record, n) in records.iter().zip(&numbers) {
            assert_eq!((record.values["place"].as_str(), record.changes), (Some(format!("p{n}").as_str()), 1));
        }
        let found: BTreeSet<u64> = numbers.iter().copied().collect();
        assert_eq!(found.len(), numbers.len(), "a record is there twice");
        (found, waiting)
    }

    /// Acts and is killed so often. Whatever a process has said to be saved is there ever after, and what was found once is, too.
    async fn live(mut self, place: &PlaceConfig, unit: &UnitCode, kills: u64) -> Self {
        let mut before = BTreeSet::new();
        while self.kills < kills {
            let all_on_server = self.act();
            let (found, waiting) = self.found().await;
            let lost: Vec<&u64> = self.said.union(&before).filter(|n| !found.contains(n)).collect();
            assert!(lost.is_empty(), "saved and lost: {lost:?}");
            if all_on_server {
                let store = place.open().await.unwrap();
                let head = pages::names(&mut store.read().await.unwrap(), unit, 0, 1_000_000).await.unwrap().len();
                store.close().await;
                assert_eq!((waiting, head), (0, found.len()), "it said that all is on the server");
            }
            before = found;
        }
        self
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_device_killed_at_any_moment_has_what_it_said_it_had_saved() {
    RIG.begin();
    let home = tempfile::tempdir().unwrap();
    let place = place(Engine::Sqlite, &home.path().join("server"));
    let server = Server::start_counting(&place, "127.0.0.1:0");
    let store = place.open().await.unwrap();
    let each = u64::from(kills()).div_ceil(3 * PHONES as u64);
    let mut living = JoinSet::new();
    for number in 0..PHONES {
        let unit: UnitCode = format!("clinic-{number}").parse().unwrap();
        admin::add_unit(&store, &operator(), unit.clone(), None, UnitKind::Clinic, "卫生院").await.unwrap();
        let user = format!("worker-{number}");
        add_user(&store, &user, Role::Recorder, unit.as_str()).await;
        let (code, _) = admin::make_enrolment_code(&store, &operator(), &user.parse().unwrap(), 1).await.unwrap();
        let phone = Phone::new(home.path(), number);
        let folder = phone.folder.to_str().unwrap().to_owned();
        run("cairn", ["--store", &folder, "enrol", &server.url, &code.reveal()]).well();
        let place = place.clone();
        living.spawn(async move { (phone.live(&place, &unit, each).await, unit) });
    }
    let (mut kills, mut said, mut all) = (0, 0, 0);
    for (phone, unit) in living.join_all().await {
        let folder = phone.folder.to_str().unwrap().to_owned();
        run("cairn", ["--store", &folder, "sync"]).well();
        let (found, waiting) = phone.found().await;
        assert!(waiting == 0 && phone.said.is_subset(&found));
        let replica = SqliteStore::open(&phone.folder).await.unwrap();
        let here = stored_here(&replica).await;
        replica.close().await;
        let there: BTreeSet<Placed> = all_changes(&store).await.into_iter().filter(|(of, _, _)| *of == unit).collect();
        assert!(here == there && here.len() == found.len(), "{} here, {} there", here.len(), there.len());
        kills += phone.kills;
        said += phone.said.len() as u64;
        all += found.len() as u64;
    }
    assert_eq!(server.said("accepted"), all, "each was taken in once");
    let verified = run_on(&place, &["verify", "--json"]).well().json();
    assert_eq!((&verified["records"], &verified["differences"]), (&json!(all), &json!([])));
    RIG.add(&[
        ("SIGKILLs of devices that saved or synced", kills),
        ("records that a device said it had saved, all there", said),
        ("records of killed devices on the server, each once", all),
        ("answers `duplicate` to killed devices", server.said("duplicate")),
    ]);
}
