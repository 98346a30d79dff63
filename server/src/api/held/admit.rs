//! `POST /api/v1/held/{change}/admit`: a held change is let in.

use axum::{Json, extract::State};
use sync_core::id::ChangeHash;

use super::DecisionResponse;
use crate::{
    admin,
    api::{ApiState, Problem, caller::Caller, path_name::PathName},
};

/// Admits a held change
///
/// It is judged again as if its author had the right, and its device is told.
#[utoipa::path(
    post,
    path = "/api/v1/held/{change}/admit",
    operation_id = "admit_held",
    tag = "held",
    params(("change" = String, Path, description = "The change's hash")),
    responses(
        (status = 200, description = "Decided", body = DecisionResponse),
        (status = 404, description = "`held_unknown`: there is no such held change, or it was let in already"),
        (status = 409, description = "`held_inadmissible`: it breaks a rule that nobody can lift; it is rejected"),
        (status = 413, description = "`too_much_at_once`: its record is too large to be judged now"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(hash): PathName<ChangeHash>,
) -> Result<Json<DecisionResponse>, Problem> {
    let outcome = admin::admit_held(&state.store, &state.ingest, &caller.by(), hash).await?;
    Ok(Json(DecisionResponse { change: hash, outcome: outcome.word() }))
}
