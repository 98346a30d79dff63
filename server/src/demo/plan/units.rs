//! The org units of the scenario: one prefecture, three counties and their facilities.

use sync_core::replica::UnitKind;

/// An org unit to be created. [`Plan::units`](super::Plan::units) lists parents before their children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedUnit {
    /// Permanent code, e.g. `markam-hospital`.
    pub code: &'static str,
    /// Code of the unit above; `None` for the prefecture only.
    pub parent: Option<&'static str>,
    /// What it is.
    pub kind: UnitKind,
    /// Name in Chinese.
    pub name: &'static str,
}

/// Code of the root of the tree.
pub const PREFECTURE: &str = "changdu";
/// Codes of the counties.
pub const COUNTIES: [&str; 3] = ["chagyab", "markam", "riwoqe"];
/// The hospital whose surgeries, outpatient visits and new techniques the mission reports.
pub const MARKAM_HOSPITAL: &str = "markam-hospital";
/// The hospital of the first head-and-neck angiography.
pub const RIWOQE_HOSPITAL: &str = "riwoqe-hospital";

const fn unit(code: &'static str, parent: Option<&'static str>, kind: UnitKind, name: &'static str) -> PlannedUnit {
    PlannedUnit { code, parent, kind, name }
}

const CHAGYAB: Option<&str> = Some("chagyab");
const MARKAM: Option<&str> = Some("markam");
const RIWOQE: Option<&str> = Some("riwoqe");

/// Every unit, parents first.
pub(super) const UNITS: [PlannedUnit; 32] = [
    unit(PREFECTURE, None, UnitKind::Prefecture, "昌都市"),
    unit("chagyab", Some(PREFECTURE), UnitKind::County, "察雅县"),
    unit("markam", Some(PREFECTURE), UnitKind::County, "芒康县"),
    unit("riwoqe", Some(PREFECTURE), UnitKind::County, "类乌齐县"),
    unit("chagyab-hospital", CHAGYAB, UnitKind::Clinic, "察雅县人民医院"),
    unit("chagyab-yanduo-clinic", CHAGYAB, UnitKind::Clinic, "烟多镇卫生院"),
    unit("chagyab-jitang-clinic", CHAGYAB, UnitKind::Clinic, "吉塘镇卫生院"),
    unit("chagyab-xiangdui-clinic", CHAGYAB, UnitKind::Clinic, "香堆镇卫生院"),
    unit("chagyab-middle-school", CHAGYAB, UnitKind::School, "察雅县中学"),
    unit("chagyab-primary-school", CHAGYAB, UnitKind::School, "察雅县小学"),
    unit("chagyab-jitang-school", CHAGYAB, UnitKind::School, "吉塘镇小学"),
    unit("chagyab-xiangdui-school", CHAGYAB, UnitKind::School, "香堆镇小学"),
    unit("chagyab-agri-station", CHAGYAB, UnitKind::Other, "察雅县农牧科技服务站"),
    unit(MARKAM_HOSPITAL, MARKAM, UnitKind::Clinic, "芒康县人民医院"),
    unit("markam-gatuo-clinic", MARKAM, UnitKind::Clinic, "嘎托镇卫生院"),
    unit("markam-rumei-clinic", MARKAM, UnitKind::Clinic, "如美镇卫生院"),
    unit("markam-quzika-clinic", MARKAM, UnitKind::Clinic, "曲孜卡乡卫生院"),
    unit("markam-bangda-clinic", MARKAM, UnitKind::Clinic, "帮达乡卫生院"),
    unit("markam-middle-school", MARKAM, UnitKind::School, "芒康县中学"),
    unit("markam-primary-school", MARKAM, UnitKind::School, "芒康县小学"),
    unit("markam-rumei-school", MARKAM, UnitKind::School, "如美镇小学"),
    unit("markam-quzika-school", MARKAM, UnitKind::School, "曲孜卡乡小学"),
    unit("markam-zongxi-school", MARKAM, UnitKind::School, "宗西乡小学"),
    unit("markam-agri-station", MARKAM, UnitKind::Other, "芒康县农牧科技服务站"),
    unit(RIWOQE_HOSPITAL, RIWOQE, UnitKind::Clinic, "类乌齐县人民医院"),
    unit("riwoqe-sangduo-clinic", RIWOQE, UnitKind::Clinic, "桑多镇卫生院"),
    unit("riwoqe-leiwuqi-clinic", RIWOQE, UnitKind::Clinic, "类乌齐镇卫生院"),
    unit("riwoqe-binda-clinic", RIWOQE, UnitKind::Clinic, "滨达乡卫生院"),
    unit("riwoqe-middle-school", RIWOQE, UnitKind::School, "类乌齐县中学"),
    unit("riwoqe-primary-school", RIWOQE, UnitKind::School, "类乌齐县小学"),
    unit("riwoqe-leiwuqi-school", RIWOQE, UnitKind::School, "类乌齐镇小学"),
    unit("riwoqe-agri-station", RIWOQE, UnitKind::Other, "类乌齐县农牧科技服务站"),
];

