//! The first administrator: made by whoever reads the one-time code that the server prints at the operator's terminal.

use sync_core::{
    id::{ClockMs, Username},
    replica::CatalogUnit,
};

use super::{
    AdminError, password, read_name, unit as units,
    user::{self, UserWithGrants},
};
use crate::{
    auth::{By, EnrolmentCode, OPERATOR, Password, PasswordHashes, Role},
    store::{
        ReadTx, Store, StoreError,
        audit::{self, Deed},
        meta, people, unit,
    },
};

/// Draws a set-up code in place of any before, if nobody administers the store; `None` if somebody does.
///
/// # Errors
/// [`AdminError::Store`].
pub async fn offer_setup(store: &Store) -> Result<Option<EnrolmentCode>, AdminError> {
    let code = EnrolmentCode::draw().map_err(StoreError::NoRandomness)?;
    store
        .write(async |tx| {
            if is_set_up(tx).await? {
                return Ok(None);
            }
            meta::put(tx, meta::SETUP_CODE, &code.hash().to_hex()).await?;
            Ok(Some(code))
        })
        .await
}

/// Whether somebody administers the store.
///
/// # Errors
/// [`StoreError`].
pub async fn is_set_up(tx: &mut ReadTx) -> Result<bool, StoreError> {
    people::any_with(tx, Role::Administrator).await
}

/// The first administrator, to be.
#[derive(Debug)]
pub struct FirstAdministrator<'a> {
    /// The name they will log in with.
    pub username: Username,
    /// Their name, as people write it.
    pub name: &'a str,
    /// Their password.
    pub password: Password,
    /// The first root of the tree of org units, where there is none yet.
    pub unit: Option<CatalogUnit>,
}

/// Makes the first administrator, of every root of the tree, and uses up the code.
///
/// # Errors
/// [`AdminError`]: the code is not the one that was printed last, somebody administers the store already, there is no unit to
/// administer, or a name or the password breaks a rule. Nothing was done then, and the code is as good as before.
pub async fn set_up(
    store: &Store,
    hashes: &PasswordHashes,
    code: &str,
    first: FirstAdministrator<'_>,
    now: ClockMs,
) -> Result<UserWithGrants, AdminError> {
    let FirstAdministrator { username, name, password, unit } = first;
    let code = EnrolmentCode::read(code).ok_or(AdminError::CodeUnknown)?.hash().to_hex();
    if meta::read(&mut store.read().await?, meta::SETUP_CODE).await? != Some(code.clone()) {
        return Err(AdminError::CodeUnknown);
    }
    let name = read_name(name).map_err(|rule| AdminError::Name { of: format!("user `{username}`"), rule })?;
    password.check(&username).map_err(AdminError::Password)?;
    let hash = hashes.make(password).await?;
    let by = By::operator(now);
    store
        .write(async |tx| {
            if is_set_up(tx).await? {
                return Err(AdminError::SetUpAlready);
            }
            if meta::read(tx, meta::SETUP_CODE).await? != Some(code) {
                return Err(AdminError::CodeUnknown);
            }
            meta::remove(tx, meta::SETUP_CODE).await?;
            if let Some(unit) = unit {
                units::add(tx, &by, unit).await?;
            }
            let roots = unit::all(tx).await?.into_iter().filter(|placed| placed.path.is_root());
            let roots: Vec<_> = roots.map(|placed| placed.unit.code).collect();
            if roots.is_empty() {
                return Err(AdminError::UnitMissing);
            }
            if username.as_str() == OPERATOR || !people::add(tx, &username, name, now.0).await? {
                return Err(AdminError::UserExists(username));
            }
            audit::note(tx, &by, Deed::new("user_added", &username)).await?;
            for root in &roots {
                user::grant(tx, &by, &username, root, Role::Administrator).await?;
            }
            password::set(tx, &username, &hash, now).await?;
            meta::revise_catalog(tx).await?;
            let grants = roots.into_iter().map(|root| (root, Role::Administrator)).collect();
            Ok(UserWithGrants { username, name: name.to_owned(), grants })
        })
        .await
}
