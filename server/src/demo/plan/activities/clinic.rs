//! Outreach clinics, trainings and rescues, in all three counties.

use std::collections::BTreeSet;

use sync_core::replica::UnitKind;

use super::{
    super::{
        calendar::{Day, Season},
        expected::{OUTREACH_CLINICS, PEOPLE_BENEFITED, PEOPLE_TRAINED},
        random::Random,
        split::split,
        units::{COUNTIES, RIWOQE_HOSPITAL, facilities},
    },
    Draft, Field, FieldInput, choice, integer,
    places::place_of_clinic,
    text,
};

/// Key of the rescue of a woman with post-partum haemorrhage.
pub(in super::super) const RESCUE_POST_PARTUM: &str = "rescue-post-partum-haemorrhage";

/// Few in the cold, many when the passes are open.
const OUTREACH: Season = Season([3, 4, 6, 6, 7, 6, 6, 5, 3, 2, 2, 1]);
/// Least at the two new years.
const TRAINING: Season = Season([6, 8, 9, 9, 8, 8, 10, 9, 9, 7, 3, 2]);
/// Winter brings pneumonia and altitude sickness, autumn brings accidents.
const RESCUE: Season = Season([4, 4, 3, 3, 3, 3, 4, 5, 5, 6, 6, 4]);

const SEEN: [&str; 13] = [
    "以高血压和关节痛居多",
    "胃病和胆囊炎患者较多",
    "妇女儿童占多数",
    "老年白内障筛查为主",
    "开展包虫病B超筛查",
    "先心病儿童初筛",
    "寺庙僧人也来候诊",
    "孕产妇保健咨询较多",
    "皮肤病和腰腿痛常见",
    "测血压血糖并建档",
    "口腔检查和牙痛处理",
    "风湿与颈肩痛为主",
    "慢性病用药复核为主",
];
const DONE: [&str; 12] = [
    "藏语翻译全程协助",
    "发放常用药品并讲解用法",
    "重症已联系转县医院",
    "嘱两周后到卫生院复查",
    "带教村医测量血压",
    "现场讲解合理用药",
    "药品略有不足已登记",
    "资料发放藏汉双语版",
    "次日回访困难家庭",
    "与村医联合坐诊",
    "秩序良好群众热情高",
    "可疑病例已登记随访",
];
/// What is said only between June and September, and only between November and March.
const DONE_WARM: [&str; 4] = ["下午下雨改在室内", "牧民骑马从夏季牧场赶来", "采挖虫草归来者较多", "讲解防雷与饮水卫生"];
const DONE_COLD: [&str; 4] =
    ["路面结冰散场较早", "感冒咳嗽者明显增多", "讲解取暖防一氧化碳中毒", "风雪大老人由家属搀来"];

const TOPICS: [(&str, &[&str]); 3] = [
    (
        "team",
        &[
            "心肺复苏与除颤",
            "院感防控与手卫生",
            "危重孕产妇急救流程",
            "新生儿窒息复苏",
            "病历书写规范",
            "高原病早期识别",
            "新冠疫情防控与个人防护",
            "合理使用抗菌药物",
            "胸痛患者快速处置",
            "护理核心制度",
            "传染病报告流程",
            "包虫病防治知识",
        ],
    ),
    (
        "bedside",
        &[
            "产科床旁教学查房",
            "外科换药与拆线",
            "心电图判读",
            "呼吸机参数调节",
            "小儿静脉穿刺",
            "术后疼痛评估",
            "气管插管操作",
        ],
    ),
    (
        "apprentice",
        &["胃镜操作带教", "腹腔镜基本操作带教", "麻醉管理带教", "超声诊断带教", "剖宫产手术带教", "病理切片阅片带教"],
    ),
];

const DIAGNOSES: [(&str, &[&str]); 14] = [
    ("高原肺水肿", &["adult", "elder"]),
    ("急性心肌梗死", &["adult", "elder"]),
    ("上消化道大出血", &["adult", "elder"]),
    ("重症肺炎", &["infant", "child", "elder"]),
    ("新生儿窒息", &["infant"]),
    ("热性惊厥持续状态", &["infant", "child"]),
    ("车祸多发伤失血性休克", &["adult"]),
    ("脑出血", &["adult", "elder"]),
    ("重度子痫前期", &["adult"]),
    ("急性有机磷中毒", &["adult", "child"]),
    ("坠马致脾破裂", &["adult", "child"]),
    ("一氧化碳中毒", &["adult", "elder"]),
    ("感染性休克", &["adult", "elder"]),
    ("过敏性休克", &["adult", "child"]),
];

