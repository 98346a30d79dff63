//! `GET /api/v1/briefing/templates`: the templates of briefings.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{ApiState, Moment, Problem, page::Page},
    briefing::{Language, template::Kind},
    store::briefing_template,
};

/// A template, without its text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedBriefingTemplate)]
pub(in crate::api) struct ListedTemplate {
    kind: Kind,
    language: Language,
    /// Whether it is the one that ships.
    is_default: bool,
    /// Who changed it; null where it ships, and for the operator.
    changed_by: Option<String>,
    /// When; null where it ships.
    changed: Option<Moment>,
}

/// Templates of briefings
///
/// One for each kind (of a unit, of a worker's own year) and language. All in one page.
#[utoipa::path(
    get,
    path = "/api/v1/briefing/templates",
    operation_id = "list_briefing_templates",
    tag = "briefings",
    responses((status = 200, description = "The templates", body = Page<ListedTemplate>, example = json!({"items": [
        {"kind": "unit", "language": "zh", "is_default": false, "changed_by": "admin-01", "changed": "2021-03-15T08:30:00.250Z"},
    ], "next": null})))
)]
pub(in crate::api) async fn handle(State(state): State<ApiState>) -> Result<Json<Page<ListedTemplate>>, Problem> {
    let changed = briefing_template::all(&mut state.store.read().await?).await?;
    let mut items = Vec::new();
    for kind in Kind::ALL {
        for language in Language::ALL {
            let found = changed.iter().find(|one| one.kind == kind.word() && one.language == language.tag());
            items.push(ListedTemplate {
                kind,
                language,
                is_default: found.is_none(),
                changed_by: found.and_then(|one| one.by.clone()),
                changed: found.map(|one| Moment::of_ms(one.at_ms)),
            });
        }
    }
    Ok(Json(Page { items, next: None }))
}
