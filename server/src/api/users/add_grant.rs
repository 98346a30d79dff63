//! `POST /api/v1/users/{username}/grants`: a user gets a role.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use sync_core::id::Username;
use utoipa::ToSchema;

use super::{UserShown, read_role};
use crate::{
    admin::{self, AdminError},
    api::{ApiState, Problem, body::JsonBody, caller::Caller, path_name::PathName},
    auth::Role,
};

/// A role, and where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"unit": "markam", "role": "reviewer"}))]
pub(in crate::api) struct GrantRequest {
    #[schema(min_length = 1, max_length = 48, pattern = "^[a-z0-9.-]+$")]
    unit: String,
    #[schema(value_type = Role)]
    role: String,
}

/// Grants a role on a unit and everything below it
///
/// To any user: a role gives rights on the caller's own units only.
#[utoipa::path(
    post,
    path = "/api/v1/users/{username}/grants",
    operation_id = "grant_role",
    tag = "people",
    params(("username" = String, Path, description = "The username")),
    request_body = GrantRequest,
    responses(
        (status = 201, description = "Granted", body = UserShown),
        (status = 400, description = "`id_invalid`; `word_unknown`"),
        (status = 404, description = "`user_unknown`"),
        (status = 409, description = "`grant_exists`"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(user): PathName<Username>,
    JsonBody(GrantRequest { unit, role }): JsonBody<GrantRequest>,
) -> Result<(StatusCode, Json<UserShown>), Problem> {
    let unit = unit.parse().map_err(AdminError::Id)?;
    admin::add_grant(&state.store, &caller.by(), &user, &unit, read_role(&role)?).await?;
    let user = admin::find_user(&state.store, &caller.by(), &user).await?;
    Ok((StatusCode::CREATED, Json(user.into())))
}
