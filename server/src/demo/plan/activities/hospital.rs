//! What Markam county hospital did in the year and in the year before; and Riwoqe hospital's one new technique.

use super::{
    super::{
        calendar::{Day, Season},
        expected::{NEW_TECHNIQUES, OUTPATIENT_VISITS, OUTPATIENT_VISITS_BEFORE, SURGERIES, SURGERIES_BEFORE},
        random::Random,
        split::split,
        units::{MARKAM_HOSPITAL, RIWOQE_HOSPITAL},
    },
    Draft, FieldInput, choice,
    techniques::TECHNIQUES,
    text, yes_no,
};

/// Key of Markam's first chromoendoscopy.
pub(in super::super) const FIRST_CHROMOENDOSCOPY: &str = "first-chromoendoscopy";
/// Key of Markam's first pathology examination.
pub(in super::super) const FIRST_PATHOLOGY: &str = "first-pathology-examination";
/// Key of Markam's first diagnosis of early gastric cancer.
pub(in super::super) const FIRST_GASTRIC_CANCER: &str = "first-early-gastric-cancer-diagnosis";
/// Key of the new technique of Markam's first laparoscopic cholecystectomy.
pub(in super::super) const FIRST_CHOLECYSTECTOMY: &str = "first-laparoscopic-cholecystectomy";
/// Key of the surgery of Markam's first laparoscopic cholecystectomy.
pub(in super::super) const FIRST_CHOLECYSTECTOMY_OPERATION: &str = "first-laparoscopic-cholecystectomy-operation";
/// Key of Riwoqe's first head-and-neck angiography.
pub(in super::super) const FIRST_ANGIOGRAPHY: &str = "first-head-and-neck-angiography";

/// Days of the year with a clinic, and days written up in the ledger of the year before.
const OUTPATIENT_DAYS: (usize, usize) = (290, 170);
/// Visits: many when the caterpillar-fungus harvest is over and in winter, few at the two new years.
const VISITS: [u64; 12] = [90, 95, 70, 75, 95, 105, 110, 115, 120, 120, 95, 70];
/// The mission's surgeons need some weeks to settle in.
const SURGERY: Season = Season([4, 6, 8, 9, 9, 9, 10, 10, 10, 9, 7, 4]);
/// The ordinary year: hardly a season.
const SURGERY_BEFORE: Season = Season([7, 8, 7, 8, 9, 9, 9, 9, 9, 9, 8, 6]);
const TECHNIQUE: Season = Season([2, 5, 7, 8, 7, 6, 7, 6, 5, 4, 2, 1]);

const DEPARTMENTS: [&str; 6] = ["综合门诊", "内科门诊", "外科门诊", "妇产科门诊", "儿科门诊", "藏医科门诊"];
/// How often each department is the one written up, and how busy it is.
const DEPARTMENT_WEIGHTS: ([u64; 6], [u64; 6]) = ([30, 20, 15, 15, 12, 8], [150, 110, 85, 95, 90, 70]);

/// Procedure, how often, and whether a laparoscope can be used.
const PROCEDURES: [(&str, u64, bool); 16] = [
    ("剖宫产术", 22, false),
    ("阑尾切除术", 14, true),
    ("胆囊切除术", 12, true),
    ("腹股沟疝修补术", 9, true),
    ("骨折切开复位内固定术", 12, false),
    ("清创缝合术", 10, false),
    ("肝包虫内囊摘除术", 5, false),
    ("白内障超声乳化术", 8, false),
    ("混合痔切除术", 6, false),
    ("子宫肌瘤剔除术", 4, true),
    ("卵巢囊肿剥除术", 4, true),
    ("体表肿物切除术", 7, false),
    ("甲状腺结节切除术", 3, false),
    ("包皮环切术", 4, false),
    ("肌腱修补术", 3, false),
    ("内固定物取出术", 4, false),
];

/// Those that are often done at once.
const URGENT: [&str; 5] = ["剖宫产术", "阑尾切除术", "骨折切开复位内固定术", "清创缝合术", "肌腱修补术"];

/// The outpatient days, surgeries and new techniques of `seed`.
pub(super) fn drafts(seed: u64) -> Vec<Draft> {
    let random = &mut Random::of_part(seed, "outpatient");
    let mut drafts = outpatient_days(random, Day::YEAR_BEGINS, OUTPATIENT_DAYS.0, OUTPATIENT_VISITS);
    drafts.extend(outpatient_days(random, Day::YEAR_BEFORE_BEGINS, OUTPATIENT_DAYS.1, OUTPATIENT_VISITS_BEFORE));
    let random = &mut Random::of_part(seed, "surgery");
    let first_laparoscopy = Day::YEAR_BEGINS.plus(random.between(70, 110));
    let operation = surgery(random, first_laparoscopy, "腹腔镜下胆囊切除术", "recovered", Some(true));
    drafts.push(operation.named(FIRST_CHOLECYSTECTOMY_OPERATION));
    drafts.extend((1..SURGERIES).map(|_| {
        let day = SURGERY.day(random, Day::YEAR_BEGINS, true);
        any_surgery(random, day, day > first_laparoscopy)
    }));
    drafts.extend((0..SURGERIES_BEFORE).map(|_| {
        let day = SURGERY_BEFORE.day(random, Day::YEAR_BEFORE_BEGINS, true);
        any_surgery(random, day, false)
    }));
    drafts.extend(new_techniques(&mut Random::of_part(seed, "technique"), first_laparoscopy));
    drafts
}

