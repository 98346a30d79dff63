//! `DELETE /api/v1/duplicates/dismissals`: two records that were told apart may be one after all.

use axum::{extract::State, http::StatusCode};
use sync_core::id::RecordId;

use super::{ApiState, Problem, caller::Caller, parameters::Parameters, tell_apart};
use crate::admin;

/// Takes back that two records are two
///
/// They are listed as possible duplicates again, if they look alike. Those that were told apart are listed with `told_apart=true`.
#[utoipa::path(
    delete,
    path = "/api/v1/duplicates/dismissals",
    operation_id = "take_back_telling_apart",
    tag = "records",
    params(
        ("one" = String, Query, description = "The id of one of them"),
        ("other" = String, Query, description = "The id of the other"),
    ),
    responses(
        (status = 204, description = "Taken back"),
        (status = 404, description = "`record_unknown`: one of them does not exist, or lies beyond the caller's right; \
            `not_told_apart`: nobody has told them apart"),
    )
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    query: Parameters,
) -> Result<StatusCode, Problem> {
    let records: [RecordId; 2] = [query.required("one")?, query.required("other")?];
    let unit = tell_apart::unit_of(&state, &caller, records, "other").await?;
    admin::take_back(&state.store, &caller.by(), &unit, records[0], records[1]).await?;
    Ok(StatusCode::NO_CONTENT)
}
