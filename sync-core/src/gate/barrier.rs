//! A wall between the merge engine's panics and everybody else.

use thiserror::Error;

/// The work behind a barrier panicked; whatever it was changing must be thrown away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the merge engine failed")]
pub struct Panicked;

/// Runs work that may panic. Implemented by whoever has threads and unwinding: this crate has neither.
pub trait Barrier {
    /// Runs `work`.
    ///
    /// # Errors
    /// [`Panicked`] when it did.
    fn guard<T>(&self, work: impl FnOnce() -> T) -> Result<T, Panicked>;
}

/// No wall: for what was judged by a server before it came here.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unguarded;

impl Barrier for Unguarded {
    fn guard<T>(&self, work: impl FnOnce() -> T) -> Result<T, Panicked> {
        Ok(work())
    }
}
