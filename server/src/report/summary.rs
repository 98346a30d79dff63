//! Totals of a unit and all below it, between two days, and how they have changed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sync_core::{
    id::{Day, MeasureId, UnitCode},
    merge::RECORDS_MEASURE,
};
use utoipa::ToSchema;

use super::period::{Period, later_month};
use crate::store::{ReadTx, StoreError, report, unit::PlacedUnit};

/// What totals are broken down by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// The unit that holds the record.
    Unit,
    /// The form, all its versions together.
    Form,
    /// The month of the event, `2021-03`.
    Month,
    /// Who did the work.
    Worker,
    /// Nothing: all in one.
    None,
}

impl Grouping {
    /// Every grouping with its word.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("unit", Self::Unit),
        ("form", Self::Form),
        ("month", Self::Month),
        ("worker", Self::Worker),
        ("none", Self::None),
    ];
}

/// Totals.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Summary {
    /// The unit; everything below it counts.
    #[schema(value_type = String)]
    pub unit: UnitCode,
    /// The first day that counts.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// The last day that counts.
    #[schema(value_type = String, format = Date)]
    pub to: Day,
    /// What they are broken down by.
    pub by: Grouping,
    /// The period before, if the totals are compared with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Period>,
    /// One row for each group in which anything was logged, then or before, by group; exactly one if they are not broken down.
    pub rows: Vec<SummaryRow>,
}

/// The totals of one group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct SummaryRow {
    /// Unit code, form id, month or username; `None` if the totals are not broken down.
    pub group: Option<String>,
    /// The records that count.
    pub records: i64,
    /// The measures' sums; those of 0 are left out.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub measures: BTreeMap<MeasureId, i64>,
    /// How they have changed, if they are compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<Comparison>,
}

/// The figures of one group beside those of the period before.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Comparison {
    /// Of the records.
    pub records: Change,
    /// Of each measure that is not 0 in both periods.
    #[schema(value_type = BTreeMap<String, Change>)]
    pub measures: BTreeMap<MeasureId, Change>,
}

/// How a figure has changed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Change {
    /// What it was in the period before.
    pub before: i64,
    /// How much more it is now.
    pub difference: i64,
    /// The same in percent of what it was, to a tenth; null if that was 0.
    pub percent: Option<f64>,
}

impl Change {
    /// From `before` to `now`.
    pub(crate) fn of(now: i64, before: i64) -> Self {
        let difference = now.saturating_sub(before);
        // In tenths of a percent, half away from zero. A sum of 0 has no percentage.
        let percent = (before != 0).then(|| {
            let (tenths, whole) = (i128::from(difference) * 1_000, i128::from(before.unsigned_abs()));
            ((2 * tenths.abs() + whole) / (2 * whole) * tenths.signum()) as f64 / 10.0
        });
        Self { before, difference, percent }
    }
}

/// Adds up the tallies of `unit` and all below it in a period, and beside each figure what it was in the period `before`, if that
/// is given. A void record, or one without a valid day, is in no tally. Months are compared with months as far apart as the periods.
///
/// # Errors
/// [`StoreError`].
pub async fn summarize(
    tx: &mut ReadTx,
    unit: &PlacedUnit,
    period: Period,
    by: Grouping,
    before: Option<Period>,
) -> Result<Summary, StoreError> {
    let mut rows = rows_of(report::sums(tx, &unit.path, period, by).await?, by)?;
    if let Some(before) = before {
        let mut earlier = rows_of(report::sums(tx, &unit.path, before, by).await?, by)?;
        if by == Grouping::Month {
            let apart = period.months().unwrap_or_default();
            for row in &mut earlier {
                row.group = row.group.as_deref().and_then(|group| later_month(group, apart));
            }
        }
        rows = compared(rows, earlier);
    }
    let Period { from, to } = period;
    Ok(Summary { unit: unit.unit.code.clone(), from, to, by, before, rows })
}

