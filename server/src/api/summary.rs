//! `GET /api/v1/summary?unit=CODE&from=DATE&to=DATE&by=unit|form|month|none`: totals that can be trusted.

use axum::{Json, extract::State};
use sync_core::id::{Day, UnitCode};

use super::{ApiState, Problem, caller::Caller, parameters::Parameters};
use crate::report::{Grouping, Summary, summarize};

/// Totals of a unit
///
/// Both days count, and so does everything below the unit. With `by=unit` the groups are the units that hold the records, not
/// the units right below. Rows are sorted by group; groups without records, and measures of 0, are left out.
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
    let mut tx = state.store.read().await?;
    let unit = caller.unit(&mut tx, "unit", &code).await?;
    Ok(Json(summarize(&mut tx, &unit, (from, to), by).await?))
}
