//! `GET /api/openapi.json`: the document.

use axum::Json;
use utoipa::openapi::OpenApi;

use crate::api::frame;

/// This document
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    operation_id = "read_document",
    tag = "documentation",
    responses((status = 200, description = "OpenAPI 3.1", body = Object))
)]
pub(in crate::api) async fn handle() -> Json<OpenApi> {
    Json(frame::document())
}
