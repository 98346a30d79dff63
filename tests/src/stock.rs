//! Records for benchmarks: texts drawn from a fixed stock, so that they are the same on every machine.

use serde_json::{Map, Value, json};
use sync_core::{
    crdt::Change,
    form::{Form, Reading},
    id::{ActorKey, ClockMs, UnitCode, Username},
    record::{Header, Pen, Record, Values},
};

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
#[derive(Clone, Copy, Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// The next, below `n`, which is above 0.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// The `n`-th outreach clinic of the stock.
#[must_use]
pub fn outreach(n: usize) -> Map<String, Value> {
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

/// The form of all records of the stock.
///
/// # Panics
/// Never: it is of the starter kit.
#[must_use]
pub fn form() -> Form {
    Form::parse(include_str!("../../server/forms/clinic.outreach.json")).expect("a form of the starter kit")
}

/// When the `n`-th record of the stock was made.
#[must_use]
pub fn created(n: usize) -> ClockMs {
    ClockMs(1_620_000_000_000 + n as i64 * 61_000)
}

/// The `n`-th record of the stock as somebody makes it on a device, with the change that it begins with.
///
/// # Panics
/// Never: the stock's answers fit [`form`].
#[must_use]
pub fn record(form: &Form, n: usize, unit: &UnitCode, worker: &Username, actor: ActorKey) -> (Record, Change) {
    let fields = outreach(n);
    let values: Result<Values, _> =
        fields.iter().map(|(key, json)| form.read_answer(key, json, Reading::Sent)).collect();
    let header = Header {
        form: form.id.clone(),
        form_version: form.version,
        unit: unit.clone(),
        worker: worker.clone(),
        created: created(n),
    };
    let pen = Pen { actor, time: created(n) };
    Record::create(form, header, &values.expect("answers of the stock"), pen).expect("a record")
}
