//! `POST /api/v1/session`: somebody logs in.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{WhoAmI, who};
use crate::{
    api::{ApiState, Moment, Problem, body::JsonBody, cookie, guesses::Peer},
    auth::{LogIn, LogInError, Password, log_in},
    clock,
};

/// What somebody shows to log in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "admin-01", "password": "牦牛 crosses the pass"}))]
pub(in crate::api) struct LogInRequest {
    username: String,
    #[schema(value_type = String, format = Password)]
    password: Password,
    /// Of the second factor, once there is one.
    code: Option<String>,
}

/// Logs in
///
/// The session is in the cookie that comes with the answer. It lasts for 12 hours, and for one hour without a request. A
/// session that the request shows ends.
#[utoipa::path(
    post,
    path = "/api/v1/session",
    operation_id = "log_in",
    tag = "session",
    request_body = LogInRequest,
    responses(
        (status = 201, description = "Logged in", body = WhoAmI),
        (status = 401, description = "`login_failed`: the username or the password is wrong; `second_factor_needed`; \
            `second_factor_wrong`"),
        (status = 403, description = "`origin_forbidden`: the request comes from another site"),
        (status = 429, description = "`attempts_exceeded`: too many failed from this address or at this account; see Retry-After"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    peer: Peer,
    headers: HeaderMap,
    JsonBody(request): JsonBody<LogInRequest>,
) -> Result<impl IntoResponse, Problem> {
    if headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN) {
        cookie::check_origin(&headers)?;
    }
    let LogInRequest { username, password, code } = request;
    state.guesses.take(peer, Some(&username))?;
    let before = cookie::read(&headers).map(|token| token.hash());
    let shown = LogIn { username: username.clone(), password, code, before };
    let logged_in = log_in(&state.store, &state.passwords, shown, clock::now()).await?;
    state.guesses.give_back(peer, Some(&username));
    tracing::info!(user = %logged_in.username, "logged in");
    let set = cookie::set(&logged_in.token, &headers).map(|value| (header::SET_COOKIE, value));
    let body = who(&state, logged_in.username, None, Some(Moment(logged_in.expires))).await?;
    Ok((StatusCode::CREATED, AppendHeaders(set), Json(body)))
}

impl From<LogInError> for Problem {
    fn from(error: LogInError) -> Self {
        let code = match error {
            LogInError::Wrong => "login_failed",
            LogInError::CodeMissing => "second_factor_needed",
            LogInError::CodeWrong => "second_factor_wrong",
            LogInError::Store(error) => return error.into(),
        };
        Self::new(StatusCode::UNAUTHORIZED, code, error.to_string())
    }
}
