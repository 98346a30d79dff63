//! `GET /api/v1/forms/{id}`: one form, all its versions.

use axum::{Json, extract::State, http::StatusCode};
use sync_core::{form::Form, id::FormId};

use crate::{
    admin,
    api::{ApiState, Problem, page::Page, path_name::PathName},
};

/// The versions of a form
///
/// Ascending, each as it was added.
#[utoipa::path(
    get,
    path = "/api/v1/forms/{id}",
    operation_id = "read_form",
    tag = "forms",
    params(("id" = String, Path, description = "The form's id")),
    responses(
        (status = 200, description = "The versions", body = Page<Object>),
        (status = 404, description = "`form_unknown`"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    PathName(id): PathName<FormId>,
) -> Result<Json<Page<Form>>, Problem> {
    let mut items = admin::list_forms(&state.store).await?;
    items.retain(|form| form.id == id);
    if items.is_empty() {
        return Err(Problem::new(StatusCode::NOT_FOUND, "form_unknown", format!("there is no form `{id}`")));
    }
    Ok(Json(Page { items, next: None }))
}
