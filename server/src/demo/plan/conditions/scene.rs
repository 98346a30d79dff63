//! The order in which the conditions are drawn, and what each must know of those before it.

use std::collections::BTreeSet;

use super::{
    super::{
        activities::{FIRST_CHOLECYSTECTOMY_OPERATION, Logged},
        calendar::Day,
        events::named_events,
        people::{Profession, Roster},
        random::Random,
    },
    FieldConditions,
    calendars::{Calendars, cut_syncs},
    devices::{self, Cast},
    edits::concurrent_edits,
    repeats,
};

/// The year as the conditions meet it.
pub(super) struct Scene<'a> {
    pub(super) seed: u64,
    pub(super) logged: &'a [Logged],
    pub(super) roster: &'a Roster,
    pub(super) cast: Cast,
    pub(super) calendars: Calendars,
    /// Keys of activities that no further condition may touch.
    pub(super) taken: BTreeSet<String>,
}

impl Scene<'_> {
    /// The generator of one condition.
    pub(super) fn random(&self, condition: &str) -> Random {
        Random::of_part(self.seed, condition)
    }

    /// The activities of the mission's year of `forms` that are free for a condition, in random order: not taken, and
    /// logged by a worker without a condition of their own.
    pub(super) fn free(&self, random: &mut Random, forms: &[&str]) -> Vec<&Logged> {
        let is_free = |l: &&Logged| {
            let a = &l.activity;
            forms.contains(&a.form) && a.on == a.entered && !self.taken.contains(&a.key) && !self.cast.is_in(&a.worker)
        };
        let mut free: Vec<&Logged> = self.logged.iter().filter(is_free).collect();
        random.shuffle(&mut free);
        free
    }

    /// Who else may log `of` on its day, among the workers without a condition of their own.
    pub(super) fn colleagues(&self, of: &Logged) -> Vec<String> {
        let activity = &of.activity;
        let mut able = self.roster.eligible(Profession::of_form(activity.form), activity.unit, of.entered);
        able.retain(|worker| *worker != activity.worker && !self.cast.is_in(worker));
        able
    }

    /// The activities of `worker`, in the order of being typed in.
    pub(super) fn of_worker(&self, worker: &str) -> Vec<&Logged> {
        self.logged.iter().filter(|l| l.activity.worker == worker).collect()
    }
}

/// Draws all conditions over `logged`; also the records that are logged but do not count, in the order of being typed in.
pub(in super::super) fn draw(seed: u64, logged: &[Logged], roster: &Roster) -> (FieldConditions, Vec<Logged>) {
    let cast = Cast::draw(seed, logged, roster);
    let calendars = Calendars::draw(seed, &roster.usernames(), &cast.away);
    let mut taken: BTreeSet<String> = named_events().into_iter().map(|event| event.activity_key).collect();
    taken.insert(FIRST_CHOLECYSTECTOMY_OPERATION.to_owned());
    let mut scene = Scene { seed, logged, roster, cast, calendars, taken };

    let reassigned = devices::reassigned(&mut scene);
    let cloned_store = devices::cloned_store(&scene);
    let revoked_device = devices::revoked_device(&mut scene);
    let unruly_change = devices::unruly_change(&scene);
    let clock_off_by_years = devices::clock_off(&scene);
    let concurrent_tallies = repeats::concurrent_tallies(&mut scene);
    let (double_logged, mut extras) = repeats::double_logged(&mut scene);
    let (voided, mistake) = repeats::voided(&mut scene);
    extras.push(mistake);
    extras.sort_by_key(|extra: &Logged| (extra.entered, extra.activity.key.clone()));
    let concurrent_edits = concurrent_edits(&mut scene);
    let (response_cut_after_commit, request_cut_mid_body) = cut_syncs(&scene);
    let conditions = FieldConditions {
        offline_spells: scene.calendars.spells(),
        concurrent_edits,
        concurrent_tallies,
        double_logged,
        response_cut_after_commit,
        request_cut_mid_body,
        reassigned,
        clock_off_by_years,
        cloned_store,
        revoked_device,
        unruly_change,
        voided,
    };
    (conditions, extras)
}

/// The last day on which a condition may begin, so that its consequences lie within the year.
pub(super) const LAST_DAY: Day = Day::YEAR_ENDS;
