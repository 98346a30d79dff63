//! `POST /api/v1/duplicates/dismissals`: two records that look alike are two.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use sync_core::id::{RecordId, UnitCode};
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
/// with `duplicate_of`; a later verdict lifts that. Telling apart is taken back by `DELETE`.
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
    let mut records = Vec::new();
    for text in &told.records {
        records.push(text.parse::<RecordId>().map_err(|e| Problem::parameter("records", e))?);
    }
    let [one, other] = records[..] else { return Err(Problem::internal("two records are not two")) };
    let unit = unit_of(&state, &caller, [one, other], "records").await?;
    admin::tell_apart(&state.store, &caller.by(), &unit, one, other).await?;
    Ok(Json(told))
}

/// The unit of the first of two records, if the caller's right reaches both, and they are not one. `name` is the parameter that
/// names them.
pub(super) async fn unit_of(
    state: &ApiState,
    caller: &Caller,
    records: [RecordId; 2],
    name: &str,
) -> Result<UnitCode, Problem> {
    let mut units = Vec::new();
    let mut tx = state.store.read().await?;
    for id in records {
        let row = record_read::one(&mut tx, &id).await?.filter(|row| caller.reaches(&row.path));
        units.push(row.ok_or_else(|| record::unknown(id))?.unit);
    }
    if records[0] == records[1] {
        return Err(Problem::parameter(name, "must be two"));
    }
    Ok(units.remove(0))
}