/// The outreach clinics, trainings and rescues of `seed`.
pub(super) fn drafts(seed: u64) -> Vec<Draft> {
    let mut drafts = outreach(&mut Random::of_part(seed, "outreach"));
    drafts.extend(trainings(&mut Random::of_part(seed, "training")));
    drafts.extend(rescues(&mut Random::of_part(seed, "rescue")));
    drafts
}

/// A county by weight (Chagyab, Markam, Riwoqe), then one of its clinics; the hospital comes first and twice as often.
fn clinic(random: &mut Random, counties: [u64; 3]) -> &'static str {
    let clinics = facilities(COUNTIES[random.weighted(&counties)], UnitKind::Clinic);
    let at = random.below(clinics.len() as u64 + 1) as usize;
    clinics[at % clinics.len()]
}

fn outreach(random: &mut Random) -> Vec<Draft> {
    let mut held = BTreeSet::new();
    while (held.len() as u64) < OUTREACH_CLINICS {
        held.insert((OUTREACH.day(random, Day::YEAR_BEGINS, true), clinic(random, [13, 16, 13])));
    }
    let weights: Vec<u64> = held.iter().map(|_| random.between(40, 140) + 160 * u64::from(random.chance(12))).collect();
    let seen = split(PEOPLE_BENEFITED, &weights, 80);
    let draft = |((day, unit), seen): ((Day, &'static str), u64)| {
        let mut fields = vec![text("place", place_of_clinic(random, unit)), integer("patients_seen", seen)];
        if random.chance(75) {
            fields.push(integer("referred", random.below(seen / 40 + 2)));
        }
        if random.chance(85) {
            fields.push(notes(random, day));
        }
        Draft::new("clinic.outreach", unit, day, fields)
    };
    held.into_iter().zip(seen).map(draft).collect()
}

/// What the doctor writes beneath: 10 to 40 characters.
fn notes(random: &mut Random, day: Day) -> Field {
    let of_season: &[&str] = match day.month() {
        3..=6 => &DONE_WARM,
        0 | 8..=11 => &DONE_COLD,
        _ => &[],
    };
    let mut note = random.pick(&SEEN).to_owned();
    note.push('，');
    note.push_str(random.pick(&DONE));
    if !of_season.is_empty() && random.chance(40) {
        note.push('；');
        note.push_str(random.pick(of_season));
    }
    note.push('。');
    ("notes", FieldInput::Narrative(note))
}

fn trainings(random: &mut Random) -> Vec<Draft> {
    let count = random.between(112, 128);
    let modes: Vec<usize> = (0..count).map(|_| random.weighted(&[45, 35, 20])).collect();
    let weights: Vec<u64> =
        modes.iter().map(|mode| [random.between(25, 90), random.between(4, 14), random.between(1, 4)][*mode]).collect();
    let people = split(PEOPLE_TRAINED, &weights, 1);
    let everywhere: Vec<&'static str> = COUNTIES.into_iter().flat_map(|c| facilities(c, UnitKind::Clinic)).collect();
    let draft = |(i, (mode, people)): (usize, (usize, u64))| {
        let (mode, topics) = TOPICS[mode];
        let fields = vec![text("topic", random.pick(topics)), choice("mode", mode), integer("people", people)];
        // Every clinic is trained twice, so that whoever works at one only has something to log.
        let twice = (i < 2 * everywhere.len()).then(|| everywhere[i % everywhere.len()]);
        let unit = twice.unwrap_or_else(|| clinic(random, [36, 28, 36]));
        Draft::new("clinic.training", unit, TRAINING.day(random, Day::YEAR_BEGINS, false), fields)
    };
    modes.into_iter().zip(people).enumerate().map(draft).collect()
}

fn rescues(random: &mut Random) -> Vec<Draft> {
    let rescue = |unit, day, diagnosis: &str, age_band, outcome| {
        let fields = vec![text("diagnosis", diagnosis), choice("age_band", age_band), choice("outcome", outcome)];
        Draft::new("clinic.rescue", unit, day, fields)
    };
    let day = RESCUE.day(random, Day::YEAR_BEGINS, true);
    let mut drafts = vec![rescue(RIWOQE_HOSPITAL, day, "产后出血", "adult", "recovered").named(RESCUE_POST_PARTUM)];
    for _ in 0..random.between(40, 48) {
        let (diagnosis, ages) = random.pick(&DIAGNOSES);
        let outcome = ["recovered", "improved", "referred", "died"][random.weighted(&[55, 28, 14, 3])];
        let (unit, day) = (clinic(random, [36, 28, 36]), RESCUE.day(random, Day::YEAR_BEGINS, true));
        drafts.push(rescue(unit, day, diagnosis, random.pick(ages), outcome));
    }
    drafts
}
