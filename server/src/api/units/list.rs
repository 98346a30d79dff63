//! `GET /api/v1/units`: the tree.

use axum::{Json, extract::State};

use super::UnitShown;
use crate::{
    admin,
    api::{ApiState, Problem, page::Page},
};

/// All org units
///
/// Each behind the one above it, all on one page: units are no secret among users.
#[utoipa::path(
    get,
    path = "/api/v1/units",
    operation_id = "list_units",
    tag = "units",
    responses((status = 200, description = "The tree", body = Page<UnitShown>))
)]
pub(in crate::api) async fn handle(State(state): State<ApiState>) -> Result<Json<Page<UnitShown>>, Problem> {
    let units = admin::list_units(&state.store).await?;
    Ok(Json(Page { items: units.into_iter().map(UnitShown::from).collect(), next: None }))
}
