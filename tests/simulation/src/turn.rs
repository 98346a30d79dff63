//! Turning futures by hand: one thread, no runtime. What is not ready waits for the world. Never within a Tokio runtime, which
//! makes a future wait now and then for no other reason than that it got on well: a world would take that for a death.

use core::{
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

/// Turns a future once.
pub(crate) fn once<F: Future + ?Sized>(future: Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Turns a future that needs nobody else; `None` when its process died on the way.
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    once(pin!(future))
}
