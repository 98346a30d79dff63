//! `GET /api/v1/session`: who one is.

use axum::{Json, extract::State};

use super::{WhoAmI, who};
use crate::{
    api::{ApiState, Moment, Problem, caller::Caller},
    store::sessions,
};

/// Who one is, and what one may do where
///
/// Of a program, what its token leaves of its user's roles.
#[utoipa::path(
    get,
    path = "/api/v1/session",
    operation_id = "who_am_i",
    tag = "session",
    responses((status = 200, description = "The caller", body = WhoAmI))
)]
pub(in crate::api) async fn handle(State(state): State<ApiState>, caller: Caller) -> Result<Json<WhoAmI>, Problem> {
    let expires = match caller.session() {
        Some(hash) => sessions::find(&mut state.store.read().await?, hash).await?,
        None => None,
    };
    let expires = expires.map(|session| Moment::of_ms(session.expires_ms));
    Ok(Json(who(&state, caller.username().clone(), Some(caller.grants()), expires).await?))
}
