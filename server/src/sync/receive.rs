//! The body of a request, and the changes in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use axum::{body::Body, http::StatusCode};
use http_body_util::BodyExt;
use sync_core::{
    gate::Barrier,
    id::{ActorKey, ChangeHash, UnitCode},
    limits::FRAME_BYTES_MAX,
    wire::{self, InRequest, Opened, RequestHead, WireError},
};
use tokio::{task, time::timeout};

use crate::{
    api::Problem,
    ingest::Unwinding,
    store::{Store, StoreError, changes},
};

/// The longest that a body may stop coming: links on the plateau stall, but not for ever.
const STALL_MAX: Duration = Duration::from_secs(60);

/// Reads a body of at most [`FRAME_BYTES_MAX`].
pub(super) async fn body(mut body: Body) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    loop {
        let frame = timeout(STALL_MAX, body.frame()).await;
        let frame =
            frame.map_err(|_| Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", "the body stopped coming"))?;
        let Some(frame) = frame else { return Ok(bytes) };
        let frame =
            frame.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "body_incomplete", "the body ended too early"))?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > FRAME_BYTES_MAX {
            return Err(refusal(&WireError::FrameTooLarge { max: FRAME_BYTES_MAX }));
        }
        bytes.extend_from_slice(&data);
    }
}

/// Opens a frame, looks up what it refers to, and rebuilds its changes.
pub(super) async fn request(store: &Store, bytes: Vec<u8>) -> Result<InRequest, Problem> {
    let opened = aside(move || wire::open_request(&bytes)).await?;
    let known = look_up(store, &opened).await?;
    let known = move |unit: &UnitCode, position| known.get(unit)?.get(&position).copied();
    // Chunks are built by the merge engine from what a stranger sent.
    aside(move || opened.rebuild(&known)).await
}

type Known = BTreeMap<UnitCode, BTreeMap<u64, (ChangeHash, ActorKey)>>;

async fn look_up(store: &Store, opened: &Opened<RequestHead>) -> Result<Known, StoreError> {
    let mut wanted: BTreeMap<UnitCode, BTreeSet<u64>> = BTreeMap::new();
    for (unit, position) in opened.references() {
        wanted.entry(unit).or_default().insert(position);
    }
    let mut known = Known::new();
    if wanted.is_empty() {
        return Ok(known);
    }
    let mut tx = store.read().await?;
    for (unit, positions) in wanted {
        let positions: Vec<u64> = positions.into_iter().collect();
        let found = changes::at_positions(&mut tx, &unit, &positions).await?;
        known.insert(unit, found);
    }
    Ok(known)
}

/// Runs work of the wire on a thread where it blocks nobody, behind the barrier.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T, WireError> + Send + 'static) -> Result<T, Problem> {
    match task::spawn_blocking(move || Unwinding.guard(work)).await {
        Ok(Ok(Ok(value))) => Ok(value),
        Ok(Ok(Err(error))) => Err(refusal(&error)),
        Ok(Err(_)) => {
            let detail = "the changes in the frame cannot be built";
            Err(Problem::new(StatusCode::BAD_REQUEST, "unbuildable", detail))
        }
        Err(error) => Err(Problem::internal(error)),
    }
}

fn refusal(error: &WireError) -> Problem {
    let status = match error {
        WireError::StaleReference { .. } | WireError::DigestMismatch => StatusCode::CONFLICT,
        WireError::FrameTooLarge { .. } | WireError::MessageTooLarge { .. } | WireError::TooMany { .. } => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        _ => StatusCode::BAD_REQUEST,
    };
    Problem::new(status, error.code(), error.to_string())
}
