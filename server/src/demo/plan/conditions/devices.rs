//! The workers to whose devices or grants something happens, each a different one.

use super::{
    super::{activities::Logged, calendar::Day, people::Roster, random::Random},
    ClockOff, ClonedStore, Reassignment, RevokedDevice, UnrulyChange,
    scene::{LAST_DAY, Scene},
};

/// How many activities a worker needs for a condition of their own to show.
const ENOUGH: usize = 12;

/// Usernames of the workers with a condition of their own.
pub(super) struct Cast {
    /// Who is re-assigned.
    pub(super) moved: String,
    /// Who is away for eleven months.
    pub(super) away: String,
    pub(super) clock_off: String,
    pub(super) cloned: String,
    pub(super) revoked: String,
    pub(super) unruly: String,
}

impl Cast {
    /// Six different workers; the one who moves is known already.
    pub(super) fn draw(seed: u64, logged: &[Logged], roster: &Roster) -> Self {
        let mut workers = roster.usernames();
        workers.retain(|worker| *worker != roster.moved.worker);
        Random::of_part(seed, "cast").shuffle(&mut workers);
        let active = |worker: &String| logged.iter().filter(|l| l.activity.worker == *worker).count() >= ENOUGH;
        let mut chosen = workers.iter().filter(|worker| active(worker)).cloned();
        let mut next = || chosen.next().unwrap_or_default();
        Self {
            moved: roster.moved.worker.clone(),
            away: next(),
            clock_off: next(),
            cloned: next(),
            revoked: next(),
            unruly: next(),
        }
    }

    /// Whether `worker` is one of the six.
    pub(super) fn is_in(&self, worker: &str) -> bool {
        [&self.moved, &self.away, &self.clock_off, &self.cloned, &self.revoked, &self.unruly]
            .into_iter()
            .any(|member| member == worker)
    }
}

fn keys<'a>(logged: impl Iterator<Item = &'a Logged>) -> Vec<String> {
    logged.map(|l| l.activity.key.clone()).collect()
}

/// Keeps the worker offline over the last activities before the move, until some days after it.
pub(super) fn reassigned(scene: &mut Scene<'_>) -> Reassignment {
    let mut random = scene.random("reassigned");
    let moved = scene.roster.moved.clone();
    let mut before = scene.of_worker(&moved.worker);
    before.retain(|l| l.entered < moved.on);
    let first_kept = before.len().saturating_sub(random.between(3, 5) as usize);
    let offline_from = before.get(first_kept).map_or(moved.on, |l| l.entered).max(Day::YEAR_BEGINS.plus(3));
    let last_sync = scene.calendars.last_before(&moved.worker, offline_from);
    let unsynced = keys(before.into_iter().filter(|l| last_sync.is_none_or(|sync| l.entered > sync)));
    scene.calendars.remove(&moved.worker, offline_from, moved.on);
    scene.calendars.insert(&moved.worker, moved.on.plus(random.between(3, 12)));
    Reassignment { worker: moved.worker, from_unit: moved.from, to_unit: moved.to, on: moved.on.to_string(), unsynced }
}

/// The clock of one worker's device is three years early or late.
pub(super) fn clock_off(scene: &Scene<'_>) -> ClockOff {
    let years = if scene.random("clock").chance(50) { 3 } else { -3 };
    ClockOff { worker: scene.cast.clock_off.clone(), years }
}

/// From the second third of the worker's activities on, every other one is logged on the copy.
pub(super) fn cloned_store(scene: &Scene<'_>) -> ClonedStore {
    let mut activities = scene.of_worker(&scene.cast.cloned);
    // Not the ledger of the year before, which is typed in within one week.
    activities.retain(|l| l.activity.on == l.activity.entered);
    let on = activities.get(activities.len() / 3).map_or(LAST_DAY, |l| l.entered);
    let after = || activities.iter().filter(|l| l.entered >= on).copied();
    ClonedStore {
        worker: scene.cast.cloned.clone(),
        on: on.to_string(),
        on_original: keys(after().step_by(2)),
        on_copy: keys(after().skip(1).step_by(2)),
    }
}

/// The worker's last three to five days of work come after the device is revoked; all before them has been synced.
pub(super) fn revoked_device(scene: &mut Scene<'_>) -> RevokedDevice {
    let mut random = scene.random("revoked");
    let worker = scene.cast.revoked.clone();
    let activities = scene.of_worker(&worker);
    let at = activities.len().saturating_sub(random.between(3, 5) as usize);
    let on = activities.get(at).map_or(LAST_DAY, |l| l.entered);
    let written_after = keys(activities.into_iter().filter(|l| l.entered >= on));
    scene.calendars.insert(&worker, Day(on.0 - 1));
    RevokedDevice { worker, on: on.to_string(), written_after }
}

/// On the day after one of the worker's activities was synced.
pub(super) fn unruly_change(scene: &Scene<'_>) -> UnrulyChange {
    let mut random = scene.random("unruly");
    let worker = &scene.cast.unruly;
    let when = |l: &Logged| scene.calendars.next(worker, l.entered).plus(1);
    let activities = scene.of_worker(worker);
    let mut synced: Vec<&Logged> = activities.iter().filter(|l| when(l) <= LAST_DAY).copied().collect();
    if synced.is_empty() {
        synced = activities;
    }
    let chosen = random.pick(&synced);
    UnrulyChange { worker: worker.clone(), activity: chosen.activity.key.clone(), on: when(chosen).to_string() }
}
