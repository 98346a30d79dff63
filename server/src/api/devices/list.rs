//! `GET /api/v1/devices`: the devices of an administrator's users.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::Serialize;
use sync_core::id::{UnitCode, Username};
use utoipa::ToSchema;

use crate::{
    api::{ApiState, Moment, Problem, caller::Caller, page::Page, parameters::Parameters},
    clock,
    store::{
        enrolled::{self, DeviceFilter, DeviceOrder, DevicePosition, EnrolledDevice},
        people,
    },
};

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 500;
const SILENT_DAYS_MAX: u32 = 3_660;

/// A device, as it was at its last contact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "9f2c41d07be3a856", "username": "doctor-03", "name_of_user": "卓玛", "units": ["markam-hospital"],
    "name": "tablet of ward 2", "enrolled": "2021-03-01T02:00:00.000Z", "revoked": null,
    "last_seen": "2021-03-15T08:31:00.000Z", "skew_ms": -4200, "waiting": 3, "app": "cairn/0.1.0"}))]
pub(in crate::api) struct DeviceShown {
    id: String,
    #[schema(value_type = String)]
    username: Username,
    name_of_user: String,
    /// The codes of the units on which its user has a role.
    #[schema(value_type = Vec<String>)]
    units: Vec<UnitCode>,
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

impl DeviceShown {
    fn of(device: EnrolledDevice, units: Vec<UnitCode>) -> Self {
        Self {
            id: device.id,
            username: device.username,
            name_of_user: device.name_of_user,
            units,
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
/// Of users with a role on a unit of the caller's; the oldest first, or, with `order=last_seen`, those that never synced and then
/// the longest silent.
#[utoipa::path(
    get,
    path = "/api/v1/devices",
    operation_id = "list_devices",
    tag = "devices",
    params(
        ("user" = Option<String>, Query, description = "Those of one user, by username"),
        ("unit" = Option<String>, Query, description = "Those of users with a role on this unit or below it, by its code"),
        ("silent_days" = Option<u32>, Query, minimum = 1, maximum = 3660,
            description = "Those, not revoked, that have not synced for so many days, or never"),
        ("order" = Option<String>, Query, description = "`enrolled` if left out, or `last_seen`"),
        ("after" = Option<String>, Query, description = "The `next` of the page before, which must have the same order"),
        ("limit" = Option<u16>, Query, description = "1 to 500; 100 if left out", minimum = 1, maximum = 500),
    ),
    responses(
        (status = 200, description = "A page", body = Page<DeviceShown>),
        (status = 403, description = "`unit_forbidden`: the caller does not administer `unit`"),
        (status = 404, description = "`unit_unknown`: there is no `unit` of this code"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    query: Parameters,
) -> Result<Json<Page<DeviceShown>>, Problem> {
    let user: Option<Username> = query.optional("user")?;
    let unit: Option<UnitCode> = query.optional("unit")?;
    let silent_days: Option<u32> = query.optional("silent_days")?;
    if silent_days.is_some_and(|days| !(1..=SILENT_DAYS_MAX).contains(&days)) {
        return Err(Problem::parameter("silent_days", format_args!("is not 1 to {SILENT_DAYS_MAX}")));
    }
    let orders = [("enrolled", DeviceOrder::Enrolled), ("last_seen", DeviceOrder::LastSeen)];
    let order = query.word("order", &orders)?.unwrap_or_default();
    let limit = query.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let after = query.text("after").map(read_cursor).transpose()?;
    let mut tx = state.store.read().await?;
    let below = match unit {
        Some(code) => Some(caller.unit(&mut tx, "unit", &code).await?.path),
        None => None,
    };
    let by = caller.by();
    let filter = DeviceFilter {
        tops: by.tops(),
        user: user.as_ref(),
        below: below.as_ref(),
        unseen_since_ms: silent_days.map(|days| enrolled::silent_since(clock::now().0, days.into())),
        order,
    };
    // One more, to know whether there is one.
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let devices = enrolled::page(&mut tx, &filter, after.as_ref(), wanted).await?;
    let mut users: Vec<Username> = devices.iter().map(|device| device.username.clone()).collect();
    users.sort_unstable();
    users.dedup();
    let mut units: BTreeMap<Username, Vec<UnitCode>> = BTreeMap::new();
    for (user, grant) in people::grants_of_all(&mut tx, &users).await? {
        let units = units.entry(user).or_default();
        if units.last() != Some(&grant.unit) {
            units.push(grant.unit);
        }
    }
    let page = Page::<EnrolledDevice>::of(devices, limit, |last| write_cursor(&order.position_of(last)));
    let shown = |device: EnrolledDevice| {
        let units = units.get(&device.username).cloned().unwrap_or_default();
        DeviceShown::of(device, units)
    };
    Ok(Json(Page { items: page.items.into_iter().map(shown).collect(), next: page.next }))
}

fn read_cursor(text: &str) -> Result<DevicePosition, Problem> {
    let read = || {
        let (at, id) = text.split_once('.').filter(|(_, id)| !id.contains(char::is_control))?;
        Some(DevicePosition { at: at.parse().ok()?, id: id.to_owned() })
    };
    read().ok_or_else(|| Problem::parameter("after", "is not a `next` that was given before"))
}

fn write_cursor(DevicePosition { at, id }: &DevicePosition) -> String {
    format!("{at}.{id}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        auth::Role,
        clock,
        testing::{Desk, World, on_both, problem},
    };

    on_both![silent_devices_are_listed_by_unit_the_longest_silent_first];

    async fn silent_devices_are_listed_by_unit_the_longest_silent_first(engine: crate::store::Engine) {
        let world = World::new(engine).await;
        let desk = Desk::with(&world, "admin-01", Role::Administrator, "changdu").await;
        let (now, day) = (clock::now().0, 86_400_000);
        for (user, unit, days) in [
            ("doctor-1", "markam", Some(3)),
            ("doctor-2", "markam-hospital", Some(20)),
            ("doctor-3", "riwoqe", Some(40)),
            ("doctor-4", "markam", None),
            ("doctor-5", "markam", Some(90)),
        ] {
            let mut worker = world.worker(user, Role::Recorder, unit).await;
            if let Some(days) = days {
                world.see(user, now - days * day).await;
            }
            if user == "doctor-5" {
                world.revoke(&mut worker).await;
            }
        }
        world.see("admin-01", now).await;
        world.grant("doctor-2", Role::Observer, "riwoqe").await;
        world.grant("doctor-2", Role::Reviewer, "riwoqe").await;
        let walk = async |query: &str, limit: usize| {
            let (mut found, mut after) = (Vec::new(), String::new());
            loop {
                let page = desk.got(&format!("/api/v1/devices?{query}&limit={limit}&after={after}")).await;
                found.extend(
                    page["items"].as_array().unwrap().iter().map(|d| d["username"].as_str().unwrap().to_owned()),
                );
                match page["next"].as_str() {
                    Some(next) => next.clone_into(&mut after),
                    None => return found,
                }
            }
        };
        for limit in [1, 2, 100] {
            let by_silence = walk("order=last_seen", limit).await;
            assert_eq!(by_silence, ["doctor-4", "doctor-5", "doctor-3", "doctor-2", "doctor-1", "admin-01"]);
            let silent = walk("order=last_seen&silent_days=14", limit).await;
            assert_eq!(silent, ["doctor-4", "doctor-3", "doctor-2"]);
            let in_markam = walk("order=last_seen&silent_days=14&unit=markam", limit).await;
            assert_eq!(in_markam, ["doctor-4", "doctor-2"]);
            assert_eq!(walk("unit=riwoqe&user=doctor-2", limit).await, ["doctor-2"]);
            assert_eq!(walk("", limit).await.len(), 6);
        }
        let shown = desk.got("/api/v1/devices?user=doctor-2").await;
        let device = &shown["items"][0];
        assert_eq!(
            (&device["name_of_user"], &device["units"]),
            (&json!("医生"), &json!(["markam-hospital", "riwoqe"]))
        );
        for (query, status, code) in [
            ("silent_days=0", 400, "parameter_invalid"),
            ("order=name", 400, "parameter_invalid"),
            ("after=x", 400, "parameter_invalid"),
            ("unit=nowhere", 404, "unit_unknown"),
        ] {
            assert_eq!(problem(desk.get(&format!("/api/v1/devices?{query}")).await), (status, code.into()), "{query}");
        }
        let elsewhere = Desk::with(&world, "admin-02", Role::Administrator, "riwoqe").await;
        assert_eq!(problem(elsewhere.get("/api/v1/devices?unit=markam").await), (403, "unit_forbidden".into()));
    }
}
