//! Promises 2, 4 and 5 on a bad line: a device's first days are played over a real line that is cut after every single byte, or at
//! some of them and around every seam of the protocol, and go on from there.
//!
//! | variable | what it says | default |
//! |---|---|---|
//! | `CAIRN_CUTS` | cut at each n-th byte besides the seams; `all` is 1 | 60 |
//! | `CAIRN_REPORT` | where the figures are written, as JSON | nowhere |

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

use std::{
    collections::BTreeSet,
    env,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use cairn_client::{
    Engine as Replica, HttpTransport, MemoryStore, Redeemed, SqliteStore, Store as _,
    engine::SyncReport,
    store::{RecordFilter, Summary},
};
use cairn_server::{
    admin,
    auth::Role,
    config::PlaceConfig,
    store::{Engine, Store, pages},
};
use cairn_tests::{
    Server,
    field::{Hasty, Placed, Via, add_user, enrol, finish, operator, outreach, stored_here},
    figures::{Draws, Rig},
    place,
    proxy::{Cut, Ends, Line, Manner, Message, Proxy, Then, Way, messages},
    run_on,
};
use serde_json::json;
use sync_core::{
    id::RecordId,
    record::{Edit, Value},
    wire::{self, Outcome},
};
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

static RIG: Rig = Rig::new("network", "A device's first days over a line that is cut after a byte");

/// Plays on one server.
const PLAYS_MAX: usize = 500;
/// Plays at one time: most of them wait.
const AT_ONCE: usize = 12;
/// How long a device waits on a line on which nothing moves. Longer than this server ever takes.
const STALL: Duration = Duration::from_secs(2);
/// Syncs until all is answered: the first is cut, and so is its successor if the line was gone.
const SYNCS_MAX: u32 = 6;
/// What a device of a play makes: three records, what disagrees with the colleague, a correction.
const MADE: u32 = 5;
/// What it reads of the colleague: a record, what disagrees, another record.
const READ: u32 = 3;
/// Heads of requests that are needed besides when what waits is sent in smaller parts after failures.
const HEAD_BYTES: u64 = 300;
/// A play may be so much shorter than the one before it: names do not compress all the same.
const SHORTER_BYTES: u64 = 120;

type Colleague = Replica<MemoryStore, HttpTransport, Hasty>;

/// A server, and an org unit with one worker for each play.
struct County {
    home: tempfile::TempDir,
    place: PlaceConfig,
    server: Server,
    store: Store,
}

fn unit(number: usize) -> String {
    format!("clinic-{number}")
}

fn worker(number: usize) -> String {
    format!("worker-{number}")
}

fn placed(place: &str) -> Edit {
    Edit::Set("place".parse().unwrap(), Value::Text(place.into()))
}

impl County {
    async fn open(plays: usize) -> Self {
        let home = tempfile::tempdir().unwrap();
        let place = place(Engine::Sqlite, &home.path().join("server"));
        let server = Server::start_counting(&place, "127.0.0.1:0");
        let store = place.open().await.unwrap();
        let rows = (0..plays).map(|number| format!("{},county,clinic,卫生院\n", unit(number)));
        let table = format!("code,parent,kind,name\ncounty,,county,县\n{}", rows.collect::<String>());
        admin::import_units(&store, &operator(), table.as_bytes()).await.unwrap();
        for number in 0..plays {
            add_user(&store, &worker(number), Role::Recorder, &unit(number)).await;
        }
        Self { home, place, server, store }
    }

    async fn colleague(&self, number: usize) -> Colleague {
        let colleague = Replica::open(MemoryStore::new(), HttpTransport::new(), Hasty(50)).unwrap();
        enrol(&self.store, &colleague, &self.server.url, &worker(number)).await;
        finish(&colleague).await;
        colleague
    }

    /// What the server's store holds of a unit, by its own word.
    async fn changes_of(&self, number: usize) -> BTreeSet<Placed> {
        let unit = unit(number).parse().unwrap();
        let mut tx = self.store.read().await.unwrap();
        let names = pages::names(&mut tx, &unit, 0, 1_000).await.unwrap();
        names.into_iter().map(|(position, hash)| (unit.clone(), position, hash)).collect()
    }
}

/// A device on a bad line. Whenever a sync fails its process ends as well, and the line is there again for the next one.
struct Phone {
    folder: PathBuf,
    proxy: Proxy,
    engine: Replica<SqliteStore, Via, Hasty>,
    /// What the server said, as far as it was heard.
    heard: SyncReport,
    restarts: u64,
}

impl Phone {
    async fn begin(county: &County, number: usize, line: Line) -> Self {
        let proxy = Proxy::begin(&county.server.address(), line).await;
        let folder = county.home.path().join(format!("phone-{number}"));
        let engine = Self::open(&folder, &proxy).await;
        let (code, _) =
            admin::make_enrolment_code(&county.store, &operator(), &worker(number).parse().unwrap(), 1).await.unwrap();
        let url = county.server.url.parse().unwrap();
        let redeemed = Redeemed::by(&HttpTransport::new(), &url, &code.reveal(), "phone").await.unwrap();
        engine.adopt(redeemed).await.unwrap();
        Self { folder, proxy, engine, heard: SyncReport::default(), restarts: 0 }
    }

    async fn open(folder: &PathBuf, proxy: &Proxy) -> Replica<SqliteStore, Via, Hasty> {
        let http = HttpTransport::new().with_stall(STALL);
        Replica::open(SqliteStore::open(folder).await.unwrap(), Via::new(http, &proxy.url), Hasty(50)).unwrap()
    }

    /// Syncs until everything is answered.
    async fn arrive(&mut self) {
        for _ in 0..SYNCS_MAX {
            let report = self.engine.sync().await.unwrap();
            assert!(report.error.as_ref().is_none_or(cairn_client::Error::is_passing), "{report:?}");
            self.heard.add(report);
            if self.heard.answered_all {
                return;
            }
            self.engine.store().close().await;
            self.engine = Self::open(&self.folder, &self.proxy).await;
            self.restarts += 1;
            self.proxy.mend();
        }
        panic!("{:?}", self.heard);
    }
}

/// What came of one play.
struct Played {
    up: u64,
    down: u64,
    was_cut: bool,
    heard: SyncReport,
    restarts: u64,
    proxy: Proxy,
}

/// A first sync, three records and an edit that disagrees with a colleague's, and a correction: each brought to the server over
/// the line, and compared with what the colleague has, who is next to the server.
async fn play(county: &County, number: usize, line: Line) -> Played {
    let unit = unit(number);
    let colleague = county.colleague(number).await;
    let shared = colleague.create(&outreach(&unit, "嘎托镇", 1)).await.unwrap().id;
    finish(&colleague).await;

    let mut phone = Phone::begin(county, number, line).await;
    phone.arrive().await;
    let mut own = Vec::new();
    for (place, seen) in [("如美镇", 2), ("曲孜卡乡", 3), ("木许乡", 4)] {
        own.push(phone.engine.create(&outreach(&unit, place, seen)).await.unwrap().id);
    }
    phone.engine.edit(shared, &[placed("宗西乡")], false).await.unwrap();
    colleague.edit(shared, &[placed("莽岭乡")], false).await.unwrap();
    colleague.create(&outreach(&unit, "昂多乡", 5)).await.unwrap();
    finish(&colleague).await;
    phone.arrive().await;
    phone.engine.edit(own[0], &[placed("洛尼乡")], false).await.unwrap();
    phone.arrive().await;

    finish(&colleague).await;
    assert_eq!(differences(county, number, &phone, &colleague).await, Vec::<String>::new(), "{line:?}");
    assert_eq!(conflicts_of(&phone.engine.store().records(&RecordFilter::default()).await.unwrap()), [shared]);
    let Phone { proxy, heard, restarts, engine, .. } = phone;
    engine.store().close().await;
    assert_eq!(
        (heard.pushed, heard.accepted + heard.duplicate, heard.pulled),
        (MADE, MADE, READ),
        "{line:?} {heard:?}"
    );
    Played {
        up: proxy.passed(Way::Up),
        down: proxy.passed(Way::Down),
        was_cut: proxy.has_cut(),
        heard,
        restarts,
        proxy,
    }
}

fn conflicts_of(records: &[Summary]) -> Vec<RecordId> {
    records.iter().filter(|record| record.conflicts == ["place"]).map(|record| record.id).collect()
}

/// Where a device, another one, and the server's store do not hold the same of a unit.
async fn differences(county: &County, number: usize, phone: &Phone, colleague: &Colleague) -> Vec<String> {
    let mut found = Vec::new();
    let server = county.changes_of(number).await;
    let (here, there) = (stored_here(phone.engine.store()).await, stored_here(colleague.store()).await);
    for (who, held) in [("the phone", &here), ("the colleague", &there)] {
        found.extend(held.difference(&server).map(|change| format!("{who} believes that the server has {change:?}")));
        found.extend(server.difference(held).map(|change| format!("{who} lacks {change:?}")));
    }
    let positions = server.iter().map(|(_, position, _)| *position);
    if !positions.eq(1..=server.len() as u64) {
        found.push("the feed has a gap".into());
    }
    let waiting = phone.engine.store().waiting().await.unwrap() + colleague.store().waiting().await.unwrap();
    if waiting > 0 {
        found.push(format!("{waiting} changes wait"));
    }
    let [here, there] = [
        phone.engine.store().records(&RecordFilter::default()).await.unwrap(),
        colleague.store().records(&RecordFilter::default()).await.unwrap(),
    ]
    .map(|mut records| {
        records.sort_by_key(|record| record.id);
        records
    });
    if here != there {
        found.push(format!("the records are not the same: {here:?}, {there:?}"));
    }
    found
}

/// Each n-th byte of both directions, and the bytes around each seam: where connections, heads and bodies begin and end.
fn cuts(clean: &Played, every: usize) -> Vec<Cut> {
    let mut cuts = Vec::new();
    for way in [Way::Up, Way::Down] {
        let mut offsets = BTreeSet::new();
        let mut begun = 0;
        for carried in clean.proxy.carried() {
            let bytes = if way == Way::Up { carried.up } else { carried.down };
            for Message { head, body } in messages(&bytes) {
                for seam in [head.start, head.end, body.end] {
                    offsets.extend((begun + seam).saturating_sub(1)..=begun + seam + 1);
                }
            }
            begun += bytes.len();
        }
        offsets.extend((0..=begun).step_by(every));
        for offset in offsets.into_iter().filter(|offset| *offset <= begun) {
            let mut draws = Draws((offset as u64) << 1 | way as u64);
            draws.below(2);
            let ends = match draws.below(12) {
                0 => Ends::Server,
                1..4 => Ends::Device,
                _ => Ends::Both,
            };
            let manner = if draws.below(2) == 0 { Manner::Fin } else { Manner::Rst };
            let then = if draws.below(2) == 0 { Then::Back } else { Then::Gone };
            cuts.push(Cut { way, after_bytes: offset as u64, ends, manner, then });
        }
    }
    cuts
}

fn every() -> usize {
    match env::var("CAIRN_CUTS") {
        Ok(all) if all == "all" => 1,
        Ok(every) => every.parse().unwrap(),
        Err(_) => 60,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_cut_at_any_byte_goes_on_and_nothing_is_taken_twice() {
    RIG.begin();
    let county = County::open(1).await;
    let clean = play(&county, 0, Line::default()).await;
    let (up, down) = (clean.up, clean.down);
    assert!(!clean.was_cut && clean.heard.duplicate == 0 && clean.restarts == 0);
    let requests = clean.proxy.carried().iter().flat_map(|c| messages(&c.up)).map(|m| m.body.end - m.head.start).max();
    let batch = requests.unwrap() as u64;
    let cuts = cuts(&clean, every());
    let mut sums = Sums::default();
    for cuts in cuts.chunks(PLAYS_MAX) {
        let county = Arc::new(County::open(cuts.len()).await);
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let mut playing = JoinSet::new();
        for (number, cut) in cuts.iter().copied().enumerate() {
            let (county, places) = (county.clone(), places.clone());
            playing.spawn(async move {
                let _place = places.acquire().await.unwrap();
                (cut, play(&county, number, Line { cut: Some(cut), ..Line::default() }).await)
            });
        }
        let made = u64::from(MADE + READ) * cuts.len() as u64;
        let mut heard = SyncReport::default();
        while let Some(played) = playing.join_next().await {
            let (cut, played) = played.unwrap();
            let total = if cut.way == Way::Up { up } else { down };
            assert!(played.was_cut || cut.after_bytes + SHORTER_BYTES > total, "{cut:?} of {total} was not reached");
            let again = played.up.saturating_sub(up);
            assert!(again <= batch + HEAD_BYTES, "{cut:?}: {again} bytes again, the largest batch has {batch}");
            sums.cut += u64::from(played.was_cut);
            sums.restarts += played.restarts;
            sums.again = sums.again.max(again);
            heard.add(played.heard);
        }
        // Each change was taken in once, and each of those whose answer was lost was answered again as what it is.
        let said = ["accepted", "duplicate", "parked", "held", "refused"].map(|word| county.server.said(word));
        assert_eq!((said[0], &said[2..]), (made, &[0; 3][..]));
        assert!(said[1] >= u64::from(heard.duplicate), "{said:?} {heard:?}");
        sums.changes += made;
        sums.duplicates += said[1];
        sums.lost += u64::from(heard.duplicate);
        let verified = run_on(&county.place, &["verify", "--json"]).well().json();
        assert_eq!((&verified["changes"], &verified["differences"]), (&json!(made), &json!([])));
    }
    assert!(sums.lost > 0, "no answer was lost that mattered");
    RIG.add(&[
        ("bytes of one session from the device", up),
        ("bytes of one session to the device", down),
        ("sessions that were cut and went on", sums.cut),
        ("processes that ended with the line", sums.restarts),
        ("changes, each taken in once", sums.changes),
        ("changes of which the acknowledgement was lost", sums.lost),
        ("answers `duplicate` of the servers", sums.duplicates),
    ]);
    RIG.raise(&[("bytes of the largest batch", batch), ("bytes sent again after a cut, at most", sums.again)]);
}

#[derive(Default)]
struct Sums {
    cut: u64,
    restarts: u64,
    changes: u64,
    lost: u64,
    duplicates: u64,
    again: u64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_again_on_the_way_is_a_duplicate() {
    RIG.begin();
    let county = County::open(1).await;
    let played = play(&county, 0, Line::default()).await;
    let before = county.changes_of(0).await;
    let carried = played.proxy.carried();
    let mut requests: Vec<&[u8]> = Vec::new();
    for carried in &carried {
        requests.extend(messages(&carried.up).into_iter().map(|m| &carried.up[m.head.start..m.body.end]));
    }
    // In their order, and the other way round.
    let twice: Vec<&[u8]> = requests.iter().chain(requests.iter().rev()).copied().collect();
    let mut duplicates = 0;
    for answer in played.proxy.replay(&twice).await.unwrap() {
        assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"), "{}", String::from_utf8_lossy(&answer));
        let body = messages(&answer).remove(0).body;
        let opened = wire::open_response(&answer[body]).unwrap();
        let outcomes = &opened.head().outcomes;
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Duplicate { .. })), "{outcomes:?}");
        duplicates += outcomes.len() as u64;
    }
    assert_eq!(duplicates, u64::from(2 * MADE));
    assert_eq!((county.server.said("duplicate"), county.changes_of(0).await), (duplicates, before));
    run_on(&county.place, &["verify"]).well();
    RIG.add(&[("whole requests said again", twice.len() as u64), ("answers `duplicate` to them", duplicates)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_and_narrow_line_carries_the_same() {
    let county = County::open(1).await;
    let line = Line { delay: Duration::from_millis(40), bytes_per_second: Some(40_000), cut: None };
    let played = play(&county, 0, line).await;
    assert_eq!((played.heard.duplicate, played.restarts), (0, 0), "being slow is no failure");
}

/// The comparison of this file would see a device that believes what is not so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_swallows_an_acknowledged_push_is_caught() {
    let county = County::open(1).await;
    let colleague = county.colleague(0).await;
    let mut phone = Phone::begin(&county, 0, Line::default()).await;
    phone.arrive().await;
    phone.engine.create(&outreach(&unit(0), "如美镇", 2)).await.unwrap();
    phone.arrive().await;
    finish(&colleague).await;
    assert_eq!(differences(&county, 0, &phone, &colleague).await, Vec::<String>::new());

    // What answers in the server's name from now on is a copy of it, and what it is told goes nowhere else.
    let County { home, place: main, server, store } = county;
    store.close().await;
    let listen = server.address();
    server.kill();
    let copy = place(Engine::Sqlite, &home.path().join("copy"));
    for file in std::fs::read_dir(&main.data).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.data.join(file.file_name())).unwrap();
    }
    let impostor = Server::start(&copy, "127.0.0.1:0");
    let server = Server::start_counting(&main, &listen);
    let store = main.open().await.unwrap();
    let county = County { home, place: main, server, store };
    phone.proxy.route(&impostor.address());
    phone.engine.create(&outreach(&unit(0), "曲孜卡乡", 3)).await.unwrap();
    phone.arrive().await;
    assert_eq!((phone.heard.pushed, phone.heard.accepted), (2, 2), "it was acknowledged");
    finish(&colleague).await;
    let found = differences(&county, 0, &phone, &colleague).await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("the phone believes that the server has"), "{found:?}");
    assert!(found[1].starts_with("the records are not the same"), "{found:?}");

    // The server itself says at the next sync that it never heard of it, and gets it.
    phone.proxy.route(&county.server.address());
    phone.arrive().await;
    finish(&colleague).await;
    assert_eq!(differences(&county, 0, &phone, &colleague).await, Vec::<String>::new());
    RIG.add(&[("pushes that an impostor swallowed, seen by the comparison", 1)]);
}

