//! API tokens and enrolment codes, by their hash.

use sync_core::id::Username;

use super::{ReadTx, StoreError, WriteTx};
use crate::auth::SecretHash;

const ADD_TOKEN: &str = "INSERT INTO api_tokens (token_hash, username, created_ms) VALUES ($1, $2, $3)";
const HOLDER: &str =
    "SELECT username FROM api_tokens WHERE token_hash = $1 AND (expires_ms IS NULL OR expires_ms > $2)";
const ADD_CODE: &str = "INSERT INTO enrolment_codes (code_hash, username, expires_ms) VALUES ($1, $2, $3)";
const CODE: &str = "SELECT username, expires_ms, used_ms FROM enrolment_codes WHERE code_hash = $1";
const USE_CODE: &str = "UPDATE enrolment_codes SET used_ms = $2 WHERE code_hash = $1 AND used_ms IS NULL";

/// What is known of an enrolment code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCode {
    /// Whom it was made for.
    pub username: Username,
    /// When it stops to work.
    pub expires_ms: i64,
    /// When it was used.
    pub used_ms: Option<i64>,
}

/// Adds an API token for a user.
///
/// # Errors
/// [`StoreError`], also when there is no such user.
pub(crate) async fn add(tx: &mut WriteTx, hash: SecretHash, user: &Username, now_ms: i64) -> Result<(), StoreError> {
    let query = sqlx::query(ADD_TOKEN).bind(hash.0.to_vec()).bind(user.as_str()).bind(now_ms);
    query.execute(tx.conn()).await?;
    Ok(())
}

/// Whose API token this is; `None` if it is nobody's, or has expired.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn holder(tx: &mut ReadTx, hash: SecretHash, now_ms: i64) -> Result<Option<Username>, StoreError> {
    let query = sqlx::query_scalar(HOLDER).bind(hash.0.to_vec()).bind(now_ms);
    let holder: Option<String> = query.fetch_optional(tx.conn()).await?;
    holder.map(|user| user.parse().map_err(StoreError::damaged)).transpose()
}

/// Adds an enrolment code for a user.
///
/// # Errors
/// [`StoreError`], also when there is no such user.
pub(crate) async fn add_code(
    tx: &mut WriteTx,
    hash: SecretHash,
    user: &Username,
    expires_ms: i64,
) -> Result<(), StoreError> {
    let query = sqlx::query(ADD_CODE).bind(hash.0.to_vec()).bind(user.as_str()).bind(expires_ms);
    query.execute(tx.conn()).await?;
    Ok(())
}

/// What is known of an enrolment code.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn code(tx: &mut ReadTx, hash: SecretHash) -> Result<Option<KnownCode>, StoreError> {
    let row: Option<(String, i64, Option<i64>)> =
        sqlx::query_as(CODE).bind(hash.0.to_vec()).fetch_optional(tx.conn()).await?;
    let read = |(user, expires_ms, used_ms): (String, i64, Option<i64>)| {
        Ok(KnownCode { username: user.parse().map_err(StoreError::damaged)?, expires_ms, used_ms })
    };
    row.map(read).transpose()
}

/// Marks a code as used; returns whether it was not used before.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn use_code(tx: &mut WriteTx, hash: SecretHash, now_ms: i64) -> Result<bool, StoreError> {
    let query = sqlx::query(USE_CODE).bind(hash.0.to_vec()).bind(now_ms);
    Ok(query.execute(tx.conn()).await?.rows_affected() == 1)
}
