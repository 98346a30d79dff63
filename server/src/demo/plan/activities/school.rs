//! What the teachers did: workshops, research activities, lectures, online trainings, books.

use sync_core::replica::UnitKind;

use super::{
    super::{
        calendar::{Day, Season},
        expected::{
            BOOKS_DONATED, LECTURES, ONLINE_TRAININGS, READING_ROOMS, RESEARCH_ACTIVITIES, TEACHERS_REACHED, WORKSHOPS,
        },
        random::Random,
        split::split,
        units::{COUNTIES, facilities, unit_of},
    },
    Draft, integer, text, yes_no,
};

/// Terms: March to early July, late August to December.
const TERM: Season = Season([9, 11, 12, 9, 2, 3, 11, 10, 12, 8, 0, 0]);
/// Books come by lorry before each term, and for Children's Day.
const BOOKS: Season = Season([8, 6, 14, 5, 2, 9, 14, 5, 4, 3, 0, 0]);

const SUBJECTS: [&str; 10] = ["语文", "数学", "英语", "物理", "化学", "生物", "地理", "信息技术", "小学科学", "音体美"];
const RESEARCH: [&str; 8] = [
    "同课异构与评课",
    "集体备课",
    "课堂提问策略研讨",
    "作业设计与批改",
    "单元整体教学研讨",
    "学情分析会",
    "课例打磨",
    "实验教学观摩",
];
const LECTURES_ON: [&str; 8] = [
    "新课程标准解读",
    "班主任工作艺术",
    "教师专业成长路径",
    "高效课堂的构建",
    "学生心理健康教育",
    "信息技术与课堂融合",
    "家校共育的方法",
    "命题与考试评价",
];
const ONLINE: [&str; 7] = [
    "渝昌同步课堂示范",
    "国家智慧教育资源应用",
    "普通话与口语教学",
    "多媒体课件制作",
    "线上家访与沟通",
    "双师课堂操作",
    "微课录制入门",
];
const AUDIENCES: [&str; 7] =
    ["全县中小学教师", "初中教师", "小学教师", "班主任", "教研组长", "新入职教师", "学校管理人员"];

/// The school records of `seed`.
pub(super) fn drafts(seed: u64) -> Vec<Draft> {
    let mut drafts = workshops(&mut Random::of_part(seed, "workshop"));
    drafts.extend(gatherings(&mut Random::of_part(seed, "gathering")));
    drafts.extend(books(&mut Random::of_part(seed, "books")));
    drafts
}

/// A school, by county weight (Chagyab, Markam, Riwoqe): mostly one of the two in the county town, which come first.
fn school(random: &mut Random) -> &'static str {
    let schools = facilities(COUNTIES[random.weighted(&[30, 40, 30])], UnitKind::School);
    let in_town = random.chance(60);
    random.pick(if in_town { &schools[..2] } else { &schools })
}

fn workshops(random: &mut Random) -> Vec<Draft> {
    let season = Season([4, 5, 4, 1, 0, 1, 4, 3, 1, 0, 0, 0]);
    let mut taken = Vec::new();
    while (taken.len() as u64) < WORKSHOPS {
        let of = (school(random), random.pick(&SUBJECTS));
        if !taken.contains(&of) {
            taken.push(of);
        }
    }
    let draft = |(unit, subject): (&'static str, &str)| {
        let school = unit_of(unit).map_or(unit, |unit| unit.name);
        let fields = vec![text("name", format!("渝昌{subject}教研工作坊（{school}）")), text("subject", subject)];
        Draft::new("school.workshop", unit, season.day(random, Day::YEAR_BEGINS, false), fields)
    };
    taken.into_iter().map(draft).collect()
}

/// Research activities, lectures and online trainings share one number of teachers reached.
fn gatherings(random: &mut Random) -> Vec<Draft> {
    let forms = [
        ("school.research_activity", RESEARCH_ACTIVITIES, (15, 110), &RESEARCH[..]),
        ("school.lecture", LECTURES, (80, 360), &LECTURES_ON[..]),
        ("school.online_training", ONLINE_TRAININGS, (120, 480), &ONLINE[..]),
    ];
    let mut drafts = Vec::new();
    let mut weights = Vec::new();
    for (form, count, (few, many), topics) in forms {
        for _ in 0..count {
            let subject = random.pick(&SUBJECTS);
            let topic = random.pick(topics);
            let of_subject = form == "school.research_activity" && random.chance(75);
            let topic = if of_subject { format!("{subject}：{topic}") } else { topic.to_owned() };
            let (unit, day) = (school(random), TERM.day(random, Day::YEAR_BEGINS, false));
            weights.push(random.between(few, many));
            drafts.push(Draft::new(form, unit, day, vec![text("topic", topic)]));
        }
    }
    for (draft, people) in drafts.iter_mut().zip(split(TEACHERS_REACHED, &weights, 3)) {
        draft.fields.push(integer("participants", people));
        if random.chance(65) {
            draft.fields.push(text("audience", random.pick(&AUDIENCES)));
        }
    }
    drafts
}

fn books(random: &mut Random) -> Vec<Draft> {
    let count = READING_ROOMS + random.between(14, 22);
    let weights: Vec<u64> = (0..count).map(|_| random.between(10, 100)).collect();
    let draft = |(i, books): (u64, u64)| {
        let mut fields = vec![integer("books", books)];
        if i < READING_ROOMS {
            fields.push(yes_no("reading_room_extended", true));
        } else if random.chance(50) {
            fields.push(yes_no("reading_room_extended", false));
        }
        Draft::new("school.book_donation", school(random), BOOKS.day(random, Day::YEAR_BEGINS, false), fields)
    };
    (0..count).zip(split(BOOKS_DONATED, &weights, 120)).map(draft).collect()
}
