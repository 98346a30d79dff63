//! `GET /api/v1/briefing/templates/{kind}/{language}`: the text of a template.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{ApiState, Problem, path_name::PathNames},
    briefing::{
        Language,
        template::{self, Kind},
    },
    store::{ReadTx, briefing_template},
};

/// A template.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BriefingTemplate, example = json!({"kind": "unit", "language": "en", "source": "# {{ unit.name }}\n", "is_default": true}))]
pub(in crate::api) struct TemplateShown {
    kind: Kind,
    language: Language,
    /// Its text; how to write it: `server/docs/briefing.md`.
    source: String,
    /// Whether it is the one that ships.
    is_default: bool,
}

impl TemplateShown {
    pub(super) async fn read(tx: &mut ReadTx, kind: Kind, language: Language) -> Result<Self, Problem> {
        let changed = briefing_template::find(tx, kind.word(), language.tag()).await?;
        let is_default = changed.is_none();
        let source = changed.unwrap_or_else(|| template::shipped(kind, language).to_owned());
        Ok(Self { kind, language, source, is_default })
    }
}

/// A template of briefings
#[utoipa::path(
    get,
    path = "/api/v1/briefing/templates/{kind}/{language}",
    operation_id = "read_briefing_template",
    tag = "briefings",
    params(
        ("kind" = Kind, Path, description = "`unit` or `worker`"),
        ("language" = Language, Path, description = "`zh`, `en` or `bo`"),
    ),
    responses((status = 200, description = "The template", body = TemplateShown))
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    PathNames(kind, language): PathNames<Kind, Language>,
) -> Result<Json<TemplateShown>, Problem> {
    Ok(Json(TemplateShown::read(&mut state.store.read().await?, kind, language).await?))
}
