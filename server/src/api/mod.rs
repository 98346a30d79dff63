//! HTTP for people and programs: one operation per file.
//!
//! | operation | who |
//! |---|---|
//! | `POST /api/v1/enrol` | anybody who holds an enrolment code |
//! | `GET /api/v1/summary` | any role on the unit |
//! | `GET /api/v1/records` | any role; shows the records of the units that it reaches |
//! | `GET /api/v1/records/{id}` | any role on the record's unit |
//!
//! People and programs show an API token as `Authorization: Bearer TOKEN`. What fails is answered as
//! `application/problem+json` with a stable `code`; nothing that a request says leads to a 500. Nothing is cached.
//!
//! Units are no secret among users, so a unit that exists and is not the user's own is answered with 403 `unit_forbidden`.
//! Records are: one that the user may not see is answered like one that does not exist, 404 `record_unknown`.

mod bearer;
mod body;
mod enrol;
mod moment;
mod parameters;
mod problem;
mod record;
mod records;
mod summary;
mod trace;

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, Method, StatusCode, Uri, header},
    middleware,
    response::Response,
    routing::{get, post},
};
pub use moment::Moment;
pub use problem::Problem;

use crate::{
    auth::{Attempts, ServerKey},
    store::Store,
};

/// Bytes of a request's body; no operation here takes more.
const BODY_BYTES_MAX: usize = 16 << 10;

/// What the operations work with.
#[derive(Clone, Debug)]
pub struct ApiState {
    /// The store.
    pub store: Store,
    /// The public half of the server's key, hexadecimal.
    server_key: Arc<str>,
    attempts: Arc<Attempts>,
    started: Instant,
}

impl ApiState {
    /// The state of a server that begins now.
    #[must_use]
    pub fn new(store: Store, key: &ServerKey) -> Self {
        let attempts = Arc::new(Attempts::default());
        Self { store, server_key: key.public().into(), attempts, started: Instant::now() }
    }
}

/// The operations, below `/api`.
pub fn router(state: ApiState) -> Router {
    Router::new()
        .route("/api/v1/enrol", post(enrol::handle))
        .route("/api/v1/summary", get(summary::handle))
        .route("/api/v1/records", get(records::handle))
        .route("/api/v1/records/{id}", get(record::handle))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(state)
}

/// What every answer of the server has in common: unknown paths and methods are answered as problems, nothing is cached, and
/// each request is logged with an id of its own. To be applied to the whole router.
pub fn with_manners(router: Router) -> Router {
    router
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(middleware::map_response(not_cached))
        .layer(middleware::from_fn(trace::log))
}

async fn no_such_path(uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(80).collect();
    Problem::new(StatusCode::NOT_FOUND, "path_unknown", format!("there is nothing at {path}"))
}

async fn no_such_method(method: Method) -> Problem {
    let detail = format!("{method} is not possible here; see the Allow header");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

async fn not_cached(mut response: Response) -> Response {
    let cached = || HeaderValue::from_static("no-store");
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert_with(cached);
    response
}
