//! `serve`: until it is told to stop.

use std::net::SocketAddr;

use axum::Router;
use serde_json::json;
use tokio::{net::TcpListener, signal};

use super::{Failure, Output, ServeOptions};
use crate::{
    admin,
    api::{self, ApiState},
    config::ListenConfig,
    store::Store,
};

/// Opens the store, listens, says where, and serves until SIGTERM or Ctrl-C; then finishes the requests that have begun.
///
/// # Errors
/// [`Failure`].
pub(super) async fn run(options: ServeOptions, as_json: bool) -> Result<(), Failure> {
    let store = options.place.open().await?;
    let router = router(&store).await?;
    let listener = listen(&options.listen).await?;
    let address = address_of(&listener)?;
    let stop = stop_signal()?;
    let output = Output::new(json!({"listening": format!("http://{address}")}), [format!("listening on http://{address}")]);
    output.print(as_json)?;
    tracing::info!(%address, "listening");
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(stop).await;
    store.close().await;
    served.map_err(|e| Failure::new(format_args!("serving on {address}: {e}")))
}

/// Everything that is served from `store`, which gets what every store has.
///
/// # Errors
/// [`Failure`] when the store fails.
pub async fn router(store: &Store) -> Result<Router, Failure> {
    let key = admin::make_ready(store).await?;
    let router = api::router(ApiState::new(store.clone(), &key));
    Ok(api::with_manners(router))
}

async fn listen(config: &ListenConfig) -> Result<TcpListener, Failure> {
    let failed = |e| Failure::new(format_args!("cannot listen on {}: {e}", config.listen));
    TcpListener::bind(&config.listen).await.map_err(failed)
}

fn address_of(listener: &TcpListener) -> Result<SocketAddr, Failure> {
    listener.local_addr().map_err(|e| Failure::new(format_args!("cannot tell where it listens: {e}")))
}

/// Comes when the process is told to stop.
fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
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
        tracing::info!("stopping");
    })
}
