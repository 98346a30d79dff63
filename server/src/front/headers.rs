//! What browsers are told not to do with an answer.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// On every answer to a browser. A page that needs more says so itself: what it set is kept.
const HEADERS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(self), microphone=(), geolocation=()"),
];
/// Two years, for whoever came over TLS once.
const STRICT_TRANSPORT: &str = "max-age=63072000";

/// Adds the headers; not for the sync endpoint, where each byte counts and no browser shows anything.
pub(super) async fn add(State(is_secure): State<bool>, request: Request, next: Next) -> Response {
    let is_sync = request.uri().path().starts_with("/sync/");
    let mut response = next.run(request).await;
    if is_sync {
        return response;
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if is_secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STRICT_TRANSPORT));
    }
    response
}