/// The unit of this code.
pub(super) fn unit_of(code: &str) -> Option<&'static PlannedUnit> {
    UNITS.iter().find(|unit| unit.code == code)
}

/// Whether `unit` is `ancestor` or lies below it: a grant on `ancestor` then covers it.
#[must_use]
pub fn covers(ancestor: &str, unit: &str) -> bool {
    let mut at = unit_of(unit);
    while let Some(here) = at {
        if here.code == ancestor {
            return true;
        }
        at = here.parent.and_then(unit_of);
    }
    false
}

/// The county that `unit` is or lies in; `None` for the prefecture and for a code that is no unit's.
#[must_use]
pub fn county_of(unit: &str) -> Option<&'static str> {
    COUNTIES.into_iter().find(|county| covers(county, unit))
}

/// The facilities of `kind` in `county`.
pub(super) fn facilities(county: &str, kind: UnitKind) -> Vec<&'static str> {
    UNITS.iter().filter(|unit| unit.parent == Some(county) && unit.kind == kind).map(|unit| unit.code).collect()
}

/// The county's agriculture station.
pub(super) fn station(county: &str) -> &'static str {
    facilities(county, UnitKind::Other).first().copied().unwrap_or(PREFECTURE)
}

/// Names of the towns and townships of `county`, in Chinese.
pub(super) fn townships(county: &str) -> &'static [&'static str] {
    match county {
        "chagyab" => &[
            "烟多镇",
            "香堆镇",
            "吉塘镇",
            "宗沙乡",
            "卡贡乡",
            "荣周乡",
            "巴日乡",
            "阿孜乡",
            "王卡乡",
            "新卡乡",
            "肯通乡",
            "扩达乡",
            "察拉乡",
        ],
        "markam" => &[
            "嘎托镇",
            "如美镇",
            "索多西乡",
            "莽岭乡",
            "宗西乡",
            "昂多乡",
            "措瓦乡",
            "洛尼乡",
            "戈波乡",
            "帮达乡",
            "徐中乡",
            "曲登乡",
            "木许乡",
            "朱巴龙乡",
            "曲孜卡乡",
            "纳西民族乡",
        ],
        _ => &[
            "桑多镇",
            "类乌齐镇",
            "甲桑卡乡",
            "长毛岭乡",
            "岗色乡",
            "吉多乡",
            "滨达乡",
            "卡玛多乡",
            "尚卡乡",
            "伊日乡",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_covers_its_unit_and_all_below() {
        assert!(covers("markam", MARKAM_HOSPITAL) && covers("markam", "markam") && covers(PREFECTURE, "riwoqe"));
        assert!(!covers(MARKAM_HOSPITAL, "markam") && !covers("chagyab", MARKAM_HOSPITAL));
        assert_eq!(county_of(MARKAM_HOSPITAL), Some("markam"));
        assert_eq!(county_of(PREFECTURE), None);
    }
}
