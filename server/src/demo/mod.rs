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

pub use check::{Checked, Figure};
pub use failure::DemoError;
use plan::Plan;
use play::{Happenings, Play};
pub use play::Progress;
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
}

impl Told {
    /// What differs from what must be.
    #[must_use]
    pub fn differences(&self) -> usize {
        self.checked.totals.iter().filter(|f| !f.holds()).count() + self.checked.wrong.len()
    }

    /// The table, as lines.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        table::lines(self)
    }
}

/// Plays the year of `seed` on `stage`, whose server must be listening, or come back if it is killed on the way.
///
/// # Errors
/// [`DemoError`] when it cannot be played, or something did not happen that should have. Differing totals are no error here.
pub async fn play(stage: &Stage, seed: u64, progress: Progress<'_>) -> Result<Told, DemoError> {
    let plan = Plan::new(seed);
    let time = clock::TrueTime::default();
    let first_day = plan.days().first().cloned().ok_or_else(|| DemoError::Plan("no days".into()))?;
    time.turn_to(first_day.parse().map_err(|e: sync_core::id::InvalidId| DemoError::Plan(e.to_string()))?);
    progress("adding org units and people, enrolling their devices");
    stage.furnish(&plan).await?;
    let devices = stage.hand_out(&plan, &time).await?;
    let mut play =
        Play { plan: &plan, stage, time, devices, records: BTreeMap::new(), happened: Happenings::default() };
    play.year(progress).await?;
    progress("the year is over; people settle what is left");
    let settled = play.settle(progress).await?;
    progress("comparing totals and every record on every device");
    let checked = play.check().await?;
    let Happenings { traffic, syncs, cuts } = play.happened;
    Ok(Told {
        seed,
        workers: plan.people.iter().filter(|p| p.profession.is_some()).count(),
        conflicts: settled.conflicts,
        duplicates: settled.duplicates,
        held: settled.held,
        refused: crate::ingest::refused_count(&stage.store).await?,
        syncs,
        requests: traffic.requests,
        cuts,
        bytes_sent: traffic.bytes_sent,
        bytes_received: traffic.bytes_received,
        checked,
    })
}
