//! The people of the scenario: 33 workers, a reviewer in each county and one for the prefecture, an administrator.

use super::{
    calendar::Day,
    random::Random,
    units::{COUNTIES, PREFECTURE, county_of, covers},
};
use crate::auth::Role;

/// What a worker came to do; decides which sector's forms they fill in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profession {
    /// 医生: forms named `clinic.…`.
    Doctor,
    /// 教师: forms named `school.…`.
    Teacher,
    /// 农艺师: forms named `community.…`.
    Agronomist,
}

impl Profession {
    /// The profession that fills in `form`.
    pub(super) fn of_form(form: &str) -> Self {
        match form.split('.').next() {
            Some("clinic") => Self::Doctor,
            Some("school") => Self::Teacher,
            _ => Self::Agronomist,
        }
    }

    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Doctor => ("doctor", "医生"),
            Self::Teacher => ("teacher", "教师"),
            Self::Agronomist => ("agronomist", "农艺师"),
        }
    }
}

/// A person to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPerson {
    /// Log-in name, e.g. `doctor-03`.
    pub username: String,
    /// Name shown: role, number and place, e.g. `医生 03 · Markam`.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Code of the unit of their first grant; one worker is [reassigned](super::Reassignment) later.
    pub unit: &'static str,
    /// What a recorder came to do; `None` for the others.
    pub profession: Option<Profession>,
}

/// Who works where, in the order of their numbers. A post on a county serves all its facilities.
const POSTS: [(Profession, &[&str]); 3] = [
    (
        Profession::Doctor,
        &[
            "markam-hospital",
            "markam-hospital",
            "markam-hospital",
            "markam-hospital",
            "markam-hospital",
            "markam",
            "markam",
            "markam",
            "chagyab-hospital",
            "chagyab-hospital",
            "chagyab",
            "chagyab",
            "chagyab",
            "chagyab-xiangdui-clinic",
            "riwoqe-hospital",
            "riwoqe-hospital",
            "riwoqe",
            "riwoqe",
            "riwoqe",
            "riwoqe-leiwuqi-clinic",
        ],
    ),
    (
        Profession::Teacher,
        &[
            "markam",
            "markam-middle-school",
            "markam-primary-school",
            "chagyab",
            "chagyab-middle-school",
            "riwoqe",
            "riwoqe-middle-school",
            "riwoqe-primary-school",
        ],
    ),
    (Profession::Agronomist, &["markam", "markam-agri-station", "chagyab", "chagyab-agri-station", "riwoqe"]),
];

fn place(unit: &str) -> &'static str {
    match county_of(unit) {
        Some("chagyab") => "Chagyab",
        Some("markam") => "Markam",
        Some("riwoqe") => "Riwoqe",
        _ => "Changdu",
    }
}

/// Everybody: the 33 workers first.
pub(super) fn people() -> Vec<PlannedPerson> {
    let mut people = Vec::new();
    for (profession, units) in POSTS {
        let (username, title) = profession.names();
        for (i, unit) in units.iter().enumerate() {
            let number = i + 1;
            people.push(PlannedPerson {
                username: format!("{username}-{number:02}"),
                name: format!("{title} {number:02} · {}", place(unit)),
                role: Role::Recorder,
                unit,
                profession: Some(profession),
            });
        }
    }
    for unit in COUNTIES.into_iter().chain([PREFECTURE]) {
        people.push(PlannedPerson {
            username: reviewer_of(unit),
            name: format!("审核员 · {}", place(unit)),
            role: Role::Reviewer,
            unit,
            profession: None,
        });
    }
    people.push(PlannedPerson {
        username: "administrator".into(),
        name: "管理员 · Changdu".into(),
        role: Role::Administrator,
        unit: PREFECTURE,
        profession: None,
    });
    people
}

/// Username of the reviewer granted on `unit`, a county or the prefecture.
pub(super) fn reviewer_of(unit: &str) -> String {
    format!("reviewer-{unit}")
}

/// A worker's move to another county.
#[derive(Debug, Clone)]
pub(super) struct Move {
    pub(super) worker: String,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    pub(super) on: Day,
}

