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

/// The statements of one of the two tables, which differ in what the totals are of.
struct Kept {
    of_months: Listing,
    of_unit: &'static str,
    put: Insert,
    clear: &'static str,
    units: &'static str,
    /// All in one text: each row of a result costs more than what is in it.
    long: &'static str,
}

macro_rules! kept {
    ($table:literal, $days:literal) => {
        Kept {
            of_months: Listing {
                head: concat!("SELECT month, totals FROM ", $table, " WHERE org_unit = ? AND month IN"),
                tail: "",
            },
            of_unit: concat!("SELECT month, totals FROM ", $table, " WHERE org_unit = $1"),
            put: Insert {
                head: concat!("INSERT INTO ", $table, " (org_unit, month, totals) VALUES"),
                columns: 3,
                tail: "ON CONFLICT (org_unit, month) DO UPDATE SET totals = excluded.totals",
            },
            clear: concat!("DELETE FROM ", $table, " WHERE org_unit = $1"),
            units: concat!("SELECT DISTINCT org_unit FROM ", $days, " ORDER BY org_unit"),
            long: concat!(
                "SELECT STRING_AGG(t.org_unit || ' ' || t.month || ' ' || t.totals, ';') FROM org_units u JOIN ",
                $table,
                " t ON t.org_unit = u.code WHERE u.path >= $1 AND u.path < $2 AND t.month >= $3 AND t.month <= $4"
            ),
        }
    };
}

const FORMS: Kept = kept!("month_totals", "tallies");
const WORKERS: Kept = kept!("worker_month_totals", "worker_tallies");

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
    shift_kept(tx, unit, &FORMS, by_month(&days.forms)).await?;
    shift_kept(tx, unit, &WORKERS, by_month(&days.workers)).await
}

async fn shift_kept<T>(tx: &mut WriteTx, unit: &UnitCode, kept: &Kept, moves: Totals<T>) -> Result<(), StoreError>
where
    T: Ord + fmt::Display + FromStr<Err = InvalidId>,
{
    let mut months: Vec<String> = moves.keys().map(|key| month(key.on)).collect();
    months.sort_unstable();
    months.dedup();
    let mut totals = Totals::new();
    for (sql, stretch) in kept.of_months.stretches(tx.engine(), &months) {
        let query =
            stretch.into_iter().fold(sqlx::query_as(sql).bind(unit.as_str()), |q, month| q.bind(month.as_str()));
        read(query.fetch_all(tx.conn()).await?, &mut totals)?;
    }
    for (key, by) in moves {
        let total = totals.entry(key).or_default();
        *total = by.saturating_add(*total);
    }
    let mut written = texts(totals);
    let text = |month: String| (written.remove(&month).unwrap_or_default(), month);
    let put: Vec<(String, String)> = months.into_iter().map(text).collect();
    kept.put.rows(tx, &put, |q, (text, month)| q.bind(unit.to_string()).bind(month.clone()).bind(text.clone())).await
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
    read(sqlx::query_as(FORMS.of_unit).bind(unit.as_str()).fetch_all(tx.conn()).await?, &mut totals.forms)?;
    read(sqlx::query_as(WORKERS.of_unit).bind(unit.as_str()).fetch_all(tx.conn()).await?, &mut totals.workers)?;
    Ok(totals)
}

fn read<T>(rows: Vec<(String, String)>, totals: &mut Totals<T>) -> Result<(), StoreError>
where
    T: Ord + FromStr<Err = InvalidId>,
{
    for (month, text) in rows {
        let on: Day = format!("{month}-01").parse().map_err(StoreError::damaged)?;
        for (of, measure, value) in entries(&text)? {
            let of = of.parse().map_err(StoreError::damaged)?;
            totals.insert(TallyKey { of, on, measure: measure.parse().map_err(StoreError::damaged)? }, value);
        }
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
    for kept in [FORMS, WORKERS] {
        sqlx::query(kept.clear).bind(unit.as_str()).execute(tx.conn()).await?;
    }
    Ok(())
}

/// Makes the totals of what the tallies by form say, for a store that had none.
pub(super) async fn fill(tx: &mut WriteTx) -> Result<(), StoreError> {
    for unit in units(tx, &FORMS).await? {
        let days = tallies::of_unit(tx, &unit).await?;
        shift_kept(tx, &unit, &FORMS, by_month(&days.forms)).await?;
    }
    Ok(())
}

/// The same by worker.
pub(super) async fn fill_by_worker(tx: &mut WriteTx) -> Result<(), StoreError> {
    for unit in units(tx, &WORKERS).await? {
        let days = tallies::of_unit(tx, &unit).await?;
        shift_kept(tx, &unit, &WORKERS, by_month(&days.workers)).await?;
    }
    Ok(())
}

async fn units(tx: &mut ReadTx, kept: &Kept) -> Result<Vec<UnitCode>, StoreError> {
    let found: Vec<String> = sqlx::query_scalar(kept.units).fetch_all(tx.conn()).await?;
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
    let kept = if by == Grouping::Worker { WORKERS } else { FORMS };
    let query = sqlx::query_scalar(kept.long).bind(top.as_str()).bind(top.end()).bind(month(first)).bind(month(last));
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
