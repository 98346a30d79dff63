//! Who a device is.

use core::fmt;

use serde::Serialize;
use sync_core::id::Username;

use crate::transport::ServerUrl;

/// Who a device is to its server: what enrolment gave it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Identity {
    /// Where the server is.
    #[serde(serialize_with = "as_text")]
    pub server: ServerUrl,
    /// The server's Ed25519 public key, 64 hexadecimal digits.
    pub server_key: String,
    /// The device's token: whoever has it is this device.
    #[serde(skip)]
    pub token: String,
    /// The server's name for the device.
    pub device: String,
    /// The device's user.
    pub user: Username,
    /// The user's name, as people write it.
    pub name: String,
    /// The device's Ed25519 secret key.
    #[serde(skip)]
    pub secret: [u8; 32],
}

fn as_text<S: serde::Serializer>(server: &ServerUrl, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(server.as_str())
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither token nor key may reach a log.
        f.debug_struct("Identity")
            .field("server", &self.server)
            .field("device", &self.device)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}
