//! Totals of whole months: what the tallies of a month's days add up to, for questions about long periods. One row holds all of an org
//! unit and a month, so that a year of a prefecture is few rows; it is moved in the transaction that moves the tallies, behind the
//! lock of the unit's feed.

use std::{collections::BTreeMap, fmt::Write};

use sync_core::id::{Day, FormId, UnitCode};

use super::{
    ReadTx, StoreError, WriteTx,
    rows::{self, Insert, Listing},
    tallies::TallyKey,
    unit::UnitPath,
};
use crate::report::Grouping;

const OF_MONTHS: Listing =
    Listing { head: "SELECT month, totals FROM month_totals WHERE org_unit = ? AND month IN", tail: "" };
const OF_UNIT: &str = "SELECT month, totals FROM month_totals WHERE org_unit = $1";
const PUT: Insert = Insert {
    head: "INSERT INTO month_totals (org_unit, month, totals) VALUES",
    columns: 3,
    tail: "ON CONFLICT (org_unit, month) DO UPDATE SET totals = excluded.totals",
};
const CLEAR: &str = "DELETE FROM month_totals WHERE org_unit = $1";
const UNITS: &str = "SELECT DISTINCT org_unit FROM tallies ORDER BY org_unit";
const TALLIES: &str = "SELECT form, on_day, measure, value FROM tallies WHERE org_unit = $1";
/// All in one text: each row of a result costs more than what is in it.
const LONG: &str = "SELECT STRING_AGG(t.org_unit || ' ' || t.month || ' ' || t.totals, ';') FROM org_units u \
                    JOIN month_totals t ON t.org_unit = u.code \
                    WHERE u.path >= $1 AND u.path < $2 AND t.month >= $3 AND t.month <= $4";

/// Totals of months, each under its first day.
pub(crate) type MonthTotals = BTreeMap<TallyKey<FormId>, i64>;

/// What tallies of days add up to by month.
pub(crate) fn of_days(days: &BTreeMap<TallyKey<FormId>, i64>) -> MonthTotals {
    let mut totals = MonthTotals::new();
    for (key, value) in days {
        let (year, month, _) = key.on.parts();
        let Some(on) = Day::new(year, month, 1) else { continue };
        let total = totals.entry(TallyKey { on, ..key.clone() }).or_default();
        *total = total.saturating_add(*value);
    }
    totals.retain(|_, total| *total != 0);
    totals
}

fn month(day: Day) -> String {
    day.to_string()[..7].to_owned()
}

/// Moves the totals of an org unit by what its tallies move.
pub(super) async fn shift(
    tx: &mut WriteTx,
    unit: &UnitCode,
    days: &BTreeMap<TallyKey<FormId>, i64>,
) -> Result<(), StoreError> {
    let moves = of_days(days);
    let mut months: Vec<String> = moves.keys().map(|key| month(key.on)).collect();
    months.sort_unstable();
    months.dedup();
    let mut totals = MonthTotals::new();
    for (sql, stretch) in OF_MONTHS.stretches(tx.engine(), &months) {
        let query =
            stretch.into_iter().fold(sqlx::query_as(sql).bind(unit.as_str()), |q, month| q.bind(month.as_str()));
        let found: Vec<(String, String)> = query.fetch_all(tx.conn()).await?;
        found.iter().try_for_each(|(month, text)| read(month, text, &mut totals))?;
    }
    for (key, by) in moves {
        let total = totals.entry(key).or_default();
        *total = total.saturating_add(by);
    }
    let mut texts: BTreeMap<String, String> = months.into_iter().map(|month| (month, String::new())).collect();
    for (key, value) in totals.into_iter().filter(|(_, value)| *value != 0) {
        let text = texts.entry(month(key.on)).or_default();
        let between = if text.is_empty() { "" } else { "," };
        write!(text, "{between}{}:{}={value}", key.of, key.measure).map_err(StoreError::damaged)?;
    }
    let texts: Vec<(String, String)> = texts.into_iter().collect();
    PUT.rows(tx, &texts, |q, (month, text)| q.bind(unit.to_string()).bind(month.clone()).bind(text.clone())).await
}

/// The totals of an org unit.
pub(super) async fn of_unit(tx: &mut ReadTx, unit: &UnitCode) -> Result<MonthTotals, StoreError> {
    let found: Vec<(String, String)> = sqlx::query_as(OF_UNIT).bind(unit.as_str()).fetch_all(tx.conn()).await?;
    let mut totals = MonthTotals::new();
    found.iter().try_for_each(|(month, text)| read(month, text, &mut totals))?;
    Ok(totals)
}

fn read(month: &str, text: &str, totals: &mut MonthTotals) -> Result<(), StoreError> {
    let on: Day = format!("{month}-01").parse().map_err(StoreError::damaged)?;
    for (form, measure, value) in entries(text)? {
        let of = form.parse().map_err(StoreError::damaged)?;
        totals.insert(TallyKey { of, on, measure: measure.parse().map_err(StoreError::damaged)? }, value);
    }
    Ok(())
}

/// Form, measure and value of each entry of a row, as written: `clinic.outreach:records=12,…`. No id holds one of the marks.
fn entries(text: &str) -> Result<Vec<(&str, &str, i64)>, StoreError> {
    let entry = |entry| {
        let (form, rest) = str::split_once(entry, ':')?;
        let (measure, value) = rest.split_once('=')?;
        Some((form, measure, value.parse().ok()?))
    };
    let entries = text.split(',').filter(|part| !part.is_empty()).map(entry).collect::<Option<_>>();
    entries.ok_or_else(|| StoreError::damaged("the totals of a month"))
}

/// Removes the totals of an org unit, to be computed anew.
pub(super) async fn clear(tx: &mut WriteTx, unit: &UnitCode) -> Result<(), StoreError> {
    sqlx::query(CLEAR).bind(unit.as_str()).execute(tx.conn()).await?;
    Ok(())
}

/// Makes the totals of what the tallies say, for a store that had none.
pub(super) async fn fill(tx: &mut WriteTx) -> Result<(), StoreError> {
    let units: Vec<String> = sqlx::query_scalar(UNITS).fetch_all(tx.conn()).await?;
    for unit in units {
        let found: Vec<(String, String, String, i64)> =
            sqlx::query_as(TALLIES).bind(unit.as_str()).fetch_all(tx.conn()).await?;
        let mut days = BTreeMap::new();
        for (form, on, measure, value) in found {
            let of = form.parse().map_err(StoreError::damaged)?;
            let (on, measure) =
                (on.parse().map_err(StoreError::damaged)?, measure.parse().map_err(StoreError::damaged)?);
            days.insert(TallyKey { of, on, measure }, value);
        }
        shift(tx, &rows::unit(&unit)?, &days).await?;
    }
    Ok(())
}

/// Adds to `sums` the totals of the months from that of one day to that of another, of a unit and all below it.
pub(super) async fn add_to(
    tx: &mut ReadTx,
    top: &UnitPath,
    (first, last): (Day, Day),
    by: Grouping,
    sums: &mut BTreeMap<(String, String), i64>,
) -> Result<(), StoreError> {
    let query = sqlx::query_scalar(LONG).bind(top.as_str()).bind(top.end()).bind(month(first)).bind(month(last));
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
