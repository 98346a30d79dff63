//! `PATCH /api/v1/users/{username}`: a user gets another name.

use axum::{Json, extract::State};
use serde::Deserialize;
use sync_core::id::Username;
use utoipa::ToSchema;

use super::UserShown;
use crate::{
    admin,
    api::{ApiState, Problem, body::JsonBody, caller::Caller, path_name::PathName},
};

/// What changes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "医生 03 · 芒康"}))]
pub(in crate::api) struct RenameUserRequest {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

/// Gives a user another name
///
/// The username never changes.
#[utoipa::path(
    patch,
    path = "/api/v1/users/{username}",
    operation_id = "rename_user",
    tag = "people",
    params(("username" = String, Path, description = "The username")),
    request_body = RenameUserRequest,
    responses(
        (status = 200, description = "Renamed", body = UserShown),
        (status = 400, description = "`name_invalid`"),
        (status = 403, description = "`user_forbidden`: the user has roles on units that are not the caller's"),
        (status = 404, description = "`user_unknown`"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(user): PathName<Username>,
    JsonBody(RenameUserRequest { name }): JsonBody<RenameUserRequest>,
) -> Result<Json<UserShown>, Problem> {
    admin::rename_user(&state.store, &caller.by(), &user, &name).await?;
    Ok(Json(admin::find_user(&state.store, &caller.by(), &user).await?.into()))
}
