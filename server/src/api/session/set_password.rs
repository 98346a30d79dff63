//! `POST /api/v1/password`: somebody sets their password with a code from an administrator.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use sync_core::id::Username;
use utoipa::ToSchema;

use crate::{
    admin,
    api::{ApiState, Problem, body::JsonBody, guesses::Peer},
    auth::Password,
    clock,
};

/// The code, and the password from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "7Q2MX-0KD4T", "password": "牦牛 crosses the pass"}))]
pub(in crate::api) struct SetPasswordRequest {
    code: String,
    /// 10 to 200 characters, without the username.
    #[schema(value_type = String, format = Password, min_length = 10, max_length = 200)]
    password: Password,
}

/// Whose password it is now.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SetPasswordResponse {
    #[schema(value_type = String)]
    username: Username,
}

/// Sets a password with a one-time code
///
/// All sessions of the user end. A code that was not used up by a request is as good as before.
#[utoipa::path(
    post,
    path = "/api/v1/password",
    operation_id = "set_password",
    tag = "session",
    request_body = SetPasswordRequest,
    responses(
        (status = 200, description = "Set", body = SetPasswordResponse),
        (status = 400, description = "`code_unknown`; `password_invalid`"),
        (status = 410, description = "`code_expired`; `code_used`"),
        (status = 429, description = "`attempts_exceeded`; see Retry-After"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    peer: Peer,
    JsonBody(SetPasswordRequest { code, password }): JsonBody<SetPasswordRequest>,
) -> Result<Json<SetPasswordResponse>, Problem> {
    state.guesses.take(peer, None)?;
    let set = admin::set_password_by_code(&state.store, &state.passwords, &code, password, clock::now()).await;
    let username = set?;
    state.guesses.give_back(peer, None);
    Ok(Json(SetPasswordResponse { username }))
}
