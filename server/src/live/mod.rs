//! `GET /sync/v1/live`: tells devices at once that feeds have moved, so that they need not ask. Nothing depends on it: a device
//! that hears nothing syncs every now and then all the same. The events are in `sync-core`'s `docs/protocol.md`. People listen at
//! `GET /api/v1/live`, `crate::api`, in the same way.
//!
//! ```text
//! commits of this server ──┐
//! messages of the others ──┼─> moves ─> each stream: what its listener may read
//! a look at all heads ─────┘
//! ```
//!
//! | status | code | when |
//! |---|---|---|
//! | 401 | `invalid_token` | no device has this token |
//! | 403 | `device_revoked` | it reads nothing any more |
//! | 503 | `too_many_streams` | sync every now and then instead |
//!
//! | file | what it does |
//! |---|---|
//! | `moves` | gathers what moves |
//! | `stream` | one stream |
//! | `device` | a device that listens |

mod device;
mod moves;
mod stream;
#[cfg(test)]
mod tests;

use axum::{Router, routing::get};

use crate::AppState;
pub use moves::Moves;
pub(crate) use stream::{Listener, begin};

/// The live endpoint.
pub fn routes(app: AppState) -> Router {
    Router::new().route("/sync/v1/live", get(device::handle)).with_state(app)
}
