//! `DELETE /api/v1/session`: somebody logs out.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse},
};

use crate::{
    api::{ApiState, Problem, caller::Caller, cookie},
    store::sessions,
};

/// Logs out
///
/// The session is over at once, wherever its cookie may be.
#[utoipa::path(
    delete,
    path = "/api/v1/session",
    operation_id = "log_out",
    tag = "session",
    responses((status = 204, description = "Logged out"))
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    if let Some(hash) = caller.session() {
        state.store.write(async |tx| sessions::end(tx, hash).await).await?;
    }
    let clear = cookie::clear(&headers).map(|value| (header::SET_COOKIE, value));
    Ok((StatusCode::NO_CONTENT, AppendHeaders(clear)))
}
