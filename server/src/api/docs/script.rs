//! `GET /api/docs.js`: what the page shows the document with.

use axum::http::{HeaderName, header};

/// The script of the page
#[utoipa::path(
    get,
    path = "/api/docs.js",
    operation_id = "read_docs_script",
    tag = "documentation",
    responses((status = 200, description = "A script", content_type = "text/javascript", body = String))
)]
pub(in crate::api) async fn handle() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("page.js"))
}
