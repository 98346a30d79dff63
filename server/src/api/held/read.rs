//! `GET /api/v1/held/{change}`: one held change, and what it would do.

use axum::{Json, extract::State};
use serde::Serialize;
use sync_core::{crdt::Change, gate::Barrier, id::ChangeHash};
use utoipa::ToSchema;

use super::HeldShown;
use crate::{
    admin,
    api::{ApiState, Problem, caller::Caller, path_name::PathName},
    ingest::Unwinding,
    report::HeldContent,
    store::{StoreError, changes, held_read, record_read},
};

/// A held change, and what it would do.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct HeldWithContent {
    #[serde(flatten)]
    held: HeldShown,
    /// Null while what it builds on is missing.
    content: Option<HeldContent>,
}

/// A held change
///
/// With what it would do to its record.
#[utoipa::path(
    get,
    path = "/api/v1/held/{change}",
    operation_id = "read_held",
    tag = "held",
    params(("change" = String, Path, description = "The change's hash")),
    responses(
        (status = 200, description = "The change", body = HeldWithContent),
        (status = 404, description = "`held_unknown`"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(hash): PathName<ChangeHash>,
) -> Result<Json<HeldWithContent>, Problem> {
    let mut tx = state.store.read().await?;
    let held = admin::find_held(&mut tx, &caller.by(), hash).await?;
    let raw = held_read::raw(&mut tx, hash).await?.unwrap_or_default();
    let change = Change::from_store(&raw).map_err(StoreError::damaged)?;
    let mut before = Vec::new();
    let record = match held.record {
        Some(id) => record_read::one(&mut tx, &id).await?,
        None => None,
    };
    if let Some(row) = record {
        // What it does is part of its record, which may lie in another unit than the one that it was sent for.
        if !caller.reaches(&row.path) {
            return Ok(Json(HeldWithContent { held: held.into(), content: None }));
        }
        before = changes::of_records(&mut tx, &row.unit, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    }
    drop(tx);
    // It is held because it must not be merged: what merging does to it stays behind the barrier.
    let content = move || {
        let before = before.iter().map(|raw| Change::from_store(raw)).collect::<Result<Vec<_>, _>>().ok()?;
        let before = before.into_iter().filter(|known| known.hash() != change.hash()).collect();
        HeldContent::of(before, change).ok().flatten()
    };
    let content = tokio::task::spawn_blocking(|| Unwinding.guard(content)).await.map_err(Problem::internal)?;
    Ok(Json(HeldWithContent { held: held.into(), content: content.ok().flatten() }))
}
