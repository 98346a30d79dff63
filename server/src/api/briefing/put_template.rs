//! `PUT /api/v1/briefing/templates/{kind}/{language}`: a template is changed.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;

use super::read_template::TemplateShown;
use crate::{
    api::{ApiState, Problem, body::JsonBody, caller::Caller, path_name::PathNames},
    briefing::{
        Asked, Language,
        template::{self, Kind},
    },
    report::Period,
    store::unit,
};

/// What the template shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BriefingTemplateRequest, example = json!({"source": "# {{ unit.name }} {{ period.text }}\n\n{{ total().records }}\n"}))]
pub(in crate::api) struct TemplateRequest {
    /// Its text, at most 65,536 bytes.
    #[schema(max_length = 65536)]
    source: String,
}

/// Changes a template of briefings
///
/// It is tried out before it is kept: on a unit that the caller administers, for the year to date; a worker's on the caller's own.
#[utoipa::path(
    put,
    path = "/api/v1/briefing/templates/{kind}/{language}",
    operation_id = "change_briefing_template",
    tag = "briefings",
    params(
        ("kind" = Kind, Path, description = "`unit` or `worker`"),
        ("language" = Language, Path, description = "`zh`, `en` or `bo`"),
    ),
    request_body = TemplateRequest,
    responses(
        (status = 200, description = "Changed", body = TemplateShown),
        (status = 422, description = "`template_faulty`: it cannot be used, and was not kept; the detail says in which line"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathNames(kind, language): PathNames<Kind, Language>,
    JsonBody(TemplateRequest { source }): JsonBody<TemplateRequest>,
) -> Result<Json<TemplateShown>, Problem> {
    let _turn = state.briefings.now.acquire().await.map_err(Problem::internal)?;
    let by = caller.by();
    let mut tx = state.store.read().await?;
    let root = caller.grants().iter().find(|grant| grant.path.is_root() && caller.reaches(&grant.path));
    let root = match root {
        Some(grant) => unit::find(&mut tx, &grant.unit).await?,
        None => None,
    };
    let root = root.ok_or_else(|| Problem::internal("whoever may do this administers no root"))?;
    drop(tx);
    let today = sync_core::id::Day::of_clock(by.at(), 0);
    let first = sync_core::id::Day::new(today.parts().0, 1, 1).unwrap_or(today);
    let worker = (kind == Kind::Worker).then(|| caller.username().clone());
    let tried = Asked { unit: root, period: Period { from: first, to: today }, language, worker };
    template::put(&state.store, &by, (kind, language), &source, tried).await?;
    Ok(Json(TemplateShown::read(&mut state.store.read().await?, kind, language).await?))
}
