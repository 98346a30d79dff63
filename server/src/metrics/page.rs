//! `GET /metrics`, on an address of its own: nobody is asked there who they are.

use std::{fmt::Write, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};

use super::{Metrics, gauges};
use crate::{api::Problem, clock, store::Store};

/// The one page of the metrics' address.
pub fn router(metrics: Arc<Metrics>, store: Store) -> Router {
    Router::new().route("/metrics", get(handle)).with_state((metrics, store))
}

async fn handle(State((metrics, store)): State<(Arc<Metrics>, Store)>) -> Result<Response, Problem> {
    let gauges = gauges::text(&mut store.read().await?, clock::now().0).await?;
    let counted = metrics.text().map_err(Problem::internal)?;
    let mut text = gauges;
    text.write_str(&counted).map_err(Problem::internal)?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
