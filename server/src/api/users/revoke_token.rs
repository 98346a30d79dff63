//! `DELETE /api/v1/users/{username}/tokens/{id}`: a token stops to work.

use axum::{extract::State, http::StatusCode};
use sync_core::id::Username;

use crate::{
    admin,
    api::{ApiState, Problem, caller::Caller, path_name::PathNames},
};

/// Takes an API token back
///
/// At once, and for good.
#[utoipa::path(
    delete,
    path = "/api/v1/users/{username}/tokens/{id}",
    operation_id = "revoke_token",
    tag = "people",
    params(
        ("username" = String, Path, description = "The username"),
        ("id" = String, Path, description = "The token's id"),
    ),
    responses(
        (status = 204, description = "Taken back"),
        (status = 403, description = "`user_forbidden`: the user has roles on units that are not the caller's"),
        (status = 404, description = "`user_unknown`; `token_not_found`"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathNames(user, id): PathNames<Username, String>,
) -> Result<StatusCode, Problem> {
    admin::revoke_api_token(&state.store, &caller.by(), &user, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
