//! HTTP for people and programs: one operation per file.
//!
//! | file | what it is |
//! |---|---|
//! | `rights` | the table of all operations, and who may call each; router and document are made from it |
//! | `frame` | route, guard and page of the document for each row |
//! | `admit`, `caller`, `cookie`, `guesses` | the guard: who calls, by token or session, and where their right reaches |
//! | `body`, `media`, `parameters`, `path_name`, `page`, `problem`, `moment`, `responses` | the shapes that all operations share |
//! | `record_filter` | which records are asked for |
//! | `dictate` | what writes into records shares |
//! | `docs` | `/api/openapi.json`, `/api/docs` |
//! | the others | one operation each |
//!
//! To add an operation: a file with its types, its description (`#[utoipa::path]`: parameters, answers, a sample) and its
//! `handle`; and its row in `rights`. The frame adds what all have in common. Then refresh `server/openapi.json`, as its test
//! says, and the walk over all rows will ask how the new one is called.
//!
//! Units are no secret among users, so a unit that exists and is not the user's own is answered with 403 `unit_forbidden`.
//! What lies in units is: what the user may not see is answered like what does not exist.

mod admit;
mod attention;
mod audit;
mod body;
mod briefing;
mod caller;
mod comment_record;
mod compare_record;
mod cookie;
mod devices;
mod dictate;
mod docs;
mod duplicates;
mod enrol;
mod export;
mod forms;
mod frame;
mod guesses;
mod held;
mod live;
mod media;
mod moment;
mod page;
mod parameters;
mod path_name;
mod problem;
mod record;
mod record_filter;
mod records;
mod refused;
mod responses;
mod review_record;
mod review_records;
mod rights;
mod session;
mod set_fields;
mod summary;
mod system;
mod take_back;
mod tell_apart;
mod trace;
mod units;
mod users;
mod verify_audit;

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, Method, StatusCode, Uri, header},
    middleware,
    response::Response,
};
pub use frame::{Listed, document, routes};
pub use moment::Moment;
pub use problem::{BadRow, Problem};
pub use rights::{Scope, Who};

use guesses::Guesses;
use tokio::sync::Semaphore;

use crate::{
    AppState,
    auth::{PasswordHashes, ServerKey},
    clock,
    ingest::Ingest,
    live::Moves,
    store::Store,
};

/// What the operations work with.
#[derive(Clone, Debug)]
pub struct ApiState {
    /// The store.
    pub store: Store,
    /// The way into it for changes.
    pub ingest: Ingest,
    /// What moves in it.
    moves: Moves,
    /// When the server started.
    started: Moment,
    /// The public half of the server's key, hexadecimal.
    server_key: Arc<str>,
    guesses: Arc<Guesses>,
    passwords: PasswordHashes,
    briefings: Arc<Turns>,
}

/// How many briefings are made at a time.
#[derive(Debug)]
struct Turns {
    /// From the tables.
    now: Semaphore,
    /// From the changes: each reads and puts together all that it is made from.
    again: Semaphore,
}

impl Default for Turns {
    fn default() -> Self {
        Self { now: Semaphore::new(4), again: Semaphore::new(1) }
    }
}

impl ApiState {
    /// The state of a server that begins now.
    #[must_use]
    pub fn new(app: &AppState, key: &ServerKey) -> Self {
        let AppState { store, ingest, moves, .. } = app.clone();
        let (started, server_key) = (Moment(clock::now()), key.public().into());
        Self {
            store,
            ingest,
            moves,
            started,
            server_key,
            guesses: Arc::default(),
            passwords: PasswordHashes::default(),
            briefings: Arc::default(),
        }
    }
}

/// The operations, below `/api`.
pub fn router(state: ApiState) -> Router {
    frame::build(&state).with_state(state)
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
