//! `POST /api/v1/audit/verification`: whether the audit log is what was written.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ApiState, Problem};
use crate::store::audit;

/// What the audit log looks like, read from its first entry to its last.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"rows": 2514, "ok": true, "first_altered": null}))]
pub(super) struct AuditVerification {
    /// How many entries there are.
    rows: i64,
    ok: bool,
    /// The number of the first entry that is not what was written: altered, missing or added; null if there is none.
    first_altered: Option<i64>,
}

/// Verifies the audit log
///
/// Computes each entry's hash again from the one before it, and compares the last with what is noted beside the log. Nothing is
/// changed by it.
#[utoipa::path(
    post,
    path = "/api/v1/audit/verification",
    operation_id = "verify_audit",
    tag = "audit",
    responses((status = 200, description = "What was found", body = AuditVerification))
)]
pub(super) async fn handle(State(state): State<ApiState>) -> Result<Json<AuditVerification>, Problem> {
    let proof = audit::prove(&mut state.store.read().await?).await?;
    let first_altered = proof.flaw.map(|(number, _)| number);
    Ok(Json(AuditVerification { rows: proof.entries, ok: first_altered.is_none(), first_altered }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        auth::Role,
        testing::{Desk, World, on_both},
    };

    on_both![the_first_altered_entry_is_named];

    async fn the_first_altered_entry_is_named(engine: crate::store::Engine) {
        let world = World::new(engine).await;
        let desk = Desk::with(&world, "admin-01", Role::Administrator, "changdu").await;
        let path = "/api/v1/audit/verification";
        // That a token was made is noted.
        for name in ["clinic-1", "clinic-2"] {
            let unit = json!({"code": name, "parent": "markam", "kind": "clinic", "name": name});
            desk.posted("/api/v1/units", unit).await;
        }
        assert_eq!(desk.posted(path, json!(null)).await, json!({"rows": 3, "ok": true, "first_altered": null}));
        world.tamper("UPDATE audit SET subject = 'clinic-9' WHERE number = 2").await;
        assert_eq!(desk.posted(path, json!(null)).await, json!({"rows": 3, "ok": false, "first_altered": 2}));
        world.tamper("DELETE FROM audit WHERE number = 2").await;
        assert_eq!(desk.posted(path, json!(null)).await, json!({"rows": 2, "ok": false, "first_altered": 2}));
    }
}
