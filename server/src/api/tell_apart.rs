//! `POST /api/v1/duplicates/dismissals`: two records that look alike are two.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use sync_core::id::RecordId;
use utoipa::ToSchema;

use super::{ApiState, Problem, body::JsonBody, caller::Caller, record};
use crate::{admin, store::record_read};

/// Two records.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ToldApart {
    /// The ids of both.
    records: [String; 2],
}

/// Tells two records apart
///
/// They are not listed as possible duplicates any more. To say that they *are* one, review the one that shall not count as `void`
/// with `duplicate_of`; a later verdict lifts that.
#[utoipa::path(
    post,
    path = "/api/v1/duplicates/dismissals",
    operation_id = "tell_records_apart",
    tag = "records",
    request_body(content = ToldApart),
    responses(
        (status = 200, description = "Noted", body = ToldApart),
        (status = 404, description = "`record_unknown`: one of them does not exist, or lies beyond the caller's right"),
    )
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    JsonBody(told): JsonBody<ToldApart>,
) -> Result<Json<ToldApart>, Problem> {
    let mut found = Vec::new();
    let mut tx = state.store.read().await?;
    for text in &told.records {
        let id: RecordId = text.parse().map_err(|e| Problem::parameter("records", e))?;
        let row = record_read::one(&mut tx, &id).await?.filter(|row| caller.reaches(&row.path));
        found.push(row.ok_or_else(|| record::unknown(id))?);
    }
    drop(tx);
    let [one, other] = &found[..] else { return Err(Problem::internal("two records are not two")) };
    if one.id == other.id {
        return Err(Problem::parameter("records", "must be two"));
    }
    admin::tell_apart(&state.store, &caller.by(), &one.unit, one.id, other.id).await?;
    Ok(Json(told))
}