/// Whoever counts what a device hears.
type Heard = mpsc::UnboundedSender<()>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_stream_that_is_cut_at_any_byte_is_taken_up_again() {
    RIG.begin();
    let county = Arc::new(County::open(1).await);
    let listener = Arc::new(county.colleague(0).await);
    let is_over = Arc::new(AtomicBool::new(false));
    // Somebody logs all the time, so that there is something to tell.
    let logging = {
        let (county, is_over) = (county.clone(), is_over.clone());
        tokio::spawn(async move {
            let colleague = county.colleague(0).await;
            while !is_over.load(Ordering::SeqCst) {
                colleague.create(&outreach(&unit(0), "嘎托镇", 1)).await.unwrap();
                finish(&colleague).await;
            }
        })
    };
    let whole = {
        let proxy = Proxy::begin(&county.server.address(), Line::default()).await;
        let (told, mut heard) = mpsc::unbounded_channel();
        let listening = tokio::spawn(listen(listener.clone(), proxy.url.clone(), told));
        // That it listens, and that something moved.
        heard.recv().await.unwrap();
        heard.recv().await.unwrap();
        listening.abort();
        proxy.passed(Way::Down)
    };
    let mut listening = JoinSet::new();
    let mut played = 0;
    for offset in (0..=whole).step_by(every().div_ceil(10)) {
        let mut draws = Draws(offset);
        let manner = if draws.below(2) == 0 { Manner::Fin } else { Manner::Rst };
        let cut = Cut { way: Way::Down, after_bytes: offset, ends: Ends::Both, manner, then: Then::Back };
        let (county, listener) = (county.clone(), listener.clone());
        played += 1;
        listening.spawn(async move {
            let proxy = Proxy::begin(&county.server.address(), Line { cut: Some(cut), ..Line::default() }).await;
            let (told, mut heard) = mpsc::unbounded_channel();
            let listening = tokio::spawn(listen(listener, proxy.url.clone(), told));
            while !proxy.has_cut() {
                heard.recv().await.unwrap();
            }
            // What is heard from here on came over another connection, but for what was on its way.
            while proxy.carried().len() < 2 {
                heard.recv().await.unwrap();
            }
            heard.recv().await.unwrap();
            listening.abort();
        });
        if listening.len() >= 64 {
            listening.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(done) = listening.join_next().await {
        done.unwrap();
    }
    is_over.store(true, Ordering::SeqCst);
    logging.await.unwrap();
    RIG.add(&[("live streams that were cut and taken up again", played)]);
}

async fn listen(device: Arc<Colleague>, url: String, told: Heard) {
    let ear = Via::new(HttpTransport::new(), &url);
    // Nobody may hear it any more.
    let ended = device.listen(&ear, || told.send(()).unwrap_or_default()).await;
    panic!("{ended:?}");
}
