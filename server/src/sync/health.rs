//! Whether the server is alive, and whether it can serve.

use axum::{extract::State, http::StatusCode};

use crate::{AppState, api::Problem, store::meta};

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the store can be read.
pub(super) async fn ready(State(app): State<AppState>) -> Result<&'static str, Problem> {
    let read = async { meta::read(&mut app.store.read().await?, "epoch").await };
    match read.await {
        Ok(_) => Ok("ready\n"),
        Err(error) => {
            tracing::error!(%error, "the store cannot be read");
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.code(), "the store cannot be read"))
        }
    }
}
