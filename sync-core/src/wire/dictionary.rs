//! The preset dictionary 1: what messages are made of, so that even the first record of a frame refers to it instead of
//! spelling it out. What is likeliest stands last, where it is nearest.
//!
//! It is part of the format and never changes: a better one would be dictionary 2. The test below holds its hash.

use super::letters::spell;

/// The dictionary, as DEFLATE takes it.
pub(super) static DICTIONARY: [u8; LENGTH] = join(&PARTS);

const PARTS: [&[u8]; 10] = [
    CATALOG.as_bytes(),
    &letters::<{ length(SCHOOL_WORDS) }>(SCHOOL_WORDS),
    &letters::<{ length(CLINIC_WORDS) }>(CLINIC_WORDS),
    &letters::<{ length(PLACES) }>(PLACES),
    UNITS.as_bytes(),
    CHOICES.as_bytes(),
    NAMES.as_bytes(),
    CHANGES,
    RESPONSES,
    REQUESTS,
];

const LENGTH: usize = {
    let (mut length, mut part) = (0, 0);
    while part < PARTS.len() {
        length += PARTS[part].len();
        part += 1;
    }
    length
};

const fn join(parts: &[&[u8]]) -> [u8; LENGTH] {
    let mut all = [0; LENGTH];
    let (mut at, mut part) = (0, 0);
    while part < parts.len() {
        let mut i = 0;
        while i < parts[part].len() {
            all[at] = parts[part][i];
            at += 1;
            i += 1;
        }
        part += 1;
    }
    all
}

/// The first character of a text that has only ASCII and characters that UTF-8 spells in three bytes, and its length there.
const fn first(text: &[u8], at: usize) -> (char, usize) {
    let (code, length) = match text[at] {
        byte @ 0..0x80 => (byte as u32, 1),
        byte => (((byte & 0x0f) as u32) << 12 | low_bits(text[at + 1]) << 6 | low_bits(text[at + 2]), 3),
    };
    match char::from_u32(code) {
        Some(c) => (c, length),
        None => panic!("not a character"),
    }
}

const fn low_bits(byte: u8) -> u32 {
    (byte & 0x3f) as u32
}

/// The length of a text as messages spell it.
const fn length(text: &str) -> usize {
    let (mut at, mut length) = (0, 0);
    while at < text.len() {
        let (c, taken) = first(text.as_bytes(), at);
        at += taken;
        length += spell(c).1;
    }
    length
}

/// A text as messages spell it.
const fn letters<const N: usize>(text: &str) -> [u8; N] {
    let (mut all, mut at, mut end) = ([0; N], 0, 0);
    while at < text.len() {
        let (c, taken) = first(text.as_bytes(), at);
        let (bytes, length) = spell(c);
        let mut i = 0;
        while i < length {
            all[end] = bytes[i];
            end += 1;
            i += 1;
        }
        at += taken;
    }
    all
}

const CATALOG: &str = concat!(
    r#"{"id":"","version":1,"title":{"zh":"","bo":"","en":""},"fields":[{"key":"","label":{"zh":"","bo":"","en":""},"#,
    r#""type":"text","required":true},{"type":"integer","min":0},{"type":"tally"},{"type":"narrative"},{"type":"yes_no"},"#,
    r#"{"type":"choice","options":[{"value":"","label":{"zh":"","bo":"","en":""}}]}],"measures":[{"measure":"","count":true,"#,
    r#""sum":""}]}"units":[{"code":"","parent":"","kind":"clinic","name":""}],"grants":[{"unit":"","role":"recorder"}]"#,
);

const SCHOOL_WORDS: &str = concat!(
    "引水工程饮水通村公路桥梁牦牛改良犏牛青稞无公害绿色有机地理标志农牧民合作社培训中心",
    "乡村教师课程标准新课标核心素养教学设计说课评课听课磨课示范课公开课同课异构集体备课教研活动教研组",
    "语文数学英语藏文物理化学生物历史地理政治音乐体育美术信息技术心理健康双语教育班主任管理",
    "讲座在线培训网络研修专家讲学名师工作室送教下乡支教跟岗图书捐赠阅览室图书角课外读物册",
    "小学中学学校教师学生家长校长年级班级参加人数教育局",
);

const CLINIC_WORDS: &str = concat!(
    "一月二月三月四月五月六月七月八月九月十月2020-2021-2022-2023-2024-2025-2026-2027-2028-2029-2030-",
    "子痫前期休克脑出血有机磷中毒一氧化碳中毒骨折外伤脾破裂产后出血剖宫产阑尾炎阑尾切除术胆囊切除术疝修补术",
    "腹腔镜关节镜白内障超声乳化无痛胃肠镜椎间盘内固定清创缝合全麻腰麻内科外科妇产科儿科骨科眼科口腔科中医科藏医科急诊科",
    "首例首次开展新技术新项目带教手把手师带徒远程会诊现场教学操作心肺复苏急救护理院感防控病历书写",
    "肺炎肺水肿高原肺水肿高原反应支气管炎哮喘肺结核乙肝胃炎胃溃疡胆囊炎胆结石肾结石尿路感染痛风类风湿关节炎",
    "骨关节炎腰椎间盘突出腰腿痛颈肩痛膝关节疼痛头痛头晕贫血皮肤病湿疹过敏结膜炎白内障沙眼牙痛龋齿中耳炎",
    "先天性心脏病先心病包虫病B超检查心电图血常规血糖血压化验糖尿病冠心病高脂血症慢性病管理",
    "妇女儿童孕产妇产检老年人僧人牧民村民群众学生困难家庭留守儿童建档立卡健康档案家庭医生签约疫苗接种",
    "咳嗽发热腹泻感冒流感传染病防治健康教育宣传资料发放讲解合理用药饮水卫生洗手营养",
    "藏语翻译村医协助联合坐诊随访回访复查转诊转县医院进一步检查治疗住院手术建议已嘱两周后到卫生院",
    "明显增多较多居多为主占多数常见可疑病例登记药品不足补充免费发放常用药品测量血压筛查高血压患者义诊巡诊",
    "。；，、",
);

