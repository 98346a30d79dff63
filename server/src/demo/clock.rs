//! The clock of the played year: one true time that the runner turns, and each device's own error.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use cairn_client::Clock;
use sync_core::id::{ClockMs, Day};

/// Minutes that the plateau's time is ahead of Greenwich.
const OFFSET_MINUTES: i32 = 8 * 60;
/// What passes between one deed and the next.
const STEP_MS: i64 = 61_000;

/// The true time, shared by everything that plays.
#[derive(Clone, Default)]
pub(super) struct TrueTime(Arc<AtomicI64>);

impl TrueTime {
    /// Turns the clock to eight in the morning of `day`, or leaves it, if it is later already.
    pub(super) fn turn_to(&self, day: Day) {
        let (year, month, date) = day.parts();
        let (year, month) =
            if month <= 2 { (i64::from(year) - 1, i64::from(month) + 12) } else { (year.into(), month.into()) };
        let days =
            365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + i64::from(date) - 719_469;
        self.0.fetch_max(days * 86_400_000, Ordering::SeqCst);
    }

    /// Lets a moment pass.
    pub(super) fn pass(&self) {
        self.0.fetch_add(STEP_MS, Ordering::SeqCst);
    }
}

/// A device's clock.
#[derive(Clone)]
pub(super) struct PlayedClock {
    time: TrueTime,
    error_ms: i64,
}

impl PlayedClock {
    pub(super) fn new(time: TrueTime, error_years: i32) -> Self {
        Self { time, error_ms: i64::from(error_years) * 365 * 86_400_000 }
    }
}

impl Clock for PlayedClock {
    fn now(&self) -> ClockMs {
        ClockMs(self.time.0.load(Ordering::SeqCst) + self.error_ms)
    }

    fn offset_minutes(&self) -> i32 {
        OFFSET_MINUTES
    }

    /// Waits a little in earnest: the played year has no seconds to wait for.
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration.min(Duration::from_millis(20))).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_shows_the_day_it_was_turned_to() {
        for text in ["2020-03-01", "2021-02-28", "2021-03-01", "2021-12-31", "2022-01-01", "2024-02-29"] {
            let time = TrueTime::default();
            time.turn_to(text.parse().unwrap());
            let clock = PlayedClock::new(time, 0);
            assert_eq!(clock.today().to_string(), text);
            assert_eq!(clock.now().0.rem_euclid(86_400_000), 0, "midnight in Greenwich is eight o'clock here");
        }
    }
}
