//! Storms: what comes when a network that was away is there again. At first ten thousand devices at the same moment, each with a week's
//! twenty records and a question for its facility's news; then a hundred new ones, each for the ten thousand records of its facility.
//!
//! Who is told to come again does so as soon as it may (the client SDK, after a few tries, waits for a minute or more: gentler to the server),
//! and who gets no connection tries later. That is counted; any other answer than a sync is an error, and ends the benchmark.
//!
//! `cargo bench -p cairn-tests --bench storm [-- sqlite|postgres]`; `CAIRN_DEVICES` (10000) return, `CAIRN_NEWCOMERS` (100) are new.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use cairn_server::{config::PlaceConfig, store::Engine};
use cairn_tests::{
    Server,
    bench::{Figure, Table, words},
    crowd::{self, Answer, Crowd, OF_A_UNIT, PULLED_BYTES},
    figures::{Draws, setting},
    place, process,
};
use sync_core::{
    id::UnitCode,
    wire::{self, CursorMark, FeedAnswer, FeedRequest, OutRequest, Outcome, RequestHead, cursor_check},
};
use tokio::{net::TcpStream, sync::Barrier, time};

/// Records of a week.
const WEEK: usize = 20;
/// Records of a facility that newcomers read.
const OF_A_FACILITY: usize = 10_000;
/// Facilities that newcomers come to.
const FACILITIES: usize = 10;
/// As the client SDK has it: how long it waits for a connection, and how long, at least and at most, before it tries again.
const CONNECT: Duration = Duration::from_secs(15);
const AGAIN_MS: (u64, u64) = (30_000, 60_000);

/// How often devices had to come again.
#[derive(Debug, Default)]
struct Turned {
    away: AtomicU64,
    unheard: AtomicU64,
}

/// What a storm came to.
struct Storm {
    /// Of each device from its first attempt to its last answer, s.
    took: Vec<f64>,
    drained: f64,
    /// Processor time of the server, s.
    cpu: f64,
    memory: f64,
    turned: &'static Turned,
    bytes: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let words = words();
    let engines = [(Engine::Sqlite, "sqlite"), (Engine::Postgres, "postgres")];
    let named = engines.iter().any(|(_, name)| words.iter().any(|word| word == name));
    let mut table = Table::new("storm", "all come at the same moment");
    for (engine, name) in engines.into_iter().filter(|(_, name)| !named || words.iter().any(|word| word == name)) {
        let devices = setting("CAIRN_DEVICES", 10_000);
        let returned = return_all(engine, devices).await;
        tell(&mut table, &format!("{name}, {devices} devices return with {WEEK} records each"), &returned);
        let newcomers = setting("CAIRN_NEWCOMERS", 100);
        if newcomers == 0 {
            continue;
        }
        let begun = begin_all(engine, newcomers).await;
        tell(&mut table, &format!("{name}, {newcomers} first syncs of {OF_A_FACILITY} records each"), &begun);
    }
    table.tell();
}

/// All devices return at once.
async fn return_all(engine: Engine, devices: usize) -> Storm {
    let crowd = Crowd::draw(devices, WEEK, true);
    let home = tempfile::tempdir().expect("a folder");
    let place = place(engine, &home.path().join("server"));
    let tokens = crowd.enrol(&place).await;
    let frames = crowd.senders.iter().map(|sender| sender.frames.concat());
    let visits = frames.zip(tokens).map(|(frame, token)| {
        move |host: String, turned: &'static Turned, number| async move {
            let answer = visit(&host, &token, &frame, turned, number).await;
            let opened = wire::open_response(&answer.body).expect("an answer of the protocol");
            // What was stored when the connection broke is known when it is sent again.
            let is_stored = |outcome: &&Outcome| ["accepted", "duplicate"].contains(&outcome.word());
            let stored = opened.head().outcomes.iter().filter(is_stored).count();
            assert_eq!(stored, WEEK, "{:?}", opened.head().outcomes);
            answer.body.len() as u64
        }
    });
    storm(&place, visits.collect()).await
}

/// Devices that have nothing read all of their facility, page by page.
async fn begin_all(engine: Engine, newcomers: usize) -> Storm {
    let crowd = Crowd::draw(FACILITIES * OF_A_UNIT, OF_A_FACILITY / OF_A_UNIT, false);
    let home = tempfile::tempdir().expect("a folder");
    let place = place(engine, &home.path().join("server"));
    let tokens = crowd.enrol(&place).await;
    let server = Server::start(&place, "127.0.0.1:0");
    let said = crowd.push(&server.url, &tokens).await;
    assert_eq!(said.get("accepted"), Some(&crowd.records), "{said:?}");
    server.kill();
    let store = place.open().await.expect("the store");
    let mut visits = Vec::with_capacity(newcomers);
    for number in 0..newcomers {
        let unit = crowd.senders[number % FACILITIES * OF_A_UNIT].unit.clone();
        let user = format!("newcomer-{number}").parse().expect("a name");
        let token = crowd::token(&store, &user, &unit).await;
        visits.push(move |host: String, turned: &'static Turned, number| async move {
            read_all(&host, &token, unit, turned, number).await
        });
    }
    store.close().await;
    storm(&place, visits).await
}

