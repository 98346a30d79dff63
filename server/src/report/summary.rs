//! Totals of a unit and all below it, between two days.

use std::collections::BTreeMap;

use serde::Serialize;
use sync_core::{
    id::{Day, MeasureId, UnitCode},
    merge::RECORDS_MEASURE,
};
use utoipa::ToSchema;

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
    /// Nothing: all in one.
    None,
}

impl Grouping {
    /// Every grouping with its word.
    pub const WORDS: [(&'static str, Self); 4] =
        [("unit", Self::Unit), ("form", Self::Form), ("month", Self::Month), ("none", Self::None)];
}

/// Totals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
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
    /// One row for each group in which anything was logged, by group; exactly one if they are not broken down.
    pub rows: Vec<SummaryRow>,
}

/// The totals of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SummaryRow {
    /// Unit code, form id or month; `None` if the totals are not broken down.
    pub group: Option<String>,
    /// The records that count.
    pub records: i64,
    /// The measures' sums; those of 0 are left out.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub measures: BTreeMap<MeasureId, i64>,
}

/// Adds up the tallies of `unit` and all below it from one day to another, both included. A void record, or one without a
/// valid day, is in no tally.
///
/// # Errors
/// [`StoreError`].
pub async fn summarize(
    tx: &mut ReadTx,
    unit: &PlacedUnit,
    (from, to): (Day, Day),
    by: Grouping,
) -> Result<Summary, StoreError> {
    let sums = report::sums(tx, &unit.path, (from, to), by).await?;
    let rows = rows_of(sums, by)?;
    Ok(Summary { unit: unit.unit.code.clone(), from, to, by, rows })
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
    }
}
