//! The wall between the merge engine's panics and the server.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

use sync_core::gate::{Barrier, Panicked};

thread_local! {
    /// A panic on this thread is expected and reported by the barrier.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// Stops panics by unwinding; the reason why this workspace never builds with `panic = "abort"`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Unwinding;

impl Barrier for Unwinding {
    fn guard<T>(&self, work: impl FnOnce() -> T) -> Result<T, Panicked> {
        hush();
        let outer = EXPECTED.replace(true);
        // Whoever calls throws away what the work was changing, so nothing half-done is seen.
        let result = panic::catch_unwind(AssertUnwindSafe(work));
        EXPECTED.set(outer);
        result.map_err(|_| {
            tracing::warn!("the merge engine failed on a change");
            Panicked
        })
    }
}

/// Keeps expected panics off standard error: their messages may hold what people typed.
fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !EXPECTED.get() {
                loud(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_stops_at_the_barrier() {
        assert_eq!(Unwinding.guard(|| 1), Ok(1));
        assert_eq!(
            Unwinding.guard(|| if true {
                panic!("expected, and not printed")
            }),
            Err(Panicked)
        );
        assert_eq!(
            Unwinding.guard(|| Unwinding
                .guard(|| if true {
                    panic!("inner")
                })
                .is_err()),
            Ok(true)
        );
        assert!(!EXPECTED.get());
    }
}
