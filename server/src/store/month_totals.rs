//! Totals of whole months: what the tallies of a month's days add up to, for questions about long periods. One row holds all of an org
//! unit and a month, so that a year of a prefecture is few rows; it is moved in the transaction that moves the tallies, behind the
//! lock of the unit's feed.

use std::{collections::BTreeMap, fmt, str::FromStr};

use sync_core::id::{Day, InvalidId, UnitCode};

use super::{
    ReadTx, StoreError, WriteTx,
    rows::{self, Insert, Listing},
    tallies::{self, Moves, TallyKey},
    unit::UnitPath,
};
use crate::report::Grouping;

const OF_MONTHS: Listing =
    Listing { head: "SELECT month, totals, workers FROM month_totals WHERE org_unit = ? AND month IN", tail: "" };
const OF_UNIT: &str = "SELECT month, totals, workers FROM month_totals WHERE org_unit = $1";
const PUT: Insert = Insert {
    head: "INSERT INTO month_totals (org_unit, month, totals, workers) VALUES",
    columns: 4,
    tail: "ON CONFLICT (org_unit, month) DO UPDATE SET totals = excluded.totals, workers = excluded.workers",
};
const CLEAR: &str = "DELETE FROM month_totals WHERE org_unit = $1";
const UNITS: &str = "SELECT DISTINCT org_unit FROM tallies ORDER BY org_unit";
/// As the table is when it is made: the totals by worker came later.
const PUT_FIRST: Insert =
    Insert { head: "INSERT INTO month_totals (org_unit, month, totals) VALUES", columns: 3, tail: "" };

/// All in one text: each row of a result costs more than what is in it.
macro_rules! long {
    ($totals:literal) => {
        concat!(
            "SELECT STRING_AGG(t.org_unit || ' ' || t.month || ' ' || ",
            $totals,
            ", ';') FROM org_units u JOIN month_totals t ON t.org_unit = u.code \
             WHERE u.path >= $1 AND u.path < $2 AND t.month >= $3 AND t.month <= $4"
        )
    };
}

const LONG: &str = long!("t.totals");
const LONG_BY_WORKER: &str = long!("t.workers");

type Totals<T> = BTreeMap<TallyKey<T>, i64>;

/// What tallies of days add up to by month, each under its first day.
pub(crate) fn of_days(days: &Moves) -> Moves {
    Moves { forms: by_month(&days.forms), workers: by_month(&days.workers) }.totals()
}

fn by_month<T: Clone + Ord>(days: &Totals<T>) -> Totals<T> {
    let mut totals = Totals::new();
    for (key, value) in days {
        let (year, month, _) = key.on.parts();
        let Some(on) = Day::new(year, month, 1) else { continue };
        let total = totals.entry(TallyKey { on, ..key.clone() }).or_default();
        *total = value.saturating_add(*total);
    }
    totals
}

fn month(day: Day) -> String {
    day.to_string()[..7].to_owned()
}

/// Moves the totals of an org unit by what its tallies move.
pub(super) async fn shift(tx: &mut WriteTx, unit: &UnitCode, days: &Moves) -> Result<(), StoreError> {
    let moves = of_days(days);
    let days = moves.forms.keys().map(|key| key.on).chain(moves.workers.keys().map(|key| key.on));
    let mut months: Vec<String> = days.map(month).collect();
    months.sort_unstable();
    months.dedup();
    let mut totals = Moves::default();
    for (sql, stretch) in OF_MONTHS.stretches(tx.engine(), &months) {
        let query =
            stretch.into_iter().fold(sqlx::query_as(sql).bind(unit.as_str()), |q, month| q.bind(month.as_str()));
        read(query.fetch_all(tx.conn()).await?, &mut totals)?;
    }
    add(&mut totals.forms, moves.forms);
    add(&mut totals.workers, moves.workers);
    let (mut forms, mut workers) = (texts(totals.forms), texts(totals.workers));
    let mut text = |month: String| {
        let (forms, workers) = (forms.remove(&month), workers.remove(&month));
        (month, forms.unwrap_or_default(), workers.unwrap_or_default())
    };
    let put: Vec<(String, String, String)> = months.into_iter().map(&mut text).collect();
    PUT.rows(tx, &put, |q, (month, forms, workers)| {
        q.bind(unit.to_string()).bind(month.clone()).bind(forms.clone()).bind(workers.clone())
    })
    .await
}

fn add<T: Ord>(totals: &mut Totals<T>, moves: Totals<T>) {
    for (key, by) in moves {
        let total = totals.entry(key).or_default();
        *total = total.saturating_add(by);
    }
}

/// The text of each month that has anything.
fn texts<T: fmt::Display>(totals: Totals<T>) -> BTreeMap<String, String> {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for (key, value) in totals.into_iter().filter(|(_, value)| *value != 0) {
        let text = texts.entry(month(key.on)).or_default();
        let between = if text.is_empty() { "" } else { "," };
        text.push_str(&format!("{between}{}:{}={value}", key.of, key.measure));
    }
    texts
}

