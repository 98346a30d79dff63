//! What there is one of in a store: its secrets and its revision.

use super::{ReadTx, StoreError, WriteTx};

const READ: &str = "SELECT value FROM store_meta WHERE key = $1";
const DRAW: &str = "INSERT INTO store_meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
const PUT: &str =
    "INSERT INTO store_meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
const REMOVE: &str = "DELETE FROM store_meta WHERE key = $1";
const REVISE: &str =
    "UPDATE store_meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = 'catalog_revision'";

/// The secret half of the server's Ed25519 key.
pub(crate) const SERVER_KEY_SECRET: &str = "server_key_secret";

/// When the last backup was finished, ms.
pub(crate) const LAST_BACKUP: &str = "last_backup";

/// The hash of the code with which the first administrator is made, hexadecimal; there is none once there is one.
pub(crate) const SETUP_CODE: &str = "setup_code";

/// The value of `key`.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn read(tx: &mut ReadTx, key: &str) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar(READ).bind(key).fetch_optional(tx.conn()).await?)
}

/// Keeps `value` as that of `key`, unless it has one already.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn keep_first(tx: &mut WriteTx, key: &str, value: &str) -> Result<(), StoreError> {
    sqlx::query(DRAW).bind(key).bind(value).execute(tx.conn()).await?;
    Ok(())
}

/// Sets the value of `key`.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn put(tx: &mut WriteTx, key: &str, value: &str) -> Result<(), StoreError> {
    sqlx::query(PUT).bind(key).bind(value).execute(tx.conn()).await?;
    Ok(())
}

/// Removes `key`.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn remove(tx: &mut WriteTx, key: &str) -> Result<(), StoreError> {
    sqlx::query(REMOVE).bind(key).execute(tx.conn()).await?;
    Ok(())
}

/// Notes that units, users, grants or forms have changed, so that every server and device reads them again.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn revise_catalog(tx: &mut WriteTx) -> Result<(), StoreError> {
    match sqlx::query(REVISE).execute(tx.conn()).await?.rows_affected() {
        1 => Ok(()),
        _ => Err(StoreError::damaged("there is no catalog revision")),
    }
}
