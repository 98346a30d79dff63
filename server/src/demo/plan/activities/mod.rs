//! What was done in the year: every record that the totals count, sector by sector.

use super::{
    calendar::Day,
    people::{Profession, Roster},
    random::Random,
};

mod clinic;
mod community;
mod hospital;
mod places;
mod school;
mod techniques;

pub(super) use clinic::RESCUE_POST_PARTUM;
pub(super) use hospital::{
    FIRST_ANGIOGRAPHY, FIRST_CHOLECYSTECTOMY, FIRST_CHOLECYSTECTOMY_OPERATION, FIRST_CHROMOENDOSCOPY,
    FIRST_GASTRIC_CANCER, FIRST_PATHOLOGY,
};
pub(super) use places::another_place;

/// The value of one field, by the type of the form's field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldInput {
    /// A line of text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    YesNo(bool),
    /// A count that several devices can add to: the sum that it must come to.
    Tally(i64),
    /// A longer text, merged by character.
    Narrative(String),
    /// One of the field's choices, by its code, e.g. `recovered`.
    Choice(&'static str),
}

impl FieldInput {
    /// The number of an integer or a tally.
    #[must_use]
    pub const fn number(&self) -> Option<i64> {
        match self {
            Self::Integer(n) | Self::Tally(n) => Some(*n),
            _ => None,
        }
    }
}

/// A field's key and value.
pub type Field = (&'static str, FieldInput);

/// One record that a worker logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Its name within the plan, e.g. `outreach-017`; conditions refer to it.
    pub key: String,
    /// Username of the worker who logs it.
    pub worker: String,
    /// Code of the unit it belongs to.
    pub unit: &'static str,
    /// Form, e.g. `clinic.outreach`.
    pub form: &'static str,
    /// The day it happened, `YYYY-MM-DD`: the record's `on`.
    pub on: String,
    /// The day the worker types it in, `YYYY-MM-DD`: the same day, except that the year before is copied from the
    /// hospital's ledger in the first week of March 2021, when the workers have arrived.
    pub entered: String,
    /// The form's other fields that are filled in, with their final, true values.
    pub fields: Vec<Field>,
}

impl Activity {
    /// The value of the field `key`, if it is filled in.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&FieldInput> {
        self.fields.iter().find(|(k, _)| *k == key).map(|(_, value)| value)
    }
}

/// An activity that nobody has been given yet.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    key: Option<&'static str>,
    form: &'static str,
    unit: &'static str,
    day: Day,
    fields: Vec<Field>,
}

impl Draft {
    fn new(form: &'static str, unit: &'static str, day: Day, fields: Vec<Field>) -> Self {
        Self { key: None, form, unit, day, fields }
    }

    fn named(mut self, key: &'static str) -> Self {
        self.key = Some(key);
        self
    }

    /// The ledger of the year before is typed in within six days of the workers' arrival, oldest pages first.
    fn entered(&self) -> Day {
        if self.day < Day::YEAR_BEGINS { Day::YEAR_BEGINS.plus(1 + u64::from(self.day.0) * 6 / 365) } else { self.day }
    }
}

/// An activity with its days as numbers, as the conditions need them.
#[derive(Debug, Clone)]
pub(super) struct Logged {
    pub(super) activity: Activity,
    pub(super) entered: Day,
}

/// A text field.
fn text(key: &'static str, value: impl Into<String>) -> Field {
    (key, FieldInput::Text(value.into()))
}

/// A whole-number field.
fn integer(key: &'static str, value: u64) -> Field {
    (key, FieldInput::Integer(value as i64))
}

/// A field with choices.
fn choice(key: &'static str, value: &'static str) -> Field {
    (key, FieldInput::Choice(value))
}

/// A yes/no field.
fn yes_no(key: &'static str, value: bool) -> Field {
    (key, FieldInput::YesNo(value))
}

/// All activities of `seed` in the order of being typed in, each given to a worker who may log it on that day.
pub(super) fn activities(seed: u64, roster: &mut Roster) -> Vec<Logged> {
    let mut drafts = Vec::new();
    for sector in [clinic::drafts, hospital::drafts, school::drafts, community::drafts] {
        drafts.extend(sector(seed));
    }
    drafts.sort_by_key(|draft| (draft.entered(), draft.day, draft.form, draft.unit));
    let mut random = Random::of_part(seed, "workers");
    let mut numbers = std::collections::BTreeMap::new();
    let mut logged = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let entered = draft.entered();
        let kind = draft.form.rsplit('.').next().unwrap_or(draft.form).replace('_', "-");
        let number = numbers.entry(draft.form).or_insert(0u32);
        let key = draft.key.map_or_else(
            || {
                *number += 1;
                format!("{kind}-{number:03}")
            },
            str::to_owned,
        );
        let worker = roster.assign(&mut random, Profession::of_form(draft.form), draft.unit, entered);
        let activity = Activity {
            key,
            worker,
            unit: draft.unit,
            form: draft.form,
            on: draft.day.to_string(),
            entered: entered.to_string(),
            fields: draft.fields,
        };
        logged.push(Logged { activity, entered });
    }
    logged
}
