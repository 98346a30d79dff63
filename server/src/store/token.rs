//! API tokens and one-time codes, by their hash.

use sync_core::id::Username;

use super::{ReadTx, StoreError, WriteTx};
use crate::auth::{Role, SecretHash};

const ADD_TOKEN: &str = "INSERT INTO api_tokens (token_hash, id, username, name, role, created_ms, expires_ms) \
                         VALUES ($1, $2, $3, $4, $5, $6, $7)";
const HOLDER: &str = "SELECT username, role FROM api_tokens WHERE token_hash = $1 AND expires_ms > $2";
const OF_USER: &str = "SELECT id, name, role, created_ms, expires_ms FROM api_tokens \
                       WHERE username = $1 AND expires_ms > $2 ORDER BY created_ms, id";
const REMOVE: &str = "DELETE FROM api_tokens WHERE username = $1 AND id = $2";
const ADD_CODE: &str = "INSERT INTO enrolment_codes (code_hash, purpose, username, expires_ms) VALUES ($1, $2, $3, $4)";
const CODE: &str = "SELECT username, expires_ms, used_ms FROM enrolment_codes WHERE code_hash = $1 AND purpose = $2";
const USE_CODE: &str = "UPDATE enrolment_codes SET used_ms = $2 WHERE code_hash = $1 AND used_ms IS NULL";

/// What is known of a one-time code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCode {
    /// Whom it was made for.
    pub username: Username,
    /// When it stops to work.
    pub expires_ms: i64,
    /// When it was used.
    pub used_ms: Option<i64>,
}

/// An API token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownToken {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub username: Username,
    /// What it is for.
    pub name: String,
    /// The most that its holder can do.
    pub role: Role,
    /// When it was made, ms.
    pub created_ms: i64,
    /// When it stops to work, ms.
    pub expires_ms: i64,
}

/// An API token to be added.
#[derive(Debug)]
pub(crate) struct NewToken<'a> {
    pub hash: SecretHash,
    pub known: &'a KnownToken,
}

/// Adds an API token for a user.
///
/// # Errors
/// [`StoreError`], also when there is no such user.
pub(crate) async fn add(tx: &mut WriteTx, NewToken { hash, known }: &NewToken<'_>) -> Result<(), StoreError> {
    let query = sqlx::query(ADD_TOKEN).bind(hash.0.to_vec()).bind(known.id.as_str()).bind(known.username.as_str());
    let query = query.bind(known.name.as_str()).bind(known.role.word()).bind(known.created_ms).bind(known.expires_ms);
    query.execute(tx.conn()).await?;
    Ok(())
}

/// Whose API token this is, and the most that it lets its holder do; `None` if it is nobody's, or has expired.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn holder(
    tx: &mut ReadTx,
    hash: SecretHash,
    now_ms: i64,
) -> Result<Option<(Username, Role)>, StoreError> {
    let query = sqlx::query_as(HOLDER).bind(hash.0.to_vec()).bind(now_ms);
    let holder: Option<(String, String)> = query.fetch_optional(tx.conn()).await?;
    holder.map(|(user, word)| Ok((user.parse().map_err(StoreError::damaged)?, role(&word)?))).transpose()
}

/// The tokens of a user that have not expired, oldest first.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn of_user(tx: &mut ReadTx, user: &Username, now_ms: i64) -> Result<Vec<KnownToken>, StoreError> {
    type Row = (String, String, String, i64, i64);
    let rows: Vec<Row> = sqlx::query_as(OF_USER).bind(user.as_str()).bind(now_ms).fetch_all(tx.conn()).await?;
    let read = |(id, name, word, created_ms, expires_ms): Row| {
        Ok(KnownToken { id, username: user.clone(), name, role: role(&word)?, created_ms, expires_ms })
    };
    rows.into_iter().map(read).collect()
}

/// Removes a token; returns whether there was one.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn remove(tx: &mut WriteTx, user: &Username, id: &str) -> Result<bool, StoreError> {
    Ok(sqlx::query(REMOVE).bind(user.as_str()).bind(id).execute(tx.conn()).await?.rows_affected() == 1)
}

fn role(word: &str) -> Result<Role, StoreError> {
    Role::from_word(word).ok_or_else(|| StoreError::damaged("the role of an API token"))
}

/// What a one-time code is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To enrol one device.
    Device,
    /// To set a password.
    Password,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Password => "password",
        }
    }
}

/// Adds a one-time code for a user.
///
/// # Errors
/// [`StoreError`], also when there is no such user.
pub(crate) async fn add_code(
    tx: &mut WriteTx,
    hash: SecretHash,
    purpose: Purpose,
    user: &Username,
    expires_ms: i64,
) -> Result<(), StoreError> {
    let query = sqlx::query(ADD_CODE).bind(hash.0.to_vec()).bind(purpose.word()).bind(user.as_str()).bind(expires_ms);
    query.execute(tx.conn()).await?;
    Ok(())
}

/// What is known of a one-time code.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn code(tx: &mut ReadTx, hash: SecretHash, purpose: Purpose) -> Result<Option<KnownCode>, StoreError> {
    let row: Option<(String, i64, Option<i64>)> =
        sqlx::query_as(CODE).bind(hash.0.to_vec()).bind(purpose.word()).fetch_optional(tx.conn()).await?;
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
