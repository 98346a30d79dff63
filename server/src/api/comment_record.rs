//! `POST /api/v1/records/{id}/comments`: a comment on a record.

use axum::{Json, extract::State};
use serde::Deserialize;
use sync_core::id::RecordId;
use utoipa::ToSchema;

use super::{ApiState, Problem, body::JsonBody, caller::Caller, dictate, path_name::PathName};
use crate::{ingest::Writing, report::RecordReport};

/// A comment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommentRequest {
    /// What it says.
    text: String,
}

/// Comments on a record
///
/// It reaches the worker's devices like every change. Answers with the record as `GET` gives it.
#[utoipa::path(
    post,
    path = "/api/v1/records/{id}/comments",
    operation_id = "comment_record",
    tag = "records",
    params(("id" = String, Path, description = "The record's id", format = "uuid")),
    request_body(content = CommentRequest, example = json!({"text": "Was that the morning only?"})),
    responses(
        (status = 200, description = "The record", body = RecordReport),
        (status = 404, description = "`record_unknown`"),
        (status = 422, description = "`text_missing`: it says nothing; `bad_value`: it is too long"),
    )
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(id): PathName<RecordId>,
    JsonBody(CommentRequest { text }): JsonBody<CommentRequest>,
) -> Result<Json<RecordReport>, Problem> {
    let text = dictate::said(&text, "text_missing", "text: it says nothing")?.to_owned();
    dictate::dictate(&state, &caller, id, Writing::Comment(text), None).await
}
