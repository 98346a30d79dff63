//! `admin`: each act of the console that a terminal can do, too.

mod credential;
mod device;
mod form;
mod held;
mod invitation;
mod unit;
mod user;

use sync_core::id::InvalidId;

use super::{Failure, Output, line::Act, open};
use crate::{
    admin::{AdminError, make_ready},
    auth::{By, Role},
    clock,
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
    let by = &By::operator(clock::now());
    match act {
        Act::Unit(act) => unit::run(store, by, act).await,
        Act::User(act) => user::run_user(store, by, act).await,
        Act::Grant(act) => user::run_grant(store, by, act).await,
        Act::Enrol { username, hours, url } => credential::enrol(store, by, &username, hours, url.as_deref()).await,
        Act::Password { username, hours } => credential::password(store, by, &username, hours).await,
        Act::Token { username, role, days } => credential::token(store, by, &username, &role, days).await,
        Act::Form(act) => form::run(store, by, act).await,
        Act::Device(act) => device::run(store, by, act).await,
        Act::Held(act) => held::run(store, by, act).await,
    }
}

fn read<T: std::str::FromStr<Err = InvalidId>>(text: &str) -> Result<T, AdminError> {
    Ok(text.parse()?)
}

fn read_role(word: &str) -> Result<Role, AdminError> {
    Role::from_word(word).ok_or_else(|| AdminError::word("role", word, &Role::ALL.map(Role::word)))
}
