//! `POST /api/v1/enrol`: a device trades its one-time code for a token of its own.
//!
//! ```text
//! POST /api/v1/enrol
//! {"code": "7Q2MX-0KD4T", "device_name": "tablet of ward 2", "public_key": "d75a98…511a"}
//!
//! 201 {"device": "9f2c41d07be3a856", "token": "qX0…", "username": "doctor-03", "name": "医生 03 · 芒康",
//!      "server_key": "3b6a27…29"}
//! ```
//!
//! `public_key` is the device's Ed25519 key, `server_key` the server's. The token is seen only here.
//!
//! | status | code | when |
//! |---|---|---|
//! | 400 | `code_unknown` | nobody was given this code |
//! | 410 | `code_expired` | it was not used in time |
//! | 410 | `code_used` | another device has used it |
//! | 400 | `device_name_invalid`, `public_key_invalid`, `body_malformed` | the request is wrong; the code is as good as before |
//! | 429 | `attempts_exceeded` | too many attempts from this address have failed; see `Retry-After` |

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    Json,
    extract::{ConnectInfo, FromRequestParts, State},
    http::{StatusCode, request::Parts},
};
use serde::{Deserialize, Serialize};
use sync_core::id::Username;

use super::{ApiState, Problem, body::JsonBody};
use crate::{
    auth::{EnrolError, enrol},
    clock,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EnrolRequest {
    code: String,
    device_name: String,
    public_key: String,
}

#[derive(Debug, Serialize)]
pub(super) struct EnrolResponse {
    device: String,
    token: String,
    username: Username,
    name: String,
    server_key: String,
}

/// The address that the request came from; one for all where there is no connection, as in tests of the router.
pub(super) struct Peer(IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(connection.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip())))
    }
}

pub(super) async fn handle(
    State(state): State<ApiState>,
    Peer(peer): Peer,
    JsonBody(request): JsonBody<EnrolRequest>,
) -> Result<(StatusCode, Json<EnrolResponse>), Problem> {
    state.attempts.take(peer, state.started.elapsed()).map_err(|wait| {
        let detail = "too many attempts from this address have failed";
        Problem::too_many("attempts_exceeded", detail, wait.as_secs() + 1)
    })?;
    let EnrolRequest { code, device_name, public_key } = request;
    let enrolled = enrol(&state.store, &code, &device_name, &public_key, clock::now()).await?;
    state.attempts.give_back(peer);
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
