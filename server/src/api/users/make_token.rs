//! `POST /api/v1/users/{username}/tokens`: a user's programs get a token.

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use sync_core::id::Username;
use utoipa::ToSchema;

use super::{list_tokens::TokenShown, read_role};
use crate::{
    admin::{self, TokenTerms},
    api::{ApiState, Problem, body::JsonBody, caller::Caller, path_name::PathName},
    auth::Role,
};

/// What the token is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "monthly report", "role": "observer", "days": 90}))]
pub(in crate::api) struct MakeTokenRequest {
    /// What it is for.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The most that its holder can do, wherever its user may do at least that.
    #[schema(value_type = Role)]
    role: String,
    #[schema(minimum = 1, maximum = 366)]
    days: u32,
}

/// A token and its secret.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct MakeTokenResponse {
    /// To be sent as `Authorization: Bearer`; seen only here.
    token: String,
    #[serde(flatten)]
    known: TokenShown,
}

/// Makes an API token
#[utoipa::path(
    post,
    path = "/api/v1/users/{username}/tokens",
    operation_id = "make_token",
    tag = "people",
    params(("username" = String, Path, description = "The username")),
    request_body = MakeTokenRequest,
    responses(
        (status = 201, description = "Made", body = MakeTokenResponse),
        (status = 400, description = "`name_invalid`; `word_unknown`; `days_out_of_range`"),
        (status = 403, description = "`user_forbidden`: the user has roles on units that are not the caller's"),
        (status = 404, description = "`user_unknown`"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(user): PathName<Username>,
    JsonBody(MakeTokenRequest { name, role, days }): JsonBody<MakeTokenRequest>,
) -> Result<(StatusCode, Json<MakeTokenResponse>), Problem> {
    let terms = TokenTerms { name: &name, role: read_role(&role)?, days };
    let (token, known) = admin::make_api_token(&state.store, &caller.by(), &user, terms).await?;
    let made = MakeTokenResponse { token: token.reveal().to_owned(), known: known.into() };
    Ok((StatusCode::CREATED, Json(made)))
}
