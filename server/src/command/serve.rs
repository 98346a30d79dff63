//! `serve`: until it is told to stop.

use axum::Router;
use serde_json::json;
use tokio::signal;

use super::{Failure, Output, ServeOptions, open};
use crate::{
    AppState, admin,
    api::{self, ApiState},
    config::ListenConfig,
    live,
    serving::Serving,
    store::Store,
    sync,
};

/// Opens the store, listens, says where, and serves until SIGTERM or Ctrl-C; then finishes the requests that have begun.
///
/// # Errors
/// [`Failure`].
pub(super) async fn run(options: ServeOptions, as_json: bool) -> Result<(), Failure> {
    let store = open(&options.place).await?;
    let router = router(&store).await?;
    let stop = stop_signal()?;
    let serving = begin(router, &options.listen).await?;
    let url = format!("http://{}", serving.address());
    Output::new(json!({"listening": url}), [format!("listening on {url}")]).print(as_json)?;
    tracing::info!(url, "listening");
    stop.await;
    tracing::info!("stopping");
    serving.stop().await;
    store.close().await;
    Ok(())
}

/// Everything that is served from `store`, which gets what every store has.
///
/// # Errors
/// [`Failure`] when the store fails.
pub async fn router(store: &Store) -> Result<Router, Failure> {
    let key = admin::make_ready(store).await?;
    let app = AppState::start(store.clone());
    let router =
        api::router(ApiState::new(store.clone(), &key)).merge(sync::routes(app.clone())).merge(live::routes(app));
    Ok(api::with_manners(router))
}

/// Begins to serve.
///
/// # Errors
/// [`Failure`] when it cannot listen there.
pub(super) async fn begin(router: Router, ListenConfig { listen }: &ListenConfig) -> Result<Serving, Failure> {
    let failed = |e| Failure::new(format_args!("cannot listen on {listen}: {e}"));
    Serving::begin(router, listen).await.map_err(failed)
}

/// Comes when the process is told to stop.
pub(super) fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    let failed = |e| Failure::new(format_args!("cannot wait for signals: {e}"));
    #[cfg(unix)]
    let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate()).map_err(failed)?;
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = terminate.recv() => {}
            _ = signal::ctrl_c() => {}
        }
        #[cfg(not(unix))]
        let _ = signal::ctrl_c().await;
    })
}
