//! The server's clock: the one place that reads it, so that all else takes time as an argument.

use std::time::{SystemTime, UNIX_EPOCH};

use sync_core::id::ClockMs;

/// Milliseconds since 1970, now.
#[must_use]
pub fn now() -> ClockMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    ClockMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
