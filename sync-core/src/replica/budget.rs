//! How much to put into one request: all that one may hold at first, a quarter after each failure, twice as much after each success.
//!
//! Changes are counted as raw chunks, which a frame makes far smaller: 1,000 new records fit into half a megabyte, and are 22 kB on the
//! line, 3 s at 64 kbit/s. A link that does not carry that once is asked for less from then on, also in later syncs.

use serde::{Deserialize, Serialize};

/// A budget in bytes of one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget(u32);

impl Budget {
    /// Where it begins: a week's work goes in one request, and few round trips matter most where each of them takes long.
    pub const START: Self = Self(Self::MOST);
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
    pub fn quartered(self) -> Self {
        Self((self.0 / 4).max(Self::LEAST))
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::START
    }
}
