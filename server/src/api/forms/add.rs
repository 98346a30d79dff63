//! `POST /api/v1/forms`: a form, or a new version of one.

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    admin,
    api::{ApiState, Problem, body::JsonBody, caller::Caller},
};

/// What was added.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "clinic.outreach", "version": 2, "added": true}))]
pub(in crate::api) struct AddFormResponse {
    id: String,
    version: u32,
    /// False if it was known already with the same content.
    added: bool,
}

/// Adds a form, or a new version of one
///
/// It reaches every device with its next sync. A version that is known never changes.
#[utoipa::path(
    post,
    path = "/api/v1/forms",
    operation_id = "add_form",
    tag = "forms",
    request_body = Object,
    responses(
        (status = 200, description = "It was known already", body = AddFormResponse),
        (status = 201, description = "Added", body = AddFormResponse),
        (status = 400, description = "`form_malformed` and others that begin with `form_`: the definition breaks a rule"),
        (status = 409, description = "`form_version_exists`: the version is known with different content"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    JsonBody(definition): JsonBody<serde_json::Value>,
) -> Result<(StatusCode, Json<AddFormResponse>), Problem> {
    let (form, added) = admin::add_form(&state.store, &caller.by(), &definition.to_string()).await?;
    let status = if added { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(AddFormResponse { id: form.id.to_string(), version: form.version, added })))
}
