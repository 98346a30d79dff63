//! `POST /api/v1/devices/{id}/revoke`: a device loses its rights.

use axum::{extract::State, http::StatusCode};

use crate::{
    admin,
    api::{ApiState, Problem, caller::Caller, path_name::PathName},
};

/// Revokes a device
///
/// For good: it reads nothing from now on, and what it sends is held. What it had sent before stays as it is.
#[utoipa::path(
    post,
    path = "/api/v1/devices/{id}/revoke",
    operation_id = "revoke_device",
    tag = "devices",
    params(("id" = String, Path, description = "The device's id")),
    responses(
        (status = 204, description = "Revoked"),
        (status = 403, description = "`user_forbidden`: its user has roles on units that are not the caller's"),
        (status = 404, description = "`device_unknown`"),
        (status = 409, description = "`device_revoked`: it was already"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(id): PathName<String>,
) -> Result<StatusCode, Problem> {
    admin::revoke_device(&state.store, &caller.by(), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
