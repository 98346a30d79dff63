//! Devices. What a revoked one sends is not lost: it is held for a person to decide.

use super::{AdminError, user::within_reach};
use crate::{
    auth::By,
    store::{
        Store,
        audit::{self, Deed},
        enrolled::{self, DeviceFilter, EnrolledDevice},
    },
};

/// Every device of users within the reach of `by`, oldest first.
///
/// # Errors
/// [`AdminError::Store`].
pub async fn list_devices(store: &Store, by: &By) -> Result<Vec<EnrolledDevice>, AdminError> {
    let filter = DeviceFilter { tops: by.tops(), ..DeviceFilter::default() };
    Ok(enrolled::page(&mut store.read().await?, &filter, None, i64::MAX).await?)
}

fn shown(id: &str) -> String {
    id.chars().take(80).collect()
}

/// Takes a device's rights away, for good.
///
/// # Errors
/// [`AdminError`]: there is no such device, it was revoked already, or its user has roles beyond the reach of `by`.
pub async fn revoke_device(store: &Store, by: &By, id: &str) -> Result<(), AdminError> {
    store
        .act(by, async |tx| {
            let user = enrolled::user_of(tx, id).await?.ok_or_else(|| AdminError::DeviceUnknown(shown(id)))?;
            within_reach(tx, by, &user).await.map_err(|error| match error {
                AdminError::UserUnknown(_) => AdminError::DeviceUnknown(shown(id)),
                other => other,
            })?;
            if !enrolled::revoke(tx, id, by.at().0).await? {
                return Err(AdminError::DeviceRevoked(shown(id)));
            }
            let detail = serde_json::json!({"username": user});
            Ok(audit::note(tx, by, Deed::new("device_revoked", id).with(detail)).await?)
        })
        .await
}
