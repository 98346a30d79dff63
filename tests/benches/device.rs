//! What a device costs whoever waits for it, natively, on SQLite: the first sync of a facility with many records, over loopback; then, with
//! all of them there, syncs with nothing new, saves, lists, searches and cold starts.
//!
//! `cargo bench -p cairn-tests --bench device [-- RECORDS…]`; `CAIRN_RUNS` (5) says how often there is a first sync. In Chromium:
//! `make bench-browser`.

use std::{fs, path::Path, time::Instant};

use cairn_client::{Engine, HttpTransport, SqliteStore, SystemClock, store::RecordFilter};
use cairn_server::store::Engine as Database;
use cairn_tests::{
    Server,
    bench::{Figure, Table, runs, words},
    crowd::Crowd,
    field::{enrol, outreach},
    place,
};

const RECORDS: [usize; 3] = [100, 10_000, 50_000];
/// How often what is quick is done.
const TIMES: usize = 200;
/// Records of a list, as the app shows them.
const PAGE: u32 = 50;

type Device = Engine<SqliteStore, HttpTransport, SystemClock>;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut sizes: Vec<usize> = words().iter().filter_map(|word| word.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = RECORDS.to_vec();
    }
    let mut table = Table::new("device", "what a device costs whoever waits for it, natively");
    for records in sizes {
        measure(&mut table, records).await;
    }
    table.tell();
}

async fn measure(table: &mut Table, records: usize) {
    let home = tempfile::tempdir().expect("a folder");
    let place = place(Database::Sqlite, &home.path().join("server"));
    let crowd = Crowd::draw(1, records, false);
    let tokens = crowd.enrol(&place).await;
    let server = Server::start(&place, "127.0.0.1:0");
    let said = crowd.push(&server.url, &tokens).await;
    assert_eq!(said.get("accepted"), Some(&records), "{said:?}");

    let store = place.open().await.expect("a store");
    let mut add = |what: &str, unit, measured| {
        table.add(Figure { name: format!("{records} records: {what}"), unit, measured, against: Vec::new() });
    };
    let mut first = Vec::new();
    let mut folder = home.path().to_owned();
    for run in 0..runs() {
        folder = home.path().join(format!("device-{run}"));
        let device = open(&folder).await;
        enrol(&store, &device, &server.url, "doctor-00000").await;
        let begun = Instant::now();
        let report = device.sync().await.expect("a store that works");
        first.push(begun.elapsed().as_secs_f64());
        assert!(report.answered_all, "{report:?}");
        assert_eq!(device.count(&RecordFilter::default()).await.expect("a count") as usize, records);
    }
    store.close().await;
    add("first sync", "s", first);
    add("bytes of the store, a record", "B", vec![bytes_in(&folder) as f64 / records as f64]);

    let device = open(&folder).await;
    let mut nothing_new = Vec::new();
    for _ in 0..TIMES / 10 {
        let begun = Instant::now();
        device.sync().await.expect("a store that works");
        nothing_new.push(ms_since(begun));
    }
    add("a sync with nothing new", "ms", nothing_new);

    let newest = RecordFilter { limit: Some(PAGE), ..RecordFilter::default() };
    let named = RecordFilter { text: Some("bench-137".into()), ..newest.clone() };
    let mut saves = Vec::new();
    for n in 0..TIMES {
        let new = outreach("clinic-0000", &format!("bench-{n}"), n as u64);
        let begun = Instant::now();
        device.create(&new).await.expect("a good record");
        saves.push(ms_since(begun));
    }
    let last = p99(&saves);
    add("a save, until it is durable", "ms", saves);
    add("a save, until it is durable, p99", "ms", vec![last]);

    let (mut lists, mut searches) = (Vec::new(), Vec::new());
    for _ in 0..TIMES / 10 {
        let begun = Instant::now();
        let listed = device.list(&newest).await.expect("a list");
        lists.push(ms_since(begun));
        assert_eq!(listed.len(), PAGE as usize);
        let begun = Instant::now();
        let found = device.list(&named).await.expect("a list");
        searches.push(ms_since(begun));
        assert_eq!(found.len(), 1, "one of all records has this text");
    }
    add("the newest 50", "ms", lists);
    add("a search for a text that one of them has", "ms", searches);
    drop(device);

    let mut starts = Vec::new();
    for _ in 0..TIMES / 10 {
        let begun = Instant::now();
        let device = open(&folder).await;
        device.list(&newest).await.expect("a list");
        starts.push(ms_since(begun));
    }
    add("a cold start, until the newest 50 are there", "ms", starts);
    server.kill();
}

async fn open(folder: &Path) -> Device {
    let store = SqliteStore::open(folder).await.expect("a store");
    Engine::open(store, HttpTransport::new(), SystemClock).expect("an engine")
}

fn ms_since(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e3
}

fn p99(of: &[f64]) -> f64 {
    let mut sorted = of.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() * 99 / 100]
}

fn bytes_in(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).expect("a folder");
    files.map(|file| file.and_then(|file| file.metadata()).expect("a file").len()).sum()
}