fn outpatient_days(random: &mut Random, begins: Day, count: usize, visits: u64) -> Vec<Draft> {
    let mut days: Vec<Day> = (0..365).map(|n| begins.plus(n)).filter(|day| !day.is_sunday()).collect();
    random.shuffle(&mut days);
    days.truncate(count);
    days.sort_unstable();
    let departments: Vec<usize> = days.iter().map(|_| random.weighted(&DEPARTMENT_WEIGHTS.0)).collect();
    let weigh = |(day, department): (&Day, &usize)| {
        VISITS[day.month()] * DEPARTMENT_WEIGHTS.1[*department] * random.between(70, 130)
    };
    let weights: Vec<u64> = days.iter().zip(&departments).map(weigh).collect();
    let parts = split(visits, &weights, 8);
    let draft = |((day, department), visits): ((Day, usize), u64)| {
        let fields = vec![text("department", DEPARTMENTS[department]), ("visits", FieldInput::Tally(visits as i64))];
        Draft::new("clinic.outpatient_day", MARKAM_HOSPITAL, day, fields)
    };
    days.into_iter().zip(departments).zip(parts).map(draft).collect()
}

fn any_surgery(random: &mut Random, day: Day, laparoscope: bool) -> Draft {
    let (procedure, _, possible) = PROCEDURES[random.weighted(&PROCEDURES.map(|(_, weight, _)| weight))];
    let outcome = ["recovered", "improved", "referred", "died"][random.weighted(&[78, 17, 4, 1])];
    if possible && laparoscope && random.chance(55) {
        surgery(random, day, &format!("腹腔镜下{procedure}"), outcome, Some(true))
    } else {
        let answered = possible || random.chance(50);
        surgery(random, day, procedure, outcome, answered.then_some(false))
    }
}

fn surgery(random: &mut Random, day: Day, procedure: &str, outcome: &'static str, laparoscopic: Option<bool>) -> Draft {
    let urgent = URGENT.contains(&procedure) && random.chance(35);
    let procedure = if urgent { format!("急诊{procedure}") } else { procedure.to_owned() };
    let mut fields = vec![text("procedure", procedure), choice("outcome", outcome)];
    fields.extend(laparoscopic.map(|yes| yes_no("laparoscopic", yes)));
    Draft::new("clinic.surgery", MARKAM_HOSPITAL, day, fields)
}

fn new_techniques(random: &mut Random, first_laparoscopy: Day) -> Vec<Draft> {
    let technique = |unit, day, name: &str, department: &str, first: Option<bool>| {
        let mut fields = vec![text("name", name), text("department", department)];
        fields.extend(first.map(|yes| yes_no("first_in_county", yes)));
        Draft::new("clinic.new_technique", unit, day, fields)
    };
    let first = Some(true);
    let chromoendoscopy = Day::YEAR_BEGINS.plus(random.between(30, 60));
    let pathology = Day::YEAR_BEGINS.plus(random.between(50, 85));
    let cancer = pathology.plus(random.between(15, 70));
    let angiography = Day::YEAR_BEGINS.plus(random.between(60, 260));
    let mut drafts = vec![
        technique(MARKAM_HOSPITAL, chromoendoscopy, "染色内镜检查", "消化内科", first).named(FIRST_CHROMOENDOSCOPY),
        technique(MARKAM_HOSPITAL, pathology, "组织病理学检查", "病理科", first).named(FIRST_PATHOLOGY),
        technique(MARKAM_HOSPITAL, cancer, "早期胃癌内镜诊断", "消化内科", first).named(FIRST_GASTRIC_CANCER),
        technique(MARKAM_HOSPITAL, first_laparoscopy, "腹腔镜下胆囊切除术", "外科", first).named(FIRST_CHOLECYSTECTOMY),
        technique(RIWOQE_HOSPITAL, angiography, "头颈部血管造影", "放射科", first).named(FIRST_ANGIOGRAPHY),
    ];
    let mut others: Vec<_> = TECHNIQUES.to_vec();
    random.shuffle(&mut others);
    for (name, department) in others.into_iter().take(NEW_TECHNIQUES as usize - 4) {
        let mut day = TECHNIQUE.day(random, Day::YEAR_BEGINS, false);
        if name.contains("腹腔镜") {
            day = first_laparoscopy.plus(random.between(7, 150));
        }
        let answer = random.chance(70).then(|| random.chance(60));
        drafts.push(technique(MARKAM_HOSPITAL, day, name, department, answer));
    }
    drafts
}
