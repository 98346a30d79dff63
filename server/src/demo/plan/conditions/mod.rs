//! What went wrong in the field: the conditions under which the activities reach the store.
//!
//! A day is played in this order: grants and devices change, people log and edit, then those sync for whom the day is
//! listed. Reviewers and the administrator have no calendar: they sync whenever the runner lets them.

mod calendars;
mod devices;
mod edits;
mod repeats;
mod scene;

use super::activities::Field;

pub(super) use scene::draw;

/// When one worker's device reaches the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfflineSpells {
    /// Username.
    pub worker: String,
    /// The days on which it syncs, ascending, `YYYY-MM-DD`; on all others it is offline. The first is its enrolment in
    /// the first days of March 2021, the last lies in the first week of March 2022, when everything is in.
    pub syncs_on: Vec<String>,
    /// The longest time between two of them.
    pub longest_gap_days: u32,
}

/// One person's half of a concurrent edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditSide {
    /// Username.
    pub person: String,
    /// The field and the value that this person gives it.
    pub change: Field,
}

/// A reviewer's end to a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Username; never one of the two who disagreed.
    pub reviewer: String,
    /// The field and its true value: the one that the activity is planned with.
    pub change: Field,
}

/// One record edited on two devices, neither of which has seen the other's edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcurrentEdit {
    /// Key of the activity. It was logged with its planned values and has reached both devices before `on`.
    pub activity: String,
    /// The day on which both edit, before either syncs.
    pub on: String,
    /// The worker who logged it.
    pub first: EditSide,
    /// A colleague with rights on the unit, or the county's reviewer.
    pub second: EditSide,
    /// For two values of one field, who settles it and how, once both edits are in; `None` for different fields, which
    /// merge silently, carry no measure and stay as edited.
    pub settled: Option<Settlement>,
}

/// What one of two devices counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TallyShare {
    /// Username.
    pub person: String,
    /// Visits that this device adds.
    pub visits: i64,
}

/// An outpatient day counted on two devices at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcurrentTally {
    /// Key of the activity. Its worker logs it with a tally of 0 instead of the planned visits.
    pub activity: String,
    /// The day on which both count, before either syncs; the record has reached both by then.
    pub counted_on: String,
    /// The worker who logged it.
    pub first: TallyShare,
    /// A colleague at the hospital. The planned visits are the sum of both shares.
    pub second: TallyShare,
}

/// An outreach clinic that two people logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoubleLog {
    /// Key of the activity that counts.
    pub original: String,
    /// Key of the copy, one of [`Plan::extras`](super::Plan::extras): same unit, same day, nearly as many patients.
    pub copy: String,
    /// Username of the reviewer who voids the copy once both are in.
    pub voided_by: String,
}

/// One sync of one worker, in which something is pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncOf {
    /// Username.
    pub worker: String,
    /// The day: one of the worker's [`OfflineSpells::syncs_on`].
    pub on: String,
}

/// A worker re-assigned to another county while holding unsynced records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reassignment {
    /// Username.
    pub worker: String,
    /// Code of the county of the first grant, which ends at the start of `on`.
    pub from_unit: &'static str,
    /// Code of the county of the second grant, which begins then.
    pub to_unit: &'static str,
    /// The day. The worker syncs next some days later.
    pub on: String,
    /// Keys of the activities of `from_unit` that are still on the device only.
    pub unsynced: Vec<String>,
}

/// A device whose clock is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockOff {
    /// Username.
    pub worker: String,
    /// Years to add to the true time: 3 or -3.
    pub years: i32,
}

/// A device store that is copied, so that two devices go on from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClonedStore {
    /// Username.
    pub worker: String,
    /// The copy is taken at the start of this day, with whatever is unsynced in it. Both sync on the worker's days.
    pub on: String,
    /// Keys of the activities that go on being logged on the original.
    pub on_original: Vec<String>,
    /// Keys of the activities that are logged on the copy.
    pub on_copy: Vec<String>,
}

/// A device whose token is revoked and that goes on writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedDevice {
    /// Username.
    pub worker: String,
    /// Revoked at the start of this day; everything earlier was synced on the day before.
    pub on: String,
    /// Keys of the activities written on it from then on: the worker's last. They are held, then admitted by the
    /// administrator.
    pub written_after: Vec<String>,
}

/// A change that no rule allows, e.g. a second writing of the record's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnrulyChange {
    /// Username of its author.
    pub worker: String,
    /// Key of the author's activity that it is made to, after that was synced. Its planned values must stay.
    pub activity: String,
    /// The day it is made.
    pub on: String,
}

/// A record logged by mistake and voided by its own worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoidedRecord {
    /// Key of the record, one of [`Plan::extras`](super::Plan::extras).
    pub activity: String,
    /// The day its worker voids it.
    pub on: String,
    /// The reason given, in Chinese.
    pub reason: &'static str,
}

/// All conditions of the year. The six workers with a condition of their own are six different people, and no activity
/// is in two of the lists of edits, tallies and doubles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldConditions {
    /// Every worker's days of syncing; one worker is away for eleven months.
    pub offline_spells: Vec<OfflineSpells>,
    /// At least 25, by day.
    pub concurrent_edits: Vec<ConcurrentEdit>,
    /// At least 5, by day.
    pub concurrent_tallies: Vec<ConcurrentTally>,
    /// At least 10.
    pub double_logged: Vec<DoubleLog>,
    /// Syncs whose response is cut after the server has committed.
    pub response_cut_after_commit: Vec<SyncOf>,
    /// Syncs whose request is cut in the middle of its body.
    pub request_cut_mid_body: Vec<SyncOf>,
    /// The worker who moves.
    pub reassigned: Reassignment,
    /// The worker whose clock is three years off.
    pub clock_off_by_years: ClockOff,
    /// The worker whose store is copied.
    pub cloned_store: ClonedStore,
    /// The worker whose device is revoked.
    pub revoked_device: RevokedDevice,
    /// The worker who writes what nobody may.
    pub unruly_change: UnrulyChange,
    /// The record logged by mistake.
    pub voided: VoidedRecord,
}
