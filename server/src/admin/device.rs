//! Devices. What a revoked one sends is not lost: it is held for a person to decide.

use sync_core::id::ClockMs;

use super::AdminError;
use crate::store::{
    Store,
    enrolled::{self, EnrolledDevice},
};

/// Every device, oldest first.
///
/// # Errors
/// [`AdminError::Store`].
pub async fn list_devices(store: &Store) -> Result<Vec<EnrolledDevice>, AdminError> {
    Ok(enrolled::all(&mut store.read().await?).await?)
}

/// Takes a device's rights away, for good.
///
/// # Errors
/// [`AdminError`]: there is no such device, or it was revoked already.
pub async fn revoke_device(store: &Store, id: &str, now: ClockMs) -> Result<(), AdminError> {
    let shown = || id.chars().take(80).collect::<String>();
    store
        .write(async |tx| {
            if enrolled::revoke(tx, id, now.0).await? {
                return Ok(());
            }
            match enrolled::exists(tx, id).await? {
                true => Err(AdminError::DeviceRevoked(shown())),
                false => Err(AdminError::DeviceUnknown(shown())),
            }
        })
        .await
}
