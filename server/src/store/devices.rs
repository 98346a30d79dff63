//! Devices as the sync endpoint sees them: whose a token is, and when it was last seen.

use std::fmt;

use sync_core::id::Username;

use super::{ReadTx, StoreError, WriteTx, rows};
use crate::auth::SecretHash;

const BY_TOKEN: &str =
    "SELECT id, username, revoked_ms, last_seen_ms, skew_ms, waiting, app FROM devices WHERE token_hash = $1";
const TOUCH: &str =
    "UPDATE devices SET last_seen_ms = $2, skew_ms = $3, waiting = $4, app = COALESCE($5, app) WHERE id = $1";

/// The name of an enrolled device.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(String);

impl DeviceId {
    /// The device of this name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceId({})", self.0)
    }
}

/// The device behind a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its name.
    pub id: DeviceId,
    /// Whose it is.
    pub user: Username,
    /// Whether it was revoked: what it sends is held, and it reads nothing.
    pub revoked: bool,
    /// What it said of itself at its last contact, if there was one.
    pub seen: Option<Contact>,
}

/// What a device says of itself when it syncs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The server's clock, ms.
    pub at_ms: i64,
    /// The device's clock less the server's, ms.
    pub skew_ms: i64,
    /// Changes that wait on the device.
    pub waiting: u32,
    /// Which app it runs, with its version; `None` if it does not say.
    pub app: Option<String>,
}

/// The device with this token; `None` if it is nobody's.
///
/// # Errors
/// [`StoreError`].
pub async fn by_token(tx: &mut ReadTx, token: SecretHash) -> Result<Option<Device>, StoreError> {
    type Row = (String, String, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<String>);
    let row: Option<Row> = sqlx::query_as(BY_TOKEN).bind(token.0.to_vec()).fetch_optional(tx.conn()).await?;
    let Some((id, user, revoked, at, skew, waiting, app)) = row else { return Ok(None) };
    let seen = at.map(|at_ms| Contact {
        at_ms,
        skew_ms: skew.unwrap_or(0),
        waiting: waiting.and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
        app,
    });
    Ok(Some(Device { id: DeviceId(id), user: rows::username(&user)?, revoked: revoked.is_some(), seen }))
}

/// Notes that a device was in contact.
pub(crate) async fn touch(tx: &mut WriteTx, device: &DeviceId, contact: Contact) -> Result<(), StoreError> {
    let query = sqlx::query(TOUCH).bind(device.as_str()).bind(contact.at_ms).bind(contact.skew_ms);
    query.bind(i64::from(contact.waiting)).bind(contact.app).execute(tx.conn()).await?;
    Ok(())
}
