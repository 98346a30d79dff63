//! The year's figures, exactly as the merged store must show them, whatever the seed.

use super::{
    calendar::{YEAR, YEAR_BEFORE},
    units::MARKAM_HOSPITAL,
};

pub(super) const OUTREACH_CLINICS: u64 = 42;
pub(super) const PEOPLE_BENEFITED: u64 = 16_000;
pub(super) const PEOPLE_TRAINED: u64 = 3_210;
/// At Markam county hospital, as are the next four.
pub(super) const NEW_TECHNIQUES: u64 = 48;
pub(super) const OUTPATIENT_VISITS: u64 = 41_800;
pub(super) const OUTPATIENT_VISITS_BEFORE: u64 = 20_000;
pub(super) const SURGERIES: u64 = 382;
pub(super) const SURGERIES_BEFORE: u64 = 200;
pub(super) const WORKSHOPS: u64 = 12;
pub(super) const RESEARCH_ACTIVITIES: u64 = 68;
pub(super) const LECTURES: u64 = 31;
pub(super) const ONLINE_TRAININGS: u64 = 22;
pub(super) const TEACHERS_REACHED: u64 = 15_630;
pub(super) const BOOKS_DONATED: u64 = 203_500;
pub(super) const READING_ROOMS: u64 = 30;
pub(super) const YAKS_BRED: u64 = 15_832;
pub(super) const POLLUTION_FREE: u64 = 97;
pub(super) const GREEN_ORGANIC_GI: u64 = 49;
pub(super) const PROJECTS_DRINKING_WATER: u64 = 4;
pub(super) const PROJECTS_ROAD: u64 = 2;
pub(super) const PROJECTS_TRAINING_CENTRE: u64 = 1;
pub(super) const PROJECTS_ONGOING: u64 = 9;

/// One figure that the merged store must show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpectedTotal {
    /// What the figure is, in English.
    pub label_en: &'static str,
    /// What the figure is, in Chinese.
    pub label_zh: &'static str,
    /// Code of the unit whose subtree is summed; `None` for the whole prefecture.
    pub unit: Option<&'static str>,
    /// First day, included.
    pub from: &'static str,
    /// Last day, included.
    pub to: &'static str,
    /// The measure, e.g. `people_benefited`.
    pub measure: &'static str,
    /// The figure.
    pub value: i64,
}

type Row = (&'static str, &'static str, &'static str, u64);

/// Figures of the year over the whole prefecture.
const OF_PREFECTURE: [Row; 17] = [
    ("Outreach clinics", "义诊场次", "outreach_clinics", OUTREACH_CLINICS),
    ("People benefited", "义诊惠及人次", "people_benefited", PEOPLE_BENEFITED),
    ("People trained", "培训人次", "people_trained", PEOPLE_TRAINED),
    ("Teaching workshops", "渝昌教研工作坊", "workshops", WORKSHOPS),
    ("Research activities", "教研活动", "research_activities", RESEARCH_ACTIVITIES),
    ("Lectures", "讲座", "lectures", LECTURES),
    ("Online trainings", "线上研修", "online_trainings", ONLINE_TRAININGS),
    ("Teachers reached", "惠及教师人次", "teachers_reached", TEACHERS_REACHED),
    ("Books donated", "捐赠图书册数", "books_donated", BOOKS_DONATED),
    ("Reading rooms extended", "扩建图书室", "reading_rooms", READING_ROOMS),
    ("Yaks bred", "牦牛冷配头数", "yaks_bred", YAKS_BRED),
    ("Products certified pollution-free", "无公害农产品认证", "products_pollution_free", POLLUTION_FREE),
    (
        "Products certified green, organic or GI",
        "绿色、有机、地理标志认证",
        "products_green_organic_gi",
        GREEN_ORGANIC_GI,
    ),
    ("Drinking-water projects done", "饮水工程（完工）", "projects_drinking_water", PROJECTS_DRINKING_WATER),
    ("Road projects done", "道路工程（完工）", "projects_road", PROJECTS_ROAD),
    ("Training centres done", "培训中心（完工）", "projects_training_centre", PROJECTS_TRAINING_CENTRE),
    ("Projects ongoing", "在建项目", "projects_ongoing", PROJECTS_ONGOING),
];

/// Figures of Markam county hospital, with those of the year before where they are compared.
const OF_HOSPITAL: [(Row, Option<u64>); 3] = [
    (("New techniques", "新技术新项目", "new_techniques", NEW_TECHNIQUES), None),
    (("Outpatient visits", "门诊人次", "outpatient_visits", OUTPATIENT_VISITS), Some(OUTPATIENT_VISITS_BEFORE)),
    (("Surgeries", "手术台次", "surgeries", SURGERIES), Some(SURGERIES_BEFORE)),
];

/// Every figure, 22 in all.
pub(super) fn expected() -> Vec<ExpectedTotal> {
    let total = |(label_en, label_zh, measure, value): Row, unit, (from, to)| ExpectedTotal {
        label_en,
        label_zh,
        unit,
        from,
        to,
        measure,
        value: value as i64,
    };
    let mut totals: Vec<_> = OF_PREFECTURE.into_iter().map(|row| total(row, None, YEAR)).collect();
    for (row, before) in OF_HOSPITAL {
        totals.push(total(row, Some(MARKAM_HOSPITAL), YEAR));
        totals.extend(before.map(|value| total((row.0, row.1, row.2, value), Some(MARKAM_HOSPITAL), YEAR_BEFORE)));
    }
    totals
}
