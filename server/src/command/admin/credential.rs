//! `admin enrol` and `admin token`.

use serde_json::json;

use super::read;
use crate::{
    admin,
    api::Moment,
    clock,
    command::{Failure, Output},
    store::Store,
};

pub(super) async fn enrol(store: &Store, username: &str, hours: u32) -> Result<Output, Failure> {
    let username = read(username)?;
    let (code, expires) = admin::make_enrolment_code(store, &username, hours, clock::now()).await?;
    let (code, expires) = (code.reveal(), Moment(expires));
    let line = format!("code for one device of {username}, until {expires}: {code}");
    Ok(Output::new(json!({"username": username, "code": code, "expires": expires}), [line]))
}

pub(super) async fn token(store: &Store, username: &str) -> Result<Output, Failure> {
    let username = read(username)?;
    let token = admin::make_api_token(store, &username, clock::now()).await?;
    let line = format!("API token of {username}, shown only now: {}", token.reveal());
    Ok(Output::new(json!({"username": username, "token": token.reveal()}), [line]))
}
