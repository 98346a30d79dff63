//! The clock of a browser, in a page or in a worker.

use core::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use js_sys::{Date, Function, Promise};
use sync_core::id::ClockMs;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use super::Clock;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(handler: &Function, milliseconds: i32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}

/// The browser's clock and time zone.
#[derive(Clone, Copy, Debug, Default)]
pub struct BrowserClock;

impl Clock for BrowserClock {
    fn now(&self) -> ClockMs {
        // Whole milliseconds, far below 2^53.
        ClockMs(Date::now() as i64)
    }

    fn offset_minutes(&self) -> i32 {
        // Browsers count minutes west.
        -(Date::new_0().get_timezone_offset() as i32)
    }

    async fn sleep(&self, duration: Duration) {
        Timer::new(duration).await;
    }
}

/// Ends after some time; dropped earlier, it leaves nothing behind.
pub(crate) struct Timer {
    ended: JsFuture,
    timer: JsValue,
}

impl Timer {
    /// Begins to wait; for 24 days at most.
    pub(crate) fn new(duration: Duration) -> Self {
        let milliseconds = i32::try_from(duration.as_millis()).unwrap_or(i32::MAX);
        let mut timer = JsValue::UNDEFINED;
        let ended = Promise::new(&mut |resolve, _| timer = set_timeout(&resolve, milliseconds));
        Self { ended: JsFuture::from(ended), timer }
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.ended).poll(cx).map(drop)
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
    }
}
