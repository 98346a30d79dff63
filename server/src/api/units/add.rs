//! `POST /api/v1/units`: the tree grows.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::UnitShown;
use crate::{
    admin::{self, AdminError},
    api::{ApiState, Problem, body::JsonBody, caller::Caller, session::set_up::read_kind},
};

/// An org unit to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "markam-hospital", "parent": "markam", "kind": "clinic", "name": "芒康县人民医院"}))]
pub(in crate::api) struct AddUnitRequest {
    /// 1 to 48 of a-z, 0-9, `.` and `-`; permanent.
    #[schema(min_length = 1, max_length = 48, pattern = "^[a-z0-9.-]+$")]
    code: String,
    /// The unit above; left out for the root of another tree, which only administrators of a root may add.
    parent: Option<String>,
    /// `prefecture`, `county`, `clinic`, `school` or `other`.
    #[schema(pattern = "^(prefecture|county|clinic|school|other)$")]
    kind: String,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

/// Adds an org unit
#[utoipa::path(
    post,
    path = "/api/v1/units",
    operation_id = "add_unit",
    tag = "units",
    request_body = AddUnitRequest,
    responses(
        (status = 201, description = "Added", body = UnitShown),
        (status = 400, description = "`id_invalid`; `name_invalid`; `word_unknown`"),
        (status = 409, description = "`unit_exists`"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    JsonBody(request): JsonBody<AddUnitRequest>,
) -> Result<(StatusCode, Json<UnitShown>), Problem> {
    let AddUnitRequest { code, parent, kind, name } = request;
    let code = code.parse().map_err(AdminError::Id)?;
    let parent = parent.map(|parent| parent.parse()).transpose().map_err(AdminError::Id)?;
    let added = admin::add_unit(&state.store, &caller.by(), code, parent, read_kind(&kind)?, &name).await?;
    Ok((StatusCode::CREATED, Json(added.into())))
}
