//! `GET /api/v1/devices`: the devices of an administrator's users.

use axum::{Json, extract::State};
use serde::Serialize;
use sync_core::id::Username;
use utoipa::ToSchema;

use crate::{
    admin::{self, AdminError},
    api::{ApiState, Moment, Problem, caller::Caller, page::Page, parameters::Parameters},
    store::enrolled::EnrolledDevice,
};

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 500;

/// A device, as it was at its last contact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "9f2c41d07be3a856", "username": "doctor-03", "name": "tablet of ward 2",
    "enrolled": "2021-03-01T02:00:00.000Z", "revoked": null, "last_seen": "2021-03-15T08:31:00.000Z", "skew_ms": -4200,
    "waiting": 3, "app": "cairn/0.1.0"}))]
pub(in crate::api) struct DeviceShown {
    id: String,
    #[schema(value_type = String)]
    username: Username,
    /// What its user calls it.
    name: String,
    enrolled: Moment,
    /// When it was revoked; null if it was not.
    revoked: Option<Moment>,
    /// When it synced last; null if never.
    last_seen: Option<Moment>,
    /// How far its clock was ahead of the server's then.
    skew_ms: Option<i64>,
    /// How many changes waited on it then.
    waiting: Option<i64>,
    /// Which app it ran then, with its version; null if it did not say.
    app: Option<String>,
}

impl From<EnrolledDevice> for DeviceShown {
    fn from(device: EnrolledDevice) -> Self {
        Self {
            id: device.id,
            username: device.username,
            name: device.name,
            enrolled: Moment::of_ms(device.enrolled_ms),
            revoked: device.revoked_ms.map(Moment::of_ms),
            last_seen: device.last_seen_ms.map(Moment::of_ms),
            skew_ms: device.skew_ms,
            waiting: device.waiting,
            app: device.app,
        }
    }
}

/// Devices
///
/// Of users with a role on a unit of the caller's; oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/devices",
    operation_id = "list_devices",
    tag = "devices",
    params(
        ("user" = Option<String>, Query, description = "Those of one user, by username"),
        ("after" = Option<String>, Query, description = "The `next` of the page before"),
        ("limit" = Option<u16>, Query, description = "1 to 500; 100 if left out", minimum = 1, maximum = 500),
    ),
    responses((status = 200, description = "A page", body = Page<DeviceShown>))
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    query: Parameters,
) -> Result<Json<Page<DeviceShown>>, Problem> {
    let user: Option<Username> = query.optional("user")?;
    let limit = query.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let after = query.text("after");
    // One more, to know whether there is one.
    let devices = admin::page_devices(&state.store, &caller.by(), user.as_ref(), after, limit + 1).await;
    let devices = devices.map_err(|error| match error {
        AdminError::DeviceUnknown(_) => Problem::parameter("after", "is not a `next` that was given before"),
        other => other.into(),
    })?;
    Ok(Json(Page::of(devices, limit, |last| last.id.clone())))
}
