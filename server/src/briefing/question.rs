//! What a template asks, and the answers. A template is run without answers first, to learn what it asks; the answers are then
//! read in one snapshot, and it is run again.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::{
    id::{FormId, MeasureId, UnitCode, Username},
    merge::RECORDS_MEASURE,
};

use crate::{
    report::{Grouping, Period, SummaryRow, later_month},
    store::{
        briefing::{Counted, OpenWork, Place},
        unit::UnitPath,
    },
};

/// A question that facts answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// Totals of a unit and all below it.
    Sums { top: UnitCode, by: Grouping },
    /// The newest records that count.
    Events(EventsAsked),
    /// What is open.
    Open,
}

/// Which records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EventsAsked {
    pub top: UnitCode,
    pub form: Option<FormId>,
    /// Fields that must have a value.
    pub wanted: BTreeMap<String, serde_json::Value>,
    pub limit: usize,
}

impl EventsAsked {
    /// Whether a record is among them, by what it says.
    pub(super) fn takes(&self, record: &Counted) -> bool {
        let has = |(key, wanted): (&String, &serde_json::Value)| record.values.get(key) == Some(wanted);
        self.form.as_ref().is_none_or(|form| *form == record.form) && self.wanted.iter().all(has)
    }
}

/// What is open, with the held changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Open {
    pub work: OpenWork,
    pub held: i64,
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    Sums(Vec<Sums>),
    Events(Events),
    Open(Open),
}

/// The newest records.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Events {
    pub list: Vec<Counted>,
    /// Whether there are others.
    pub is_more: bool,
}

/// The totals of one group: what there is now, and what there was in the period before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    /// As in a summary; empty if there is but one.
    pub group: String,
    pub records: Pair,
    pub measures: BTreeMap<MeasureId, Pair>,
}

/// A number now and before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pair {
    pub now: i64,
    pub before: i64,
}

impl Pair {
    /// Both together with those of another.
    pub(super) fn plus(self, other: Self) -> Self {
        Self { now: self.now.saturating_add(other.now), before: self.before.saturating_add(other.before) }
    }
}

impl From<SummaryRow> for Sums {
    fn from(row: SummaryRow) -> Self {
        let mut measures: BTreeMap<MeasureId, Pair> = BTreeMap::new();
        for (id, now) in row.measures {
            measures.entry(id).or_default().now = now;
        }
        let mut records = Pair { now: row.records, before: 0 };
        if let Some(compared) = row.compared {
            records.before = compared.records.before;
            for (id, change) in compared.measures {
                measures.entry(id).or_default().before = change.before;
            }
        }
        Self { group: row.group.unwrap_or_default(), records, measures }
    }
}

/// An answer that is counted from records, one after another.
#[derive(Debug)]
pub(super) struct Count {
    pub asked: Question,
    top: UnitPath,
    period: Period,
    before: Option<Period>,
    sums: BTreeMap<String, Sums>,
    events: BTreeMap<Place, Counted>,
    is_more: bool,
    open: OpenWork,
}

impl Count {
    /// Nothing yet. `top` is where the unit that is asked about stands.
    pub(super) fn new(asked: Question, top: UnitPath, period: Period, before: Option<Period>) -> Self {
        let (sums, events) = (BTreeMap::new(), BTreeMap::new());
        Self { asked, top, period, before, sums, events, is_more: false, open: OpenWork::default() }
    }

    /// Counts a record of the unit at `path`.
    pub(super) fn take(&mut self, record: &Counted, path: &UnitPath) {
        let on = record.contribution.on;
        let is_within = |period: Period| (period.from..=period.to).contains(&on);
        let (is_now, is_before) = (is_within(self.period), self.before.is_some_and(is_within));
        if !self.top.covers(path) || !(is_now || is_before) {
            return;
        }
        match &self.asked {
            Question::Sums { by, .. } => {
                let by = *by;
                self.add(record, by, is_now);
            }
            Question::Events(asked) if is_now && asked.takes(record) => {
                self.events.insert(record.place(), record.clone());
                if self.events.len() > asked.limit {
                    self.events.pop_first();
                    self.is_more = true;
                }
            }
            Question::Open if is_now => {
                self.open.conflicts += i64::from(record.has_conflict);
                self.open.returned += i64::from(record.status == "returned");
                self.open.changed += i64::from(record.status == "changed");
            }
            _ => {}
        }
    }

    fn add(&mut self, record: &Counted, by: Grouping, is_now: bool) {
        let month = record.contribution.on.to_string()[..7].to_owned();
        let group = match by {
            Grouping::Unit => record.unit.to_string(),
            Grouping::Form => record.form.to_string(),
            Grouping::Worker => record.worker.to_string(),
            Grouping::None => String::new(),
            Grouping::Month if is_now => month,
            // Months are compared with months, where there are months.
            Grouping::Month => match self.period.months().and_then(|apart| later_month(&month, apart)) {
                Some(month) => month,
                None => return,
            },
        };
        let sums = self.sums.entry(group.clone()).or_insert_with(|| Sums { group, ..Sums::default() });
        for (measure, value) in &record.contribution.measures {
            let pair = if is_now { Pair { now: *value, before: 0 } } else { Pair { now: 0, before: *value } };
            let sum = if measure.as_str() == RECORDS_MEASURE {
                &mut sums.records
            } else {
                sums.measures.entry(measure.clone()).or_default()
            };
            *sum = sum.plus(pair);
        }
    }

    /// The answer. What is held no record says.
    pub(super) fn answer(self, held: i64) -> Answer {
        match self.asked {
            Question::Sums { by, .. } => {
                let mut sums: Vec<Sums> = self.sums.into_values().collect();
                if by == Grouping::None && sums.is_empty() {
                    sums.push(Sums::default());
                }
                sums.iter_mut().for_each(|sums| sums.measures.retain(|_, pair| *pair != Pair::default()));
                Answer::Sums(sums)
            }
            Question::Events(_) => {
                Answer::Events(Events { list: self.events.into_values().rev().collect(), is_more: self.is_more })
            }
            Question::Open => Answer::Open(Open { work: self.open, held }),
        }
    }
}

/// What is known, by what was asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    pub known: Vec<(Question, Answer)>,
    /// The names of the workers in them.
    pub names: BTreeMap<Username, String>,
}

impl Answers {
    /// The answer to a question, if it is known.
    pub(super) fn to(&self, question: &Question) -> Option<&Answer> {
        self.known.iter().find(|(asked, _)| asked == question).map(|(_, answer)| answer)
    }

    /// The workers in them whose names are not known.
    pub(super) fn unnamed(&self) -> Vec<Username> {
        let mut workers: BTreeSet<Username> = BTreeSet::new();
        for (question, answer) in &self.known {
            match (question, answer) {
                (Question::Sums { by: Grouping::Worker, .. }, Answer::Sums(sums)) => {
                    workers.extend(sums.iter().filter_map(|sums| sums.group.parse().ok()));
                }
                (_, Answer::Events(events)) => workers.extend(events.list.iter().map(|record| record.worker.clone())),
                _ => {}
            }
        }
        workers.into_iter().filter(|worker| !self.names.contains_key(worker)).collect()
    }
}
