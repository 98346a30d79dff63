//! `POST /api/v1/units/import`: many units at once, from a table.

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    admin,
    api::{ApiState, Problem, caller::Caller, media},
};

/// How many units were added.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"added": 11}))]
pub(in crate::api) struct ImportResponse {
    added: usize,
}

/// Adds org units from a CSV table
///
/// UTF-8, with the columns `code`, `parent`, `kind` and `name`, parents before what lies below them. All rows are added, or none:
/// a problem names each bad row in `rows`.
#[utoipa::path(
    post,
    path = "/api/v1/units/import",
    operation_id = "import_units",
    tag = "units",
    request_body(content = String, content_type = "text/csv", example = json!("code,parent,kind,name\nmarkam,changdu,county,芒康县\n")),
    responses(
        (status = 201, description = "Added", body = ImportResponse),
        (status = 400, description = "`table_invalid`: it is no such table; `rows_invalid`: the problem's `rows` name each bad row"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    media::Csv(table): media::Csv,
) -> Result<(StatusCode, Json<ImportResponse>), Problem> {
    let added = admin::import_units(&state.store, &caller.by(), &table).await?;
    Ok((StatusCode::CREATED, Json(ImportResponse { added })))
}
