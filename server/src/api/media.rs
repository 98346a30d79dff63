//! Bodies that are not JSON say so.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
};

use super::Problem;

/// The body is a CSV table, as its Content-Type says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Csv;

impl<S: Send + Sync> FromRequestParts<S> for Csv {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let given = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = given.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("text/csv") {
            return Ok(Self);
        }
        Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", "send Content-Type: text/csv"))
    }
}
