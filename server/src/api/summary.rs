//! `GET /api/v1/summary?unit=CODE&from=DATE&to=DATE&by=unit|form|month|none`: totals that can be trusted.
//!
//! ```text
//! GET /api/v1/summary?unit=changdu&from=2021-03-01&to=2022-02-28&by=none
//!
//! 200 {"unit": "changdu", "from": "2021-03-01", "to": "2022-02-28", "by": "none",
//!      "rows": [{"group": null, "records": 1042, "measures": {"outreach_clinics": 42, "people_benefited": 16000}}]}
//! ```
//!
//! Both days count, and so does everything below the unit. `by` may be left out and is `none` then: exactly one row. With
//! `by=unit` the groups are the units that hold the records, not the units right below. Rows are sorted by group; groups
//! without records, and measures of 0, are left out.
//!
//! | status | code | when |
//! |---|---|---|
//! | 400 | `parameter_missing`, `parameter_invalid`, `query_malformed` | the query is wrong; the detail names the parameter |
//! | 401 | `token_missing`, `token_unknown` | |
//! | 403 | `unit_forbidden` | the user has no role on the unit |
//! | 404 | `unit_unknown` | there is no such unit |

use axum::{Json, extract::State, http::StatusCode};
use sync_core::id::{Day, UnitCode};

use super::{ApiState, Problem, parameters::Parameters};
use crate::{
    auth::Principal,
    report::{Grouping, Summary, summarize},
    store::{
        ReadTx,
        unit::{self, PlacedUnit},
    },
};

pub(super) async fn handle(
    State(state): State<ApiState>,
    principal: Principal,
    query: Parameters,
) -> Result<Json<Summary>, Problem> {
    query.only(&["unit", "from", "to", "by"])?;
    let code: UnitCode = query.required("unit")?;
    let (from, to): (Day, Day) = (query.required("from")?, query.required("to")?);
    if to < from {
        return Err(Problem::parameter("to", format_args!("{to} is before {from}")));
    }
    let by = query.word("by", &Grouping::WORDS)?.unwrap_or(Grouping::None);
    let mut tx = state.store.read().await?;
    let unit = visible_unit(&mut tx, &principal, &code).await?;
    Ok(Json(summarize(&mut tx, &unit, (from, to), by).await?))
}

/// The unit of this code, if the user may see it.
pub(super) async fn visible_unit(
    tx: &mut ReadTx,
    principal: &Principal,
    code: &UnitCode,
) -> Result<PlacedUnit, Problem> {
    let Some(unit) = unit::find(tx, code).await? else {
        let detail = format!("unit: there is no org unit `{code}`");
        return Err(Problem::new(StatusCode::NOT_FOUND, "unit_unknown", detail));
    };
    if principal.may_see(&unit.path) {
        return Ok(unit);
    }
    let detail = format!("unit: {} has no role on `{code}`", principal.username);
    Err(Problem::new(StatusCode::FORBIDDEN, "unit_forbidden", detail))
}
