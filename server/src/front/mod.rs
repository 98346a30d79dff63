//! The front of the house: connections, and what all requests have in common before anything is asked of the store.
//!
//! | file | what it does |
//! |---|---|
//! | `serving` | accepts connections, bounded in number and in patience, and ends them in good order |
//! | `tls` | the certificate, read again when it changes |
//! | `limits` | how many requests at a time, and how long each |
//! | `headers` | what browsers are told not to do |

mod headers;
mod limits;
mod serving;
mod tls;

use axum::{Router, middleware};

pub use serving::Serving;
pub(crate) use serving::Stopping;
pub use tls::{Tls, TlsError};

use crate::config::LimitsConfig;

/// The router behind its limits, and with the headers of each answer. To be applied to the whole.
pub fn guarded(router: Router, config: &LimitsConfig, is_secure: bool) -> Router {
    let limits = limits::Limits::new(config);
    router
        .layer(middleware::from_fn_with_state(limits, limits::keep))
        .layer(middleware::from_fn_with_state(is_secure, headers::add))
}
