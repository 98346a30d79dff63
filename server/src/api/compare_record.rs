//! `GET /api/v1/records/{id}/difference?from=HASH,…&to=HASH,…`: what lies between two states of a record.

use axum::{Json, extract::State, http::StatusCode};
use sync_core::id::{ChangeHash, RecordId};

use super::{ApiState, Problem, caller::Caller, parameters::Parameters, path_name::PathName, record};
use crate::report::{Difference, Incomparable};

/// Changes that a state may be named by.
const HEADS_MAX: usize = 64;

/// Compares two states of a record
///
/// A state is named by its latest changes: what was known after them and all that they build on. A review's `heads` name what it
/// speaks of, so *what has changed since approval* is the difference from those. Fields that are the same in both are left out; where
/// values disagree, those shown are compared.
#[utoipa::path(
    get,
    path = "/api/v1/records/{id}/difference",
    operation_id = "compare_record",
    tag = "records",
    params(
        ("id" = String, Path, description = "The record's id", format = "uuid"),
        ("from" = Option<String>, Query, description = "The earlier state: changes, by their hashes, with commas between; left out: nothing yet"),
        ("to" = Option<String>, Query, description = "The later state; left out: as the record stands"),
    ),
    responses(
        (status = 200, description = "The difference", body = Difference, example = json!({
            "from": ["51aa…"], "to": ["9c1f…", "e07b…"],
            "fields": [{"field": "patients_seen", "before": 40, "after": 41}],
        })),
        (status = 404, description = "`record_unknown`: there is no such record, or the caller has no role on its unit; \
            `change_unknown`: it has no such change"),
    )
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(id): PathName<RecordId>,
    query: Parameters,
) -> Result<Json<Difference>, Problem> {
    let from = read_heads(&query, "from")?.unwrap_or_default();
    let to = read_heads(&query, "to")?;
    let sources = record::sources(&state, &caller, id).await?;
    let compare = move || {
        let changes: Vec<_> = sources.changes.into_iter().map(|source| source.change).collect();
        Difference::between(&changes, from, to)
    };
    let compared = tokio::task::spawn_blocking(compare).await.map_err(Problem::internal)?;
    compared.map(Json).map_err(|error| match error {
        Incomparable::ChangeUnknown(_) => Problem::new(StatusCode::NOT_FOUND, "change_unknown", error.to_string()),
        other => Problem::internal(other),
    })
}

fn read_heads(query: &Parameters, name: &str) -> Result<Option<Vec<ChangeHash>>, Problem> {
    let Some(text) = query.text(name) else { return Ok(None) };
    let heads: Result<Vec<ChangeHash>, _> = text.split(',').map(str::parse).collect();
    let heads = heads.map_err(|error| Problem::parameter(name, error))?;
    match heads.len() {
        0..=HEADS_MAX => Ok(Some(heads)),
        _ => Err(Problem::parameter(name, format_args!("names more than {HEADS_MAX} changes"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};
    use sync_core::record::{Edit, Value};

    use crate::{
        auth::Role,
        testing::{Desk, World, on_both, problem},
    };

    on_both![two_states_of_a_record_are_compared];

    async fn two_states_of_a_record_are_compared(engine: crate::store::Engine) {
        let world = World::new(engine).await;
        let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
        let desk = Desk::with(&world, "reviewer-01", Role::Reviewer, "changdu").await;
        let set = |field: &str, value: Value| Edit::Set(field.parse().unwrap(), value);
        let (mut record, first) = doctor.outreach("markam", 40, 1);
        let place = record.edit(&[set("place", Value::Text("如美镇".into()))], doctor.pen(2)).unwrap();
        world.push(&doctor, "markam", &[&first, &place]).await;
        let path = format!("/api/v1/records/{}", record.id());
        let approved = desk.posted(&format!("{path}/reviews"), json!({"verdict": "approved"})).await;
        assert_eq!(approved["reviews"][0]["heads"], json!([place.hash()]));
        // Somebody who did not know of the verdict.
        let seen = record.edit(&[set("patients_seen", Value::Integer(41))], doctor.pen(3)).unwrap();
        world.push(&doctor, "markam", &[&seen]).await;
        let shown = desk.got(&path).await;
        let history = shown["history"].as_array().unwrap();
        let device = json!({"id": doctor.device.id.as_str(), "name": "手机"});
        assert_eq!(history.len(), 4);
        for event in history {
            let by_hand = event["username"] == "doctor-03";
            assert_eq!(event["device"], if by_hand { device.clone() } else { Json::Null }, "{event}");
            assert!(event["received"].as_str().is_some_and(|at| at > "2026"), "{event}");
        }
        let field = |field: &str, before: Json, after: Json| json!({"field": field, "before": before, "after": after});
        let compare = async |query: &str| desk.got(&format!("{path}/difference{query}")).await;
        let since = compare(&format!("?from={}", place.hash())).await;
        assert_eq!(since["fields"], json!([field("patients_seen", json!(40), json!(41))]));
        assert_eq!((&since["from"], &since["to"]), (&json!([place.hash()]), &shown["heads"]));
        let begun = compare(&format!("?to={}", first.hash())).await;
        let fields = json!([
            field("on", Json::Null, json!("2021-03-15")),
            field("patients_seen", Json::Null, json!(40)),
            field("place", Json::Null, json!("嘎托镇"))
        ]);
        assert_eq!(begun, json!({"from": [], "to": [first.hash()], "fields": fields}));
        let back = compare(&format!("?from={},{}&to={}", seen.hash(), first.hash(), first.hash())).await;
        assert_eq!(back["fields"][1], field("place", json!("如美镇"), json!("嘎托镇")));
        let unknown = "0".repeat(64);
        let missing = desk.get(&format!("{path}/difference?from={unknown}")).await;
        assert_eq!(problem(missing), (404, "change_unknown".into()));
        let wrong = desk.get(&format!("{path}/difference?to=x")).await;
        assert_eq!(problem(wrong), (400, "parameter_invalid".into()));
    }
}
