//! `admin device`.

use serde_json::json;

use crate::{
    admin,
    api::Moment,
    auth::By,
    command::{Failure, Output, line::DeviceAct},
    store::{Store, enrolled::EnrolledDevice},
};

pub(super) async fn run(store: &Store, by: &By, act: DeviceAct) -> Result<Output, Failure> {
    match act {
        DeviceAct::List => {
            let devices = admin::list_devices(store, by).await?;
            let json: Vec<_> = devices.iter().map(shown).collect();
            let lines = devices.iter().map(|device| {
                let seen =
                    device.last_seen_ms.map_or_else(|| "never synced".into(), |ms| Moment::of_ms(ms).to_string());
                let state = if device.revoked_ms.is_some() { "revoked" } else { "enrolled" };
                format!("{}\t{}\t{state}\t{seen}\t{}", device.id, device.username, device.name)
            });
            Ok(Output::new(json!({"devices": json}), lines))
        }
        DeviceAct::Revoke { id } => {
            admin::revoke_device(store, by, &id).await?;
            Ok(Output::new(json!({"device": id, "revoked": true}), [format!("revoked device {id}")]))
        }
    }
}

fn shown(device: &EnrolledDevice) -> serde_json::Value {
    json!({
        "id": device.id,
        "username": device.username,
        "name": device.name,
        "enrolled": Moment::of_ms(device.enrolled_ms),
        "revoked": device.revoked_ms.map(Moment::of_ms),
        "last_seen": device.last_seen_ms.map(Moment::of_ms),
        "skew_ms": device.skew_ms,
        "waiting": device.waiting,
        "app": device.app,
    })
}
