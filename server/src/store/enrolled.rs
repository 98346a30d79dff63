//! Devices as administrators see them: enrolled, listed, revoked.

use sync_core::id::Username;

use super::{ReadTx, StoreError, WriteTx};
use crate::auth::SecretHash;

const ADD: &str =
    "INSERT INTO devices (id, username, name, token_hash, public_key, enrolled_ms) VALUES ($1, $2, $3, $4, $5, $6)";
const ALL: &str = "SELECT id, username, name, enrolled_ms, revoked_ms, last_seen_ms, skew_ms, waiting FROM devices \
                   ORDER BY enrolled_ms, id";
const REVOKE: &str = "UPDATE devices SET revoked_ms = $2 WHERE id = $1 AND revoked_ms IS NULL";
const USER: &str = "SELECT username FROM devices WHERE id = $1";

/// A device to be enrolled.
#[derive(Debug)]
pub(crate) struct NewDevice<'a> {
    pub id: &'a str,
    pub username: &'a Username,
    pub name: &'a str,
    pub token: SecretHash,
    pub public_key: [u8; 32],
    pub now_ms: i64,
}

/// A device, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolledDevice {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub username: Username,
    /// What its user calls it.
    pub name: String,
    /// When it was enrolled, ms.
    pub enrolled_ms: i64,
    /// When it was revoked, ms.
    pub revoked_ms: Option<i64>,
    /// When it last synced, ms.
    pub last_seen_ms: Option<i64>,
    /// How far its clock was ahead of the server's then, ms.
    pub skew_ms: Option<i64>,
    /// How many changes waited on it then.
    pub waiting: Option<i64>,
}

/// Adds a device.
///
/// # Errors
/// [`StoreError`], also when there is no such user.
pub(crate) async fn add(tx: &mut WriteTx, device: &NewDevice<'_>) -> Result<(), StoreError> {
    let query = sqlx::query(ADD)
        .bind(device.id)
        .bind(device.username.as_str())
        .bind(device.name)
        .bind(device.token.0.to_vec())
        .bind(device.public_key.to_vec())
        .bind(device.now_ms);
    query.execute(tx.conn()).await?;
    Ok(())
}

/// Every device, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn all(tx: &mut ReadTx) -> Result<Vec<EnrolledDevice>, StoreError> {
    type Row = (String, String, String, i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>);
    let rows: Vec<Row> = sqlx::query_as(ALL).fetch_all(tx.conn()).await?;
    let read = |(id, username, name, enrolled_ms, revoked_ms, last_seen_ms, skew_ms, waiting): Row| {
        let username = username.parse().map_err(StoreError::damaged)?;
        Ok(EnrolledDevice { id, username, name, enrolled_ms, revoked_ms, last_seen_ms, skew_ms, waiting })
    };
    rows.into_iter().map(read).collect()
}

/// Revokes a device; returns whether it was not revoked before.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn revoke(tx: &mut WriteTx, id: &str, now_ms: i64) -> Result<bool, StoreError> {
    Ok(sqlx::query(REVOKE).bind(id).bind(now_ms).execute(tx.conn()).await?.rows_affected() == 1)
}

/// Whose a device is; `None` if there is no such device.
///
/// # Errors
/// [`StoreError`].
pub async fn user_of(tx: &mut ReadTx, id: &str) -> Result<Option<Username>, StoreError> {
    let user: Option<String> = sqlx::query_scalar(USER).bind(id).fetch_optional(tx.conn()).await?;
    user.map(|user| user.parse().map_err(StoreError::damaged)).transpose()
}
