//! `GET /api/docs`: a page that shows the document to people.

use axum::{
    http::{HeaderName, header},
    response::Html,
};

/// Nothing but the server's own: the page may be opened where there is no other network.
const POLICY: (HeaderName, &str) = (
    header::CONTENT_SECURITY_POLICY,
    "default-src 'none'; connect-src 'self'; script-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'",
);

/// The operations, to read
#[utoipa::path(
    get,
    path = "/api/docs",
    operation_id = "read_docs",
    tag = "documentation",
    responses((status = 200, description = "A page", content_type = "text/html", body = String))
)]
pub(in crate::api) async fn handle() -> ([(HeaderName, &'static str); 1], Html<&'static str>) {
    ([POLICY], Html(include_str!("page.html")))
}
