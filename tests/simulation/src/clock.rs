//! A device's clock: the world's time, and how far it is off. Waiting ends when the world says so.

use core::{
    future::poll_fn,
    sync::atomic::{AtomicI64, Ordering::SeqCst},
    task::Poll,
    time::Duration,
};
use std::sync::Arc;

use cairn_client::Clock;
use sync_core::id::ClockMs;

/// Before any wait.
const NEVER: i64 = i64::MAX;

#[derive(Debug)]
struct Hands {
    world: Arc<AtomicI64>,
    off_by: AtomicI64,
    wakes_at: AtomicI64,
}

/// A clock; clones are the same one.
#[derive(Clone, Debug)]
pub(crate) struct SimClock(Arc<Hands>);

impl SimClock {
    pub(crate) fn new(world: &Arc<AtomicI64>, off_by: i64) -> Self {
        let (off_by, wakes_at) = (AtomicI64::new(off_by), AtomicI64::new(NEVER));
        Self(Arc::new(Hands { world: Arc::clone(world), off_by, wakes_at }))
    }

    pub(crate) fn off_by(&self) -> i64 {
        self.0.off_by.load(SeqCst)
    }

    pub(crate) fn jump(&self, by: i64) {
        self.0.off_by.fetch_add(by, SeqCst);
    }

    /// Whoever waited is gone.
    pub(crate) fn forget(&self) {
        self.0.wakes_at.store(NEVER, SeqCst);
    }

    /// The world's time at which somebody who waits goes on.
    pub(crate) fn wakes_at(&self) -> Option<i64> {
        Some(self.0.wakes_at.load(SeqCst)).filter(|at| *at != NEVER)
    }
}

impl Clock for SimClock {
    fn now(&self) -> ClockMs {
        ClockMs(self.0.world.load(SeqCst) + self.off_by())
    }

    fn offset_minutes(&self) -> i32 {
        480
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        let hands = Arc::clone(&self.0);
        let until = hands.world.load(SeqCst).saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX));
        poll_fn(move |_| {
            if hands.world.load(SeqCst) >= until {
                hands.wakes_at.store(NEVER, SeqCst);
                return Poll::Ready(());
            }
            hands.wakes_at.store(until, SeqCst);
            Poll::Pending
        })
    }
}
