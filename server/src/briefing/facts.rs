//! Answers to what a template asks: from the tables as they stand, or from the changes up to the positions of an earlier briefing.
//! All of one briefing come from one snapshot.

use std::collections::BTreeMap;

use sync_core::id::UnitCode;

use super::{
    background::Background,
    question::{Answer, Count, Events, EventsAsked, Open, Question, Sums},
};
use crate::{
    report::{Grouping, Period, summarize},
    store::{
        ReadTx, StoreError,
        briefing::{self, CountedFilter, Replay},
        unit::PlacedUnit,
    },
};

/// Records that are read at once.
const CHUNK: i64 = 500;

/// Where facts come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The tables, as they stand.
    Now,
    /// The changes up to the positions in the background.
    Again,
}

/// Answers questions.
pub(super) async fn answer(
    tx: &mut ReadTx,
    background: &Background,
    source: Source,
    questions: Vec<Question>,
) -> Result<Vec<(Question, Answer)>, StoreError> {
    // Of one worker there are tallies by day alone; what they did is little enough to be counted.
    if source == Source::Again || background.asked.worker.is_some() {
        return count(tx, background, source, questions).await;
    }
    let mut answers = Vec::with_capacity(questions.len());
    for question in questions {
        let answer = match &question {
            Question::Sums { top, by } => Answer::Sums(sums(tx, background, top, *by).await?),
            Question::Events(asked) => Answer::Events(events(tx, background, asked).await?),
            Question::Open => {
                let top = &background.asked.unit.path;
                let work = briefing::open(tx, top, background.asked.period, None).await?;
                let held = briefing::held(tx, top, background.made.at.0, None).await?;
                Answer::Open(Open { work, held })
            }
        };
        answers.push((question, answer));
    }
    Ok(answers)
}

fn unit<'a>(background: &'a Background, code: &UnitCode) -> Result<&'a PlacedUnit, StoreError> {
    background.directory.unit(code).ok_or_else(|| StoreError::damaged("a template's unit is gone"))
}

async fn sums(tx: &mut ReadTx, background: &Background, top: &UnitCode, by: Grouping) -> Result<Vec<Sums>, StoreError> {
    let period = background.asked.period;
    // Months are compared with months, where there are months.
    let before = background.before.filter(|_| by != Grouping::Month || period.months().is_some());
    let summary = summarize(tx, unit(background, top)?, period, by, before).await?;
    Ok(summary.rows.into_iter().map(Sums::from).collect())
}

async fn events(tx: &mut ReadTx, background: &Background, asked: &EventsAsked) -> Result<Events, StoreError> {
    let below = &unit(background, &asked.top)?.path;
    let filter = CountedFilter { below, period: background.asked.period, form: asked.form.as_ref(), worker: None };
    let (mut events, mut after) = (Events::default(), None);
    loop {
        let found = briefing::counted(tx, filter, after, CHUNK).await?;
        after = found.last().map(|record| record.place());
        let is_last = (found.len() as i64) < CHUNK;
        for record in found.into_iter().filter(|record| asked.takes(record)) {
            if events.list.len() == asked.limit {
                events.is_more = true;
                return Ok(events);
            }
            events.list.push(record);
        }
        if is_last {
            return Ok(events);
        }
    }
}

/// Counts the answers from records, each of which is read once.
async fn count(
    tx: &mut ReadTx,
    background: &Background,
    source: Source,
    questions: Vec<Question>,
) -> Result<Vec<(Question, Answer)>, StoreError> {
    let (period, before) = (background.asked.period, background.before);
    let own = &background.asked.unit;
    let mut counts = Vec::with_capacity(questions.len());
    for question in questions {
        let top = match &question {
            Question::Sums { top, .. } => unit(background, top)?,
            Question::Events(asked) => unit(background, &asked.top)?,
            Question::Open => own,
        };
        counts.push(Count::new(question, top.path.clone(), period, before));
    }
    let worker = background.asked.worker.as_ref();
    let mut take = |records: Vec<briefing::Counted>| {
        let own = |record: &briefing::Counted| worker.is_none_or(|worker| *worker == record.worker);
        for record in records.into_iter().filter(own) {
            let Some(unit) = background.directory.unit(&record.unit) else { continue };
            counts.iter_mut().for_each(|count| count.take(&record, &unit.path));
        }
    };
    match source {
        Source::Again => {
            for (unit, upto) in &background.made.positions {
                let mut replay = Replay::new(unit.clone(), *upto, background.directory.clone());
                while let Some(records) = replay.next(tx).await? {
                    take(records);
                }
            }
        }
        Source::Now => {
            let whole = Period { from: before.map_or(period.from, |before| before.from), to: period.to };
            let filter = CountedFilter { below: &own.path, period: whole, form: None, worker };
            let mut after = None;
            loop {
                let records = briefing::counted(tx, filter, after, CHUNK).await?;
                after = records.last().map(|record| record.place());
                let is_last = (records.len() as i64) < CHUNK;
                take(records);
                if is_last {
                    break;
                }
            }
        }
    }
    let held = briefing::held(tx, &own.path, background.made.at.0, worker).await?;
    Ok(counts.into_iter().map(|count| (count.asked.clone(), count.answer(held))).collect())
}

/// The feeds of a unit and all below it, and how far each has come; those that are empty are left out.
pub(super) async fn positions(
    tx: &mut ReadTx,
    directory: &crate::store::catalog::Directory,
    top: &PlacedUnit,
) -> Result<Vec<(UnitCode, u64)>, StoreError> {
    let units: Vec<UnitCode> =
        directory.below(std::slice::from_ref(&top.path)).into_iter().map(|unit| unit.unit.code.clone()).collect();
    let heads: BTreeMap<UnitCode, u64> =
        crate::store::feeds::heads(tx, &units).await?.into_iter().map(|(unit, feed)| (unit, feed.head)).collect();
    let head = |unit: UnitCode| {
        let head = heads.get(&unit).copied().filter(|head| *head > 0)?;
        Some((unit, head))
    };
    Ok(units.into_iter().filter_map(head).collect())
}
