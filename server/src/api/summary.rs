//! `GET /api/v1/summary?unit=CODE&from=DATE&to=DATE&by=unit|form|month|worker|none&compare=before`: totals that can be trusted.

use axum::{Json, extract::State};
use sync_core::id::{Day, UnitCode};

use super::{ApiState, Problem, caller::Caller, parameters::Parameters};
use crate::report::{Grouping, Period, Summary, summarize};

/// Totals of a unit
///
/// Both days count, and so does everything below the unit. With `by=unit` the groups are the units that hold the records, not
/// the units right below. Rows are sorted by group; groups without records, and measures of 0, are left out.
///
/// With `compare=before` each figure stands beside that of the period directly before: as many months if `from` to `to` are whole
/// ones (March with February, a year with the year before), else as many days. A group that is only there has a row of 0. With
/// `by=month`, which then asks for whole months, the first month is compared with the first one of the period before, and so on.
#[utoipa::path(
    get,
    path = "/api/v1/summary",
    operation_id = "read_summary",
    tag = "totals",
    params(
        ("unit" = String, Query, description = "The unit's code"),
        ("from" = String, Query, description = "The first day that counts", format = Date),
        ("to" = String, Query, description = "The last day that counts", format = Date),
        ("by" = inline(Option<Grouping>), Query, description = "What to break down by; `none` if left out: exactly one row"),
        ("compare" = Option<String>, Query, description = "`before`: with the period before"),
    ),
    responses((status = 200, description = "The totals", body = Summary, example = json!({
        "unit": "changdu", "from": "2021-03-01", "to": "2022-02-28", "by": "none",
        "rows": [{"group": null, "records": 1042, "measures": {"outreach_clinics": 42, "people_benefited": 16000}}],
    })))
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    query: Parameters,
) -> Result<Json<Summary>, Problem> {
    let code: UnitCode = query.required("unit")?;
    let (from, to): (Day, Day) = (query.required("from")?, query.required("to")?);
    if to < from {
        return Err(Problem::parameter("to", format_args!("{to} is before {from}")));
    }
    let by = query.word("by", &Grouping::WORDS)?.unwrap_or(Grouping::None);
    let period = Period { from, to };
    let before = match query.word("compare", &[("before", ())])? {
        Some(()) => Some(read_before(period, by)?),
        None => None,
    };
    let mut tx = state.store.read().await?;
    let unit = caller.unit(&mut tx, "unit", &code).await?;
    Ok(Json(summarize(&mut tx, &unit, period, by, before).await?))
}

/// The period to compare with.
fn read_before(period: Period, by: Grouping) -> Result<Period, Problem> {
    if by == Grouping::Month && period.months().is_none() {
        let what = "months are compared with months: `from` must be the first day of one, `to` the last of one";
        return Err(Problem::parameter("compare", what));
    }
    period
        .before()
        .ok_or_else(|| Problem::parameter("compare", format_args!("nothing lies so far before {}", period.from)))
}
