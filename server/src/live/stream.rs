//! One device's stream.

use std::{collections::BTreeSet, convert::Infallible, time::Duration};

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use futures_util::stream;
use sync_core::id::UnitCode;
use tokio::{
    sync::{OwnedSemaphorePermit, broadcast, watch},
    time::{Instant, sleep_until},
};

use crate::{
    AppState,
    api::Problem,
    front::Stopping,
    store::{Store, StoreError, catalog::Directory, devices::Device, people},
};

/// How long a stream is silent at most. Shorter than what middleboxes on the way wait before they forget a connection.
const HEARTBEAT: Duration = Duration::from_secs(25);
/// The least time between two events of one stream; what moves meanwhile is told together.
const PACE: Duration = Duration::from_secs(1);
const HEARTBEAT_LINE: &str = ": here\n\n";

/// `GET /sync/v1/live`.
pub(super) async fn handle(
    State(app): State<AppState>,
    stopping: Option<Extension<Stopping>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let device = Device::of_headers(&app.store, &headers).await?;
    let device = device.ok_or_else(|| {
        Problem::new(StatusCode::UNAUTHORIZED, "invalid_token", "no device has this token: enrol again")
    })?;
    if device.revoked {
        return Err(Problem::new(StatusCode::FORBIDDEN, "device_revoked", "this device was revoked"));
    }
    let (place, moves) = app.moves.listen().ok_or_else(|| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_streams", "sync every now and then instead")
    })?;
    let live = Live {
        store: app.store,
        headers,
        moves,
        // A server that is not told when it stops never does.
        stopping: stopping.map(|Extension(Stopping(told))| told),
        next_event: Instant::now(),
        _place: place,
    };
    // The first line goes at once, so that the device knows that it is heard.
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

struct Live {
    store: Store,
    /// With the token; whose it is is looked up again for every event.
    headers: HeaderMap,
    moves: broadcast::Receiver<UnitCode>,
    stopping: Option<watch::Receiver<bool>>,
    next_event: Instant,
    _place: OwnedSemaphorePermit,
}

impl Live {
    /// The next lines, or `None` when the stream ends: the device was revoked, too much was missed, or the server stops.
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
                    Ok(unit) => drop(moved.insert(unit)),
                    Err(broadcast::error::TryRecvError::Empty) => break,
                    Err(_) => return None,
                }
            }
            let is_silent = moved.is_empty();
            let readable = match self.readable(moved).await {
                Ok(readable) => readable?,
                Err(error) => {
                    tracing::warn!(%error, "a stream ended");
                    return None;
                }
            };
            if is_silent {
                return Some(HEARTBEAT_LINE.to_owned());
            }
            if !readable.is_empty() {
                self.next_event = Instant::now() + PACE;
                return Some(readable.iter().map(|unit| format!("event: moved\ndata: {unit}\n\n")).collect());
            }
        }
    }

    /// Those of `moved` that the device may read now; `None` when it reads nothing any more.
    async fn readable(&self, mut moved: BTreeSet<UnitCode>) -> Result<Option<BTreeSet<UnitCode>>, StoreError> {
        let device = Device::of_headers(&self.store, &self.headers).await?;
        let Some(device) = device.filter(|device| !device.revoked) else { return Ok(None) };
        let mut tx = self.store.read().await?;
        let directory = Directory::current(&mut tx).await?;
        let grants = people::grants_of(&mut tx, &device.user).await?;
        moved.retain(|unit| directory.roles_on(&grants, unit).any());
        Ok(Some(moved))
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
