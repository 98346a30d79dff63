//! Users and their roles. Taking a role away never loses work: what its holder wrote before and sends later is held for a
//! person to decide.
//!
//! An administrator reaches their units and everything below. They may grant any role there, to anybody; but what makes one a
//! user (their devices, tokens, passwords, name) is only for whoever reaches every unit on which the user has a role: else the
//! administrator of a clinic could become the one of the prefecture.

use std::collections::BTreeMap;

use serde_json::json;
use sync_core::id::{UnitCode, Username};

use super::{AdminError, read_name};
use crate::{
    auth::{By, OPERATOR, Role},
    store::{
        ReadTx, Store, StoreError, WriteTx,
        audit::{self, Deed},
        meta,
        people::{self, PeopleFilter},
        unit,
    },
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

/// How an administrator stands to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The user has roles, and none of them within reach.
    None,
    /// The user has roles within reach and beyond, or no roles at all.
    Part,
    /// All roles of the user are within reach.
    Whole,
}

impl Reach {
    /// Whether the administrator may know of the user.
    pub(super) fn sees(self) -> bool {
        self != Self::None
    }
}

/// Adds a user with a first role.
///
/// # Errors
/// [`AdminError`]: the name is none, the username is taken, or there is no such unit within reach.
pub async fn add_user(
    store: &Store,
    by: &By,
    username: Username,
    name: &str,
    role: Role,
    unit: UnitCode,
) -> Result<UserWithGrants, AdminError> {
    let name = read_name(name).map_err(|rule| AdminError::Name { of: format!("user `{username}`"), rule })?;
    store
        .act(by, async |tx| {
            if username.as_str() == OPERATOR || !people::add(tx, &username, name, by.at().0).await? {
                return Err(AdminError::UserExists(username));
            }
            audit::note(tx, by, Deed::new("user_added", &username).within(&unit)).await?;
            grant(tx, by, &username, &unit, role).await?;
            Ok(UserWithGrants { username, name: name.to_owned(), grants: vec![(unit, role)] })
        })
        .await
}

/// Gives a user another name to be shown; the username never changes.
///
/// # Errors
/// [`AdminError`]: the name is none, there is no such user, or they have roles beyond the reach of `by`.
pub async fn rename_user(store: &Store, by: &By, user: &Username, name: &str) -> Result<(), AdminError> {
    let name = read_name(name).map_err(|rule| AdminError::Name { of: format!("user `{user}`"), rule })?;
    store
        .act(by, async |tx| {
            within_reach(tx, by, user).await?;
            people::rename(tx, user, name).await?;
            audit::note(tx, by, Deed::new("user_renamed", user)).await?;
            Ok(meta::revise_catalog(tx).await?)
        })
        .await
}

/// Every user with their roles, by username; of users who have roles beyond the reach of `by`, all of them are named.
///
/// # Errors
/// [`AdminError::Store`].
pub async fn list_users(store: &Store, by: &By) -> Result<Vec<UserWithGrants>, AdminError> {
    page_users(store, by, "", None, usize::MAX).await
}

/// The same of those behind `after` with `text` in their username or name, at most `limit`.
///
/// # Errors
/// [`AdminError::Store`].
pub async fn page_users(
    store: &Store,
    by: &By,
    text: &str,
    after: Option<&Username>,
    limit: usize,
) -> Result<Vec<UserWithGrants>, AdminError> {
    let mut tx = store.read().await?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let named = people::page(&mut tx, &PeopleFilter { tops: by.tops(), text }, after, limit).await?;
    let users: Vec<Username> = named.iter().map(|(user, _)| user.clone()).collect();
    let mut grants: BTreeMap<Username, Vec<(UnitCode, Role)>> = BTreeMap::new();
    for (user, placed) in people::grants_of_all(&mut tx, &users).await? {
        grants.entry(user).or_default().push((placed.unit, placed.role));
    }
    let with_grants = |(username, name): (Username, String)| {
        let grants = grants.remove(&username).unwrap_or_default();
        UserWithGrants { username, name, grants }
    };
    Ok(named.into_iter().map(with_grants).collect())
}

