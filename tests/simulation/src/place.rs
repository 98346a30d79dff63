//! Where every world begins: a prefecture with two counties, its people, two forms.

use std::{collections::BTreeMap, sync::Arc};

use sync_core::{
    form::{Form, FormSet},
    gate::Roles,
    id::{UnitCode, Username},
    replica::{CatalogUnit, Grant, UnitKind},
};

use crate::{
    model::Rights,
    server::state::{Device, State},
};

/// Where people log.
pub const FACILITIES: [&str; 3] = ["markam-hospital", "markam-school", "riwoqe-clinic"];
/// Whose devices are whose, in the order in which they take part.
pub const PEOPLE: [&str; 5] = ["doctor-01", "reviewer-01", "doctor-02", "teacher-01", "doctor-01"];
/// Somebody with a device, a role and no manners.
pub const MALLORY: &str = "mallory";
/// The form that is filled in most.
pub const OUTREACH: &str = "clinic.outreach";
/// The form with a tally.
pub const OUTPATIENT: &str = "clinic.outpatient_day";

/// The tree: code, the unit above, kind.
pub const UNITS: [(&str, Option<&str>, UnitKind); 6] = [
    ("changdu", None, UnitKind::Prefecture),
    ("markam", Some("changdu"), UnitKind::County),
    ("riwoqe", Some("changdu"), UnitKind::County),
    (FACILITIES[0], Some("markam"), UnitKind::Clinic),
    (FACILITIES[1], Some("markam"), UnitKind::School),
    (FACILITIES[2], Some("riwoqe"), UnitKind::Clinic),
];
/// Who may do what in the beginning.
pub const GRANTS: [(&str, &str, Roles); 6] = [
    ("doctor-01", FACILITIES[0], RECORDER),
    ("doctor-02", FACILITIES[0], RECORDER),
    ("doctor-02", FACILITIES[2], RECORDER),
    ("teacher-01", FACILITIES[1], RECORDER),
    ("reviewer-01", "markam", REVIEWER),
    (MALLORY, FACILITIES[0], RECORDER),
];
/// The forms, as JSON.
pub const FORMS: [&str; 2] = [
    include_str!("../../../server/forms/clinic.outreach.json"),
    include_str!("../../../server/forms/clinic.outpatient_day.json"),
];

const NOBODY: Roles = Roles { recorder: false, reviewer: false, administrator: false, observer: false };
/// Logs.
pub const RECORDER: Roles = Roles { recorder: true, ..NOBODY };
/// Judges.
pub const REVIEWER: Roles = Roles { reviewer: true, ..NOBODY };
/// Looks on.
pub const OBSERVER: Roles = Roles { observer: true, ..NOBODY };

/// A name that is one.
///
/// # Panics
/// When it is none.
pub fn name<T: core::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text} is a name"))
}

/// The token of the device of this number, which is also its name to the server.
#[must_use]
pub fn token(device: usize) -> String {
    format!("phone-{device}")
}

pub(crate) fn units() -> impl Iterator<Item = UnitCode> {
    UNITS.into_iter().map(|(code, ..)| name(code))
}

pub(crate) fn rights() -> Rights {
    let above = UNITS.into_iter().filter_map(|(code, parent, _)| Some((name(code), name(parent?)))).collect();
    let roles = GRANTS.into_iter().map(|(user, unit, roles)| ((name(user), name(unit)), roles)).collect();
    Rights { above, roles, ..Rights::default() }
}

pub(crate) fn forms() -> FormSet {
    let mut forms = FormSet::new();
    for json in FORMS {
        let form = Form::parse(json).unwrap_or_else(|error| panic!("a form of the starter kit: {error}"));
        forms.insert(form).unwrap_or_else(|error| panic!("a form of the starter kit: {error}"));
    }
    forms
}

/// The server before anybody has spoken to it.
pub(crate) fn state(devices: usize, epoch: u64, key: u64) -> State {
    let unit = |(code, parent, kind): (&str, Option<&str>, UnitKind)| CatalogUnit {
        code: name(code),
        parent: parent.map(name),
        kind,
        name: code.into(),
    };
    let mut users: BTreeMap<Username, Vec<Grant>> = BTreeMap::new();
    for (user, unit, roles) in GRANTS {
        users.entry(name(user)).or_default().push(Grant { unit: name(unit), roles });
    }
    let device = |user: &str| Device { user: name(user), revoked: false, decisions: Vec::new() };
    let mut known: BTreeMap<String, Device> =
        PEOPLE.into_iter().take(devices).enumerate().map(|(at, user)| (token(at), device(user))).collect();
    known.insert(MALLORY.into(), device(MALLORY));
    State {
        epoch,
        key,
        units: UNITS.map(unit).into(),
        users,
        forms: Arc::new(forms()),
        revision: 1,
        devices: known,
        ..State::default()
    }
}
