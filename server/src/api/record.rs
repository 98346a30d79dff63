//! `GET /api/v1/records/{id}`: one record with all that was ever said of it.
//!
//! ```text
//! GET /api/v1/records/0b5e6a31-6c2d-8f0e-9a41-22d0c8b1f7aa
//!
//! 200 {"id": "0b5e6a31-…", "unit": "markam-hospital", "form": "clinic.outreach", "form_version": 1, "worker": "doctor-03",
//!      "created": "2021-03-15T08:30:00.250Z", "on": "2021-03-15", "status": "open",
//!      "values": {"on": "2021-03-15", "place": "…", "patients_seen": 41},
//!      "conflicts": [{"field": "patients_seen", "values": [
//!          {"value": 40, "username": "doctor-04", "time": "2021-03-15T09:01:12.000Z", "change": "9c1f…"},
//!          {"value": 41, "username": "doctor-03", "time": "2021-03-15T09:00:07.000Z", "change": "e07b…"}]}],
//!      "faults": [], "comments": [{"text": "…", "username": …, "time": …, "change": …}],
//!      "reviews": [{"verdict": "returned", "reason": "…", "duplicate_of": null, "username": …, "time": …, "change": …}],
//!      "attachments": [],
//!      "history": [{"username": …, "time": …, "change": …, "began": true,
//!                   "acts": [{"did": "set", "field": "place", "value": "…"}]}],
//!      "held": [{"change": "77ab…", "username": "doctor-09", "received": "2021-04-01T00:00:00.000Z",
//!                "reason": "no_permission", "detail": "values of a record in this unit"}]}
//! ```
//!
//! Of several values that disagree the last is the one shown in `values`. Times are of the authors' devices; `received` is
//! the server's. `history` tells each change behind those it builds on; an act is `set`, `cleared`, `counted`, `typed`,
//! `commented`, `reviewed` or `attached`. `held` changes are not part of the record yet.
//!
//! | status | code | when |
//! |---|---|---|
//! | 400 | `parameter_invalid` | the id is no record's id |
//! | 401 | `token_missing`, `token_unknown` | |
//! | 404 | `record_unknown` | there is no such record, or the user has no role on its unit |

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use sync_core::{crdt::Change, id::RecordId};

use super::{ApiState, Problem, parameters::Parameters};
use crate::{
    auth::Principal,
    report::{RecordReport, RecordSources},
    store::{StoreError, actors, changes, held_read, record_read},
};

pub(super) async fn handle(
    State(state): State<ApiState>,
    principal: Principal,
    id: Result<Path<String>, PathRejection>,
    query: Parameters,
) -> Result<Json<RecordReport>, Problem> {
    query.only(&[])?;
    let Path(id) = id.map_err(|e| Problem::parameter("id", e.body_text()))?;
    let id: RecordId = id.parse().map_err(|e| Problem::parameter("id", e))?;
    let mut tx = state.store.read().await?;
    let row = record_read::one(&mut tx, &id).await?.filter(|row| principal.may_see(&row.path));
    let Some(row) = row else {
        return Err(Problem::new(StatusCode::NOT_FOUND, "record_unknown", format!("there is no record {id}")));
    };
    let mut chunks = changes::of_records(&mut tx, &row.unit, &[id]).await?;
    let changes = chunks.remove(&id).unwrap_or_default();
    let changes = changes.iter().map(|raw| Change::from_store(raw)).collect::<Result<Vec<_>, _>>();
    let changes = changes.map_err(StoreError::damaged)?;
    let mut actors = changes.iter().filter_map(|change| change.actor().ok()).collect::<Vec<_>>();
    actors.sort_unstable();
    actors.dedup();
    let authors = actors::find(&mut tx, &actors).await?.into_iter().map(|(actor, by)| (actor, by.user)).collect();
    let held = held_read::of_record(&mut tx, &id).await?;
    drop(tx);
    let sources = RecordSources { row, changes, authors, held };
    // Merging may take a while, and the merge engine may panic: neither is to touch another request.
    let report = tokio::task::spawn_blocking(|| RecordReport::of(sources)).await.map_err(Problem::internal)?;
    Ok(Json(report.map_err(Problem::internal)?))
}
