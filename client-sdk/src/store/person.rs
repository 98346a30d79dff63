//! Somebody who is enrolled on a device that several people share.

use serde::{Deserialize, Serialize};
use sync_core::id::Username;

use super::Identity;

/// Somebody who is enrolled on this device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Person {
    /// The name of the database.
    pub id: String,
    /// The user.
    pub user: Username,
    /// The user's name, as people write it.
    pub name: String,
    /// The server's address.
    pub server: String,
    /// The server's name for the device.
    pub device: String,
}

impl Person {
    /// The person of an identity whose replica is in the database `id`.
    #[must_use]
    pub fn of(id: String, identity: &Identity) -> Self {
        Self {
            id,
            user: identity.user.clone(),
            name: identity.name.clone(),
            server: identity.server.as_str().to_owned(),
            device: identity.device.clone(),
        }
    }
}