/// The workers, where each may log on a day, and how much each has logged so far.
pub(super) struct Roster {
    workers: Vec<(PlannedPerson, u64)>,
    pub(super) moved: Move,
    mover_arrived: bool,
}

impl Roster {
    /// The 33 workers; one doctor granted on Chagyab or Riwoqe moves to another county in late summer or autumn.
    pub(super) fn new(seed: u64, people: &[PlannedPerson]) -> Self {
        let mut random = Random::of_part(seed, "move");
        let workers: Vec<_> = people.iter().filter(|p| p.profession.is_some()).map(|p| (p.clone(), 0)).collect();
        let doctors: Vec<&PlannedPerson> = people
            .iter()
            .filter(|p| p.profession == Some(Profession::Doctor) && ["chagyab", "riwoqe"].contains(&p.unit))
            .collect();
        let mover = random.pick(&doctors);
        let others: Vec<&'static str> = COUNTIES.into_iter().filter(|county| *county != mover.unit).collect();
        let moved = Move {
            worker: mover.username.clone(),
            from: mover.unit,
            to: random.pick(&others),
            on: Day::YEAR_BEGINS.plus(random.between(170, 230)),
        };
        Self { workers, moved, mover_arrived: false }
    }

    /// Usernames of all workers.
    pub(super) fn usernames(&self) -> Vec<String> {
        self.workers.iter().map(|(person, _)| person.username.clone()).collect()
    }

    /// The unit that `worker` is granted on `day`.
    fn grant(&self, worker: &PlannedPerson, day: Day) -> &'static str {
        if worker.username == self.moved.worker && day >= self.moved.on { self.moved.to } else { worker.unit }
    }

    /// The workers of `profession` who may log at `unit` on `day`.
    pub(super) fn eligible(&self, profession: Profession, unit: &str, day: Day) -> Vec<String> {
        self.workers
            .iter()
            .filter(|(p, _)| p.profession == Some(profession) && covers(self.grant(p, day), unit))
            .map(|(p, _)| p.username.clone())
            .collect()
    }

    /// Gives one more activity to somebody who may log it, mostly to who has logged least, and rather to who works only
    /// there. There must be somebody. Days must come in order.
    pub(super) fn assign(&mut self, random: &mut Random, profession: Profession, unit: &str, day: Day) -> String {
        let eligible = self.eligible(profession, unit, day);
        let least = self.workers.iter().filter(|(p, _)| eligible.contains(&p.username)).map(|(_, n)| *n).min();
        let mut scored: Vec<(u64, usize)> = Vec::new();
        for (i, (person, logged)) in self.workers.iter().enumerate() {
            if !eligible.contains(&person.username) {
                continue;
            }
            // Who arrives in a county is given the next thing there is, and is from then on as busy as the others.
            // Who leaves is kept busy until then, so that something is unsynced.
            let moves = person.username == self.moved.worker;
            let arrives = moves && day >= self.moved.on && !self.mover_arrived;
            let leaves = moves && day < self.moved.on;
            let elsewhere = if leaves || self.grant(person, day) == unit { 1 } else { 11 };
            let score = logged * 4 + random.below(12) + elsewhere;
            scored.push((if arrives { 0 } else { score }, i));
        }
        let Some((_, chosen)) = scored.into_iter().min() else { return String::new() };
        let (person, logged) = &mut self.workers[chosen];
        if person.username == self.moved.worker && day >= self.moved.on && !self.mover_arrived {
            self.mover_arrived = true;
            *logged = least.unwrap_or(*logged);
        }
        *logged += 1;
        person.username.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_33_workers_and_those_who_check() {
        let people = people();
        let count = |role| people.iter().filter(|p| p.role == role).count();
        assert_eq!((count(Role::Recorder), count(Role::Reviewer), count(Role::Administrator)), (33, 4, 1));
        assert_eq!(people[2].username, "doctor-03");
        assert_eq!(people[2].name, "医生 03 · Markam");
    }
}
