//! `GET /api/v1/users/{username}/tokens`: the API tokens of a user.

use axum::{Json, extract::State};
use serde::Serialize;
use sync_core::id::Username;
use utoipa::ToSchema;

use crate::{
    admin,
    api::{ApiState, Moment, Problem, caller::Caller, page::Page, path_name::PathName},
    auth::Role,
    store::token::KnownToken,
};

/// An API token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "1f0b6c2d9a4e7788", "name": "monthly report", "role": "observer",
    "created": "2021-03-15T08:30:00.000Z", "expires": "2021-06-13T08:30:00.000Z"}))]
pub(in crate::api) struct TokenShown {
    id: String,
    /// What it is for.
    name: String,
    /// The most that its holder can do.
    #[schema(value_type = Role)]
    role: &'static str,
    created: Moment,
    expires: Moment,
}

impl From<KnownToken> for TokenShown {
    fn from(known: KnownToken) -> Self {
        Self {
            id: known.id,
            name: known.name,
            role: known.role.word(),
            created: Moment::of_ms(known.created_ms),
            expires: Moment::of_ms(known.expires_ms),
        }
    }
}

/// API tokens of a user
///
/// Those that have not expired, oldest first, all on one page.
#[utoipa::path(
    get,
    path = "/api/v1/users/{username}/tokens",
    operation_id = "list_tokens",
    tag = "people",
    params(("username" = String, Path, description = "The username")),
    responses(
        (status = 200, description = "The tokens", body = Page<TokenShown>),
        (status = 403, description = "`user_forbidden`: the user has roles on units that are not the caller's"),
        (status = 404, description = "`user_unknown`"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(user): PathName<Username>,
) -> Result<Json<Page<TokenShown>>, Problem> {
    let tokens = admin::list_api_tokens(&state.store, &caller.by(), &user).await?;
    Ok(Json(Page { items: tokens.into_iter().map(TokenShown::from).collect(), next: None }))
}