const PLACES: &str = concat!(
    "拉萨市日喀则市昌都市林芝市山南市那曲市阿里地区卡若区江达县贡觉县类乌齐县丁青县察雅县八宿县左贡县芒康县洛隆县边坝县",
    "县人民医院镇卫生院乡卫生院村卫生室村委会广场集市牧场安置点",
);

const UNITS: &str = concat!(
    "karub-jomda-gonjo-riwoqe-dengqen-chagyab-baxoi-zogang-lhorong-banbar-changdu-markam-",
    "-agri-station-county-health-center-primary-school-middle-school-school-clinicchagyab-hospitalriwoqe-hospitalmarkam-hospital",
    "doctor-nurse-teacher-reviewer-admin-recorder-\x09doctor-0\x0adoctor-1\x0ateacher-0\x0bteacher-1",
);

const CHOICES: &str = concat!(
    "drinking_waterbridgeotherroadtraining_centreplannedongoingdone",
    "pollution_freegreen_organic_giteachersstudentsparents",
    "remotelecturehands_onmentorshipinfantchildadultelderdiedreferredimprovedrecovered",
);

/// Names as the packed changes spell them, with their length before; a form's keys in ascending order.
const NAMES: &str = concat!(
    "\x0dfield\x05label\x08_removed\x07comment\x04text\x07verdict\x08approved\x08returned\x04void\x06reason\x0cduplicate_of",
    "\x06region\x09completed\x05title\x04kind\x06status\x04name\x02on",
    "\x11community.project\x04kind\x04name\x02on\x06status",
    "\x17community.certification\x05class\x02on\x07product",
    "\x13community.livestock\x04head\x02on",
    "\x14school.book_donation\x05books\x02on\x15reading_room_extended",
    "\x16school.online_training\x08audience\x02on\x0cparticipants\x05topic",
    "\x0eschool.lecture\x08audience\x02on\x0cparticipants\x05topic",
    "\x18school.research_activity\x08audience\x02on\x0cparticipants\x05topic",
    "\x0fschool.workshop\x04name\x02on\x07subject",
    "\x0fclinic.training\x04mode\x02on\x06people\x05topic",
    "\x0dclinic.rescue\x08age_band\x09diagnosis\x02on\x07outcome",
    "\x14clinic.new_technique\x0adepartment\x0ffirst_in_county\x04name\x02on",
    "\x0eclinic.surgery\x0claparoscopic\x02on\x07outcome\x09procedure",
    "\x15clinic.outpatient_day\x0adepartment\x02on\x06visits",
    "\x0fclinic.outreach\x09doctor-01\x05notes\x02on\x0dpatients_seen\x05place\x08referred",
);

/// The columns of first changes and edits, and the preludes before them.
const CHANGES: &[u8] = &[
    0x01, 0x8a, 0x04, 0x03, 0x02, 0x03, 0x05, 0x01, 0x06, 0x07, 0x08,
    0x09, // operations and keys of a first change
    0xa0, 0x01, 0x00, 0x06, 0x42, 0x00, 0x00, 0x01, 0x01, 0x00, 0x06, // its header
    0x01, 0x01, 0x01, 0x00, 0x01, 0x00, // one feed, one change, an author given
    0x07, 0x0f, 0x63, 0x6c, // seven names, the first of a clinic's form
    0x01, 0x01, 0x01, 0x04, 0x01, 0x01, 0x01, // one feed, one change, one reference, its author, one name
];

/// The beginning of a response: epoch, clock, outcomes, feeds.
const RESPONSES: &[u8] = &[0x82, 0x02, 0xa3, 0x00, 0x1b, 0x83, 0x02, 0xa3, 0x00, 0x1b];

/// The beginning of a request: budget, clock, feeds.
const REQUESTS: &[u8] = &[
    0x02, 0x81, 0x82, 0x6f, // one feed with a cursor
    0x82, 0x01, 0xa4, 0x00, 0x1a, 0x00, 0x01, 0x00, 0x00, 0x01, 0x46, 0x01, // nothing to send
    0x83, 0x01, 0xa4, 0x00, 0x1a, 0x00, 0x01, 0x00, 0x00, 0x01, 0x46, 0x01, // something
];

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use sha2::{Digest as _, Sha256};

    #[test]
    fn dictionary_1_is_as_it_always_was() {
        let hash = Sha256::digest(DICTIONARY);
        let hex = hash.iter().map(|byte| alloc::format!("{byte:02x}")).collect::<String>();
        assert_eq!(DICTIONARY.len(), 3415);
        assert_eq!(hex, "7a6c1ea4f9c933bbaa45e3098c7737b4e83864d83d0be1902a463b928e091b4c");
    }
}
