//! One request, from its first byte to the last of the response.

use std::time::Instant;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use futures_util::future::{OptionFuture, join};
use sync_core::{
    id::{ChangeHash, ClockMs, UnitCode},
    wire::{CONTENT_TYPE, InChange, InRequest, Outcome, RequestHead},
};

use super::{
    answer::{self, Question},
    receive,
};
use crate::{
    AppState,
    api::Problem,
    clock,
    ingest::{self, Ingest, IngestError, Push},
    store::{
        StoreError,
        devices::{Contact, Device},
    },
};

/// How old what is known of a device may get before a sync that stores nothing else is worth a write, ms.
const CONTACT_FRESH_MS: i64 = 60_000;
/// How far a device's skew may drift before it is worth a write, ms.
const SKEW_DRIFT_MS: i64 = 5_000;
/// Changes of one request that are stored in one transaction while no other request is worked on.
const STORED_ALONE: usize = 128;
/// The same while there are others: so much longer, some 5 ms, each of them may have to wait for its turn.
const STORED_AT_A_TIME: usize = 32;
/// Names the app that the device runs.
const APP: &str = "cairn-app";
/// Characters of that name.
const APP_CHARS_MAX: usize = 64;

/// `POST /sync/v1`.
pub(super) async fn handle(State(app): State<AppState>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let device = Device::of_headers(&app.store, &headers).await?;
    let device = device.ok_or_else(|| {
        let detail = "no device has this token: enrol again";
        Problem::new(StatusCode::UNAUTHORIZED, "invalid_token", detail)
    })?;
    check_media_type(&headers)?;
    let bytes = receive::body(body).await?;
    let body_bytes = bytes.len();
    let _place = app.syncs.acquire().await.map_err(Problem::internal)?;
    let InRequest { head, groups } = receive::request(&app.store, bytes).await?;
    let contact = contact(&device, &head, app_of(&headers), clock::now());
    let mut changes = Vec::new();
    for group in groups {
        changes.extend(group.changes.into_iter().map(|change| (group.unit.clone(), change)));
    }
    let pushed: Vec<ChangeHash> = changes.iter().map(|(_, change)| change.change.hash()).collect();
    let outcomes = if pushed.is_empty() && !is_worth_noting(&device, &contact) {
        Vec::new()
    } else {
        store_all(&app, &device, contact, &head, changes).await?
    };
    app.metrics.received(body_bytes);
    let question = Question { device, head, pushed, outcomes };
    let begun = Instant::now();
    let bytes = answer::answer(&app.store, question).await?;
    app.metrics.read(begun);
    app.metrics.answered(bytes.len());
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Stores what was pushed, even if whoever pushed it is gone by then, as on bad links.
async fn store_all(
    app: &AppState,
    device: &Device,
    contact: Contact,
    head: &RequestHead,
    changes: Vec<(UnitCode, InChange)>,
) -> Result<Vec<Outcome>, Problem> {
    let vouched = ingest::vouched(app.store.author_key(), head, &changes);
    let push = Push { device: device.clone(), contact: Some(contact), changes, vouched, authors: head.authors.clone() };
    let app = app.clone();
    let storing = tokio::spawn(async move {
        let begun = Instant::now();
        let outcomes = store(&app, push).await?;
        app.metrics.stored(begun);
        Ok(outcomes)
    });
    storing.await.map_err(Problem::internal)?.map_err(refusal)
}

/// Has changes stored, some at a time: what others send meanwhile goes in between, so nobody waits until all that one device sends is
/// stored. Should it fail midway, the device sends all of them again, and those that are stored by then are duplicates. So what became of
/// each is counted as soon as it is stored.
async fn store(app: &AppState, push: Push) -> Result<Vec<Outcome>, IngestError> {
    let Push { device, mut contact, changes, mut vouched, authors } = push;
    let mut outcomes = Vec::with_capacity(changes.len());
    let mut left = changes.into_iter();
    let mut take = || {
        let many = if app.is_one_sync() { STORED_ALONE } else { STORED_AT_A_TIME };
        let changes: Vec<_> = left.by_ref().take(many).collect();
        let names = changes.iter().map(|(_, change)| change.change.hash());
        let vouched = names.filter_map(|hash| vouched.remove_entry(&hash)).collect();
        let part = Push { device: device.clone(), contact: contact.take(), changes, vouched, authors: authors.clone() };
        (!part.changes.is_empty() || part.contact.is_some()).then(|| Ingest::ready(part))
    };
    let mut next = OptionFuture::from(take()).await;
    while let Some(ready) = next {
        // The next ones are made ready while these are stored.
        let (stored, following) = join(app.ingest.push_ready(ready?), OptionFuture::from(take())).await;
        let stored = stored?;
        app.metrics.pushed(&stored);
        outcomes.extend(stored);
        next = following;
    }
    Ok(outcomes)
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    match given {
        Some(given) if given.eq_ignore_ascii_case(CONTENT_TYPE) => Ok(()),
        _ => {
            let detail = format!("send Content-Type: {CONTENT_TYPE}");
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type_unsupported", detail))
        }
    }
}

fn contact(device: &Device, head: &RequestHead, app: Option<String>, now: ClockMs) -> Contact {
    let skew_ms = match head.clock.0 {
        // It does not say.
        0 => device.seen.as_ref().map_or(0, |seen| seen.skew_ms),
        clock => clock.saturating_sub(now.0),
    };
    Contact { at_ms: now.0, skew_ms, waiting: head.waiting, app }
}

/// Which app the device says that it runs: a word, or a few, of ASCII. What is none is left out: a sync is worth more.
fn app_of(headers: &HeaderMap) -> Option<String> {
    let app = headers.get(APP)?.to_str().ok()?.trim();
    ((1..=APP_CHARS_MAX).contains(&app.len())).then(|| app.to_owned())
}

/// Whether a contact tells enough to be written by itself: a write costs a wait for the disk.
fn is_worth_noting(device: &Device, contact: &Contact) -> bool {
    device.seen.as_ref().is_none_or(|seen| {
        contact.at_ms.saturating_sub(seen.at_ms) > CONTACT_FRESH_MS
            || contact.skew_ms.abs_diff(seen.skew_ms) > SKEW_DRIFT_MS.unsigned_abs()
            || contact.waiting != seen.waiting
            || (contact.app.is_some() && contact.app != seen.app)
    })
}

fn refusal(error: IngestError) -> Problem {
    let code = error.code();
    match error {
        IngestError::Store(StoreError::DiskFull) | IngestError::Stopped => {
            tracing::error!(%error, "a push was not stored");
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, "not everything was stored: try again later")
        }
        IngestError::TooMuch => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, code, error.to_string()),
        IngestError::Store(error) => error.into(),
        IngestError::Unwritten(unwritten) => Problem::internal(unwritten),
    }
}
