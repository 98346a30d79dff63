//! Users, and what they may do where.

use sync_core::id::{UnitCode, Username};

use super::{ReadTx, StoreError, WriteTx, unit::UnitPath};
use crate::auth::Role;

const FIND: &str = "SELECT name FROM users WHERE username = $1";
const ALL: &str = "SELECT username, name FROM users ORDER BY username";
const ADD: &str =
    "INSERT INTO users (username, name, created_ms) VALUES ($1, $2, $3) ON CONFLICT (username) DO NOTHING";
const RENAME: &str = "UPDATE users SET name = $2 WHERE username = $1";
const GRANTS: &str = "SELECT g.org_unit, g.role, u.path FROM grants g JOIN org_units u ON u.code = g.org_unit \
                      WHERE g.username = $1 ORDER BY g.org_unit, g.role";
const ALL_GRANTS: &str = "SELECT g.username, g.org_unit, g.role, u.path FROM grants g JOIN org_units u \
                          ON u.code = g.org_unit ORDER BY g.username, g.org_unit, g.role";
const ANY_WITH: &str = "SELECT username FROM grants WHERE role = $1 LIMIT 1";
const GRANT: &str = "INSERT INTO grants (username, org_unit, role) VALUES ($1, $2, $3) \
                     ON CONFLICT (username, org_unit, role) DO NOTHING";
const WITHDRAW: &str = "DELETE FROM grants WHERE username = $1 AND org_unit = $2 AND role = $3";

/// A role somewhere in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedGrant {
    /// The unit that it is granted on.
    pub unit: UnitCode,
    /// Where that stands.
    pub path: UnitPath,
    /// The role.
    pub role: Role,
}

/// The name of a user, as people write it; `None` if there is no such user.
///
/// # Errors
/// [`StoreError`].
pub async fn name_of(tx: &mut ReadTx, user: &Username) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar(FIND).bind(user.as_str()).fetch_optional(tx.conn()).await?)
}

/// Every user with their name, by username.
///
/// # Errors
/// [`StoreError`].
pub async fn all(tx: &mut ReadTx) -> Result<Vec<(Username, String)>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(ALL).fetch_all(tx.conn()).await?;
    let read = |(user, name): (String, _)| Ok((user.parse().map_err(StoreError::damaged)?, name));
    rows.into_iter().map(read).collect()
}

/// Adds a user; returns whether the username was free.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn add(tx: &mut WriteTx, user: &Username, name: &str, now_ms: i64) -> Result<bool, StoreError> {
    let query = sqlx::query(ADD).bind(user.as_str()).bind(name).bind(now_ms);
    Ok(query.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Gives a user another name to be shown.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn rename(tx: &mut WriteTx, user: &Username, name: &str) -> Result<(), StoreError> {
    sqlx::query(RENAME).bind(user.as_str()).bind(name).execute(tx.conn()).await?;
    Ok(())
}

/// What a user may do where, by unit.
///
/// # Errors
/// [`StoreError`].
pub async fn grants_of(tx: &mut ReadTx, user: &Username) -> Result<Vec<PlacedGrant>, StoreError> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(GRANTS).bind(user.as_str()).fetch_all(tx.conn()).await?;
    let read = |(unit, word, path): (String, String, String)| {
        let unit = unit.parse().map_err(StoreError::damaged)?;
        Ok(PlacedGrant { unit, path: UnitPath::from_store(path)?, role: role(&word)? })
    };
    rows.into_iter().map(read).collect()
}

/// Whether anybody has this role anywhere.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn any_with(tx: &mut ReadTx, role: Role) -> Result<bool, StoreError> {
    Ok(sqlx::query(ANY_WITH).bind(role.word()).fetch_optional(tx.conn()).await?.is_some())
}

/// Every grant, by username and unit.
///
/// # Errors
/// [`StoreError`].
pub async fn all_grants(tx: &mut ReadTx) -> Result<Vec<(Username, PlacedGrant)>, StoreError> {
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(ALL_GRANTS).fetch_all(tx.conn()).await?;
    let read = |(user, unit, word, path): (String, String, String, String)| {
        let unit = unit.parse().map_err(StoreError::damaged)?;
        let grant = PlacedGrant { unit, path: UnitPath::from_store(path)?, role: role(&word)? };
        Ok((user.parse().map_err(StoreError::damaged)?, grant))
    };
    rows.into_iter().map(read).collect()
}

/// Grants a role; returns whether it was not granted before.
///
/// # Errors
/// [`StoreError`], also when there is no such user or unit.
pub(crate) async fn grant(tx: &mut WriteTx, user: &Username, unit: &UnitCode, role: Role) -> Result<bool, StoreError> {
    let query = sqlx::query(GRANT).bind(user.as_str()).bind(unit.as_str()).bind(role.word());
    Ok(query.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Takes a role back; returns whether it was granted.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn withdraw(
    tx: &mut WriteTx,
    user: &Username,
    unit: &UnitCode,
    role: Role,
) -> Result<bool, StoreError> {
    let query = sqlx::query(WITHDRAW).bind(user.as_str()).bind(unit.as_str()).bind(role.word());
    Ok(query.execute(tx.conn()).await?.rows_affected() == 1)
}

fn role(word: &str) -> Result<Role, StoreError> {
    Role::from_word(word).ok_or_else(|| StoreError::damaged("the role of a grant"))
}