/// Each row beside the one of its group in the period before; a group that is only there has a row of nothing.
fn compared(rows: Vec<SummaryRow>, before: Vec<SummaryRow>) -> Vec<SummaryRow> {
    let by_group = |rows: Vec<SummaryRow>| rows.into_iter().map(|row| (row.group.clone(), row)).collect();
    let (mut rows, mut before): (BTreeMap<_, SummaryRow>, BTreeMap<_, SummaryRow>) = (by_group(rows), by_group(before));
    let groups: BTreeSet<Option<String>> = rows.keys().chain(before.keys()).cloned().collect();
    let row = |group| {
        let (row, before) = (rows.remove(&group).unwrap_or_default(), before.remove(&group).unwrap_or_default());
        let figure = |measures: &BTreeMap<MeasureId, i64>, name| measures.get(name).copied().unwrap_or(0);
        let names: BTreeSet<&MeasureId> = row.measures.keys().chain(before.measures.keys()).collect();
        let change = |name| Change::of(figure(&row.measures, name), figure(&before.measures, name));
        let measures = names.into_iter().map(|name| (name.clone(), change(name))).collect();
        let compared = Some(Comparison { records: Change::of(row.records, before.records), measures });
        SummaryRow { group, compared, ..row }
    };
    groups.into_iter().map(row).collect()
}

/// Rows from sums that are sorted by group.
fn rows_of(sums: Vec<(String, String, i64)>, by: Grouping) -> Result<Vec<SummaryRow>, StoreError> {
    let mut rows: Vec<SummaryRow> = Vec::new();
    if by == Grouping::None {
        rows.push(SummaryRow::default());
    }
    for (group, measure, sum) in sums {
        let group = (by != Grouping::None).then_some(group);
        if rows.last().is_none_or(|row| row.group != group) {
            rows.push(SummaryRow { group, ..SummaryRow::default() });
        }
        let Some(row) = rows.last_mut() else { continue };
        if measure == RECORDS_MEASURE {
            row.records = sum;
        } else {
            row.measures.insert(measure.parse().map_err(StoreError::damaged)?, sum);
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(rows: &[(&str, &str, i64)]) -> Vec<(String, String, i64)> {
        rows.iter().map(|(g, m, s)| ((*g).into(), (*m).into(), *s)).collect()
    }

    #[test]
    fn sums_become_one_row_for_each_group() {
        let found = sums(&[("2021-03", "people_trained", 7), ("2021-03", "records", 2), ("2021-04", "records", 1)]);
        let rows = rows_of(found, Grouping::Month).unwrap();
        assert_eq!(
            serde_json::to_string(&rows).unwrap(),
            r#"[{"group":"2021-03","records":2,"measures":{"people_trained":7}},{"group":"2021-04","records":1,"measures":{}}]"#
        );
    }

    #[test]
    fn all_in_one_is_one_row_even_of_nothing() {
        assert_eq!(rows_of(Vec::new(), Grouping::None).unwrap(), [SummaryRow::default()]);
        assert!(rows_of(Vec::new(), Grouping::Unit).unwrap().is_empty());
        let rows = rows_of(sums(&[("", "books_donated", 5), ("", "records", 1)]), Grouping::None).unwrap();
        assert_eq!((rows.len(), rows[0].records, &rows[0].group), (1, 1, &None));
        let nothing = compared(rows_of(Vec::new(), Grouping::None).unwrap(), rows);
        let change = nothing[0].compared.as_ref().unwrap();
        assert_eq!((nothing.len(), change.records, change.measures.len()), (1, Change::of(0, 1), 1));
    }

    #[test]
    fn a_change_has_a_percentage_where_there_was_something() {
        let percent = |now, before| Change::of(now, before).percent;
        assert_eq!((percent(209, 100), percent(0, 7), percent(7, 7)), (Some(109.0), Some(-100.0), Some(0.0)));
        assert_eq!((percent(2, 3), percent(4, 3), percent(2001, 2000)), (Some(-33.3), Some(33.3), Some(0.1)));
        assert_eq!((percent(5, 0), percent(0, 0)), (None, None));
        // A measure may count downwards.
        assert_eq!((percent(-5, -10), percent(-15, -10)), (Some(50.0), Some(-50.0)));
        assert!(percent(i64::MAX, 1).is_some() && percent(i64::MIN, i64::MAX).is_some());
    }
}
