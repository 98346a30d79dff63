//! `GET /api/v1/attention?unit=CODE`: how much waits for somebody.

use axum::{Json, extract::State};
use serde::Serialize;
use sync_core::id::UnitCode;
use utoipa::ToSchema;

use super::{ApiState, Problem, caller::Caller, parameters::Parameters};
use crate::{auth::Role, clock, store::attention};

/// What waits for somebody at a unit and below it. Each figure is the length of the list that it stands for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"unit": "changdu", "conflicts": 3, "faults": 11, "changed": 2, "returned": 5, "held": 1,
    "silent_devices": 2}))]
pub(super) struct Attention {
    #[schema(value_type = String)]
    unit: UnitCode,
    /// Records with values that disagree: `has=conflict`.
    conflicts: i64,
    /// Records with values that break a rule of the form: `has=fault`.
    faults: i64,
    /// Records that changed since they were approved: `status=changed`.
    changed: i64,
    /// Records that were returned and have not changed since: `status=returned`.
    returned: i64,
    /// Changes that wait for a decision; null for those who do not administer the unit.
    held: Option<i64>,
    /// Devices, not revoked, that have not synced for 14 days, or never; null for those who do not administer the unit.
    silent_devices: Option<i64>,
}

/// What needs attention
#[utoipa::path(
    get,
    path = "/api/v1/attention",
    operation_id = "read_attention",
    tag = "totals",
    params(("unit" = String, Query, description = "The unit's code; everything below it counts, too")),
    responses((status = 200, description = "How much waits", body = Attention))
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    query: Parameters,
) -> Result<Json<Attention>, Problem> {
    let code: UnitCode = query.required("unit")?;
    let mut tx = state.store.read().await?;
    let path = caller.unit(&mut tx, "unit", &code).await?.path;
    let open = attention::open_records(&mut tx, &path).await?;
    let is_administrator =
        caller.grants().iter().any(|grant| grant.role == Role::Administrator && grant.path.covers(&path));
    let (held, silent_devices) = match is_administrator {
        true => {
            let silent = attention::silent_devices(&mut tx, &path, clock::now().0).await?;
            (Some(attention::held(&mut tx, &path).await?), Some(silent))
        }
        false => (None, None),
    };
    let attention::OpenRecords { conflicts, faults, changed, returned } = open;
    Ok(Json(Attention { unit: code, conflicts, faults, changed, returned, held, silent_devices }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sync_core::record::{Edit, Value};

    use crate::{
        auth::Role,
        clock,
        testing::{Desk, World, on_both},
    };

    on_both![what_waits_is_counted_where_it_lies];

    async fn what_waits_is_counted_where_it_lies(engine: crate::store::Engine) {
        let world = World::new(engine).await;
        let doctor = world.worker("doctor-03", Role::Recorder, "changdu").await;
        let other = world.worker("doctor-04", Role::Recorder, "changdu").await;
        let reviewer = Desk::with(&world, "reviewer-01", Role::Reviewer, "changdu").await;
        let admin = Desk::with(&world, "admin-01", Role::Administrator, "markam").await;
        let mut lost = world.worker("doctor-05", Role::Recorder, "markam-hospital").await;
        let seen = |count: i64| Edit::Set("patients_seen".parse().unwrap(), Value::Integer(count));
        for (time, unit) in [(1, "markam"), (2, "markam-hospital"), (3, "riwoqe")] {
            // Values disagree.
            let (record, first) = doctor.outreach(unit, 1, time);
            let (mut mine, mut theirs) = (record.clone(), record.clone());
            let (one, two) = (mine.edit(&[seen(2)], doctor.pen(9)), theirs.edit(&[seen(3)], other.pen(9)));
            world.push(&doctor, unit, &[&first, &one.unwrap()]).await;
            world.push(&other, unit, &[&two.unwrap()]).await;
            // No day.
            let values = [("place".parse().unwrap(), Value::Text("嘎托镇".into()))].into();
            world.push(&doctor, unit, &[&doctor.record("clinic.outreach", unit, &values, 10 + time).1]).await;
            // Returned; and approved, and then changed.
            for (time, verdict) in [(20 + time, "returned"), (30 + time, "approved")] {
                let (mut record, first) = doctor.outreach(unit, time, time);
                world.push(&doctor, unit, &[&first]).await;
                let path = format!("/api/v1/records/{}/reviews", record.id());
                reviewer.posted(&path, json!({"verdict": verdict, "reason": "x"})).await;
                if verdict == "approved" {
                    let edit = record.edit(&[seen(99)], doctor.pen(time)).unwrap();
                    world.push(&doctor, unit, &[&edit]).await;
                }
            }
        }
        world.revoke(&mut lost).await;
        world.push(&lost, "markam-hospital", &[&lost.outreach("markam-hospital", 1, 50).1]).await;
        let now = clock::now().0;
        for user in ["doctor-03", "admin-01"] {
            world.see(user, now - 13 * 86_400_000).await;
        }
        // Two devices of people who have a role in Markam; those of others are silent, too.
        for user in ["doctor-06", "doctor-07"] {
            world.worker(user, Role::Recorder, "markam-hospital").await;
        }
        world.see("doctor-07", now - 15 * 86_400_000).await;
        let unknown = json!(null);
        let expected = |unit: &str, each: i64, held: &serde_json::Value, silent: &serde_json::Value| {
            // A record without a day, and two that somebody looked at, have nothing else.
            json!({"unit": unit, "conflicts": each, "faults": each, "changed": each, "returned": each,
                "held": held, "silent_devices": silent})
        };
        let got = admin.got("/api/v1/attention?unit=markam").await;
        assert_eq!(got, expected("markam", 2, &json!(1), &json!(2)));
        let got = reviewer.got("/api/v1/attention?unit=markam").await;
        assert_eq!(got, expected("markam", 2, &unknown, &unknown));
        let got = reviewer.got("/api/v1/attention?unit=changdu").await;
        assert_eq!(got, expected("changdu", 3, &unknown, &unknown));
        let list = reviewer.got("/api/v1/records?unit=markam&has=conflict").await;
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
    }
}
