//! Panics of the server's threads: it answers them, but they are faults all the same. Those that the server's own barrier is there
//! for are not seen here, since it keeps them from the hook; what it makes of them is told by the answers.

use std::{
    cell::Cell,
    panic,
    sync::{
        Once,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
};

/// What the threads are called on which the server works aside.
pub(super) const THREADS: &str = "cairn-fuzz-server";

static SEEN: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static SERVES: Cell<bool> = const { Cell::new(false) };
}

/// Watches this thread, and those that work for it.
pub(super) fn watch() {
    static ONCE: Once = Once::new();
    SERVES.set(true);
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if SERVES.get() || thread::current().name() == Some(THREADS) {
                SEEN.fetch_add(1, Relaxed);
            }
            before(info);
        }));
    });
}

/// Panics seen so far.
pub(super) fn seen() -> u64 {
    SEEN.load(Relaxed)
}
