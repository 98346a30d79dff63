//! `GET /api/v1/users`: the users that an administrator may know of.

use axum::{Json, extract::State};
use sync_core::id::Username;

use super::UserShown;
use crate::{
    admin,
    api::{ApiState, Problem, caller::Caller, page::Page, parameters::Parameters},
};

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 500;

/// Users
///
/// Those with a role on a unit of the caller's, and those with none anywhere; by username.
#[utoipa::path(
    get,
    path = "/api/v1/users",
    operation_id = "list_users",
    tag = "people",
    params(
        ("text" = Option<String>, Query, description = "A part of the username or the name"),
        ("after" = Option<String>, Query, description = "The `next` of the page before"),
        ("limit" = Option<u16>, Query, description = "1 to 500; 100 if left out", minimum = 1, maximum = 500),
    ),
    responses((status = 200, description = "A page", body = Page<UserShown>))
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    query: Parameters,
) -> Result<Json<Page<UserShown>>, Problem> {
    let after: Option<Username> = query.optional("after")?;
    let limit = query.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let text = query.text("text").map(str::to_lowercase);
    let mut users = admin::list_users(&state.store, &caller.by()).await?;
    // By what pages are cut by, whatever order the database sorts text in.
    users.sort_unstable_by(|a, b| a.username.cmp(&b.username));
    users.retain(|user| after.as_ref().is_none_or(|after| user.username > *after));
    if let Some(text) = text {
        users.retain(|user| user.username.as_str().contains(&text) || user.name.to_lowercase().contains(&text));
    }
    Ok(Json(Page::of(users, limit, |last| last.username.to_string())))
}
