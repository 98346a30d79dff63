//! `POST /api/v1/users`: somebody becomes a user.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{UserShown, read_role};
use crate::{
    admin::{self, AdminError},
    api::{ApiState, Problem, body::JsonBody, caller::Caller},
    auth::Role,
};

/// A user and their first role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "doctor-03", "name": "医生 03", "role": "recorder", "unit": "markam"}))]
pub(in crate::api) struct AddUserRequest {
    /// 1 to 48 of a-z, 0-9, `.` and `-`; permanent.
    #[schema(min_length = 1, max_length = 48, pattern = "^[a-z0-9.-]+$")]
    username: String,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    #[schema(value_type = Role)]
    role: String,
    /// The unit that it is granted on.
    #[schema(min_length = 1, max_length = 48, pattern = "^[a-z0-9.-]+$")]
    unit: String,
}

/// Adds a user with a first role
#[utoipa::path(
    post,
    path = "/api/v1/users",
    operation_id = "add_user",
    tag = "people",
    request_body = AddUserRequest,
    responses(
        (status = 201, description = "Added", body = UserShown),
        (status = 400, description = "`id_invalid`; `name_invalid`; `word_unknown`"),
        (status = 409, description = "`user_exists`"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    JsonBody(request): JsonBody<AddUserRequest>,
) -> Result<(StatusCode, Json<UserShown>), Problem> {
    let AddUserRequest { username, name, role, unit } = request;
    let (username, unit) = (username.parse().map_err(AdminError::Id)?, unit.parse().map_err(AdminError::Id)?);
    let added = admin::add_user(&state.store, &caller.by(), username, &name, read_role(&role)?, unit).await?;
    Ok((StatusCode::CREATED, Json(added.into())))
}
