//! `PUT /api/v1/session/password`: somebody changes their own password.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    admin,
    api::{ApiState, Problem, body::JsonBody, caller::Caller, guesses::Peer},
    auth::Password,
    clock,
};

/// The password before, and the one from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ChangePasswordRequest {
    #[schema(value_type = String, format = Password)]
    before: Password,
    /// 10 to 200 characters, without the username.
    #[schema(value_type = String, format = Password, min_length = 10, max_length = 200)]
    password: Password,
}

/// Changes one's own password
///
/// All sessions of the caller end, this one too.
#[utoipa::path(
    put,
    path = "/api/v1/session/password",
    operation_id = "change_password",
    tag = "session",
    request_body = ChangePasswordRequest,
    responses(
        (status = 204, description = "Changed"),
        (status = 400, description = "`password_invalid`"),
        (status = 403, description = "`password_wrong`: the one before is another"),
        (status = 429, description = "`attempts_exceeded`; see Retry-After"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    peer: Peer,
    JsonBody(request): JsonBody<ChangePasswordRequest>,
) -> Result<StatusCode, Problem> {
    let user = caller.username();
    state.guesses.take(peer, Some(user.as_str()))?;
    let ChangePasswordRequest { before, password } = request;
    admin::change_password(&state.store, &state.passwords, user, before, password, clock::now()).await?;
    state.guesses.give_back(peer, Some(user.as_str()));
    Ok(StatusCode::NO_CONTENT)
}
