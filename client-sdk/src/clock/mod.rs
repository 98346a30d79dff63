//! What time it is here, for people to read and for waiting: never for merging.

#[cfg(all(feature = "browser", target_family = "wasm"))]
pub(crate) mod browser;

use core::time::Duration;

use sync_core::id::{ClockMs, Day};

use crate::portable::{MaybeSend, MaybeSync};
#[cfg(all(feature = "browser", target_family = "wasm"))]
pub use browser::BrowserClock;

/// The device's clock.
pub trait Clock: MaybeSend + MaybeSync {
    /// Now.
    fn now(&self) -> ClockMs;

    /// Minutes east of Greenwich of the local time now.
    fn offset_minutes(&self) -> i32;

    /// Waits.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend;

    /// The local day.
    fn today(&self) -> Day {
        Day::of_clock(self.now(), self.offset_minutes())
    }
}

/// The machine's clock and time zone; waits on tokio's timer.
#[cfg(feature = "native")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[cfg(feature = "native")]
impl Clock for SystemClock {
    fn now(&self) -> ClockMs {
        ClockMs(chrono::Utc::now().timestamp_millis())
    }

    fn offset_minutes(&self) -> i32 {
        chrono::Local::now().offset().local_minus_utc() / 60
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend {
        tokio::time::sleep(duration)
    }
}
