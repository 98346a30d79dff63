//! Where the outreach clinics stand.

use super::super::{
    random::Random,
    units::{county_of, townships, unit_of},
};

const SPOTS: [&str; 7] = ["集市", "村委会院坝", "文化广场", "小学操场", "牧场安置点", "卫生院门前", "政府大院"];

/// A place for a clinic held by `facility`: in its own township, or anywhere in the county for the county hospital.
pub(super) fn place_of_clinic(random: &mut Random, facility: &str) -> String {
    let own = unit_of(facility).and_then(|unit| unit.name.strip_suffix("卫生院"));
    let town = own.unwrap_or_else(|| random.pick(townships(county_of(facility).unwrap_or_default())));
    format!("{town}{}", random.pick(&SPOTS))
}

/// A place of `unit`'s county that is not `place`.
pub(in super::super) fn another_place(random: &mut Random, unit: &str, place: &str) -> String {
    loop {
        let town = random.pick(townships(county_of(unit).unwrap_or_default()));
        let other = format!("{town}{}", random.pick(&SPOTS));
        if other != place {
            return other;
        }
    }
}
