//! `DELETE /api/v1/briefing/templates/{kind}/{language}`: back to the template that ships.

use axum::{extract::State, http::StatusCode};

use crate::{
    api::{ApiState, Problem, caller::Caller, path_name::PathNames},
    briefing::{
        Language,
        template::{self, Kind},
    },
};

/// Returns to the template that ships
///
/// Also where nobody has changed it.
#[utoipa::path(
    delete,
    path = "/api/v1/briefing/templates/{kind}/{language}",
    operation_id = "restore_briefing_template",
    tag = "briefings",
    params(
        ("kind" = Kind, Path, description = "`unit` or `worker`"),
        ("language" = Language, Path, description = "`zh`, `en` or `bo`"),
    ),
    responses((status = 204, description = "It is the one that ships"))
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathNames(kind, language): PathNames<Kind, Language>,
) -> Result<StatusCode, Problem> {
    template::restore(&state.store, &caller.by(), (kind, language)).await?;
    Ok(StatusCode::NO_CONTENT)
}
