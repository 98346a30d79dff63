//! Totals, from the tallies.

use std::collections::BTreeMap;

use super::{ReadTx, StoreError, month_totals, unit::UnitPath};
use crate::report::{Grouping, Period};

macro_rules! sums_by {
    ($group:literal) => {
        sums_by!($group, "tallies")
    };
    ($group:literal, $table:literal) => {
        concat!(
            "SELECT ",
            $group,
            " AS grp, t.measure, CAST(SUM(t.value) AS BIGINT) FROM org_units u JOIN ",
            $table,
            " t ON t.org_unit = u.code \
             WHERE u.path >= $1 AND u.path < $2 AND t.on_day >= $3 AND t.on_day <= $4 \
             GROUP BY 1, 2 HAVING SUM(t.value) <> 0 ORDER BY 1, 2"
        )
    };
}

const SUMS_BY_UNIT: &str = sums_by!("t.org_unit");
const SUMS_BY_FORM: &str = sums_by!("t.form");
const SUMS_BY_MONTH: &str = sums_by!("SUBSTR(t.on_day, 1, 7)");
const SUMS_BY_WORKER: &str = sums_by!("t.worker", "worker_tallies");
const SUMS: &str = sums_by!("CAST('' AS TEXT)");

/// The sum of each measure in each group, by group and measure: of a unit and all below it, in a period. Sums of 0
/// are left out. Whole months are not added up day by day.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn sums(
    tx: &mut ReadTx,
    top: &UnitPath,
    period: Period,
    by: Grouping,
) -> Result<Vec<(String, String, i64)>, StoreError> {
    let (months, days) = period.split();
    let mut sums = BTreeMap::new();
    if let Some(Period { from, to }) = months {
        month_totals::add_to(tx, top, (from, to), by, &mut sums).await?;
    }
    for period in days {
        for (group, measure, value) in by_day(tx, top, period, by).await? {
            let sum: &mut i64 = sums.entry((group, measure)).or_default();
            *sum = sum.saturating_add(value);
        }
    }
    let sums = sums.into_iter().filter(|(_, sum)| *sum != 0);
    Ok(sums.map(|((group, measure), sum)| (group, measure, sum)).collect())
}

async fn by_day(
    tx: &mut ReadTx,
    top: &UnitPath,
    Period { from, to }: Period,
    by: Grouping,
) -> Result<Vec<(String, String, i64)>, StoreError> {
    let statement = match by {
        Grouping::Unit => SUMS_BY_UNIT,
        Grouping::Form => SUMS_BY_FORM,
        Grouping::Month => SUMS_BY_MONTH,
        Grouping::Worker => SUMS_BY_WORKER,
        Grouping::None => SUMS,
    };
    let query =
        sqlx::query_as(statement).bind(top.as_str()).bind(top.end()).bind(from.to_string()).bind(to.to_string());
    Ok(query.fetch_all(tx.conn()).await?)
}
