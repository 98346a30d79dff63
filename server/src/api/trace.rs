//! One log line for each request: what was asked and what came of it. No query, no body, no token, no path but the
//! pattern that it matched.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

/// Names the request in the log and in the answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request an id, and logs it when it is answered. Answers below `/api` carry the id; the sync endpoint's do not,
/// where each byte counts.
pub(super) async fn log(request: Request, next: Next) -> Response {
    let mut bytes = [0u8; 6];
    // Without randomness all ids are 0: a log line that is hard to find is no reason to refuse a request.
    let _ = getrandom::fill(&mut bytes);
    let id: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    let is_api = request.uri().path().starts_with("/api/");
    let path = request.extensions().get::<MatchedPath>().map_or("-", |path| path.as_str()).to_owned();
    let span = tracing::info_span!("request", %id, method = %request.method(), path);
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), took_ms, "answered"));
    if let (true, Ok(value)) = (is_api, HeaderValue::from_str(&id)) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
