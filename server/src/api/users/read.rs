//! `GET /api/v1/users/{username}`: one user.

use axum::{Json, extract::State};
use sync_core::id::Username;

use super::UserShown;
use crate::{
    admin,
    api::{ApiState, Problem, caller::Caller, path_name::PathName},
};

/// A user
#[utoipa::path(
    get,
    path = "/api/v1/users/{username}",
    operation_id = "read_user",
    tag = "people",
    params(("username" = String, Path, description = "The username")),
    responses(
        (status = 200, description = "The user", body = UserShown),
        (status = 404, description = "`user_unknown`"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(user): PathName<Username>,
) -> Result<Json<UserShown>, Problem> {
    Ok(Json(admin::find_user(&state.store, &caller.by(), &user).await?.into()))
}
