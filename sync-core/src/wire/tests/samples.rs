//! Records as doctors write them, for tests.

use alloc::{format, string::String, vec, vec::Vec};

use crate::{
    crdt::{Change, ChangeParts, Document, DocumentError, Object, OpId, Scalar},
    id::{ActorKey, ClockMs, UnitCode},
    record::layout::{CONTAINERS, Header, header_entries},
    wire::{CursorMark, FeedRequest, Known, OutChange, OutGroup, OutRequest, RequestHead, cursor_check},
};

/// The clock of the first record: 2024-05-20, in the morning.
pub(super) const CLOCK: i64 = 1_716_170_000_123;
pub(super) const DOCTOR: ActorKey = ActorKey([0x3f, 0xa1, 0x07, 0xc2, 0x9e, 0x55, 0xd8, 0x14]);

pub(super) fn unit() -> UnitCode {
    "markam-hospital".parse().unwrap()
}

/// Numbers without order, the same every time.
pub(super) struct Noise(pub(super) u64);

impl Noise {
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    pub(super) fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }
}

/// One outreach clinic.
#[derive(Clone)]
pub(super) struct Clinic {
    pub(super) on: String,
    pub(super) place: String,
    pub(super) patients_seen: i64,
    pub(super) referred: i64,
    pub(super) notes: String,
    pub(super) created: i64,
}

const TOWNS: [&str; 5] = ["嘎托镇", "如美镇", "曲孜卡乡", "帮达乡", "宗西乡"];
const SPOTS: [&str; 4] = ["卫生院", "集市", "小学操场", "村委会"];
const SEEN: [&str; 10] = [
    "高血压与膝关节痛的老人占一半以上",
    "上午集中看了妇科与产检",
    "带去的B超机查出两例疑似包虫",
    "多为眼干眼涩，白内障转诊",
    "孩子蛀牙多，教了刷牙",
    "牧区腰痛患者排队到傍晚",
    "胃部不适者多，问了饮食习惯",
    "血糖偏高三人，记下电话",
    "皮疹患儿用药后好转",
    "有心脏杂音的学生一名",
];
const DONE: [&str; 8] = [
    "约好下月再来",
    "已交代村医跟进",
    "药品发完，下次多备",
    "请翻译写了藏文说明",
    "三人去县里做检查",
    "讲了少盐少酒",
    "家属同意住院",
    "路断，晚两小时才到",
];

const ALSO: [&str; 12] = [
    "听力差者另约",
    "带队王主任",
    "雨天路滑",
    "车坏在垭口",
    "见两例甲状腺肿大",
    "寺里借了经堂",
    "发电机没油",
    "老师帮忙维持队伍",
    "回程夜宿道班",
    "有人骑马来取药",
    "孕妇血红蛋白低",
    "一位聋哑姑娘",
];

pub(super) fn clinics(count: usize, seed: u64) -> Vec<Clinic> {
    let mut noise = Noise(seed);
    let mut created = CLOCK;
    let mut clinic = || {
        created += 40_000_000 + noise.below(90_000_000) as i64;
        let day = crate::id::Day::of_clock(ClockMs(created - 86_400_000 * noise.below(3) as i64), 480);
        Clinic {
            on: format!("{day}"),
            place: format!("{}{}", noise.pick(&TOWNS), noise.pick(&SPOTS)),
            patients_seen: 20 + noise.below(180) as i64,
            referred: noise.below(9) as i64,
            notes: format!("{}，{}。{}。", noise.pick(&SEEN), noise.pick(&DONE), noise.pick(&ALSO)),
            created,
        }
    };
    (0..count).map(|_| clinic()).collect()
}

impl Clinic {
    fn header(&self) -> Header {
        Header {
            form: "clinic.outreach".parse().unwrap(),
            form_version: 1,
            unit: unit(),
            worker: "doctor-03".parse().unwrap(),
            created: ClockMs(self.created),
        }
    }

    /// The record's first change.
    pub(super) fn record(&self, actor: ActorKey) -> (Document, Change) {
        let mut document = Document::new();
        let written = document.write(actor, ClockMs(self.created), |w| {
            let maps: Vec<_> =
                CONTAINERS.into_iter().map(|name| w.make_map(Object::Root, name)).collect::<Result<_, _>>()?;
            for (name, value) in header_entries(&self.header()) {
                w.put(maps[0], name, &value)?;
            }
            w.make_text(maps[1], "notes", &self.notes)?;
            w.put(maps[1], "on", &Scalar::Text(self.on.clone()))?;
            w.put(maps[1], "patients_seen", &Scalar::Integer(self.patients_seen))?;
            w.put(maps[1], "place", &Scalar::Text(self.place.clone()))?;
            w.put(maps[1], "referred", &Scalar::Integer(self.referred))
        });
        let written: Result<_, DocumentError> = written;
        (document, written.unwrap().0)
    }

    /// The record as one line of JSON, as a plain API would take it.
    pub(super) fn json(&self) -> String {
        let Self { on, place, patients_seen, referred, notes, created } = self;
        format!(
            r#"{{"form":"clinic.outreach","form_version":1,"unit":"markam-hospital","worker":"doctor-03","created":{created},"fields":{{"notes":"{notes}","on":"{on}","patients_seen":{patients_seen},"place":"{place}","referred":{referred}}}}}"#
        )
    }
}

/// The object in which the fields of a record of `actor` stand.
pub(super) fn fields(actor: ActorKey) -> Object {
    Object::Id(OpId { counter: 2, actor })
}

pub(super) fn out(change: &Change) -> OutChange {
    OutChange { position: None, hash: change.hash(), parts: change.parts().unwrap() }
}

pub(super) fn parts_out(parts: ChangeParts) -> OutChange {
    OutChange { position: None, hash: Change::build(&parts).hash(), parts }
}

/// A request of a device that follows one feed.
pub(super) fn request(changes: Vec<OutChange>, known: Vec<Known>, clock: i64) -> OutRequest {
    let digest = known.iter().map(|known| &known.hash).collect();
    let after = CursorMark { position: 4_711, check: cursor_check(0x5eed_1234_abcd_0077, 4_711, digest) };
    let feed = FeedRequest { unit: unit(), after: Some(after), missing_below: 0 };
    let head = RequestHead {
        feeds: vec![feed],
        budget_bytes: 64 << 10,
        clock: ClockMs(clock),
        catalog: 12,
        ..RequestHead::default()
    };
    let groups = if changes.is_empty() { vec![] } else { vec![OutGroup { unit: unit(), changes, known }] };
    OutRequest { head, groups }
}
