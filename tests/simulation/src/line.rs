//! A device's line to the server: what it sends lies here until the world carries it, and so does what comes back.

use core::{future::poll_fn, task::Poll};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cairn_client::{
    Transport, TransportError,
    transport::{EnrolRequest, Enrolled, Reply, ServerUrl, Traffic},
};

#[derive(Default)]
struct Ends {
    /// The number of the request under way.
    number: u64,
    waits: bool,
    sent: Option<Vec<u8>>,
    back: Option<Result<Reply, TransportError>>,
    traffic: Traffic,
}

/// A line; clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct Line(Arc<Mutex<Ends>>);

impl Line {
    fn lock(&self) -> MutexGuard<'_, Ends> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was sent and not carried yet, and its number.
    pub(crate) fn take_sent(&self) -> Option<(u64, Vec<u8>)> {
        let mut ends = self.lock();
        let body = ends.sent.take()?;
        Some((ends.number, body))
    }

    /// The answer to request `number` comes. Tells whether anybody still waits for it.
    pub(crate) fn bring(&self, number: u64, back: Result<Reply, TransportError>) -> bool {
        let mut ends = self.lock();
        let waits = ends.waits && ends.number == number && ends.back.is_none();
        if waits {
            ends.traffic.received += back.as_ref().map_or(0, |reply| reply.body.len() as u64);
            ends.back = Some(back);
        }
        waits
    }
}

impl Transport for Line {
    async fn enrol(&self, _: &ServerUrl, _: &EnrolRequest) -> Result<Enrolled, TransportError> {
        Err(TransportError::Unreachable("devices of this world are enrolled from the beginning".into()))
    }

    async fn sync(&self, _: &ServerUrl, _: &str, body: Vec<u8>) -> Result<Reply, TransportError> {
        {
            let mut ends = self.lock();
            ends.number += 1;
            ends.traffic.sent += body.len() as u64;
            (ends.sent, ends.back, ends.waits) = (Some(body), None, true);
        }
        poll_fn(|_| {
            let mut ends = self.lock();
            match ends.back.take() {
                Some(back) => {
                    ends.waits = false;
                    Poll::Ready(back)
                }
                None => Poll::Pending,
            }
        })
        .await
    }

    fn traffic(&self) -> Traffic {
        self.lock().traffic
    }
}
