//! One stream: what moves, told at a pace, until whoever listens may not any more.

use std::{collections::BTreeSet, convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use futures_util::stream;
use tokio::{
    sync::{OwnedSemaphorePermit, broadcast, watch},
    time::{Instant, sleep_until},
};

use super::Moves;
use crate::{
    api::Problem,
    front::Stopping,
    store::{Move, StoreError},
};

/// How long a stream is silent at most. Shorter than what middleboxes on the way wait before they forget a connection.
const HEARTBEAT: Duration = Duration::from_secs(25);
/// The least time between two events of one stream; what moves meanwhile is told together.
const PACE: Duration = Duration::from_secs(1);
const HEARTBEAT_LINE: &str = ": here\n\n";

/// Whoever listens.
pub(crate) trait Listener: Send + Sync + 'static {
    /// The events that tell them of what has moved, as far as they may know of it now; `None` when they may know of nothing any
    /// more. Asked for every event, and for every heartbeat with nothing moved.
    fn events(&self, moved: BTreeSet<Move>) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;
}

/// Answers with a stream of events; `stopping` tells when the server stops.
///
/// # Errors
/// 503 `too_many_streams`.
pub(crate) fn begin(moves: &Moves, stopping: Option<Stopping>, listener: impl Listener) -> Result<Response, Problem> {
    let (place, moves) = moves.listen().ok_or_else(|| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_streams", "ask every now and then instead")
    })?;
    let live = Live {
        listener,
        moves,
        // A server that is not told when it stops never does.
        stopping: stopping.map(|Stopping(told)| told),
        next_event: Instant::now(),
        _place: place,
    };
    // The first line goes at once, so that whoever listens knows that they are heard.
    let begun = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(HEARTBEAT_LINE.as_bytes())) });
    let told = stream::unfold(live, async |mut live| live.next().await.map(|lines| (Ok(Bytes::from(lines)), live)));
    let body = Body::from_stream(futures_util::StreamExt::chain(begun, Box::pin(told)));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

struct Live<L> {
    listener: L,
    moves: broadcast::Receiver<Move>,
    stopping: Option<watch::Receiver<bool>>,
    next_event: Instant,
    _place: OwnedSemaphorePermit,
}

impl<L: Listener> Live<L> {
    /// The next lines, or `None` when the stream ends: whoever listens may not any more, too much was missed, or the server
    /// stops.
    async fn next(&mut self) -> Option<String> {
        loop {
            let mut moved = BTreeSet::new();
            let silent_until = Instant::now() + HEARTBEAT;
            tokio::select! {
                heard = self.moves.recv() => drop(moved.insert(heard.ok()?)),
                () = sleep_until(silent_until) => {}
                () = told(&mut self.stopping) => return None,
            }
            if !moved.is_empty() {
                tokio::select! {
                    () = sleep_until(self.next_event) => {}
                    () = told(&mut self.stopping) => return None,
                }
            }
            loop {
                match self.moves.try_recv() {
                    Ok(one) => drop(moved.insert(one)),
                    Err(broadcast::error::TryRecvError::Empty) => break,
                    Err(_) => return None,
                }
            }
            let is_silent = moved.is_empty();
            let events = match self.listener.events(moved).await {
                Ok(events) => events?,
                Err(error) => {
                    tracing::warn!(%error, "a stream ended");
                    return None;
                }
            };
            if is_silent {
                return Some(HEARTBEAT_LINE.to_owned());
            }
            if !events.is_empty() {
                self.next_event = Instant::now() + PACE;
                return Some(events);
            }
        }
    }
}

/// Comes when the server is told to stop.
async fn told(stopping: &mut Option<watch::Receiver<bool>>) {
    match stopping {
        // An error means that nobody is left to tell: it has stopped.
        Some(stopping) => drop(stopping.wait_for(|stops| *stops).await),
        None => std::future::pending().await,
    }
}
