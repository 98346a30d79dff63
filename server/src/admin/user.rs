//! Users and their roles. Taking a role away never loses work: what its holder wrote before and sends later is held for a
//! person to decide.

use std::collections::BTreeMap;

use sync_core::id::{ClockMs, UnitCode, Username};

use super::{AdminError, read_name};
use crate::{
    auth::Role,
    store::{Store, WriteTx, meta, people, unit},
};

/// A user and everything granted to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserWithGrants {
    /// The name they log in with.
    pub username: Username,
    /// Their name, as people write it.
    pub name: String,
    /// Roles by unit.
    pub grants: Vec<(UnitCode, Role)>,
}

/// Adds a user with a first role.
///
/// # Errors
/// [`AdminError`]: the name is none, the username is taken, or there is no such unit.
pub async fn add_user(
    store: &Store,
    username: Username,
    name: &str,
    role: Role,
    unit: UnitCode,
    now: ClockMs,
) -> Result<UserWithGrants, AdminError> {
    let name = read_name(name).map_err(|rule| AdminError::Name { of: format!("user `{username}`"), rule })?;
    store
        .write(async |tx| {
            if !people::add(tx, &username, name, now.0).await? {
                return Err(AdminError::UserExists(username));
            }
            grant(tx, &username, &unit, role).await?;
            Ok(UserWithGrants { username, name: name.to_owned(), grants: vec![(unit, role)] })
        })
        .await
}

/// Every user with their roles, by username.
///
/// # Errors
/// [`AdminError::Store`].
pub async fn list_users(store: &Store) -> Result<Vec<UserWithGrants>, AdminError> {
    let mut tx = store.read().await?;
    let mut grants: BTreeMap<Username, Vec<(UnitCode, Role)>> = BTreeMap::new();
    for (user, unit, role) in people::all_grants(&mut tx).await? {
        grants.entry(user).or_default().push((unit, role));
    }
    let users = people::all(&mut tx).await?.into_iter().map(|(username, name)| {
        let grants = grants.remove(&username).unwrap_or_default();
        UserWithGrants { username, name, grants }
    });
    Ok(users.collect())
}

/// Grants a role on a unit and everything below it.
///
/// # Errors
/// [`AdminError`]: there is no such user or unit, or the role is granted already.
pub async fn add_grant(store: &Store, user: &Username, unit: &UnitCode, role: Role) -> Result<(), AdminError> {
    store.write(async |tx| grant(tx, user, unit, role).await).await
}

/// Takes a role back.
///
/// # Errors
/// [`AdminError`]: there is no such user or unit, or the role is not granted there.
pub async fn remove_grant(store: &Store, user: &Username, unit: &UnitCode, role: Role) -> Result<(), AdminError> {
    store
        .write(async |tx| {
            both_known(tx, user, unit).await?;
            if !people::withdraw(tx, user, unit, role).await? {
                return Err(AdminError::GrantUnknown { user: user.clone(), unit: unit.clone(), role });
            }
            Ok(meta::revise_catalog(tx).await?)
        })
        .await
}

async fn grant(tx: &mut WriteTx, user: &Username, unit: &UnitCode, role: Role) -> Result<(), AdminError> {
    both_known(tx, user, unit).await?;
    if !people::grant(tx, user, unit, role).await? {
        return Err(AdminError::GrantExists { user: user.clone(), unit: unit.clone(), role });
    }
    Ok(meta::revise_catalog(tx).await?)
}

async fn both_known(tx: &mut WriteTx, user: &Username, unit: &UnitCode) -> Result<(), AdminError> {
    if people::name_of(tx, user).await?.is_none() {
        return Err(AdminError::UserUnknown(user.clone()));
    }
    match unit::find(tx, unit).await? {
        Some(_) => Ok(()),
        None => Err(AdminError::UnitUnknown(unit.clone())),
    }
}
