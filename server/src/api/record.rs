//! `GET /api/v1/records/{id}`: one record with all that was ever said of it.

use axum::{Json, extract::State, http::StatusCode};
use sync_core::{crdt::Change, id::RecordId};

use super::{ApiState, Problem, caller::Caller, path_name::PathName};
use crate::{
    report::{ChangeSource, RecordReport, RecordSources},
    store::{
        StoreError, actors,
        changes::{self, StoredChange},
        held_read, record_read,
    },
};

/// A record
///
/// With all that was ever said of it. Of several values that disagree the last is the one shown in `values`. Times are of the
/// authors' devices; `received` is the server's, and `device` the author's. `history` tells each change behind those it builds on; an act is `set`,
/// `cleared`, `counted`, `typed`, `commented`, `reviewed` or `attached`. `held` changes are not part of the record yet.
#[utoipa::path(
    get,
    path = "/api/v1/records/{id}",
    operation_id = "read_record",
    tag = "records",
    params(("id" = String, Path, description = "The record's id", format = "uuid")),
    responses(
        (status = 200, description = "The record", body = RecordReport, example = json!({
            "id": "0b5e6a31-6c2d-8f0e-9a41-22d0c8b1f7aa", "unit": "markam-hospital", "form": "clinic.outreach",
            "form_version": 1, "worker": "doctor-03", "created": "2021-03-15T08:30:00.250Z", "on": "2021-03-15",
            "status": "open", "heads": ["9c1f…", "e07b…"], "values": {"on": "2021-03-15", "place": "嘎托镇", "patients_seen": 41},
            "conflicts": [{"field": "patients_seen", "values": [
                {"value": 40, "username": "doctor-04", "time": "2021-03-15T09:01:12.000Z", "change": "9c1f…"},
                {"value": 41, "username": "doctor-03", "time": "2021-03-15T09:00:07.000Z", "change": "e07b…"}]}],
            "faults": [], "comments": [], "reviews": [], "attachments": [],
            "history": [{"username": "doctor-03", "time": "2021-03-15T08:30:00.250Z", "change": "51aa…", "began": true,
                "received": "2021-03-16T02:11:40.000Z", "device": {"id": "9f2c41d07be3a856", "name": "tablet of ward 2"},
                "acts": [{"did": "set", "field": "place", "value": "嘎托镇"}]}],
            "held": [{"change": "77ab…", "username": "doctor-09", "received": "2021-04-01T00:00:00.000Z",
                "reason": "no_permission", "detail": "values of a record in this unit"}],
        })),
        (status = 404, description = "`record_unknown`: there is no such record, or the caller has no role on its unit"),
    )
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(id): PathName<RecordId>,
) -> Result<Json<RecordReport>, Problem> {
    report(&state, &caller, id).await.map(Json)
}

/// That there is no such record, or the caller may not see it.
pub(super) fn unknown(id: RecordId) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "record_unknown", format!("there is no record {id}"))
}

/// A record that the caller may see.
pub(super) async fn report(state: &ApiState, caller: &Caller, id: RecordId) -> Result<RecordReport, Problem> {
    let sources = sources(state, caller, id).await?;
    // Merging may take a while, and the merge engine may panic: neither is to touch another request.
    let report = tokio::task::spawn_blocking(|| RecordReport::of(sources)).await.map_err(Problem::internal)?;
    report.map_err(Problem::internal)
}

/// All that is known of a record that the caller may see.
pub(super) async fn sources(state: &ApiState, caller: &Caller, id: RecordId) -> Result<RecordSources, Problem> {
    let mut tx = state.store.read().await?;
    let row = record_read::one(&mut tx, &id).await?.filter(|row| caller.reaches(&row.path));
    let row = row.ok_or_else(|| unknown(id))?;
    let stored = changes::of_record(&mut tx, &row.unit, &id).await?;
    let source = |stored: StoredChange| {
        let change = Change::from_store(&stored.raw).map_err(StoreError::damaged)?;
        Ok(ChangeSource { change, received_ms: stored.received_ms, device: stored.device })
    };
    let changes = stored.into_iter().map(source).collect::<Result<Vec<_>, StoreError>>()?;
    let mut actors = changes.iter().filter_map(|source| source.change.actor().ok()).collect::<Vec<_>>();
    actors.sort_unstable();
    actors.dedup();
    let authors = actors::find(&mut tx, &actors).await?.into_iter().map(|(actor, by)| (actor, by.user)).collect();
    let held = held_read::of_record(&mut tx, &id).await?;
    Ok(RecordSources { row, changes, authors, held })
}
