//! What a user's devices and programs show: enrolment codes and API tokens, each seen once, when it is made.

use sync_core::id::{ClockMs, Username};

use super::AdminError;
use crate::{
    auth::{EnrolmentCode, Token},
    store::{Store, StoreError, WriteTx, people, token},
};

/// The hours that a code lasts if nobody says otherwise.
pub const CODE_HOURS_DEFAULT: u32 = 24;
/// The hours that a code can last: a week.
pub const CODE_HOURS_MAX: u32 = 168;

/// Makes an enrolment code for one device of a user, and says until when it works.
///
/// # Errors
/// [`AdminError`]: there is no such user, or `hours` is not 1 to [`CODE_HOURS_MAX`].
pub async fn make_enrolment_code(
    store: &Store,
    user: &Username,
    hours: u32,
    now: ClockMs,
) -> Result<(EnrolmentCode, ClockMs), AdminError> {
    if !(1..=CODE_HOURS_MAX).contains(&hours) {
        return Err(AdminError::Hours { given: hours, max: CODE_HOURS_MAX });
    }
    let code = EnrolmentCode::draw().map_err(StoreError::NoRandomness)?;
    let expires = ClockMs(now.0 + i64::from(hours) * 3_600_000);
    store
        .write(async |tx| {
            known(tx, user).await?;
            token::add_code(tx, code.hash(), user, expires.0).await?;
            Ok::<_, AdminError>(())
        })
        .await?;
    Ok((code, expires))
}

/// Makes an API token for a user: it may read all that the user may see.
///
/// # Errors
/// [`AdminError`]: there is no such user.
pub async fn make_api_token(store: &Store, user: &Username, now: ClockMs) -> Result<Token, AdminError> {
    let token = Token::draw().map_err(StoreError::NoRandomness)?;
    store
        .write(async |tx| {
            known(tx, user).await?;
            token::add(tx, token.hash(), user, now.0).await?;
            Ok::<_, AdminError>(())
        })
        .await?;
    Ok(token)
}

async fn known(tx: &mut WriteTx, user: &Username) -> Result<(), AdminError> {
    match people::name_of(tx, user).await? {
        Some(_) => Ok(()),
        None => Err(AdminError::UserUnknown(user.clone())),
    }
}
