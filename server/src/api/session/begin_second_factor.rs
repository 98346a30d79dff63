//! `POST /api/v1/session/second-factor`: somebody begins to have a second factor.

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    admin,
    api::{ApiState, Problem, caller::Caller},
};

/// What an authenticator takes.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    "uri": "otpauth://totp/Cairn:admin-01?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Cairn"}))]
pub(in crate::api) struct SecondFactorResponse {
    /// To be typed in.
    secret: String,
    /// To be shown as a QR code.
    uri: String,
}

/// Draws a second factor for oneself
///
/// It is asked for at log-in once a code of it is confirmed.
#[utoipa::path(
    post,
    path = "/api/v1/session/second-factor",
    operation_id = "begin_second_factor",
    tag = "session",
    responses(
        (status = 201, description = "Drawn; seen only here", body = SecondFactorResponse),
        (status = 409, description = "`second_factor_exists`: remove it first"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<(StatusCode, Json<SecondFactorResponse>), Problem> {
    let (secret, uri) = admin::begin_second_factor(&state.store, caller.username()).await?;
    Ok((StatusCode::CREATED, Json(SecondFactorResponse { secret, uri })))
}
