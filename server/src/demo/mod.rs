//! The demonstration: a year of 33 field workers in Changdu, played over real HTTP with real replicas, under the conditions of
//! the field, into a fresh store whose totals are then compared with what happened.
//!
//! | file | what it does |
//! |---|---|
//! | `plan/` | draws from a seed who does what, where and when, and what goes wrong |
//! | `stage`, `device`, `link`, `clock` | the server's store and address; the devices, their links and their clocks |
//! | `play`, `settle` | the year, day by day; what reviewers and the administrator do afterwards |
//! | `api`, `check`, `table` | the totals asked over HTTP, compared, and printed |
//!
//! This is the only part of the server that uses the client SDK, and nothing of the server uses it.

mod api;
mod check;
mod clock;
mod device;
mod failure;
mod link;
pub mod plan;
mod play;
mod settle;
mod stage;
mod table;

use std::collections::BTreeMap;

use serde::Serialize;
use sync_core::id::Username;

use crate::{auth::Role, store::refused};
pub use check::{Checked, Figure};
pub use failure::DemoError;
use plan::{MARKAM_HOSPITAL, PREFECTURE, Plan};
use play::Happenings;
pub use play::{Play, Progress};
pub use settle::Settled;
pub use stage::{Stage, fresh_directory};

/// How the demonstration came out.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    /// The seed that the year was drawn from.
    pub seed: u64,
    /// Field workers.
    pub workers: usize,
    /// Conflicts that reviewers settled.
    pub conflicts: usize,
    /// Records that reviewers voided as duplicates.
    pub duplicates: usize,
    /// Changes that were held and that the administrator admitted, by reason.
    pub held: BTreeMap<&'static str, usize>,
    /// Changes that were refused.
    pub refused: u64,
    /// Syncs.
    pub syncs: u32,
    /// Requests.
    pub requests: u32,
    /// Connections cut.
    pub cuts: u32,
    /// Bytes that devices sent.
    pub bytes_sent: u64,
    /// Bytes that devices received.
    pub bytes_received: u64,
    /// What was compared.
    #[serde(flatten)]
    pub checked: Checked,
    /// Who administers.
    #[serde(skip)]
    pub administrator: Username,
    /// A worker and a reviewer, for whoever wants to look around.
    #[serde(skip)]
    pub guests: Vec<Username>,
}

impl Told {
    /// The table, as lines.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        table::lines(self)
    }
}

/// Plays the year of `seed` on `stage`, from the first enrolment to the comparison.
///
/// # Errors
/// [`DemoError`] when it cannot be played, or something did not happen that should have. Differing totals are no error here.
pub async fn play(stage: &Stage, seed: u64, progress: Progress<'_>) -> Result<Told, DemoError> {
    let plan = Plan::new(seed);
    progress("adding org units and people, enrolling their devices");
    let mut play = Play::begin(&plan, stage).await?;
    play.year(progress).await?;
    progress("the year is over; people settle what is left");
    let settled = play.settle(progress).await?;
    progress("comparing totals, and every record on every device");
    let checked = play.check().await?;
    let Happenings { traffic, syncs, cuts } = play.happened;
    Ok(Told {
        seed,
        workers: plan.people.iter().filter(|p| p.profession.is_some()).count(),
        conflicts: settled.conflicts,
        duplicates: settled.duplicates,
        held: settled.held,
        refused: refused::count(&mut stage.store.read().await?).await?,
        syncs,
        requests: traffic.requests,
        cuts,
        bytes_sent: traffic.bytes_sent,
        bytes_received: traffic.bytes_received,
        checked,
        administrator: first_at(&plan, Role::Administrator, PREFECTURE)?,
        guests: vec![
            first_at(&plan, Role::Recorder, MARKAM_HOSPITAL)?,
            first_at(&plan, Role::Reviewer, MARKAM_HOSPITAL)?,
        ],
    })
}

/// The first person who has this role on this unit when the year is over.
fn first_at(plan: &Plan, role: Role, unit: &str) -> Result<Username, DemoError> {
    let last_day = plan.days().pop().unwrap_or_default();
    let there = |p: &&plan::PlannedPerson| plan.grant_on(&p.username, &last_day).is_some_and(|u| plan::covers(u, unit));
    let person = plan.people.iter().filter(|p| p.role == role).find(there);
    stage::username(&person.ok_or_else(|| DemoError::Plan(format!("nobody is {} at {unit}", role.word())))?.username)
}
