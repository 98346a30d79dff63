//! Devices. What a revoked one sends is not lost: it is held for a person to decide.

use std::collections::BTreeMap;

use sync_core::id::Username;

use super::{
    AdminError,
    user::{reach_of, within_reach},
};
use crate::{
    auth::By,
    store::{
        Store,
        audit::{self, Deed},
        enrolled::{self, EnrolledDevice},
    },
};

/// Every device of users within the reach of `by`, oldest first.
///
/// # Errors
/// [`AdminError::Store`].
pub async fn list_devices(store: &Store, by: &By) -> Result<Vec<EnrolledDevice>, AdminError> {
    let mut tx = store.read().await?;
    let mut seen: BTreeMap<Username, bool> = BTreeMap::new();
    let mut listed = Vec::new();
    for device in enrolled::all(&mut tx).await? {
        let sees = match seen.get(&device.username) {
            Some(sees) => *sees,
            None => reach_of(&mut tx, by, &device.username).await?.sees(),
        };
        seen.insert(device.username.clone(), sees);
        listed.extend(sees.then_some(device));
    }
    Ok(listed)
}

/// Takes a device's rights away, for good.
///
/// # Errors
/// [`AdminError`]: there is no such device, it was revoked already, or its user has roles beyond the reach of `by`.
pub async fn revoke_device(store: &Store, by: &By, id: &str) -> Result<(), AdminError> {
    let shown = || id.chars().take(80).collect::<String>();
    store
        .write(async |tx| {
            let user = enrolled::user_of(tx, id).await?.ok_or_else(|| AdminError::DeviceUnknown(shown()))?;
            within_reach(tx, by, &user).await.map_err(|error| match error {
                AdminError::UserUnknown(_) => AdminError::DeviceUnknown(shown()),
                other => other,
            })?;
            if !enrolled::revoke(tx, id, by.at().0).await? {
                return Err(AdminError::DeviceRevoked(shown()));
            }
            let detail = serde_json::json!({"username": user});
            Ok(audit::note(tx, by, Deed::new("device_revoked", id).with(detail)).await?)
        })
        .await
}
