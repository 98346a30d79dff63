//! What the activities add to the measures, summed in any way that the store can break them down.

use std::collections::BTreeMap;

use super::{
    activities::{Activity, FieldInput},
    calendar::YEAR,
    units::{COUNTIES, covers},
};

/// The sums of one group of activities: a row that `/api/v1/summary` must show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breakdown {
    /// What the row is about: a county's code, a month `YYYY-MM`.
    pub group: String,
    /// How many activities it sums.
    pub records: usize,
    /// The measures that are not 0.
    pub measures: BTreeMap<&'static str, i64>,
}

/// What `activity` adds to each measure, by the starter forms' definitions; measures that it adds 0 to are left out.
#[must_use]
pub fn measures_of(activity: &Activity) -> Vec<(&'static str, i64)> {
    let number = |key| activity.field(key).and_then(FieldInput::number).unwrap_or(0);
    let is = |key, choice| activity.field(key) == Some(&FieldInput::Choice(choice));
    let mut measures = match activity.form {
        "clinic.outreach" => vec![("outreach_clinics", 1), ("people_benefited", number("patients_seen"))],
        "clinic.outpatient_day" => vec![("outpatient_visits", number("visits"))],
        "clinic.surgery" => vec![("surgeries", 1)],
        "clinic.new_technique" => vec![("new_techniques", 1)],
        "clinic.rescue" => vec![("rescues", 1)],
        "clinic.training" => vec![("people_trained", number("people"))],
        "school.workshop" => vec![("workshops", 1)],
        "school.research_activity" => vec![("research_activities", 1), ("teachers_reached", number("participants"))],
        "school.lecture" => vec![("lectures", 1), ("teachers_reached", number("participants"))],
        "school.online_training" => vec![("online_trainings", 1), ("teachers_reached", number("participants"))],
        "school.book_donation" => {
            let extended = activity.field("reading_room_extended") == Some(&FieldInput::YesNo(true));
            vec![("books_donated", number("books")), ("reading_rooms", i64::from(extended))]
        }
        "community.livestock" => vec![("yaks_bred", number("head"))],
        "community.certification" if is("class", "pollution_free") => vec![("products_pollution_free", 1)],
        "community.certification" => vec![("products_green_organic_gi", 1)],
        "community.project" if is("status", "ongoing") => vec![("projects_ongoing", 1)],
        "community.project" if is("kind", "drinking_water") => vec![("projects_drinking_water", 1)],
        "community.project" if is("kind", "road") => vec![("projects_road", 1)],
        "community.project" if is("kind", "training_centre") => vec![("projects_training_centre", 1)],
        _ => Vec::new(),
    };
    measures.retain(|(_, value)| *value != 0);
    measures
}

/// The sums of `activities` in one row named `group`.
pub(super) fn sum<'a>(group: &str, activities: impl Iterator<Item = &'a Activity>) -> Breakdown {
    let mut row = Breakdown { group: group.to_owned(), records: 0, measures: BTreeMap::new() };
    for activity in activities {
        row.records += 1;
        for (measure, value) in measures_of(activity) {
            *row.measures.entry(measure).or_insert(0) += value;
        }
    }
    row
}

/// The mission's year, one row per county.
pub(super) fn by_county(activities: &[Activity]) -> Vec<Breakdown> {
    let of_year = |a: &&Activity| (YEAR.0..=YEAR.1).contains(&a.on.as_str());
    COUNTIES
        .into_iter()
        .map(|county| sum(county, activities.iter().filter(of_year).filter(|a| covers(county, a.unit))))
        .collect()
}

/// Both years, one row per month in which something was done.
pub(super) fn by_month(activities: &[Activity]) -> Vec<Breakdown> {
    let mut months: BTreeMap<&str, Vec<&Activity>> = BTreeMap::new();
    for activity in activities {
        months.entry(&activity.on[..7]).or_default().push(activity);
    }
    months.into_iter().map(|(month, activities)| sum(month, activities.into_iter())).collect()
}
