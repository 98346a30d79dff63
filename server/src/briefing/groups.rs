//! Totals in groups, as templates ask for them: what the tallies are broken down by, and what is put together from that.

use std::{collections::BTreeMap, sync::Arc};

use minijinja::{Error, ErrorKind};
use sync_core::id::{Day, UnitCode};

use super::{
    background::{Background, child_below},
    blocks::Filter,
    question::{Answer, Question, Sums},
    values::{Desk, Group},
    words,
};
use crate::{
    report::{Grouping, Period, later_month, sector_of},
    store::unit::PlacedUnit,
};

/// Months that are told one by one.
const MONTHS_MAX: usize = 240;

/// What a template can break totals down by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    None,
    /// The units right below.
    Below,
    /// The units that hold the records.
    Unit,
    Form,
    Sector,
    Month,
    Worker,
}

impl By {
    const WORDS: [(&'static str, Self); 7] = [
        ("none", Self::None),
        ("below", Self::Below),
        ("unit", Self::Unit),
        ("form", Self::Form),
        ("sector", Self::Sector),
        ("month", Self::Month),
        ("worker", Self::Worker),
    ];

    pub(super) fn read(word: &str) -> Result<Self, Error> {
        let found = Self::WORDS.into_iter().find(|(known, _)| *known == word);
        found.map(|(_, by)| by).ok_or_else(|| {
            let words = Self::WORDS.map(|(word, _)| word).join(", ");
            Error::new(ErrorKind::InvalidOperation, format!("by: expected one of {words}"))
        })
    }

    fn grouping(self) -> Grouping {
        match self {
            Self::None => Grouping::None,
            Self::Below | Self::Unit => Grouping::Unit,
            Self::Form | Self::Sector => Grouping::Form,
            Self::Month => Grouping::Month,
            Self::Worker => Grouping::Worker,
        }
    }
}

/// Asks for the totals of a unit in groups.
pub(super) fn groups(desk: &Desk, top: &UnitCode, by: By) -> Vec<Group> {
    let question = Question::Sums { top: top.clone(), by: by.grouping() };
    let sums = match desk.answers.to(&question) {
        Some(Answer::Sums(sums)) => sums.clone(),
        _ => {
            desk.with(|work| work.missing.push(question));
            if by == By::None { vec![Sums::default()] } else { Vec::new() }
        }
    };
    let background = &desk.background;
    let Some(top) = background.directory.unit(top) else { return Vec::new() };
    let maker = Maker { background, top };
    match by {
        By::None => sums.into_iter().map(|sums| maker.whole(sums)).collect(),
        By::Below => maker.below(sums),
        By::Unit => maker.units(sums),
        By::Form => {
            let mut forms: Vec<Group> = sums.into_iter().map(|sums| maker.form(sums)).collect();
            forms.sort_by_key(|form| words::sector_rank(sector_of(&form.code)));
            forms
        }
        By::Sector => maker.sectors(sums),
        By::Month => maker.months(sums),
        By::Worker => sums.into_iter().map(|sums| maker.worker(sums, desk)).collect(),
    }
}

struct Maker<'a> {
    background: &'a Arc<Background>,
    top: &'a PlacedUnit,
}

