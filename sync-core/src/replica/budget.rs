//! How much to put into one request: little at first, twice as much after each success, half after each failure.

use serde::{Deserialize, Serialize};

/// A budget in bytes of one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget(u32);

impl Budget {
    /// Where it begins: small enough for a bad link.
    pub const START: Self = Self(16 << 10);
    /// The least: one change always goes.
    pub const LEAST: u32 = 1 << 10;
    /// The most: bounds the work of one request on both sides.
    pub const MOST: u32 = 512 << 10;

    /// Bytes of changes, as raw chunks.
    #[must_use]
    pub fn bytes(self) -> u32 {
        self.0
    }

    /// After a request that was answered.
    #[must_use]
    pub fn doubled(self) -> Self {
        Self((self.0.saturating_mul(2)).min(Self::MOST))
    }

    /// After a request that failed.
    #[must_use]
    pub fn halved(self) -> Self {
        Self((self.0 / 2).max(Self::LEAST))
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::START
    }
}
