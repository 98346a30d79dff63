//! `POST /api/v1/held/{change}/rejection`: turns a held change away.

use axum::{Json, extract::State};
use serde::Deserialize;
use sync_core::id::ChangeHash;
use utoipa::ToSchema;

use super::{
    ApiState, Problem,
    body::JsonBody,
    caller::Caller,
    decide::{self, DecidedHeld},
    path_name::PathName,
};
use crate::admin;

/// Why a change is turned away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RejectionRequest {
    /// 1 to 200 characters on one line; the worker reads it.
    reason: String,
}

/// Rejects a held change
///
/// Its device is told, with the reason. Its bytes are kept, and it may still be admitted.
#[utoipa::path(
    post,
    path = "/api/v1/held/{change}/rejection",
    operation_id = "reject_held",
    tag = "held changes",
    params(("change" = String, Path, description = "The change")),
    request_body(content = RejectionRequest, example = json!({"reason": "logged by somebody else already"})),
    responses(
        (status = 200, description = "Decided", body = DecidedHeld, example = json!({
            "change": "77ab…", "outcome": "rejected", "detail": null})),
        (status = 404, description = "`held_unknown`: there is none, it is in already, or it lies beyond the caller's right"),
        (status = 422, description = "`rejection_reason`: it must be 1 to 200 characters on one line"),
    )
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(change): PathName<ChangeHash>,
    JsonBody(RejectionRequest { reason }): JsonBody<RejectionRequest>,
) -> Result<Json<DecidedHeld>, Problem> {
    let by = decide::decider(&state, &caller, change).await?;
    admin::reject_held(&state.ingest, &by, change, &reason).await.map_err(decide::problem_of)?;
    Ok(Json(DecidedHeld { change, outcome: "rejected", detail: None }))
}
