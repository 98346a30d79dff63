//! `GET /api/v1/briefing.docx`: a briefing as a Word document.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use tokio::task;

use super::make;
use crate::{
    api::{ApiState, Problem, caller::Caller, cookie, parameters::Parameters},
    briefing::{Language, word},
};

const MEDIA: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// A briefing as a Word document
///
/// The same blocks, on A4, with numbered pages. Numbers lead to the console's list of records where the request shows where the
/// console is: by `X-Forwarded-Proto`, by the page that asks, or because it is on the same machine; else they are plain text.
#[utoipa::path(
    get,
    path = "/api/v1/briefing.docx",
    operation_id = "export_briefing",
    tag = "briefings",
    params(
        ("unit" = String, Query, description = "The unit's code"),
        ("from" = String, Query, description = "The first day that counts", format = Date),
        ("to" = String, Query, description = "The last day that counts", format = Date),
        ("language" = inline(Option<Language>), Query, description = "`zh` if left out"),
        ("worker" = Option<String>, Query, description = "Whose own year it is"),
    ),
    responses(
        (status = 200, description = "The document", body = Vec<u8>,
            content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (status = 404, description = "`user_unknown`: nobody of this username has a role or records there"),
        (status = 422, description = "`template_faulty`: the template fails on these facts; the detail says in which line"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    query: Parameters,
) -> Result<Response, Problem> {
    let (asked, made) = make(&state, async |tx| super::asked(tx, &caller, &query).await, None).await?;
    let origin = cookie::own_origin(&headers);
    let name = format!("briefing-{}-{}-{}.docx", asked.unit.unit.code, asked.period.from, asked.period.to);
    let written =
        task::spawn_blocking(move || word::document(&made.title, asked.language, &made.blocks, origin.as_deref()))
            .await;
    let bytes = written.map_err(Problem::internal)?.map_err(Problem::internal)?;
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA));
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    headers.insert(header::CONTENT_DISPOSITION, disposition.map_err(Problem::internal)?);
    Ok(response)
}
