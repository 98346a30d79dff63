//! `POST /api/v1/session/second-factor/removal`: somebody removes their second factor.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    admin,
    api::{ApiState, Problem, body::JsonBody, caller::Caller, guesses::Peer},
    auth::Password,
    clock,
};

/// The password once more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct RemovalRequest {
    #[schema(value_type = String, format = Password)]
    password: Password,
}

/// Removes one's own second factor
#[utoipa::path(
    post,
    path = "/api/v1/session/second-factor/removal",
    operation_id = "remove_second_factor",
    tag = "session",
    request_body = RemovalRequest,
    responses(
        (status = 204, description = "Removed"),
        (status = 403, description = "`password_wrong`"),
        (status = 404, description = "`second_factor_missing`"),
        (status = 429, description = "`attempts_exceeded`; see Retry-After"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    peer: Peer,
    JsonBody(RemovalRequest { password }): JsonBody<RemovalRequest>,
) -> Result<StatusCode, Problem> {
    let user = caller.username();
    state.guesses.take(peer, Some(user.as_str()))?;
    admin::remove_second_factor(&state.store, &state.passwords, user, password, clock::now()).await?;
    state.guesses.give_back(peer, Some(user.as_str()));
    Ok(StatusCode::NO_CONTENT)
}
