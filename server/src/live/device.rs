//! `GET /sync/v1/live`: the feeds that a device may read.

use std::collections::BTreeSet;

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::stream::{self, Listener};
use crate::{
    AppState,
    api::Problem,
    front::Stopping,
    store::{Move, Moved, Store, StoreError, catalog::Directory, devices::Device, people},
};

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
    let listening = Listening { store: app.store, headers };
    stream::begin(&app.moves, stopping.map(|Extension(stopping)| stopping), listening)
}

/// A device that listens.
struct Listening {
    store: Store,
    /// With the token; whose it is is looked up again for every event.
    headers: HeaderMap,
}

impl Listener for Listening {
    async fn events(&self, moved: BTreeSet<Move>) -> Result<Option<String>, StoreError> {
        let device = Device::of_headers(&self.store, &self.headers).await?;
        let Some(device) = device.filter(|device| !device.revoked) else { return Ok(None) };
        let mut tx = self.store.read().await?;
        let directory = Directory::current(&mut tx).await?;
        let grants = people::grants_of(&mut tx, &device.user).await?;
        let feeds = moved.into_iter().filter(|moved| moved.what == Moved::Records).map(|moved| moved.unit);
        let readable = feeds.filter(|unit| directory.roles_on(&grants, unit).any());
        Ok(Some(readable.map(|unit| format!("event: moved\ndata: {unit}\n\n")).collect()))
    }
}
