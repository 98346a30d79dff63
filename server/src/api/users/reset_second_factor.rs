//! `DELETE /api/v1/users/{username}/second-factor`: somebody has lost their second factor.

use axum::{extract::State, http::StatusCode};
use sync_core::id::Username;

use crate::{
    admin,
    api::{ApiState, Problem, caller::Caller, path_name::PathName},
};

/// Takes the second factor of a user away who has lost it
#[utoipa::path(
    delete,
    path = "/api/v1/users/{username}/second-factor",
    operation_id = "reset_second_factor",
    tag = "people",
    params(("username" = String, Path, description = "The username")),
    responses(
        (status = 204, description = "Taken away"),
        (status = 403, description = "`user_forbidden`: the user has roles on units that are not the caller's"),
        (status = 404, description = "`user_unknown`; `second_factor_missing`"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(user): PathName<Username>,
) -> Result<StatusCode, Problem> {
    admin::reset_second_factor(&state.store, &caller.by(), &user).await?;
    Ok(StatusCode::NO_CONTENT)
}