/// One user with their roles.
///
/// # Errors
/// [`AdminError::UserUnknown`], also of users who have roles, but none within the reach of `by`.
pub async fn find_user(store: &Store, by: &By, user: &Username) -> Result<UserWithGrants, AdminError> {
    let mut tx = store.read().await?;
    let name = people::name_of(&mut tx, user).await?;
    let (Some(name), true) = (name, reach_of(&mut tx, by, user).await?.sees()) else {
        return Err(AdminError::UserUnknown(user.clone()));
    };
    let grants = people::grants_of(&mut tx, user).await?.into_iter().map(|grant| (grant.unit, grant.role)).collect();
    Ok(UserWithGrants { username: user.clone(), name, grants })
}

/// Grants a role on a unit and everything below it.
///
/// # Errors
/// [`AdminError`]: there is no such user, no such unit within reach, or the role is granted already.
pub async fn add_grant(store: &Store, by: &By, user: &Username, unit: &UnitCode, role: Role) -> Result<(), AdminError> {
    store.act(by, async |tx| grant(tx, by, user, unit, role).await).await
}

/// Takes a role back.
///
/// # Errors
/// [`AdminError`]: there is no such user, no such unit within reach, or the role is not granted there.
pub async fn remove_grant(
    store: &Store,
    by: &By,
    user: &Username,
    unit: &UnitCode,
    role: Role,
) -> Result<(), AdminError> {
    store
        .act(by, async |tx| {
            both_known(tx, by, user, unit).await?;
            if !people::withdraw(tx, user, unit, role).await? {
                return Err(AdminError::GrantUnknown { user: user.clone(), unit: unit.clone(), role });
            }
            let deed = Deed::new("role_withdrawn", user).within(unit).with(json!({"role": role.word()}));
            audit::note(tx, by, deed).await?;
            Ok(meta::revise_catalog(tx).await?)
        })
        .await
}

pub(super) async fn grant(
    tx: &mut WriteTx,
    by: &By,
    user: &Username,
    unit: &UnitCode,
    role: Role,
) -> Result<(), AdminError> {
    both_known(tx, by, user, unit).await?;
    if !people::grant(tx, user, unit, role).await? {
        return Err(AdminError::GrantExists { user: user.clone(), unit: unit.clone(), role });
    }
    let deed = Deed::new("role_granted", user).within(unit).with(json!({"role": role.word()}));
    audit::note(tx, by, deed).await?;
    Ok(meta::revise_catalog(tx).await?)
}

async fn both_known(tx: &mut WriteTx, by: &By, user: &Username, unit: &UnitCode) -> Result<(), AdminError> {
    if people::name_of(tx, user).await?.is_none() {
        return Err(AdminError::UserUnknown(user.clone()));
    }
    match unit::find(tx, unit).await? {
        Some(placed) if by.reaches(&placed.path) => Ok(()),
        Some(_) => Err(AdminError::UnitForbidden(unit.clone())),
        None => Err(AdminError::UnitUnknown(unit.clone())),
    }
}

/// How far `by` reaches what a user has.
pub(super) async fn reach_of(tx: &mut ReadTx, by: &By, user: &Username) -> Result<Reach, StoreError> {
    if by.reaches_all() {
        return Ok(Reach::Whole);
    }
    let grants = people::grants_of(tx, user).await?;
    let within = grants.iter().filter(|grant| by.reaches(&grant.path)).count();
    Ok(match within {
        _ if grants.is_empty() && by.reaches_a_root() => Reach::Whole,
        _ if grants.is_empty() => Reach::Part,
        0 => Reach::None,
        some if some == grants.len() => Reach::Whole,
        _ => Reach::Part,
    })
}

/// Sees to it that there is such a user, and that `by` reaches everything they have.
pub(super) async fn within_reach(tx: &mut ReadTx, by: &By, user: &Username) -> Result<(), AdminError> {
    if people::name_of(tx, user).await?.is_none() {
        return Err(AdminError::UserUnknown(user.clone()));
    }
    match reach_of(tx, by, user).await? {
        Reach::Whole => Ok(()),
        Reach::Part => Err(AdminError::UserForbidden(user.clone())),
        Reach::None => Err(AdminError::UserUnknown(user.clone())),
    }
}
