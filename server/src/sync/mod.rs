//! `POST /sync/v1`: a thin shell around `sync-core`. The protocol is that crate's `docs/protocol.md`.
//!
//! ```text
//! body ─ open ─> head, references ─ look up, rebuild ─> changes ─ ingest ─> outcomes ┐
//!                                          one snapshot ─> decisions, pages, repairs ┴─ encode ─> body
//! ```
//!
//! | status | code | when |
//! |---|---|---|
//! | 400 | those of [`sync_core::wire::WireError`], `body_incomplete` | the body is no frame of this version |
//! | 401 | `invalid_token` | no device has this token. A revoked device has: what it sends is held, and all feeds are gone |
//! | 408 | `body_too_slow` | the body stopped coming for a minute |
//! | 409 | `stale_reference`, `digest_mismatch` | send the same again with full hashes |
//! | 413 | `frame_too_large`, `message_too_large`, `too_many`, `too_much_at_once` | send less in one request |
//! | 415 | `media_type_unsupported` | the body says it is something else |
//! | 500, 503 | `internal`; `database_busy`, `disk_full`, `stopped` | perhaps not all was stored; try again |
//!
//! | file | what it does |
//! |---|---|
//! | `exchange` | the request from first byte to last |
//! | `receive` | the body, and the changes in it |
//! | `answer` | the response, read from one snapshot |
//! | `plan`, `page`, `basket` | which pages of which feeds, and how much of each |
//! | `repair` | comparing feeds by buckets |
//! | `health` | `/healthz`, `/readyz` |

mod answer;
mod basket;
mod exchange;
mod health;
mod page;
mod plan;
mod receive;
mod repair;
#[cfg(test)]
mod tests;

use axum::{
    Router,
    routing::{get, post},
};

use crate::AppState;

/// The sync endpoint and the health checks.
pub fn routes(app: AppState) -> Router {
    Router::new()
        .route("/sync/v1", post(exchange::handle))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(app)
}
