//! `DELETE /api/v1/users/{username}/grants`: a role is taken back.

use axum::{extract::State, http::StatusCode};
use sync_core::id::{UnitCode, Username};

use crate::{
    admin,
    api::{ApiState, Problem, caller::Caller, parameters::Parameters, path_name::PathName},
    auth::Role,
};

/// Takes a role back
///
/// What its holder wrote stays theirs. What they have not sent yet is held when it comes, for the unit's administrator to
/// decide.
#[utoipa::path(
    delete,
    path = "/api/v1/users/{username}/grants",
    operation_id = "withdraw_role",
    tag = "people",
    params(
        ("username" = String, Path, description = "The username"),
        ("unit" = String, Query, description = "The unit that the role was granted on"),
        ("role" = String, Query, description = "`recorder`, `reviewer`, `administrator` or `observer`"),
    ),
    responses(
        (status = 204, description = "Taken back"),
        (status = 404, description = "`user_unknown`; `grant_unknown`: the role is not granted there"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(user): PathName<Username>,
    query: Parameters,
) -> Result<StatusCode, Problem> {
    let unit: UnitCode = query.required("unit")?;
    let words = Role::ALL.map(|role| (role.word(), role));
    let role = query.word("role", &words)?.ok_or_else(|| Problem::missing("role"))?;
    admin::remove_grant(&state.store, &caller.by(), &user, &unit, role).await?;
    Ok(StatusCode::NO_CONTENT)
}
