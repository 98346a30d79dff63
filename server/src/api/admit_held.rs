//! `POST /api/v1/held/{change}/admission`: lets a held change in.

use axum::{Json, extract::State};
use sync_core::{id::ChangeHash, wire::Outcome};

use super::{
    ApiState, Problem,
    caller::Caller,
    decide::{self, DecidedHeld},
    path_name::PathName,
};
use crate::admin;

/// Admits a held change
///
/// It is judged again as if its author had the right; its device is told. One that was rejected may still be admitted.
#[utoipa::path(
    post,
    path = "/api/v1/held/{change}/admission",
    operation_id = "admit_held",
    tag = "held changes",
    params(("change" = String, Path, description = "The change")),
    responses(
        (status = 200, description = "Decided", body = DecidedHeld, example = json!({
            "change": "77ab…", "outcome": "accepted", "detail": null})),
        (status = 404, description = "`held_unknown`: there is none, it is in already, or it lies beyond the caller's right"),
        (status = 409, description = "`held_inadmissible`: it breaks a rule that nobody can lift"),
    )
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(change): PathName<ChangeHash>,
) -> Result<Json<DecidedHeld>, Problem> {
    let by = decide::decider(&state, &caller, change).await?;
    let outcome = admin::admit_held(&state.ingest, &by, change).await.map_err(decide::problem_of)?;
    let (outcome, detail) = match outcome {
        Outcome::Parked => ("parked", None),
        Outcome::Held(reason) => ("held", Some(reason.to_string())),
        _ => ("accepted", None),
    };
    Ok(Json(DecidedHeld { change, outcome, detail }))
}
