//! The plan of the demonstration: everything that the year in Changdu consists of, drawn from one seed.
//!
//! In March 2021, 33 doctors, teachers and agronomists came for a year to one prefecture and three counties. The seed
//! decides who did what, where and when, how the totals split, and what went wrong with devices, links and people; the
//! totals are the same for every seed. Nothing here reads a clock, a file or a network: equal seeds give equal plans.
//!
//! Play the days in order: see [`FieldConditions`]. The records to log are [`Plan::activities`], which count, and
//! [`Plan::extras`], which are voided in the end. Then compare with [`Plan::expected`], [`Plan::by_county`] and
//! [`Plan::by_month`].

mod activities;
mod calendar;
mod conditions;
mod events;
mod expected;
mod measures;
mod people;
mod random;
mod split;
mod units;

#[cfg(test)]
mod tests;

pub use activities::{Activity, Field, FieldInput};
pub use calendar::{YEAR, YEAR_BEFORE};
pub use conditions::{
    ClockOff, ClonedStore, ConcurrentEdit, ConcurrentTally, DoubleLog, EditSide, FieldConditions, OfflineSpells,
    Reassignment, RevokedDevice, Settlement, SyncOf, TallyShare, UnrulyChange, VoidedRecord,
};
pub use events::NamedEvent;
pub use expected::ExpectedTotal;
pub use measures::{Breakdown, measures_of};
pub use people::{PlannedPerson, Profession};
pub use units::{COUNTIES, MARKAM_HOSPITAL, PREFECTURE, PlannedUnit, RIWOQE_HOSPITAL, county_of, covers};

/// Everything that the year consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The seed that it was drawn from.
    pub seed: u64,
    /// Org units, parents before children.
    pub units: Vec<PlannedUnit>,
    /// People: the 33 workers, then the reviewers, then the administrator.
    pub people: Vec<PlannedPerson>,
    /// Every record that counts, in the order of being typed in, then of the day that it speaks of.
    pub activities: Vec<Activity>,
    /// Records that are logged too and do not count: the copies of [`FieldConditions::double_logged`] and the mistake
    /// of [`FieldConditions::voided`]; in the same order.
    pub extras: Vec<Activity>,
    /// The events that the briefing names.
    pub named_events: Vec<NamedEvent>,
    /// What goes wrong.
    pub conditions: FieldConditions,
    /// The figures that the merged store must show.
    pub expected: Vec<ExpectedTotal>,
}

impl Plan {
    /// The plan of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let people = people::people();
        let mut roster = people::Roster::new(seed, &people);
        let logged = activities::activities(seed, &mut roster);
        let (conditions, extras) = conditions::draw(seed, &logged, &roster);
        Self {
            seed,
            units: units::UNITS.to_vec(),
            people,
            activities: logged.into_iter().map(|l| l.activity).collect(),
            extras: extras.into_iter().map(|l| l.activity).collect(),
            named_events: events::named_events(),
            conditions,
            expected: expected::expected(),
        }
    }

    /// The activity or extra record of this key. Linear in their number.
    #[must_use]
    pub fn activity(&self, key: &str) -> Option<&Activity> {
        self.activities.iter().chain(&self.extras).find(|activity| activity.key == key)
    }

    /// The days to play, ascending: from the first of the mission's [`YEAR`] to the one by which every worker has synced
    /// for the last time, a week after its end.
    #[must_use]
    pub fn days(&self) -> Vec<String> {
        (calendar::Day::YEAR_BEGINS.0..=calendar::Day::YEAR_ENDS.plus(7).0)
            .map(|n| calendar::Day(n).to_string())
            .collect()
    }

    /// Activities and extra records that are typed in on `day`, `YYYY-MM-DD`.
    pub fn entered_on<'a>(&'a self, day: &'a str) -> impl Iterator<Item = &'a Activity> {
        self.activities.iter().chain(&self.extras).filter(move |activity| activity.entered == day)
    }

    /// Code of the unit that `username` is granted on `day`, `YYYY-MM-DD`, the re-assignment included; `None` when there
    /// is no such person.
    #[must_use]
    pub fn grant_on(&self, username: &str, day: &str) -> Option<&'static str> {
        let moved = &self.conditions.reassigned;
        if moved.worker == username && day >= moved.on.as_str() {
            return Some(moved.to_unit);
        }
        self.people.iter().find(|person| person.username == username).map(|person| person.unit)
    }

    /// The sums of the mission's [`YEAR`] by county: three rows, which add up to the prefecture's totals.
    #[must_use]
    pub fn by_county(&self) -> Vec<Breakdown> {
        measures::by_county(&self.activities)
    }

    /// The sums of both years by month, ascending: the rows of [`YEAR`] add up to the year's totals.
    #[must_use]
    pub fn by_month(&self) -> Vec<Breakdown> {
        measures::by_month(&self.activities)
    }
}