impl Maker<'_> {
    fn group(&self, code: String, label: String, sums: Sums) -> Group {
        let background = self.background.clone();
        let filter = |period: Period| Filter {
            unit: self.top.unit.code.clone(),
            alone: false,
            from: period.from,
            to: period.to,
            form: None,
            sector: None,
            measure: None,
            worker: background.asked.worker.clone(),
            status: None,
            has: None,
        };
        Group {
            code,
            label,
            sums,
            records: Some(filter(background.asked.period)),
            records_before: background.before.map(filter),
            is_compared: background.before.is_some(),
            background,
        }
    }

    fn narrowed(&self, code: String, label: String, sums: Sums, narrow: impl Fn(&mut Filter)) -> Group {
        let mut group = self.group(code, label, sums);
        group.records.iter_mut().chain(&mut group.records_before).for_each(narrow);
        group
    }

    fn whole(&self, sums: Sums) -> Group {
        self.group(self.top.unit.code.to_string(), self.top.unit.name.clone(), sums)
    }

    /// Of the unit right below in which each lies; what lies in the unit itself comes first.
    fn below(&self, sums: Vec<Sums>) -> Vec<Group> {
        let mut children: BTreeMap<String, (UnitCode, Vec<Sums>)> = BTreeMap::new();
        for sums in sums {
            let Ok(code) = sums.group.parse::<UnitCode>() else { continue };
            let child = child_below(&self.background.directory, self.top, &code).unwrap_or(self.top);
            let (_, of_child) =
                children.entry(child.path.to_string()).or_insert_with(|| (child.unit.code.clone(), Vec::new()));
            of_child.push(sums);
        }
        children.into_values().map(|(code, sums)| self.unit(code, together(sums))).collect()
    }

    fn units(&self, mut sums: Vec<Sums>) -> Vec<Group> {
        let path = |sums: &Sums| {
            let unit = sums.group.parse().ok().and_then(|code: UnitCode| self.background.directory.unit(&code));
            unit.map(|unit| unit.path.clone())
        };
        sums.sort_by_cached_key(path);
        sums.into_iter().filter_map(|sums| Some(self.unit_itself(sums.group.parse().ok()?, sums))).collect()
    }

    /// A unit with all below it.
    fn unit(&self, code: UnitCode, sums: Sums) -> Group {
        if code == self.top.unit.code {
            return self.unit_itself(code, sums);
        }
        let label = self.background.name_of(&code);
        self.narrowed(code.to_string(), label, sums, |filter| filter.unit = code.clone())
    }

    /// A unit without those below it.
    fn unit_itself(&self, code: UnitCode, sums: Sums) -> Group {
        let directory = &self.background.directory;
        let has_below =
            directory.unit(&code).is_some_and(|unit| directory.below(std::slice::from_ref(&unit.path)).len() > 1);
        let label = self.background.name_of(&code);
        self.narrowed(code.to_string(), label, sums, |filter| {
            filter.unit = code.clone();
            filter.alone = has_below;
        })
    }

    fn form(&self, sums: Sums) -> Group {
        let code = sums.group.clone();
        let form = code.parse().ok();
        let known = form.as_ref().and_then(|form| self.background.directory.forms().latest(form));
        let label =
            known.map_or_else(|| code.clone(), |form| self.background.asked.language.of(&form.title).to_owned());
        self.narrowed(code, label, sums, |filter| filter.form.clone_from(&form))
    }

    fn sectors(&self, sums: Vec<Sums>) -> Vec<Group> {
        let mut sectors: BTreeMap<String, Vec<Sums>> = BTreeMap::new();
        for sums in sums {
            sectors.entry(sector_of(&sums.group).to_owned()).or_default().push(sums);
        }
        let sector = |(code, sums): (String, Vec<Sums>)| {
            let label = words::sector(&code, self.background.asked.language);
            self.narrowed(code.clone(), label, together(sums), |filter| filter.sector = Some(code.clone()))
        };
        let mut sectors: Vec<Group> = sectors.into_iter().map(sector).collect();
        sectors.sort_by_key(|sector| words::sector_rank(&sector.code));
        sectors
    }

    /// Every month of the period, also those in which nothing was.
    fn months(&self, sums: Vec<Sums>) -> Vec<Group> {
        let period = self.background.asked.period;
        let apart = period.months().filter(|_| self.background.before.is_some());
        let mut known: BTreeMap<String, Sums> = sums.into_iter().map(|sums| (sums.group.clone(), sums)).collect();
        let (mut months, mut next) = (Vec::new(), Some(period.from.to_string()[..7].to_owned()));
        while let Some(code) = next.filter(|_| months.len() < MONTHS_MAX) {
            let Some(days) = days_of(&code).filter(|days| days.from <= period.to) else { break };
            let sums = known.remove(&code).unwrap_or_default();
            let earlier = apart.and_then(|apart| later_month(&code, -apart)).and_then(|code| days_of(&code));
            let mut group = self.group(code.clone(), words::month(days.from, self.background.asked.language), sums);
            if let Some(filter) = &mut group.records {
                (filter.from, filter.to) = (days.from.max(period.from), days.to.min(period.to));
            }
            group.records_before = group.records.clone().zip(earlier).map(|(filter, earlier)| Filter {
                from: earlier.from,
                to: earlier.to,
                ..filter
            });
            group.is_compared = earlier.is_some();
            months.push(group);
            next = later_month(&code, 1);
        }
        months
    }

    fn worker(&self, sums: Sums, desk: &Desk) -> Group {
        let code = sums.group.clone();
        let worker = code.parse().ok();
        let name = worker.as_ref().and_then(|worker| desk.answers.names.get(worker));
        let label = name.cloned().unwrap_or_else(|| code.clone());
        self.narrowed(code, label, sums, |filter| filter.worker.clone_from(&worker))
    }
}

/// The days of a month such as `2021-03`.
fn days_of(month: &str) -> Option<Period> {
    let from: Day = format!("{month}-01").parse().ok()?;
    let (year, month, _) = from.parts();
    let to = (28..=31).rev().find_map(|day| Day::new(year, month, day))?;
    Some(Period { from, to })
}

fn together(all: Vec<Sums>) -> Sums {
    let mut whole = Sums::default();
    for sums in all {
        whole.records = whole.records.plus(sums.records);
        for (id, pair) in sums.measures {
            let sum = whole.measures.entry(id).or_default();
            *sum = sum.plus(pair);
        }
    }
    whole
}
