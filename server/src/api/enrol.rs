//! `POST /api/v1/enrol`: a device trades its one-time code for a token of its own.

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use sync_core::id::Username;
use utoipa::ToSchema;

use super::{ApiState, Problem, body::JsonBody, guesses::Peer};
use crate::{
    auth::{EnrolError, enrol},
    clock,
};

/// What a device shows to be enrolled.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "7Q2MX-0KD4T", "device_name": "tablet of ward 2",
    "public_key": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"}))]
pub(super) struct EnrolRequest {
    /// The code, in any case, with or without its hyphen.
    code: String,
    /// What its user calls it: 1 to 200 characters on one line.
    device_name: String,
    /// Its Ed25519 key, hexadecimal.
    public_key: String,
}

/// A device that was just enrolled.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"device": "9f2c41d07be3a856", "token": "qX0v3k8mJ1h5TzA9cR2wLg", "username": "doctor-03",
    "name": "医生 03 · 芒康", "server_key": "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29"}))]
pub(super) struct EnrolResponse {
    /// The device's id.
    device: String,
    /// Its token, seen only here.
    token: String,
    /// Whose device it is.
    #[schema(value_type = String)]
    username: Username,
    /// Their name, as people write it.
    name: String,
    /// The server's Ed25519 key, hexadecimal.
    server_key: String,
}

/// Enrols a device
///
/// Trades a one-time code for a token of the device's own. A code that was not used up by a request is as good as before.
#[utoipa::path(
    post,
    path = "/api/v1/enrol",
    operation_id = "enrol",
    tag = "devices",
    request_body = EnrolRequest,
    responses(
        (status = 201, description = "Enrolled", body = EnrolResponse),
        (status = 400, description = "`code_unknown`: nobody was given this code; `device_name_invalid`; `public_key_invalid`"),
        (status = 410, description = "`code_expired`: it was not used in time; `code_used`: another device has used it"),
        (status = 429, description = "`attempts_exceeded`: too many attempts from this address have failed; see Retry-After"),
    )
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    peer: Peer,
    JsonBody(request): JsonBody<EnrolRequest>,
) -> Result<(StatusCode, Json<EnrolResponse>), Problem> {
    state.guesses.take(peer, None)?;
    let EnrolRequest { code, device_name, public_key } = request;
    let enrolled = enrol(&state.store, &code, &device_name, &public_key, clock::now()).await?;
    state.guesses.give_back(peer, None);
    tracing::info!(device = %enrolled.device, user = %enrolled.username, "enrolled a device");
    let response = EnrolResponse {
        device: enrolled.device,
        token: enrolled.token.reveal().to_owned(),
        username: enrolled.username,
        name: enrolled.name,
        server_key: state.server_key.to_string(),
    };
    Ok((StatusCode::CREATED, Json(response)))
}

impl From<EnrolError> for Problem {
    fn from(error: EnrolError) -> Self {
        let (status, code) = match error {
            EnrolError::CodeUnknown => (StatusCode::BAD_REQUEST, "code_unknown"),
            EnrolError::CodeExpired => (StatusCode::GONE, "code_expired"),
            EnrolError::CodeUsed => (StatusCode::GONE, "code_used"),
            EnrolError::DeviceName(_) => (StatusCode::BAD_REQUEST, "device_name_invalid"),
            EnrolError::PublicKey => (StatusCode::BAD_REQUEST, "public_key_invalid"),
            EnrolError::Store(error) => return error.into(),
        };
        Self::new(status, code, error.to_string())
    }
}
