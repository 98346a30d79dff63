//! `admin enrol`, `admin password` and `admin token`.

use serde_json::json;

use super::{
    invitation::{link, picture},
    read, read_role,
};
use crate::{
    admin::{self, TokenTerms},
    api::Moment,
    auth::By,
    command::{Failure, Output},
    store::Store,
};

pub(super) async fn enrol(
    store: &Store,
    by: &By,
    username: &str,
    hours: u32,
    url: Option<&str>,
) -> Result<Output, Failure> {
    let username = read(username)?;
    if let Some(url) = url {
        // Before there is a code that nobody would see.
        link(url, "")?;
    }
    let (code, expires) = admin::make_enrolment_code(store, by, &username, hours).await?;
    let (code, expires) = (code.reveal(), Moment(expires));
    let mut lines = vec![format!("code for one device of {username}, until {expires}: {code}")];
    let mut json = json!({"username": username, "code": code, "expires": expires});
    if let Some(url) = url {
        let link = link(url, &code)?;
        lines.push(format!("on the phone, open or scan: {link}"));
        lines.extend(picture(&link)?);
        json["link"] = link.into();
    }
    Ok(Output::new(json, lines))
}

pub(super) async fn password(store: &Store, by: &By, username: &str, hours: u32) -> Result<Output, Failure> {
    let username = read(username)?;
    let (code, expires) = admin::make_password_code(store, by, &username, hours).await?;
    let (code, expires) = (code.reveal(), Moment(expires));
    let line = format!("code with which {username} sets a password, until {expires}: {code}");
    Ok(Output::new(json!({"username": username, "code": code, "expires": expires}), [line]))
}

pub(super) async fn token(store: &Store, by: &By, username: &str, role: &str, days: u32) -> Result<Output, Failure> {
    let username = read(username)?;
    let terms = TokenTerms { role: read_role(role)?, days, ..TokenTerms::default() };
    let (token, known) = admin::make_api_token(store, by, &username, terms).await?;
    let expires = Moment::of_ms(known.expires_ms);
    let line = format!("API token of {username}, until {expires}, shown only now: {}", token.reveal());
    let json = json!({"username": username, "token": token.reveal(), "role": role, "expires": expires});
    Ok(Output::new(json, [line]))
}
