//! `serve`: until it is told to stop.

use std::sync::Arc;

use axum::{Router, middleware};
use serde_json::json;
use tokio::signal;

use super::{Failure, Output, ServeOptions, open};
use crate::{
    AppState, admin,
    api::{self, ApiState},
    config::LimitsConfig,
    front::{self, Serving, Tls},
    live,
    metrics::{self, Metrics},
    store::Store,
    sync, web,
};

/// Connections of those who read the metrics.
const METRICS_CONNECTIONS_MAX: u32 = 16;

/// Opens the store, listens, says where, and serves until SIGTERM or Ctrl-C; then finishes the requests that have begun.
///
/// # Errors
/// [`Failure`].
pub(super) async fn run(options: ServeOptions, as_json: bool) -> Result<(), Failure> {
    let tls = Tls::begin(&options.tls).map_err(Failure::new)?;
    let store = open(&options.place).await?;
    let setup = admin::offer_setup(&store).await?.map(|code| code.reveal());
    let House { router, metrics } = house(&store, &options.limits, tls.is_some()).await?;
    let stop = stop_signal()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let connections = options.limits.connections_max;
    let serving = begin(router, &options.listen.listen, connections, tls).await?;
    let url = format!("{scheme}://{}", serving.address());
    let (mut json, mut lines) = (json!({"listening": url}), vec![format!("listening on {url}")]);
    let mut also = None;
    if let Some(listen) = &options.metrics.metrics_listen {
        let page = metrics::router(metrics, store.clone());
        let serving = begin(page, listen, METRICS_CONNECTIONS_MAX, None).await?;
        let url = format!("http://{}/metrics", serving.address());
        json["metrics"] = json!(url);
        lines.push(format!("metrics at {url}"));
        also = Some(serving);
    }
    if let Some(code) = setup {
        lines.push(format!("nobody administers this store yet; code for the first administrator: {code}"));
        json["setup_code"] = code.into();
    }
    Output::new(json, lines).print(as_json)?;
    tracing::info!(url, "listening");
    stop.await;
    tracing::info!("stopping");
    serving.stop().await;
    if let Some(also) = also {
        also.stop().await;
    }
    store.close().await;
    Ok(())
}

/// What is served, and what it counts.
pub(super) struct House {
    pub router: Router,
    metrics: Arc<Metrics>,
}

/// Everything that is served from `store`, which gets what every store has.
///
/// # Errors
/// [`Failure`] when the store fails.
pub(super) async fn house(store: &Store, limits: &LimitsConfig, is_secure: bool) -> Result<House, Failure> {
    let key = admin::make_ready(store).await?;
    let app = AppState::start(store.clone());
    let metrics = Arc::clone(&app.metrics);
    let router = api::router(ApiState::new(&app, &key))
        .merge(sync::routes(app.clone()))
        .merge(live::routes(app))
        .merge(web::router());
    let router = front::guarded(api::with_manners(router), limits, is_secure);
    let measured = middleware::from_fn_with_state(Arc::clone(&metrics), metrics::measure);
    Ok(House { router: router.layer(measured), metrics })
}

/// Begins to serve.
///
/// # Errors
/// [`Failure`] when it cannot listen there.
pub(super) async fn begin(
    router: Router,
    listen: &str,
    connections_max: u32,
    tls: Option<Tls>,
) -> Result<Serving, Failure> {
    let failed = |e| Failure::new(format_args!("cannot listen on {listen}: {e}"));
    Serving::begin(router, listen, connections_max, tls).await.map_err(failed)
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
