//! `POST /api/v1/records/{id}/reviews`: a verdict on a record.

use std::collections::BTreeSet;

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use sync_core::{
    id::{ChangeHash, RecordId},
    record::Verdict,
};
use utoipa::ToSchema;

use super::{ApiState, Problem, body::JsonBody, caller::Caller, dictate, path_name::PathName};
use crate::{ingest::Writing, report::RecordReport};

const VERDICTS: [Verdict; 3] = [Verdict::Approved, Verdict::Returned, Verdict::Void];

/// A verdict.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewRequest {
    /// `approved`, `returned` or `void`.
    verdict: String,
    /// Why: must be given with `returned` and `void`.
    #[serde(default)]
    reason: String,
    /// With `void`: the record that counts instead.
    #[schema(format = "uuid")]
    duplicate_of: Option<String>,
    /// The `heads` of the record as the reviewer saw it: if it has others by now, no verdict is given.
    #[schema(value_type = Option<Vec<String>>)]
    seen: Option<BTreeSet<ChangeHash>>,
}

/// Reviews a record
///
/// The verdict speaks of the record as it stands; if its values move on later, it says so (`changed`). A verdict answers all
/// before it, so `approved` lifts a `void`. A void record is in no total. Answers with the record as `GET` gives it.
#[utoipa::path(
    post,
    path = "/api/v1/records/{id}/reviews",
    operation_id = "review_record",
    tag = "records",
    params(("id" = String, Path, description = "The record's id", format = "uuid")),
    request_body(content = ReviewRequest, example = json!({"verdict": "returned", "reason": "please check the count",
        "seen": ["9c1f…"]})),
    responses(
        (status = 200, description = "The record", body = RecordReport),
        (status = 404, description = "`record_unknown`"),
        (status = 409, description = "`record_moved`: it has changed since `seen`"),
        (status = 422, description = "`verdict_unknown`; `reason_missing`; `duplicate_not_void`: `duplicate_of` goes with \
            `void`; `duplicate_of_nothing`: there is no other record of that id that counts; `bad_value`: a text is too long"),
    )
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(id): PathName<RecordId>,
    JsonBody(request): JsonBody<ReviewRequest>,
) -> Result<Json<RecordReport>, Problem> {
    let wrong = |code, what: &str| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, what);
    let ReviewRequest { verdict, reason, duplicate_of, seen } = request;
    let verdict = VERDICTS.into_iter().find(|known| known.word() == verdict);
    let verdict = verdict.ok_or_else(|| wrong("verdict_unknown", "verdict: expected approved, returned or void"))?;
    if verdict != Verdict::Approved {
        dictate::said(&reason, "reason_missing", "reason: the worker must be told why")?;
    }
    if duplicate_of.is_some() && verdict != Verdict::Void {
        return Err(wrong("duplicate_not_void", "duplicate_of: only a void record is a duplicate"));
    }
    let named = |text: String| text.parse().map_err(|e| wrong("duplicate_of_nothing", &format!("duplicate_of: {e}")));
    let duplicate_of = duplicate_of.map(named).transpose()?;
    let what = Writing::Review { verdict, reason, duplicate_of };
    dictate::dictate(&state, &caller, id, what, seen).await
}
