//! How many requests are worked on at a time, and how long each may take until its answer begins.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::{sync::Semaphore, time::timeout};

use crate::{api::Problem, config::LimitsConfig};

/// When one that was turned away may come again.
const COME_AGAIN_SECONDS: u16 = 5;

/// What is left of the limits.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    places: Arc<Semaphore>,
    longest: Duration,
}

impl Limits {
    pub(super) fn new(config: &LimitsConfig) -> Self {
        let places = usize::try_from(config.requests_max).unwrap_or(Semaphore::MAX_PERMITS);
        let longest = Duration::from_secs(config.request_seconds_max.into());
        Self { places: Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS))), longest }
    }
}

/// Answers within the limits, or says which one was reached. Whether the process is alive is told at all times.
pub(super) async fn keep(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    if request.uri().path() == "/healthz" {
        return next.run(request).await;
    }
    let Ok(_place) = limits.places.try_acquire() else {
        let detail = "too many requests are being worked on: come again";
        let mut response = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail).into_response();
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(COME_AGAIN_SECONDS));
        return response;
    };
    match timeout(limits.longest, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let detail = format!("not done within {} s", limits.longest.as_secs());
            Problem::new(StatusCode::REQUEST_TIMEOUT, "request_too_slow", detail).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware, routing::get};
    use tokio::sync::Notify;
    use tower::ServiceExt;

    use super::*;

    /// `/wait` says that it has begun, and ends when it may.
    fn limited(begun: &Arc<Notify>, may_end: &Arc<Notify>) -> Router {
        let config = LimitsConfig { requests_max: 1, request_seconds_max: 2, ..LimitsConfig::default() };
        let (begun, may_end) = (Arc::clone(begun), Arc::clone(may_end));
        let wait = async move || {
            begun.notify_one();
            may_end.notified().await;
        };
        let router = Router::new().route("/wait", get(wait)).route("/healthz", get(async || ()));
        router.layer(middleware::from_fn_with_state(Limits::new(&config), keep))
    }

    async fn asked(router: Router, path: &str) -> Response {
        router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn one_request_too_many_is_told_to_come_again() {
        let (begun, may_end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let router = limited(&begun, &may_end);
        let first = tokio::spawn(asked(router.clone(), "/wait"));
        begun.notified().await;
        let second = asked(router.clone(), "/wait").await;
        assert_eq!(
            (second.status(), &second.headers()[header::RETRY_AFTER]),
            (StatusCode::SERVICE_UNAVAILABLE, &HeaderValue::from(5))
        );
        assert_eq!(asked(router.clone(), "/healthz").await.status(), StatusCode::OK, "it is alive all the same");
        may_end.notify_one();
        assert_eq!(first.await.unwrap().status(), StatusCode::OK);
        may_end.notify_one();
        assert_eq!(asked(router, "/wait").await.status(), StatusCode::OK, "the place is free again");
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_takes_too_long_is_ended() {
        let router = limited(&Arc::default(), &Arc::default());
        assert_eq!(asked(router.clone(), "/wait").await.status(), StatusCode::REQUEST_TIMEOUT);
        assert_eq!(asked(router, "/wait").await.status(), StatusCode::REQUEST_TIMEOUT, "its place was free again");
    }
}
