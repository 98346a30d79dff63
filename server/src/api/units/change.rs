//! `PATCH /api/v1/units/{code}`: a unit gets another name, or another place.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use sync_core::id::UnitCode;
use utoipa::ToSchema;

use super::UnitShown;
use crate::{
    admin::{self, AdminError},
    api::{ApiState, Problem, body::JsonBody, caller::Caller, path_name::PathName},
};

/// What changes: one of these.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"parent": "riwoqe"}))]
pub(in crate::api) struct ChangeUnitRequest {
    name: Option<String>,
    /// The unit to lie below.
    parent: Option<String>,
}

/// Renames or moves an org unit
///
/// Moving takes everything below along, and with it the reach of every role: what somebody has not sent yet who loses a role by
/// that is held when it comes. The caller must administer the unit, the one that it leaves and the one that it comes below.
#[utoipa::path(
    patch,
    path = "/api/v1/units/{code}",
    operation_id = "change_unit",
    tag = "units",
    params(("code" = String, Path, description = "The unit's code")),
    request_body = ChangeUnitRequest,
    responses(
        (status = 200, description = "Changed", body = UnitShown),
        (status = 400, description = "`id_invalid`; `name_invalid`; `change_missing`: give either a name or a parent"),
        (status = 409, description = "`unit_below_itself`"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(code): PathName<UnitCode>,
    JsonBody(request): JsonBody<ChangeUnitRequest>,
) -> Result<Json<UnitShown>, Problem> {
    let by = caller.by();
    let changed = match request {
        ChangeUnitRequest { name: Some(name), parent: None } => {
            admin::rename_unit(&state.store, &by, &code, &name).await?
        }
        ChangeUnitRequest { name: None, parent: Some(parent) } => {
            let parent = parent.parse().map_err(AdminError::Id)?;
            admin::move_unit(&state.store, &by, &code, &parent).await?
        }
        _ => {
            let detail = "give either a name or a parent";
            return Err(Problem::new(StatusCode::BAD_REQUEST, "change_missing", detail));
        }
    };
    Ok(Json(changed.into()))
}
