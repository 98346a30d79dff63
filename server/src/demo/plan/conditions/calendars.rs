//! When each device reaches the server, and which of those syncs the network cuts.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{calendar::Day, random::Random},
    OfflineSpells, SyncOf,
    scene::Scene,
};

/// Days between two syncs, by how far from the network a worker lives: in town, in a valley, behind a pass.
const PACES: [(u64, u64); 3] = [(5, 14), (15, 40), (50, 110)];
/// How many in a hundred live so.
const PACE_WEIGHTS: [u64; 3] = [50, 35, 15];
/// How long the worker who is away for eleven months stays away.
const AWAY_DAYS: (u64, u64) = (328, 335);

/// Every worker's days of syncing.
pub(super) struct Calendars(BTreeMap<String, BTreeSet<Day>>);

impl Calendars {
    /// A calendar for each of `workers`; `away` has the long gap.
    pub(super) fn draw(seed: u64, workers: &[String], away: &str) -> Self {
        let calendar = |worker: &String| {
            let mut random = Random::of_part(seed, &format!("sync of {worker}"));
            let mut day = Day::YEAR_BEGINS.plus(random.below(3));
            let mut days = BTreeSet::from([day]);
            let mut pace = PACES[random.weighted(&PACE_WEIGHTS)];
            if worker == away {
                day = day.plus(random.between(AWAY_DAYS.0, AWAY_DAYS.1));
                pace = PACES[0];
            }
            while day <= Day::YEAR_ENDS {
                days.insert(day);
                day = day.plus(random.between(pace.0, pace.1));
            }
            days.insert(Day::YEAR_ENDS.plus(random.between(1, 6)));
            (worker.clone(), days)
        };
        Self(workers.iter().map(calendar).collect())
    }

    fn days(&self, worker: &str) -> impl DoubleEndedIterator<Item = Day> + '_ {
        self.0.get(worker).into_iter().flatten().copied()
    }

    /// The day by which what lies on the server on `day` has reached `person`, or what `person` logs on `day` has
    /// reached the server: their next sync. Who has no calendar is always connected.
    pub(super) fn next(&self, person: &str, day: Day) -> Day {
        self.days(person).find(|sync| *sync >= day).unwrap_or(day)
    }

    /// The last sync of `worker` before `day`.
    pub(super) fn last_before(&self, worker: &str, day: Day) -> Option<Day> {
        self.days(worker).rfind(|sync| *sync < day)
    }

    /// Lets `worker` sync on `day` too.
    pub(super) fn insert(&mut self, worker: &str, day: Day) {
        self.0.entry(worker.to_owned()).or_default().insert(day);
    }

    /// Keeps `worker` offline from `first` to `last`, both included.
    pub(super) fn remove(&mut self, worker: &str, first: Day, last: Day) {
        self.0.entry(worker.to_owned()).or_default().retain(|day| *day < first || *day > last);
    }

    /// The calendars as the plan shows them.
    pub(super) fn spells(&self) -> Vec<OfflineSpells> {
        let spells = |(worker, days): (&String, &BTreeSet<Day>)| OfflineSpells {
            worker: worker.clone(),
            syncs_on: days.iter().map(Day::to_string).collect(),
            longest_gap_days: days
                .iter()
                .zip(days.iter().skip(1))
                .map(|(a, b)| u32::from(b.0 - a.0))
                .max()
                .unwrap_or(0),
        };
        self.0.iter().map(spells).collect()
    }
}

/// Syncs of workers without a condition of their own that push at least two records: those whose response is cut, and
/// others whose request is cut.
pub(super) fn cut_syncs(scene: &Scene<'_>) -> (Vec<SyncOf>, Vec<SyncOf>) {
    let mut random = scene.random("cuts");
    let mut pushed: BTreeMap<(&str, Day), u32> = BTreeMap::new();
    for logged in scene.logged.iter().filter(|l| !scene.cast.is_in(&l.activity.worker)) {
        let worker = logged.activity.worker.as_str();
        *pushed.entry((worker, scene.calendars.next(worker, logged.entered))).or_insert(0) += 1;
    }
    let mut syncs: Vec<(&str, Day)> = pushed.into_iter().filter(|(_, n)| *n >= 2).map(|(sync, _)| sync).collect();
    random.shuffle(&mut syncs);
    let mut syncs = syncs.into_iter().map(|(worker, on)| SyncOf { worker: worker.to_owned(), on: on.to_string() });
    let mut some = || syncs.by_ref().take(random.between(4, 7) as usize).collect();
    (some(), some())
}
