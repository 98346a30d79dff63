//! `POST /api/v1/reviews`: one verdict on many records.

use std::collections::BTreeSet;

use axum::{Json, extract::State, http::StatusCode};
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use sync_core::{
    id::{ChangeHash, RecordId},
    record::Verdict,
};
use utoipa::ToSchema;

use super::{ApiState, Problem, body::JsonBody, caller::Caller, dictate};
use crate::ingest::Writing;

/// Records of one request.
const RECORDS_MAX: usize = 200;
/// Of these, those that are on their way into the store at the same time.
const AT_ONCE: usize = 16;
/// What can be said of many records at once; what is void is so for a reason of its own.
const VERDICTS: [Verdict; 2] = [Verdict::Approved, Verdict::Returned];

/// A verdict on many records.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"verdict": "approved", "records": [{"id": "0b5e6a31-6c2d-8f0e-9a41-22d0c8b1f7aa", "seen": ["9c1f…"]}]}))]
pub(super) struct ReviewsRequest {
    /// `approved` or `returned`.
    verdict: String,
    /// Why: must be given with `returned`.
    #[serde(default)]
    reason: String,
    /// 1 to 200 of them.
    #[schema(min_items = 1, max_items = 200)]
    records: Vec<RecordToReview>,
}

/// One of the records.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordToReview {
    #[schema(format = "uuid")]
    id: String,
    /// The `heads` of the record as the reviewer saw it: if it has others by now, no verdict is given on it.
    #[schema(value_type = Option<Vec<String>>)]
    seen: Option<BTreeSet<ChangeHash>>,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"done": 1, "failed": [{"id": "0b5e6a31-6c2d-8f0e-9a41-22d0c8b1f7ab", "code": "record_moved",
    "detail": "the record has changed since it was looked at"}]}))]
pub(super) struct ReviewsResponse {
    /// On how many the verdict was given.
    done: usize,
    /// Those on which it was not, and why.
    failed: Vec<UnreviewedRecord>,
}

/// A record on which no verdict was given.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnreviewedRecord {
    id: String,
    /// As of a review of this record alone: `record_unknown`, `record_moved`, …
    code: &'static str,
    detail: String,
}

/// Reviews many records
///
/// Each by itself, in the order given, as a review of one: what cannot be done for one is told of that one, and the others are done.
#[utoipa::path(
    post,
    path = "/api/v1/reviews",
    operation_id = "review_records",
    tag = "records",
    request_body = ReviewsRequest,
    responses(
        (status = 200, description = "What came of it", body = ReviewsResponse),
        (status = 400, description = "`records_number`: give 1 to 200 records"),
        (status = 422, description = "`verdict_unknown`; `reason_missing`"),
    )
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    JsonBody(request): JsonBody<ReviewsRequest>,
) -> Result<Json<ReviewsResponse>, Problem> {
    let ReviewsRequest { verdict, reason, records } = request;
    let verdict = VERDICTS.into_iter().find(|known| known.word() == verdict).ok_or_else(|| {
        let detail = "verdict: expected approved or returned";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "verdict_unknown", detail)
    })?;
    if verdict != Verdict::Approved {
        dictate::said(&reason, "reason_missing", "reason: the workers must be told why")?;
    }
    if !(1..=RECORDS_MAX).contains(&records.len()) {
        let detail = format!("records: {} are not 1 to {RECORDS_MAX}", records.len());
        return Err(Problem::new(StatusCode::BAD_REQUEST, "records_number", detail));
    }
    let review = |RecordToReview { id, seen }: RecordToReview| {
        let what = Writing::Review { verdict, reason: reason.clone(), duplicate_of: None };
        let (state, caller) = (&state, &caller);
        async move {
            let written = match id.parse::<RecordId>() {
                Ok(id) => dictate::write(state, caller, id, what, seen).await,
                Err(error) => Err(Problem::new(StatusCode::NOT_FOUND, "record_unknown", error.to_string())),
            };
            let failed =
                |problem: Problem| UnreviewedRecord { id, code: problem.code(), detail: problem.detail().to_owned() };
            written.map_err(failed)
        }
    };
    // Those that wait at the same time share a commit.
    let told: Vec<Result<(), UnreviewedRecord>> = stream::iter(records).map(review).buffered(AT_ONCE).collect().await;
    let number = told.len();
    let failed: Vec<UnreviewedRecord> = told.into_iter().filter_map(Result::err).collect();
    Ok(Json(ReviewsResponse { done: number - failed.len(), failed }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};
    use sync_core::record::{Edit, Value};

    use crate::{
        auth::Role,
        testing::{Desk, World, on_both, problem},
    };

    on_both![many_records_are_reviewed_each_by_itself];

    async fn many_records_are_reviewed_each_by_itself(engine: crate::store::Engine) {
        let world = World::new(engine).await;
        let doctor = world.worker("doctor-03", Role::Recorder, "changdu").await;
        let desk = Desk::with(&world, "reviewer-01", Role::Reviewer, "markam").await;
        let (mut ids, mut heads) = (Vec::new(), Vec::new());
        for (time, unit) in [(1, "markam"), (2, "markam-hospital"), (3, "markam"), (4, "riwoqe")] {
            let (mut record, first) = doctor.outreach(unit, time, time);
            world.push(&doctor, unit, &[&first]).await;
            ids.push(record.id().to_string());
            heads.push(first.hash().to_string());
            if time == 3 {
                let edit = Edit::Set("patients_seen".parse().unwrap(), Value::Integer(9));
                world.push(&doctor, unit, &[&record.edit(&[edit], doctor.pen(5)).unwrap()]).await;
            }
        }
        let all: Vec<Json> = ids.iter().zip(&heads).map(|(id, head)| json!({"id": id, "seen": [head]})).collect();
        let mut with_more = all.clone();
        with_more.push(json!({"id": "x"}));
        let told = desk.posted("/api/v1/reviews", json!({"verdict": "approved", "records": with_more})).await;
        let failed: Vec<_> = told["failed"].as_array().unwrap().iter().map(|f| (&f["id"], &f["code"])).collect();
        let (moved, unknown, x) = (json!("record_moved"), json!("record_unknown"), json!("x"));
        let (third, fourth) = (json!(ids[2]), json!(ids[3]));
        assert_eq!(failed, [(&third, &moved), (&fourth, &unknown), (&x, &unknown)]);
        assert_eq!(told["done"], 2);
        let approved = "SELECT COUNT(*) FROM records WHERE status = 'approved'";
        assert_eq!(world.count(approved).await, 2);
        let back =
            json!({"verdict": "returned", "reason": "please check", "records": [{"id": ids[0]}, {"id": ids[2]}]});
        assert_eq!(desk.posted("/api/v1/reviews", back).await, json!({"done": 2, "failed": []}));
        assert_eq!(world.count(approved).await, 1);
        let many: Vec<Json> = (0..201).map(|_| json!({"id": "x"})).collect();
        for (body, status, code) in [
            (json!({"verdict": "void", "reason": "x", "records": all}), 422, "verdict_unknown"),
            (json!({"verdict": "returned", "reason": " ", "records": all}), 422, "reason_missing"),
            (json!({"verdict": "approved", "records": []}), 400, "records_number"),
            (json!({"verdict": "approved", "records": many}), 400, "records_number"),
        ] {
            assert_eq!(problem(desk.post("/api/v1/reviews", body).await), (status, code.into()));
        }
        world.is_right().await;
    }
}
