//! What sync costs on the wire, counted between a real server process and real replicas. Clocks and actors are given, so that the
//! figures are the same on every machine, but for the few bytes that the server draws.

use std::{
    io::Write,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use cairn_client::{
    Engine, HttpTransport, MemoryStore, Transport, TransportError,
    engine::{Answers, NewRecord, Seed, SyncReport},
    transport::{EnrolRequest, Enrolled, Reply, ServerUrl, Traffic},
};
use cairn_server::config::PlaceConfig;
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use sync_core::{
    id::RecordId,
    record::{Edit, Value as Answer},
};

use crate::{
    Server,
    golden::StillClock,
    run,
    stock::{Dice, outreach},
};

/// Something counted.
#[derive(Clone, Debug)]
pub struct Weight {
    /// What.
    pub name: String,
    /// `B`, or `requests`.
    pub unit: &'static str,
    /// How many.
    pub count: u64,
    /// What the same takes another way, and how many of them.
    pub beside: Option<(&'static str, u64)>,
}

/// HTTP that also counts the bytes of bodies alone.
struct Scale {
    http: HttpTransport,
    sent: Arc<AtomicUsize>,
}

impl Transport for Scale {
    async fn enrol(&self, server: &ServerUrl, request: &EnrolRequest) -> Result<Enrolled, TransportError> {
        self.http.enrol(server, request).await
    }

    async fn sync(&self, server: &ServerUrl, token: &str, body: Vec<u8>) -> Result<Reply, TransportError> {
        self.sent.fetch_add(body.len(), SeqCst);
        self.http.sync(server, token, body).await
    }

    fn traffic(&self) -> Traffic {
        self.http.traffic()
    }
}

/// A replica of somebody on the wire.
struct Device {
    engine: Engine<MemoryStore, Scale, StillClock>,
    sent: Arc<AtomicUsize>,
}

impl Device {
    fn new(number: u8) -> Self {
        let sent = Arc::new(AtomicUsize::new(0));
        let scale = Scale { http: HttpTransport::new(), sent: sent.clone() };
        Self { engine: Engine::with_seed(MemoryStore::new(), scale, StillClock::default(), Seed([number; 16])), sent }
    }

    async fn log(&self, records: Range<usize>) -> Vec<RecordId> {
        let mut made = Vec::with_capacity(records.len());
        for n in records {
            self.engine.clock().pass();
            let new = NewRecord {
                form: "clinic.outreach".into(),
                unit: Some("markam-hospital".into()),
                answers: Answers::Sent(outreach(n)),
                allow_faults: false,
            };
            made.push(self.engine.create(&new).await.expect("a good record").id);
        }
        made
    }

    /// Syncs until nothing is left; gives the bytes of the requests' bodies, too.
    async fn sync(&self) -> (u64, SyncReport) {
        self.sent.store(0, SeqCst);
        let report = self.engine.sync().await.expect("a store that works");
        assert!(report.answered_all, "{report:?}");
        (self.sent.load(SeqCst) as u64, report)
    }
}

/// The `n`-th record as a program would send it that has no merging to do: all that the server must learn.
#[must_use]
pub fn line(n: usize) -> Value {
    // A name has to be drawn and sent: the server cannot know it otherwise.
    let mut dice = Dice(n as u64 ^ 0xabcd);
    let id: String = (0..32).map(|_| char::from_digit(dice.below(16) as u32, 16).unwrap_or('0')).collect();
    json!({
        "id": id, "form": "clinic.outreach", "form_version": 1, "unit": "markam-hospital", "worker": "doctor-03",
        "created": 1_620_000_000_000u64 + n as u64 * 61_000, "fields": outreach(n),
    })
}

fn gzip(lines: impl Iterator<Item = Value>) -> u64 {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    lines.for_each(|line| writeln!(gzip, "{line}").expect("memory"));
    gzip.finish().expect("memory").len() as u64
}

/// Counts everything, with a server and two devices of its own.
///
/// # Panics
/// When something fails.
pub async fn weights() -> Vec<Weight> {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path().to_str().expect("a path");
    let server = Server::start(&PlaceConfig::in_dir(home.path()), "127.0.0.1:0");
    let url: ServerUrl = server.url.parse().expect("an address");
    let admin = |arguments: &[&str]| {
        run("cairn-server", [&["admin"], arguments, &["--json", "--data", data]].concat()).well().json()
    };
    admin(&["unit", "add", "markam-hospital", "--kind", "clinic", "--name", "芒康县人民医院"]);
    admin(&["user", "add", "doctor-03", "--name", "医生 03", "--role", "recorder", "--unit", "markam-hospital"]);
    let enrol = async |device: &Device| {
        let code = admin(&["enrol", "doctor-03"])["code"].as_str().expect("a code").to_owned();
        device.engine.enrol(&url, &code, "phone").await.expect("enrolled");
    };
    let mut all = Weights::default();
    let device = Device::new(1);
    enrol(&device).await;
    device.sync().await;

    let (nothing, report) = device.sync().await;
    all.add("a sync with nothing new, bodies of requests".into(), "B", nothing, None);
    all.whole("a sync with nothing new", &report);
    let (mut made, mut changes) = (Vec::new(), 0);
    for (count, from) in [(1usize, 0usize), (20, 500), (100, 1_000), (1_000, 10_000)] {
        changes += count;
        made = device.log(from..from + count).await;
        let (body, report) = device.sync().await;
        let json = gzip((from..from + count).map(line));
        let name = format!("{count} new records");
        all.add(format!("{name}, bodies of requests"), "B", body, Some(("gzip-9 JSON", json)));
        all.whole(&name, &report);
    }
    for count in [1usize, 10, 200] {
        changes += count;
        for (n, record) in made.iter().take(count).enumerate() {
            device.engine.clock().pass();
            let edit = Edit::Set("patients_seen".parse().expect("a key"), Answer::Integer((1_000 * count + n) as i64));
            device.engine.edit(*record, &[edit], false).await.expect("an edit");
        }
        let (body, report) = device.sync().await;
        let edited = |n: usize| json!({"id": line(10_000 + n)["id"], "fields": {"patients_seen": 1_000 * count + n}});
        let name = format!("{count} edits of a field");
        all.add(format!("{name}, bodies of requests"), "B", body, Some(("gzip-9 JSON", gzip((0..count).map(edited)))));
        all.add(format!("{name}, bodies of requests beyond one with nothing new"), "B", body - nothing, None);
        all.whole(&name, &report);
    }
    let other = Device::new(2);
    enrol(&other).await;
    let (_, report) = other.sync().await;
    all.whole(&format!("the first sync of a device that has all {changes} changes to get"), &report);
    server.kill();
    all.0
}

#[derive(Default)]
struct Weights(Vec<Weight>);

impl Weights {
    fn add(&mut self, name: String, unit: &'static str, count: u64, beside: Option<(&'static str, u64)>) {
        self.0.push(Weight { name, unit, count, beside });
    }

    /// All of a sync, headers included.
    fn whole(&mut self, name: &str, report: &SyncReport) {
        self.add(format!("{name}, both ways with headers"), "B", report.bytes_sent + report.bytes_received, None);
        self.add(format!("{name}, round trips"), "requests", report.requests.into(), None);
    }
}
