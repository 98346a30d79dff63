//! `make bench`: what sync costs on the wire, measured between a real server process and a real replica.
//!
//! The texts of the records are drawn from a fixed stock, so the figures are the same on every machine.

use std::io::Write;

use cairn_client::{
    Engine, HttpTransport, MemoryStore, Store as _, SystemClock,
    engine::{Answers, NewRecord, SyncReport},
};
use cairn_server::config::PlaceConfig;
use cairn_tests::{Server, run};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Map, Value, json};
use sync_core::wire::{self, OutChange, OutGroup, OutRequest};

type Replica = Engine<MemoryStore, HttpTransport, SystemClock>;

const PLACES: [&str; 8] =
    ["嘎托镇卫生院", "如美镇", "曲孜卡乡", "木许乡达海龙村", "洛尼乡", "邦达乡然堆村", "戈波乡", "措瓦乡"];
const SAID: [&str; 12] = [
    "高血压筛查，发放药品",
    "关节痛患者较多",
    "包虫病宣教",
    "随访糖尿病患者三人",
    "路况差，推迟半天到达",
    "白内障疑似两例，建议转诊",
    "为老人测血糖",
    "孕产妇建档",
    "村医随诊带教",
    "儿童营养评估",
    "风湿免疫初筛",
    "赠送药箱一只",
];

/// Characters of which the free part of a note is drawn, so that notes do not repeat each other as phrases do.
const LETTERS: &str = "高血压筛查发放药品关节痛患者较多包虫病宣教随访糖尿路况差推迟到达白内障疑似转诊老人测孕产妇建档村医带学儿童营养评估风湿免疫初\
                       赠送箱只山雪天晴来自牧场步行三小时孩母亲咳嗽发热已退烧复诊下周再访记录补登人手不足设备检修电源中断恢复正常";

/// Evenly spread numbers (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// The `n`-th outreach clinic of the stock.
fn outreach(n: usize) -> Map<String, Value> {
    let mut dice = Dice(n as u64);
    let letters: Vec<char> = LETTERS.chars().filter(|c| !c.is_whitespace()).collect();
    let free: String = (0..4 + dice.below(10)).map(|_| letters[dice.below(letters.len())]).collect();
    let fields = json!({
        "on": format!("2021-{:02}-{:02}", 3 + dice.below(10), 1 + dice.below(28)),
        "place": PLACES[dice.below(8)],
        "patients_seen": 20 + dice.below(400),
        "referred": dice.below(9),
        "notes": format!("{}，{free}。", SAID[dice.below(12)]),
    });
    fields.as_object().cloned().unwrap_or_default()
}

async fn log(replica: &Replica, records: std::ops::Range<usize>) {
    for n in records {
        let new = NewRecord {
            form: "clinic.outreach".into(),
            unit: Some("markam-hospital".into()),
            answers: Answers::Sent(outreach(n)),
            allow_faults: false,
        };
        replica.create(&new).await.expect("a good record");
    }
}

/// The `n`-th record as a program would send it that has no merging to do: all that the server must learn.
fn line(n: usize) -> Value {
    // A name has to be drawn and sent: the server cannot know it otherwise.
    let mut dice = Dice(n as u64 ^ 0xabcd);
    let id: String = (0..32).map(|_| char::from_digit(dice.below(16) as u32, 16).unwrap_or('0')).collect();
    json!({
        "id": id, "form": "clinic.outreach", "form_version": 1, "unit": "markam-hospital", "worker": "doctor-03",
        "created": 1_620_000_000_000u64 + n as u64 * 61_000, "fields": outreach(n),
    })
}

fn gzip_json(records: std::ops::Range<usize>) -> usize {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    for n in records {
        writeln!(gzip, "{}", line(n)).expect("memory");
    }
    gzip.finish().expect("memory").len()
}

/// The frame in which all that waits would go in one request.
async fn frame_bytes(replica: &Replica) -> usize {
    let rows = replica.store().outbox(u32::MAX, 10_000).await.expect("memory");
    let changes = rows.iter().map(|row| OutChange {
        position: None,
        hash: row.hash,
        parts: row.change().and_then(|c| Ok(c.parts()?)).expect("a stored change"),
    });
    let group = OutGroup { unit: rows[0].unit.clone(), changes: changes.collect(), known: Vec::new() };
    wire::encode_request(&OutRequest { head: Default::default(), groups: vec![group] }).len()
}

fn row(figure: &str, bytes: u64, against: &str) {
    println!("| {figure} | {bytes} B | {against} |");
}

fn both(report: &SyncReport) -> u64 {
    report.bytes_sent + report.bytes_received
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // `--records N` prints the first records of the stock as JSON lines: what `tests/peers` checks its own drawing against.
    let mut arguments = std::env::args().skip_while(|word| word != "--records").skip(1);
    if let Some(count) = arguments.next() {
        (0..count.parse().expect("how many records")).for_each(|n| println!("{}", line(n)));
        return;
    }
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path().to_str().expect("a path");
    let server = Server::start(&PlaceConfig::in_dir(home.path()), "127.0.0.1:0");
    let admin = |arguments: &[&str]| {
        run("cairn-server", [&["admin"], arguments, &["--json", "--data", data]].concat()).well().json()
    };
    admin(&["unit", "add", "markam-hospital", "--kind", "clinic", "--name", "芒康县人民医院"]);
    admin(&["user", "add", "doctor-03", "--name", "医生 03", "--role", "recorder", "--unit", "markam-hospital"]);
    let code = admin(&["enrol", "doctor-03"])["code"].as_str().expect("a code").to_owned();
    let replica = Engine::open(MemoryStore::new(), HttpTransport::new(), SystemClock).expect("random bytes");
    replica.enrol(&server.url.parse().expect("an address"), &code, "bench").await.expect("enrolled");
    replica.sync().await.expect("a first sync");

    println!("| figure | measured | against |\n|---|---|---|");
    let nothing = replica.sync().await.expect("a sync");
    assert_eq!(nothing.requests, 1, "one request: {nothing:?}");
    row("a sync with nothing new, both ways, headers included", both(&nothing), "target < 400 B, one request");
    for (count, from) in [(1usize, 0usize), (100, 1_000), (1_000, 10_000)] {
        log(&replica, from..from + count).await;
        let (frame, gzip) = (frame_bytes(&replica).await, gzip_json(from..from + count));
        let figure = format!("{count} new outreach records, one frame");
        let each = frame as f64 / count as f64;
        row(
            &figure,
            frame as u64,
            &format!("gzip-9 JSON {gzip} B; {:.2} of it; {each:.1} B a record", frame as f64 / gzip as f64),
        );
        let pushed = replica.sync().await.expect("a sync");
        assert!(pushed.answered_all, "{pushed:?}");
        let figure = format!("{count} new outreach records, whole sync over HTTP");
        row(&figure, both(&pushed), &format!("{} requests, headers and answers included", pushed.requests));
    }
    server.kill();
}
