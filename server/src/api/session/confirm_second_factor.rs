//! `PUT /api/v1/session/second-factor`: somebody confirms their second factor.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    admin,
    api::{ApiState, Problem, body::JsonBody, caller::Caller, guesses::Peer},
    clock,
};

/// A code of the second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "287082"}))]
pub(in crate::api) struct ConfirmRequest {
    code: String,
}

/// Confirms one's second factor with a code of it
///
/// From now on a code is asked for at log-in; each is taken once.
#[utoipa::path(
    put,
    path = "/api/v1/session/second-factor",
    operation_id = "confirm_second_factor",
    tag = "session",
    request_body = ConfirmRequest,
    responses(
        (status = 204, description = "Confirmed"),
        (status = 400, description = "`second_factor_wrong`: the code is another, or was used"),
        (status = 404, description = "`second_factor_missing`: none was drawn"),
        (status = 429, description = "`attempts_exceeded`; see Retry-After"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    peer: Peer,
    JsonBody(ConfirmRequest { code }): JsonBody<ConfirmRequest>,
) -> Result<StatusCode, Problem> {
    let user = caller.username();
    state.guesses.take(peer, Some(user.as_str()))?;
    admin::confirm_second_factor(&state.store, user, &code, clock::now()).await?;
    state.guesses.give_back(peer, Some(user.as_str()));
    Ok(StatusCode::NO_CONTENT)
}
