//! Sessions, by the hash of what their cookie holds.

use sync_core::id::Username;

use super::{ReadTx, StoreError, WriteTx};
use crate::auth::SecretHash;

const ADD: &str =
    "INSERT INTO sessions (token_hash, username, created_ms, used_ms, expires_ms) VALUES ($1, $2, $3, $3, $4)";
const FIND: &str = "SELECT username, used_ms, expires_ms FROM sessions WHERE token_hash = $1";
const TOUCH: &str = "UPDATE sessions SET used_ms = $2 WHERE token_hash = $1";
const END: &str = "DELETE FROM sessions WHERE token_hash = $1";
const END_OF_USER: &str = "DELETE FROM sessions WHERE username = $1";
const END_OVER: &str = "DELETE FROM sessions WHERE expires_ms <= $1 OR used_ms <= $2";

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeptSession {
    pub username: Username,
    pub used_ms: i64,
    pub expires_ms: i64,
}

/// Adds a session that was used now.
pub(crate) async fn add(
    tx: &mut WriteTx,
    hash: SecretHash,
    user: &Username,
    now_ms: i64,
    expires_ms: i64,
) -> Result<(), StoreError> {
    let query = sqlx::query(ADD).bind(hash.0.to_vec()).bind(user.as_str()).bind(now_ms).bind(expires_ms);
    query.execute(tx.conn()).await?;
    Ok(())
}

/// The session with this hash, over or not.
pub(crate) async fn find(tx: &mut ReadTx, hash: SecretHash) -> Result<Option<KeptSession>, StoreError> {
    let row: Option<(String, i64, i64)> = sqlx::query_as(FIND).bind(hash.0.to_vec()).fetch_optional(tx.conn()).await?;
    let kept = |(user, used_ms, expires_ms): (String, i64, i64)| {
        Ok(KeptSession { username: user.parse().map_err(StoreError::damaged)?, used_ms, expires_ms })
    };
    row.map(kept).transpose()
}

/// Notes that a session was used.
pub(crate) async fn touch(tx: &mut WriteTx, hash: SecretHash, now_ms: i64) -> Result<(), StoreError> {
    sqlx::query(TOUCH).bind(hash.0.to_vec()).bind(now_ms).execute(tx.conn()).await?;
    Ok(())
}

/// Ends a session.
pub(crate) async fn end(tx: &mut WriteTx, hash: SecretHash) -> Result<(), StoreError> {
    sqlx::query(END).bind(hash.0.to_vec()).execute(tx.conn()).await?;
    Ok(())
}

/// Ends every session of a user.
pub(crate) async fn end_of_user(tx: &mut WriteTx, user: &Username) -> Result<(), StoreError> {
    sqlx::query(END_OF_USER).bind(user.as_str()).execute(tx.conn()).await?;
    Ok(())
}

/// Forgets sessions that are over: expired by now, or not used since.
pub(crate) async fn end_over(tx: &mut WriteTx, now_ms: i64, unused_since_ms: i64) -> Result<(), StoreError> {
    sqlx::query(END_OVER).bind(now_ms).bind(unused_since_ms).execute(tx.conn()).await?;
    Ok(())
}
