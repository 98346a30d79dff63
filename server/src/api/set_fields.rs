//! `POST /api/v1/records/{id}/fields`: new values for a record, or the settling of what disagrees in it.

use std::collections::BTreeSet;

use axum::{Json, extract::State};
use serde::Deserialize;
use sync_core::id::{ChangeHash, RecordId};
use utoipa::ToSchema;

use super::{ApiState, Problem, body::JsonBody, caller::Caller, dictate, path_name::PathName};
use crate::{ingest::Writing, report::RecordReport};

/// Values.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldsRequest {
    /// By field; `null` empties. Of a group those of its entries that are named, by their keys: one that it does not have is
    /// added, one that is `null` is taken out.
    #[schema(value_type = Object)]
    fields: serde_json::Map<String, serde_json::Value>,
    /// The `heads` of the record as the caller saw it: if it has others by now, nothing is written.
    #[schema(value_type = Option<Vec<String>>)]
    seen: Option<BTreeSet<ChangeHash>>,
}

/// Writes values
///
/// Writing a value to a field in which values disagree settles that, whether it is one of them or another. A narrative changes
/// where it differs, a tally by the difference. What breaks a rule of the form, and did not before, is not written. Answers with the record as `GET` gives
/// it.
#[utoipa::path(
    post,
    path = "/api/v1/records/{id}/fields",
    operation_id = "write_record_fields",
    tag = "records",
    params(("id" = String, Path, description = "The record's id", format = "uuid")),
    request_body(content = FieldsRequest, example = json!({"fields": {"patients_seen": 41, "referred": null}})),
    responses(
        (status = 200, description = "The record", body = RecordReport),
        (status = 404, description = "`record_unknown`"),
        (status = 409, description = "`record_moved`: it has changed since `seen`; `form_unknown`"),
        (status = 422, description = "`values_faulty`: the detail names each field and the rule; `nothing_changed`: the record \
            says so already; `field_kind`: the record was made without this field, or it cannot be cleared; `bad_value`, `too_large`"),
    )
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(id): PathName<RecordId>,
    JsonBody(FieldsRequest { fields, seen }): JsonBody<FieldsRequest>,
) -> Result<Json<RecordReport>, Problem> {
    dictate::dictate(&state, &caller, id, Writing::Fields(fields), seen).await
}
