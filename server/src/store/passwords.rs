//! Passwords, as hashes, and second factors.

use sync_core::id::Username;

use super::{ReadTx, StoreError, WriteTx};

const FIND: &str = "SELECT hash, totp_secret, totp_confirmed FROM passwords WHERE username = $1";
const SET: &str = "INSERT INTO passwords (username, hash, set_ms) VALUES ($1, $2, $3) \
                   ON CONFLICT (username) DO UPDATE SET hash = excluded.hash, set_ms = excluded.set_ms";
const SET_TOTP: &str = "UPDATE passwords SET totp_secret = $2, totp_confirmed = 0, totp_step = 0 WHERE username = $1";
const USE_TOTP: &str = "UPDATE passwords SET totp_confirmed = 1, totp_step = $2 WHERE username = $1 AND totp_step < $2";

/// What is kept of how somebody logs in.
#[derive(Clone)]
pub(crate) struct KeptPassword {
    /// Argon2id, as a PHC string.
    pub hash: String,
    /// The secret of the second factor, if there is one.
    pub totp: Option<Vec<u8>>,
    /// Whether the second factor was confirmed, and so is asked for.
    pub totp_confirmed: bool,
}

impl std::fmt::Debug for KeptPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeptPassword").field("totp_confirmed", &self.totp_confirmed).finish_non_exhaustive()
    }
}

/// What is kept of a user's password; `None` if they have none, or there is no such user.
pub(crate) async fn find(tx: &mut ReadTx, user: &Username) -> Result<Option<KeptPassword>, StoreError> {
    type Row = (String, Option<Vec<u8>>, i64);
    let row: Option<Row> = sqlx::query_as(FIND).bind(user.as_str()).fetch_optional(tx.conn()).await?;
    let kept = |(hash, totp, confirmed): Row| KeptPassword { hash, totp, totp_confirmed: confirmed == 1 };
    Ok(row.map(kept))
}

/// Sets a user's password; their second factor stays.
pub(crate) async fn set(tx: &mut WriteTx, user: &Username, hash: &str, now_ms: i64) -> Result<(), StoreError> {
    sqlx::query(SET).bind(user.as_str()).bind(hash).bind(now_ms).execute(tx.conn()).await?;
    Ok(())
}

/// Gives a user a second factor that is not confirmed yet, or takes theirs away; returns whether they have a password at all.
pub(crate) async fn set_totp(tx: &mut WriteTx, user: &Username, secret: Option<Vec<u8>>) -> Result<bool, StoreError> {
    Ok(sqlx::query(SET_TOTP).bind(user.as_str()).bind(secret).execute(tx.conn()).await?.rows_affected() == 1)
}

/// Uses up the code of a step, and confirms the second factor with it; returns whether no code of this step or a later one
/// was used before.
pub(crate) async fn use_totp(tx: &mut WriteTx, user: &Username, step: i64) -> Result<bool, StoreError> {
    Ok(sqlx::query(USE_TOTP).bind(user.as_str()).bind(step).execute(tx.conn()).await?.rows_affected() == 1)
}
