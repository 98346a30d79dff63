//! The user behind a request: whoever holds the token in `Authorization: Bearer …`.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
};

use super::{ApiState, Problem};
use crate::{
    auth::{Principal, Token},
    clock,
};

impl FromRequestParts<ApiState> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let missing = || {
            let detail = "send an API token: Authorization: Bearer TOKEN";
            Problem::new(StatusCode::UNAUTHORIZED, "token_missing", detail)
        };
        let unknown = || {
            let detail = "the token is not, or no longer, valid here";
            Problem::new(StatusCode::UNAUTHORIZED, "token_unknown", detail)
        };
        let header = parts.headers.get(header::AUTHORIZATION).ok_or_else(missing)?;
        let (scheme, token) = header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(missing)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(missing());
        }
        let token = Token::read(token.trim()).ok_or_else(unknown)?;
        Self::of_token(&state.store, &token, clock::now()).await?.ok_or_else(unknown)
    }
}