/// Asks for pages until nothing is missing; gives the bytes that came.
async fn read_all(host: &str, token: &str, unit: UnitCode, turned: &Turned, number: u64) -> u64 {
    let (mut after, mut missing_below, mut bytes) = (None, 0, 0);
    loop {
        let feeds = vec![FeedRequest { unit: unit.clone(), after, missing_below }];
        let head = RequestHead { feeds, budget_bytes: PULLED_BYTES, ..RequestHead::default() };
        let frame = wire::encode_request(&OutRequest { head, groups: Vec::new() });
        let answer = visit(host, token, &frame, turned, number).await;
        bytes += answer.body.len() as u64;
        let opened = wire::open_response(&answer.body).expect("an answer of the protocol");
        let epoch = opened.head().epoch;
        let Some((_, FeedAnswer::Page { from, to, digest, .. })) = opened.head().feeds.first() else {
            panic!("no page: {:?}", opened.head().feeds);
        };
        if after.is_none() {
            assert_eq!(*to, OF_A_FACILITY as u64);
            after = Some(CursorMark { position: *to, check: cursor_check(epoch, *to, *digest) });
        }
        missing_below = *from;
        if missing_below == 0 {
            return bytes;
        }
    }
}

/// Starts a server and lets everybody come at the same moment.
async fn storm<V, F>(place: &PlaceConfig, visits: Vec<V>) -> Storm
where
    V: FnOnce(String, &'static Turned, u64) -> F + Send + 'static,
    F: Future<Output = u64> + Send,
{
    let server = Server::start(place, "127.0.0.1:0");
    let (host, before) = (crowd::host(&server.url), process::cpu_seconds(server.id()));
    // Few of them, and they last as long as the benchmark.
    let turned: &'static Turned = Box::leak(Box::default());
    let start: &'static Barrier = Box::leak(Box::new(Barrier::new(visits.len() + 1)));
    let run = |(number, visit): (usize, V)| {
        let host = host.clone();
        tokio::spawn(async move {
            start.wait().await;
            let begun = Instant::now();
            let bytes = visit(host, turned, number as u64).await;
            (begun.elapsed().as_secs_f64(), bytes)
        })
    };
    let running: Vec<_> = visits.into_iter().enumerate().map(run).collect();
    start.wait().await;
    let begun = Instant::now();
    let (mut took, mut bytes) = (Vec::with_capacity(running.len()), 0);
    for device in running {
        let (seconds, read) = device.await.expect("a sync");
        took.push(seconds);
        bytes += read;
    }
    let drained = begun.elapsed().as_secs_f64();
    let cpu = process::cpu_seconds(server.id()) - before;
    let memory = process::peak_mib(server.id());
    server.kill();
    took.sort_by(f64::total_cmp);
    Storm { took, drained, cpu, memory, turned, bytes }
}

/// One request, again until it is answered.
async fn visit(host: &str, token: &str, frame: &[u8], turned: &Turned, number: u64) -> Answer {
    let request = crowd::request(host, token, frame);
    let mut draws = Draws(number);
    let mut again = || Duration::from_millis(AGAIN_MS.0 + draws.below(AGAIN_MS.1 - AGAIN_MS.0));
    loop {
        let Ok(Ok(mut stream)) = time::timeout(CONNECT, TcpStream::connect(host)).await else {
            turned.unheard.fetch_add(1, Ordering::Relaxed);
            time::sleep(again()).await;
            continue;
        };
        match crowd::ask(&mut stream, &request).await {
            Ok(answer @ Answer { status: 200, .. }) => return answer,
            Ok(Answer { status: 503, retry_after: Some(seconds), .. }) => {
                turned.away.fetch_add(1, Ordering::Relaxed);
                // The connection is kept, as the SDK's are, unless the server ends it.
                time::sleep(Duration::from_secs(seconds)).await;
            }
            Ok(Answer { status, body, .. }) => panic!("{status}: {}", String::from_utf8_lossy(&body)),
            Err(_) => {
                turned.unheard.fetch_add(1, Ordering::Relaxed);
                time::sleep(again()).await;
            }
        }
    }
}

fn tell(table: &mut Table, name: &str, storm: &Storm) {
    let Storm { took, drained, cpu, memory, turned, bytes } = storm;
    let at = |part: f64| took[((took.len() as f64 * part).ceil() as usize).clamp(1, took.len()) - 1];
    let number = |count: &AtomicU64| count.load(Ordering::Relaxed) as f64;
    let mut add = |what: &str, unit, value: f64| {
        table.add(Figure { name: format!("{name}: {what}"), unit, measured: vec![value], against: vec![] });
    };
    add("until the last is done", "s", *drained);
    add("a sync, p50", "s", at(0.5));
    add("a sync, p99", "s", at(0.99));
    add("a sync, the longest", "s", at(1.0));
    add("processor time of the server", "s", *cpu);
    add("memory of the server at its peak", "MiB", *memory);
    add("told to come again", "times", number(&turned.away));
    add("no connection, or a broken one", "times", number(&turned.unheard));
    add("bytes of answers, a device", "B", *bytes as f64 / took.len() as f64);
}
