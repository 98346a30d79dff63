//! `GET /api/v1/setup`: whether anybody administers the store yet.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    admin,
    api::{ApiState, Problem},
    store::unit,
};

/// What is missing before anybody can log in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"needed": true, "unit_needed": true}))]
pub(in crate::api) struct SetupState {
    /// Nobody administers the store yet.
    needed: bool,
    /// There is no org unit yet: the set-up must name the first.
    unit_needed: bool,
}

/// Whether the first administrator is still to be made
#[utoipa::path(
    get,
    path = "/api/v1/setup",
    operation_id = "read_setup",
    tag = "session",
    responses((status = 200, description = "What is missing", body = SetupState))
)]
pub(in crate::api) async fn handle(State(state): State<ApiState>) -> Result<Json<SetupState>, Problem> {
    let mut tx = state.store.read().await?;
    let needed = !admin::is_set_up(&mut tx).await?;
    let unit_needed = needed && unit::all(&mut tx).await?.is_empty();
    Ok(Json(SetupState { needed, unit_needed }))
}
