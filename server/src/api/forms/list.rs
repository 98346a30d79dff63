//! `GET /api/v1/forms`: which forms there are.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    admin,
    api::{ApiState, Problem, page::Page},
};

/// A form and its versions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "clinic.outreach", "versions": [1], "title": {"zh": "义诊", "bo": "…", "en": "Free outreach clinic"}}))]
pub(in crate::api) struct FormListed {
    id: String,
    /// Ascending; the last is the one that new records follow.
    versions: Vec<u32>,
    /// The title of the last version, by language.
    #[schema(value_type = Object)]
    title: serde_json::Value,
}

/// All forms
///
/// By id, all on one page.
#[utoipa::path(
    get,
    path = "/api/v1/forms",
    operation_id = "list_forms",
    tag = "forms",
    responses((status = 200, description = "The forms", body = Page<FormListed>))
)]
pub(in crate::api) async fn handle(State(state): State<ApiState>) -> Result<Json<Page<FormListed>>, Problem> {
    let mut items: Vec<FormListed> = Vec::new();
    for form in admin::list_forms(&state.store).await? {
        let title = serde_json::to_value(&form.title).map_err(Problem::internal)?;
        match items.last_mut() {
            Some(last) if last.id == form.id.as_str() => {
                last.versions.push(form.version);
                last.title = title;
            }
            _ => items.push(FormListed { id: form.id.to_string(), versions: vec![form.version], title }),
        }
    }
    Ok(Json(Page { items, next: None }))
}