/// The totals of an org unit.
pub(super) async fn of_unit(tx: &mut ReadTx, unit: &UnitCode) -> Result<Moves, StoreError> {
    let mut totals = Moves::default();
    read(sqlx::query_as(OF_UNIT).bind(unit.as_str()).fetch_all(tx.conn()).await?, &mut totals)?;
    Ok(totals)
}

fn read(rows: Vec<(String, String, String)>, totals: &mut Moves) -> Result<(), StoreError> {
    for (month, forms, workers) in rows {
        let on: Day = format!("{month}-01").parse().map_err(StoreError::damaged)?;
        read_text(on, &forms, &mut totals.forms)?;
        read_text(on, &workers, &mut totals.workers)?;
    }
    Ok(())
}

fn read_text<T>(on: Day, text: &str, totals: &mut Totals<T>) -> Result<(), StoreError>
where
    T: Ord + FromStr<Err = InvalidId>,
{
    for (of, measure, value) in entries(text)? {
        let of = of.parse().map_err(StoreError::damaged)?;
        totals.insert(TallyKey { of, on, measure: measure.parse().map_err(StoreError::damaged)? }, value);
    }
    Ok(())
}

/// Form or worker, measure and value of each entry of a text, as written: `clinic.outreach:records=12,…`. No id holds one of the marks.
fn entries(text: &str) -> Result<Vec<(&str, &str, i64)>, StoreError> {
    let entry = |entry| {
        let (of, rest) = str::split_once(entry, ':')?;
        let (measure, value) = rest.split_once('=')?;
        Some((of, measure, value.parse().ok()?))
    };
    let entries = text.split(',').filter(|part| !part.is_empty()).map(entry).collect::<Option<_>>();
    entries.ok_or_else(|| StoreError::damaged("the totals of a month"))
}

/// Removes the totals of an org unit, to be computed anew.
pub(super) async fn clear(tx: &mut WriteTx, unit: &UnitCode) -> Result<(), StoreError> {
    sqlx::query(CLEAR).bind(unit.as_str()).execute(tx.conn()).await?;
    Ok(())
}

/// Makes the totals by form of what the tallies say, for a store that had none.
pub(super) async fn fill(tx: &mut WriteTx) -> Result<(), StoreError> {
    for unit in units(tx).await? {
        let days = tallies::of_unit(tx, &unit).await?;
        let texts: Vec<_> = texts(of_days(&days).forms).into_iter().collect();
        PUT_FIRST
            .rows(tx, &texts, |q, (month, forms)| q.bind(unit.to_string()).bind(month.clone()).bind(forms.clone()))
            .await?;
    }
    Ok(())
}

/// Makes those by worker, for a store that had only the others.
pub(super) async fn fill_by_worker(tx: &mut WriteTx) -> Result<(), StoreError> {
    for unit in units(tx).await? {
        let days = tallies::of_unit(tx, &unit).await?;
        shift(tx, &unit, &Moves { forms: BTreeMap::new(), ..days }).await?;
    }
    Ok(())
}

async fn units(tx: &mut ReadTx) -> Result<Vec<UnitCode>, StoreError> {
    let found: Vec<String> = sqlx::query_scalar(UNITS).fetch_all(tx.conn()).await?;
    found.iter().map(|unit| rows::unit(unit)).collect()
}

/// Adds to `sums` the totals of the months from that of one day to that of another, of a unit and all below it.
pub(super) async fn add_to(
    tx: &mut ReadTx,
    top: &UnitPath,
    (first, last): (Day, Day),
    by: Grouping,
    sums: &mut BTreeMap<(String, String), i64>,
) -> Result<(), StoreError> {
    let long = if by == Grouping::Worker { LONG_BY_WORKER } else { LONG };
    let query = sqlx::query_scalar(long).bind(top.as_str()).bind(top.end()).bind(month(first)).bind(month(last));
    let text: Option<String> = query.fetch_one(tx.conn()).await?;
    let text = text.unwrap_or_default();
    let mut found: BTreeMap<&str, BTreeMap<&str, i64>> = BTreeMap::new();
    for row in text.split(';').filter(|row| !row.is_empty()) {
        let mut parts = row.splitn(3, ' ');
        let (Some(unit), Some(month), Some(totals)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(StoreError::damaged("the totals of a month"));
        };
        let of_row = match by {
            Grouping::Unit => Some(unit),
            Grouping::Month => Some(month),
            Grouping::None => Some(""),
            // Each entry says it.
            Grouping::Form | Grouping::Worker => None,
        };
        let entries = entries(totals)?;
        // Consecutive entries of one group are most of them.
        for of_one in entries.chunk_by(|one, other| of_row.is_some() || one.0 == other.0) {
            let group = found.entry(of_row.unwrap_or(of_one[0].0)).or_default();
            for (_, measure, value) in of_one {
                let sum = group.entry(measure).or_default();
                *sum = sum.saturating_add(*value);
            }
        }
    }
    for (group, measures) in found {
        for (measure, value) in measures {
            let sum = sums.entry((group.to_owned(), measure.to_owned())).or_default();
            *sum = sum.saturating_add(value);
        }
    }
    Ok(())
}
