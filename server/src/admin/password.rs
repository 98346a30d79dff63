//! Passwords: set by whoever has a one-time code from an administrator, or the one before.

use sync_core::id::{ClockMs, Username};

use super::{AdminError, credential::make_code, user::within_reach};
use crate::{
    auth::{By, EnrolmentCode, Password, PasswordHashes, SecondFactor, SecretHash},
    store::{
        ReadTx, Store, StoreError, WriteTx,
        audit::{self, Deed},
        passwords, sessions,
        token::{self, Purpose},
    },
};

/// Makes a one-time code with which a user sets their password, and says until when it works.
///
/// # Errors
/// [`AdminError`]: there is no such user, they have roles beyond the reach of `by`, or `hours` is not 1 to
/// [`CODE_HOURS_MAX`].
pub async fn make_password_code(
    store: &Store,
    by: &By,
    user: &Username,
    hours: u32,
) -> Result<(EnrolmentCode, ClockMs), AdminError> {
    make_code(store, by, user, hours, (Purpose::Password, "password_code_made")).await
}

/// Sets the password of whoever the code was made for, and ends their sessions.
///
/// # Errors
/// [`AdminError`]: the code is unknown, over or used, or the password breaks a rule; the code is as good as before then.
pub async fn set_password_by_code(
    store: &Store,
    hashes: &PasswordHashes,
    code: &str,
    password: Password,
    now: ClockMs,
) -> Result<Username, AdminError> {
    let code = EnrolmentCode::read(code).ok_or(AdminError::CodeUnknown)?.hash();
    let user = good_code(&mut store.read().await?, code, now).await?;
    password.check(&user).map_err(AdminError::Password)?;
    let hash = hashes.make(password).await?;
    store
        .write(async |tx| {
            let user = good_code(tx, code, now).await?;
            if !token::use_code(tx, code, now.0).await? {
                return Err(AdminError::CodeUsed);
            }
            set(tx, &user, &hash, now).await?;
            Ok(user)
        })
        .await
}

/// Sets a user's password in place of the one before, and ends all their sessions.
///
/// # Errors
/// [`AdminError`]: the one before is another, or the new one breaks a rule.
pub async fn change_password(
    store: &Store,
    hashes: &PasswordHashes,
    user: &Username,
    before: Password,
    password: Password,
    now: ClockMs,
) -> Result<(), AdminError> {
    password.check(user).map_err(AdminError::Password)?;
    confirm(store, hashes, user, before).await?;
    let hash = hashes.make(password).await?;
    store.write(async |tx| set(tx, user, &hash, now).await).await
}

/// Draws a second factor for a user; it counts once a code of it is confirmed. What to type into an authenticator, and the
/// same as an address, are seen only here.
///
/// # Errors
/// [`AdminError`]: the user has no password.
pub async fn begin_second_factor(store: &Store, user: &Username) -> Result<(String, String), AdminError> {
    let factor = SecondFactor::draw().map_err(StoreError::NoRandomness)?;
    let factor = factor.ok_or_else(|| StoreError::damaged("a second factor cannot be made"))?;
    store
        .write(async |tx| {
            match passwords::find(tx, user).await? {
                Some(kept) if kept.totp_confirmed => return Err(AdminError::SecondFactorExists),
                _ => {}
            }
            match passwords::set_totp(tx, user, Some(factor.secret())).await? {
                true => Ok(()),
                false => Err(AdminError::PasswordWrong),
            }
        })
        .await?;
    Ok(factor.reveal(user.as_str()))
}

/// Confirms a second factor with a code of it: from now on one is asked for at log-in.
///
/// # Errors
/// [`AdminError`]: none was begun, or the code is wrong.
pub async fn confirm_second_factor(store: &Store, user: &Username, code: &str, now: ClockMs) -> Result<(), AdminError> {
    store
        .write(async |tx| {
            let secret = passwords::find(tx, user).await?.and_then(|kept| kept.totp);
            let factor = secret.and_then(SecondFactor::of_secret).ok_or(AdminError::SecondFactorMissing)?;
            let step = factor.step_of(code, now).ok_or(AdminError::SecondFactorWrong)?;
            if !passwords::use_totp(tx, user, step).await? {
                return Err(AdminError::SecondFactorWrong);
            }
            let by = By::oneself(user.clone(), now);
            Ok(audit::note(tx, &by, Deed::new("second_factor_added", user)).await?)
        })
        .await
}

/// Takes a user's own second factor away, on showing the password again.
///
/// # Errors
/// [`AdminError`]: the password is another.
pub async fn remove_second_factor(
    store: &Store,
    hashes: &PasswordHashes,
    user: &Username,
    password: Password,
    now: ClockMs,
) -> Result<(), AdminError> {
    confirm(store, hashes, user, password).await?;
    let by = By::oneself(user.clone(), now);
    store.write(async |tx| forget_second_factor(tx, &by, user).await).await
}

/// Takes the second factor of a user away who has lost it.
///
/// # Errors
/// [`AdminError`]: there is no such user, they have none, or they have roles beyond the reach of `by`.
pub async fn reset_second_factor(store: &Store, by: &By, user: &Username) -> Result<(), AdminError> {
    store
        .act(by, async |tx| {
            within_reach(tx, by, user).await?;
            forget_second_factor(tx, by, user).await
        })
        .await
}

async fn forget_second_factor(tx: &mut WriteTx, by: &By, user: &Username) -> Result<(), AdminError> {
    if passwords::find(tx, user).await?.and_then(|kept| kept.totp).is_none() {
        return Err(AdminError::SecondFactorMissing);
    }
    passwords::set_totp(tx, user, None).await?;
    Ok(audit::note(tx, by, Deed::new("second_factor_removed", user)).await?)
}

/// Sets a password, ends the sessions that began with another, and notes it as the user's own act.
pub(super) async fn set(tx: &mut WriteTx, user: &Username, hash: &str, now: ClockMs) -> Result<(), AdminError> {
    passwords::set(tx, user, hash, now.0).await?;
    sessions::end_of_user(tx, user).await?;
    let by = By::oneself(user.clone(), now);
    Ok(audit::note(tx, &by, Deed::new("password_set", user)).await?)
}

async fn confirm(
    store: &Store,
    hashes: &PasswordHashes,
    user: &Username,
    password: Password,
) -> Result<(), AdminError> {
    let kept = passwords::find(&mut store.read().await?, user).await?;
    match hashes.fits(password, kept.map(|kept| kept.hash)).await? {
        true => Ok(()),
        false => Err(AdminError::PasswordWrong),
    }
}

async fn good_code(tx: &mut ReadTx, code: SecretHash, now: ClockMs) -> Result<Username, AdminError> {
    let known = token::code(tx, code, Purpose::Password).await?.ok_or(AdminError::CodeUnknown)?;
    match known {
        known if known.used_ms.is_some() => Err(AdminError::CodeUsed),
        known if known.expires_ms <= now.0 => Err(AdminError::CodeExpired),
        known => Ok(known.username),
    }
}
