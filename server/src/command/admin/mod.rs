//! `admin`: each act of the console that a terminal can do, too.

mod credential;
mod device;
mod form;
mod held;
mod unit;
mod user;

use sync_core::id::InvalidId;

use super::{
    Failure, Output,
    line::{Act, RoleOnUnit},
    open,
};
use crate::{
    admin::{AdminError, make_ready},
    auth::Role,
    config::PlaceConfig,
    store::Store,
};

/// Does one act on the store at `place`.
///
/// # Errors
/// [`Failure`]; nothing was done then.
pub(super) async fn run(place: &PlaceConfig, act: Act) -> Result<Output, Failure> {
    let store = open(place).await?;
    make_ready(&store).await?;
    let output = done(&store, act).await;
    store.close().await;
    output
}

async fn done(store: &Store, act: Act) -> Result<Output, Failure> {
    match act {
        Act::Unit(act) => unit::run(store, act).await,
        Act::User(act) => user::run_user(store, act).await,
        Act::Grant(act) => user::run_grant(store, act).await,
        Act::Enrol { username, hours } => credential::enrol(store, &username, hours).await,
        Act::Token { username } => credential::token(store, &username).await,
        Act::Form(act) => form::run(store, act).await,
        Act::Device(act) => device::run(store, act).await,
        Act::Held(act) => held::run(store, act).await,
    }
}

fn read<T: std::str::FromStr<Err = InvalidId>>(text: &str) -> Result<T, AdminError> {
    Ok(text.parse()?)
}

fn read_role(on: &RoleOnUnit) -> Result<Role, AdminError> {
    Role::from_word(&on.role).ok_or_else(|| AdminError::word("role", &on.role, &Role::ALL.map(Role::word)))
}
