//! `POST /api/v1/held/{change}/reject`: a held change is turned away.

use axum::{Json, extract::State};
use serde::Deserialize;
use sync_core::id::ChangeHash;
use utoipa::ToSchema;

use super::DecisionResponse;
use crate::{
    admin,
    api::{ApiState, Problem, body::JsonBody, caller::Caller, path_name::PathName},
};

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "logged twice"}))]
pub(in crate::api) struct RejectRequest {
    /// For its author to read: 1 to 200 characters on one line.
    reason: String,
}

/// Rejects a held change
///
/// Its bytes are kept, and it may still be admitted later. Its device is told the reason.
#[utoipa::path(
    post,
    path = "/api/v1/held/{change}/reject",
    operation_id = "reject_held",
    tag = "held",
    params(("change" = String, Path, description = "The change's hash")),
    request_body = RejectRequest,
    responses(
        (status = 200, description = "Decided", body = DecisionResponse),
        (status = 400, description = "`rejection_reason`"),
        (status = 404, description = "`held_unknown`: there is no such held change, or it was let in already"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(hash): PathName<ChangeHash>,
    JsonBody(RejectRequest { reason }): JsonBody<RejectRequest>,
) -> Result<Json<DecisionResponse>, Problem> {
    admin::reject_held(&state.store, &state.ingest, &caller.by(), hash, &reason).await?;
    Ok(Json(DecisionResponse { change: hash, outcome: "rejected" }))
}
