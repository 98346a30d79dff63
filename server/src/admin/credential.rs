//! What a user's devices and programs show: enrolment codes and API tokens, each seen once, when it is made.

use serde_json::json;
use sync_core::id::{ClockMs, Username};

use super::{AdminError, read_name, user::within_reach};
use crate::{
    auth::{By, EnrolmentCode, Role, Token},
    store::{
        Store, StoreError,
        audit::{self, Deed},
        token::{self, KnownToken, NewToken, Purpose},
    },
};

/// The hours that a code lasts if nobody says otherwise.
pub const CODE_HOURS_DEFAULT: u32 = 24;
/// The hours that a code can last: a week.
pub const CODE_HOURS_MAX: u32 = 168;
/// The days that an API token lasts if nobody says otherwise.
pub const TOKEN_DAYS_DEFAULT: u32 = 90;
/// The days that an API token can last: a year and a day.
pub const TOKEN_DAYS_MAX: u32 = 366;

const HOUR_MS: i64 = 3_600_000;

/// Makes an enrolment code for one device of a user, and says until when it works.
///
/// # Errors
/// [`AdminError`]: there is no such user, they have roles beyond the reach of `by`, or `hours` is not 1 to
/// [`CODE_HOURS_MAX`].
pub async fn make_enrolment_code(
    store: &Store,
    by: &By,
    user: &Username,
    hours: u32,
) -> Result<(EnrolmentCode, ClockMs), AdminError> {
    make_code(store, by, user, hours, (Purpose::Device, "code_made")).await
}

/// Makes a code for a purpose, and notes the act by its name.
pub(super) async fn make_code(
    store: &Store,
    by: &By,
    user: &Username,
    hours: u32,
    (purpose, act): (Purpose, &'static str),
) -> Result<(EnrolmentCode, ClockMs), AdminError> {
    if !(1..=CODE_HOURS_MAX).contains(&hours) {
        return Err(AdminError::Hours { given: hours, max: CODE_HOURS_MAX });
    }
    let code = EnrolmentCode::draw().map_err(StoreError::NoRandomness)?;
    let expires = ClockMs(by.at().0 + i64::from(hours) * HOUR_MS);
    store
        .act(by, async |tx| {
            within_reach(tx, by, user).await?;
            token::add_code(tx, code.hash(), purpose, user, expires.0).await?;
            audit::note(tx, by, Deed::new(act, user).with(json!({"hours": hours}))).await?;
            Ok::<_, AdminError>(())
        })
        .await?;
    Ok((code, expires))
}

/// What an API token is to be.
#[derive(Clone, Copy, Debug)]
pub struct TokenTerms<'a> {
    /// What it is for.
    pub name: &'a str,
    /// The most that its holder can do, wherever its user may do at least that.
    pub role: Role,
    /// How long it lasts, 1 to [`TOKEN_DAYS_MAX`].
    pub days: u32,
}

impl Default for TokenTerms<'_> {
    /// A reader's, for [`TOKEN_DAYS_DEFAULT`].
    fn default() -> Self {
        Self { name: "API", role: Role::Observer, days: TOKEN_DAYS_DEFAULT }
    }
}

/// Makes an API token for a user: what its holder can do follows from the user's roles at that time, and never exceeds the
/// token's own.
///
/// # Errors
/// [`AdminError`]: there is no such user, they have roles beyond the reach of `by`, or the terms are out of range.
pub async fn make_api_token(
    store: &Store,
    by: &By,
    user: &Username,
    terms: TokenTerms<'_>,
) -> Result<(Token, KnownToken), AdminError> {
    let TokenTerms { name, role, days } = terms;
    let name = read_name(name).map_err(|rule| AdminError::Name { of: "the token".into(), rule })?;
    if !(1..=TOKEN_DAYS_MAX).contains(&days) {
        return Err(AdminError::Days { given: days, max: TOKEN_DAYS_MAX });
    }
    let token = Token::draw().map_err(StoreError::NoRandomness)?;
    let mut id = [0; 8];
    getrandom::fill(&mut id).map_err(StoreError::NoRandomness)?;
    let known = KnownToken {
        id: id.iter().map(|b| format!("{b:02x}")).collect(),
        username: user.clone(),
        name: name.to_owned(),
        role,
        created_ms: by.at().0,
        expires_ms: by.at().0 + i64::from(days) * 24 * HOUR_MS,
    };
    store
        .act(by, async |tx| {
            within_reach(tx, by, user).await?;
            token::add(tx, &NewToken { hash: token.hash(), known: &known }).await?;
            let detail = json!({"token": known.id, "role": role.word(), "days": days});
            audit::note(tx, by, Deed::new("token_made", user).with(detail)).await?;
            Ok::<_, AdminError>(())
        })
        .await?;
    Ok((token, known))
}

/// The API tokens of a user that have not expired, oldest first.
///
/// # Errors
/// [`AdminError`]: there is no such user, or they have roles beyond the reach of `by`.
pub async fn list_api_tokens(store: &Store, by: &By, user: &Username) -> Result<Vec<KnownToken>, AdminError> {
    let mut tx = store.read().await?;
    within_reach(&mut tx, by, user).await?;
    Ok(token::of_user(&mut tx, user, by.at().0).await?)
}

/// Takes an API token back, at once and for good.
///
/// # Errors
/// [`AdminError`]: the user has no such token, or has roles beyond the reach of `by`.
pub async fn revoke_api_token(store: &Store, by: &By, user: &Username, id: &str) -> Result<(), AdminError> {
    store
        .act(by, async |tx| {
            within_reach(tx, by, user).await?;
            if !token::remove(tx, user, id).await? {
                return Err(AdminError::TokenUnknown(id.chars().take(80).collect()));
            }
            Ok(audit::note(tx, by, Deed::new("token_revoked", user).with(json!({"token": id}))).await?)
        })
        .await
}
