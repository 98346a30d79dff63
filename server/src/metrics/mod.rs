//! What the server counts of itself, for Prometheus: how much is synced and how fast, and what waits where. No names of people,
//! no values; org units by their codes.
//!
//! | metric | what it is |
//! |---|---|
//! | `cairn_sync_requests_total{status}` | answered sync requests, by HTTP status |
//! | `cairn_sync_outcomes_total{outcome}` | pushed changes, by what became of them |
//! | `cairn_sync_received_bytes_total`, `cairn_sync_sent_bytes_total` | bodies of sync requests and of their answers |
//! | `cairn_sync_store_seconds` | from pushed changes that are decoded to their being durable |
//! | `cairn_sync_answer_seconds` | reading what a device has not got yet |
//! | `cairn_http_request_seconds{method,path,status}` | every request, by the pattern that its path matched, to the first byte of the answer |
//! | `cairn_changes` | changes in all feeds |
//! | `cairn_held{unit}`, `cairn_parked{unit}` | changes that wait for a person, and for earlier ones |
//! | `cairn_outbox_changes{unit}` | changes that devices of the unit's people last said they still had to send |
//! | `cairn_outbox_age_seconds{unit}` | how long the longest silent of those devices has been silent |
//!
//! The last five are read from the store when they are asked for.

mod gauges;
mod page;

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
pub use page::router;
use prometheus_client::{
    encoding::text::encode,
    metrics::{
        counter::Counter,
        family::{Family, MetricConstructor},
        histogram::Histogram,
    },
    registry::{Registry, Unit},
};
use sync_core::wire::Outcome;

/// Bounds of the latency histograms, seconds: from what memory answers to what a slow link takes.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

type Label = (&'static str, String);

#[derive(Clone, Debug)]
struct Latency;

impl MetricConstructor<Histogram> for Latency {
    fn new_metric(&self) -> Histogram {
        Histogram::new(SECONDS)
    }
}

/// What is counted while the server runs.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<[Label; 1], Counter>,
    outcomes: Family<[Label; 1], Counter>,
    received: Counter,
    sent: Counter,
    store_seconds: Histogram,
    answer_seconds: Histogram,
    http_seconds: Family<[Label; 3], Histogram, Latency>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("cairn"),
            requests: Family::default(),
            outcomes: Family::default(),
            received: Counter::default(),
            sent: Counter::default(),
            store_seconds: Histogram::new(SECONDS),
            answer_seconds: Histogram::new(SECONDS),
            http_seconds: Family::new_with_constructor(Latency),
        };
        let all = &mut metrics.registry;
        all.register("sync_requests", "Answered sync requests", metrics.requests.clone());
        all.register("sync_outcomes", "Pushed changes by outcome", metrics.outcomes.clone());
        all.register_with_unit("sync_received", "Bodies of sync requests", Unit::Bytes, metrics.received.clone());
        all.register_with_unit("sync_sent", "Bodies of answers to them", Unit::Bytes, metrics.sent.clone());
        let store = metrics.store_seconds.clone();
        all.register_with_unit("sync_store", "From decoded changes to durable ones", Unit::Seconds, store);
        let answer = metrics.answer_seconds.clone();
        all.register_with_unit("sync_answer", "Reading what a device lacks", Unit::Seconds, answer);
        let http = metrics.http_seconds.clone();
        all.register_with_unit("http_request", "Requests to the first byte of the answer", Unit::Seconds, http);
        metrics
    }
}

impl Metrics {
    /// Counts the body of one sync request.
    pub(crate) fn received(&self, body_bytes: usize) {
        self.received.inc_by(body_bytes as u64);
    }

    /// Counts what became of pushed changes.
    pub(crate) fn pushed(&self, outcomes: &[Outcome]) {
        for outcome in outcomes {
            self.outcomes.get_or_create(&[("outcome", outcome.word().into())]).inc();
        }
    }

    /// Counts one answer.
    pub(crate) fn answered(&self, body_bytes: usize) {
        self.sent.inc_by(body_bytes as u64);
    }

    /// Notes how long storing took, from `begun` to now.
    pub(crate) fn stored(&self, begun: Instant) {
        self.store_seconds.observe(begun.elapsed().as_secs_f64());
    }

    /// Notes how long reading an answer took, from `begun` to now.
    pub(crate) fn read(&self, begun: Instant) {
        self.answer_seconds.observe(begun.elapsed().as_secs_f64());
    }

    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// The method's name, if it is one of HTTP's own.
fn known(method: &Method) -> &'static str {
    const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
    METHODS.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

/// Measures every request.
pub async fn measure(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    // Only patterns and methods that exist, lest those that a stranger makes up fill the memory.
    let path = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let method = known(request.method()).to_owned();
    let is_sync = path == "/sync/v1";
    let begun = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_str().to_owned();
    if is_sync {
        metrics.requests.get_or_create(&[("status", status.clone())]).inc();
    }
    let labels = [("method", method), ("path", path), ("status", status)];
    metrics.http_seconds.get_or_create(&labels).observe(begun.elapsed().as_secs_f64());
    response
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware, routing::get};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn what_strangers_make_up_adds_no_series() {
        let metrics = Arc::new(Metrics::default());
        let router = Router::new().route("/here", get(async || ()));
        let router = router.layer(middleware::from_fn_with_state(Arc::clone(&metrics), measure));
        for number in 0..20 {
            let request = Request::builder().method(format!("M{number}").as_str()).uri(format!("/nowhere/{number}"));
            router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        }
        let text = metrics.text().unwrap();
        assert_eq!(text.matches("http_request_seconds_count{").count(), 1, "{text}");
        assert!(text.contains(r#"{method="other",path="-",status="404"} 20"#), "{text}");
    }
}
