//! `GET /api/v1/units/{code}/move?parent=CODE`: what moving a unit would do.

use axum::{Json, extract::State};
use serde::Serialize;
use sync_core::id::{UnitCode, Username};
use utoipa::ToSchema;

use crate::{
    admin,
    api::{ApiState, Problem, caller::Caller, parameters::Parameters, path_name::PathName},
    store::relocation::NamedRole,
};

/// What moving a unit would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"unit": "markam-hospital", "from": "markam", "to": "riwoqe", "units": 3, "records": 412,
    "gains": [{"username": "reviewer-02", "name": "扎西", "role": "reviewer"}],
    "loses": [{"username": "reviewer-01", "name": "德吉", "role": "reviewer"}]}))]
pub(in crate::api) struct MovePreview {
    #[schema(value_type = String)]
    unit: UnitCode,
    /// The unit that it lies below now; null if it is the root of a tree.
    #[schema(value_type = Option<String>)]
    from: Option<UnitCode>,
    /// The unit that it would lie below.
    #[schema(value_type = String)]
    to: UnitCode,
    /// How many units would move: it, and all below it.
    units: i64,
    /// How many records lie in them.
    records: i64,
    /// Who would have a role on it that they do not have now.
    gains: Vec<MovedRole>,
    /// Who would not have a role on it any more. What they have not sent by then is held.
    loses: Vec<MovedRole>,
}

/// Somebody's role on the unit.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct MovedRole {
    #[schema(value_type = String)]
    username: Username,
    name: String,
    /// `recorder`, `reviewer`, `administrator` or `observer`.
    role: &'static str,
}

impl From<NamedRole> for MovedRole {
    fn from(NamedRole { username, name, role }: NamedRole) -> Self {
        Self { username, name, role: role.word() }
    }
}

/// Shows what moving an org unit would do
///
/// Nothing is changed by it. It is permitted, and refused, as the move itself. Roles granted on the unit or below it move along.
#[utoipa::path(
    get,
    path = "/api/v1/units/{code}/move",
    operation_id = "preview_move_of_unit",
    tag = "units",
    params(
        ("code" = String, Path, description = "The unit's code"),
        ("parent" = String, Query, description = "The code of the unit to lie below"),
    ),
    responses(
        (status = 200, description = "What it would do", body = MovePreview),
        (status = 404, description = "`unit_unknown`: there is no such unit, or no such parent"),
        (status = 409, description = "`unit_below_itself`"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(code): PathName<UnitCode>,
    query: Parameters,
) -> Result<Json<MovePreview>, Problem> {
    let parent: UnitCode = query.required("parent")?;
    let planned = admin::plan_move(&state.store, &caller.by(), &code, &parent).await?;
    Ok(Json(MovePreview {
        unit: code,
        from: planned.from,
        to: parent,
        units: planned.units,
        records: planned.records,
        gains: planned.gains.into_iter().map(MovedRole::from).collect(),
        loses: planned.loses.into_iter().map(MovedRole::from).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        auth::Role,
        testing::{Desk, World, on_both, problem},
    };

    on_both![a_move_is_shown_before_it_is_done];

    async fn a_move_is_shown_before_it_is_done(engine: crate::store::Engine) {
        let world = World::new(engine).await;
        let desk = Desk::with(&world, "admin-01", Role::Administrator, "changdu").await;
        let doctor = world.worker("doctor-03", Role::Recorder, "markam-hospital").await;
        for (user, unit) in [("reviewer-01", "markam"), ("reviewer-02", "riwoqe"), ("reviewer-03", "markam")] {
            world.worker(user, Role::Reviewer, unit).await;
        }
        // They keep it: by a grant on the unit itself, and by one on both.
        world.grant("reviewer-03", Role::Reviewer, "markam-hospital").await;
        world.grant("doctor-03", Role::Observer, "markam").await;
        world.grant("doctor-03", Role::Observer, "riwoqe").await;
        world.unit("ward", Some("markam-hospital")).await;
        for (time, unit) in [(1, "markam"), (2, "markam-hospital"), (3, "markam-hospital")] {
            world.push(&doctor, unit, &[&doctor.outreach(unit, 1, time).1]).await;
        }
        let path = "/api/v1/units/markam-hospital/move?parent=riwoqe";
        let shown = desk.got(path).await;
        let reviewer = |username: &str| json!([{"username": username, "name": "医生", "role": "reviewer"}]);
        let expected = json!({"unit": "markam-hospital", "from": "markam", "to": "riwoqe", "units": 2, "records": 2,
            "gains": reviewer("reviewer-02"), "loses": reviewer("reviewer-01")});
        assert_eq!(shown, expected);
        assert_eq!(desk.got(path).await, expected, "nothing has moved");
        for (path, status, code) in [
            ("markam/move?parent=markam-hospital", 409, "unit_below_itself"),
            ("markam/move?parent=nowhere", 404, "unit_unknown"),
            ("markam/move", 400, "parameter_missing"),
        ] {
            assert_eq!(problem(desk.get(&format!("/api/v1/units/{path}")).await), (status, code.into()), "{path}");
        }
        let here = Desk::with(&world, "admin-02", Role::Administrator, "markam").await;
        assert_eq!(problem(here.get(path).await), (403, "unit_forbidden".into()));
    }
}
