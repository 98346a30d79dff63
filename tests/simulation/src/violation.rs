//! A promise that was broken.

use core::fmt;

/// Which promise was broken, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The promise, in a few words that stay the same.
    pub promise: &'static str,
    /// What was found.
    pub found: String,
    /// The step after which it was found; none when it was found in the end.
    pub step: Option<u32>,
}

impl Violation {
    pub(crate) fn new(promise: &'static str, found: impl fmt::Display) -> Self {
        Self { promise, found: found.to_string(), step: None }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.step {
            Some(step) => write!(f, "{} (after step {step}): {}", self.promise, self.found),
            None => write!(f, "{} (in the end): {}", self.promise, self.found),
        }
    }
}

/// Fails with the promise unless it holds.
macro_rules! holds {
    ($promise:literal, $so:expr, $($found:tt)+) => {
        if !$so {
            return Err($crate::violation::Violation::new($promise, format_args!($($found)+)));
        }
    };
}
pub(crate) use holds;
