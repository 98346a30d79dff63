//! Sessions: how people log in to the console, and how long that lasts.

use sync_core::id::{ClockMs, Username};
use thiserror::Error;

use super::{Password, PasswordHashes, Principal, Role, SecondFactor, SecretHash, Token};
use crate::store::{Store, StoreError, passwords, people, sessions};

/// How long a session lasts without being used, ms: one hour.
pub const IDLE_MS: i64 = 3_600_000;
/// How long a session lasts however much it is used, ms: twelve hours.
pub const SESSION_MS: i64 = 12 * 3_600_000;
/// How old the note of the last use may get before a request is worth a write, ms.
const USE_FRESH_MS: i64 = 60_000;

/// Why somebody was not logged in.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LogInError {
    /// There is no such user, they have no password, or it is another: which of these is not told.
    #[error("the username or the password is wrong")]
    Wrong,
    /// The password is right, and a second factor is asked for.
    #[error("a code of the second factor is needed")]
    CodeMissing,
    /// The password is right, and the code is not, or was used already.
    #[error("the code of the second factor is wrong, or was used already")]
    CodeWrong,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What somebody shows to log in.
#[derive(Debug)]
pub struct LogIn {
    /// The username, as typed.
    pub username: String,
    /// The password.
    pub password: Password,
    /// The code of the second factor, if they have one.
    pub code: Option<String>,
    /// The session that they had before: it ends.
    pub before: Option<SecretHash>,
}

/// A session that was just begun. The only time that what its cookie holds is seen.
#[derive(Debug)]
pub struct LoggedIn {
    /// Who.
    pub username: Username,
    /// What the cookie holds.
    pub token: Token,
    /// When the session ends at the latest.
    pub expires: ClockMs,
}

/// Logs somebody in: always with a new secret, so that one that was planted before means nothing.
///
/// # Errors
/// [`LogInError`].
pub async fn log_in(
    store: &Store,
    hashes: &PasswordHashes,
    shown: LogIn,
    now: ClockMs,
) -> Result<LoggedIn, LogInError> {
    let LogIn { username, password, code, before } = shown;
    // What cannot be a username is as wrong as one that nobody has, and takes as long.
    let user: Option<Username> = username.parse().ok();
    let kept = match &user {
        Some(user) => passwords::find(&mut store.read().await?, user).await?,
        None => None,
    };
    let fits = hashes.fits(password, kept.as_ref().map(|kept| kept.hash.clone())).await?;
    let (Some(user), Some(kept), true) = (user, kept, fits) else { return Err(LogInError::Wrong) };
    let token = Token::draw().map_err(StoreError::NoRandomness)?;
    let expires = ClockMs(now.0 + SESSION_MS);
    store
        .write(async |tx| {
            if let (Some(secret), true) = (kept.totp, kept.totp_confirmed) {
                let code = code.ok_or(LogInError::CodeMissing)?;
                let factor =
                    SecondFactor::of_secret(secret).ok_or_else(|| StoreError::damaged("a second factor's secret"))?;
                let step = factor.step_of(&code, now).ok_or(LogInError::CodeWrong)?;
                if !passwords::use_totp(tx, &user, step).await? {
                    return Err(LogInError::CodeWrong);
                }
            }
            if let Some(before) = before {
                sessions::end(tx, before).await?;
            }
            sessions::end_over(tx, now.0, now.0 - IDLE_MS).await?;
            sessions::add(tx, token.hash(), &user, now.0, expires.0).await?;
            Ok(LoggedIn { username: user, token, expires })
        })
        .await
}

impl Principal {
    /// The user of a session, which is used by that; `None` if it is nobody's, has expired, or was not used for too long.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_session(store: &Store, hash: SecretHash, now: ClockMs) -> Result<Option<Self>, StoreError> {
        let Some((found, used_ms)) = Self::look_up(store, hash, now).await? else { return Ok(None) };
        if used_ms < now.0 - USE_FRESH_MS {
            store.write(async |tx| sessions::touch(tx, hash, now.0).await).await?;
        }
        Ok(Some(found))
    }

    /// The same, of a session that is not used by that.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_session_unused(store: &Store, hash: SecretHash, now: ClockMs) -> Result<Option<Self>, StoreError> {
        Ok(Self::look_up(store, hash, now).await?.map(|(found, _)| found))
    }

    async fn look_up(store: &Store, hash: SecretHash, now: ClockMs) -> Result<Option<(Self, i64)>, StoreError> {
        let mut tx = store.read().await?;
        let Some(kept) = sessions::find(&mut tx, hash).await? else { return Ok(None) };
        if kept.expires_ms <= now.0 || kept.used_ms <= now.0 - IDLE_MS {
            return Ok(None);
        }
        let grants = people::grants_of(&mut tx, &kept.username).await?;
        let found = Self::narrowed(kept.username, grants, Role::Administrator);
        Ok(Some((found, kept.used_ms)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock,
        store::Engine,
        testing::{World, on_both},
    };

    on_both![only_a_request_keeps_a_session_alive, a_log_in_asks_for_all_that_there_is_and_ends_what_is_over];

    async fn a_log_in_asks_for_all_that_there_is_and_ends_what_is_over(engine: Engine) {
        let world = World::new(engine).await;
        let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
        let (hashes, now) = (PasswordHashes::default(), clock::now());
        let password = || Password::new("牦牛 crosses the pass");
        let hash = hashes.make(password()).await.unwrap();
        let set = async |tx: &mut crate::store::WriteTx| passwords::set(tx, &doctor.user, &hash, now.0).await;
        world.store.write(set).await.unwrap();
        let log_in = async |code: Option<String>, now: ClockMs| {
            let shown = LogIn { username: "doctor-03".into(), password: password(), code, before: None };
            log_in(&world.store, &hashes, shown, now).await
        };
        // Sessions that nobody used for an hour, and that somebody did.
        let old = |name: u8, used_ms: i64| (SecretHash([name; 32]), used_ms);
        for (hash, used_ms) in [old(1, now.0 - IDLE_MS), old(2, now.0 - IDLE_MS + 1)] {
            let add = async |tx: &mut crate::store::WriteTx| {
                sessions::add(tx, hash, &doctor.user, used_ms, now.0 + SESSION_MS).await
            };
            world.store.write(add).await.unwrap();
        }
        let first = log_in(None, now).await.unwrap();
        assert_eq!(first.expires, ClockMs(now.0 + SESSION_MS));
        assert_eq!(world.count("SELECT count(*) FROM sessions").await, 2, "the one in use, and the new one");
        let wrong = LogIn { username: "doctor-03".into(), password: Password::new("no"), code: None, before: None };
        assert!(matches!(super::log_in(&world.store, &hashes, wrong, now).await, Err(LogInError::Wrong)));
        // A second factor, of which a code is good once.
        let (secret, _) = crate::admin::begin_second_factor(&world.store, &doctor.user).await.unwrap();
        assert!(!secret.is_empty());
        let kept = passwords::find(&mut world.store.read().await.unwrap(), &doctor.user).await.unwrap().unwrap();
        let factor = SecondFactor::of_secret(kept.totp.unwrap()).unwrap();
        crate::admin::confirm_second_factor(&world.store, &doctor.user, &factor.code_at(now), now).await.unwrap();
        let later = ClockMs(now.0 + 60_000);
        assert!(matches!(log_in(None, later).await, Err(LogInError::CodeMissing)));
        assert!(matches!(log_in(Some("000".into()), later).await, Err(LogInError::CodeWrong)));
        log_in(Some(factor.code_at(later)), later).await.unwrap();
        assert!(matches!(log_in(Some(factor.code_at(later)), later).await, Err(LogInError::CodeWrong)), "used");
    }

    async fn only_a_request_keeps_a_session_alive(engine: Engine) {
        let world = World::new(engine).await;
        let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
        let (token, now) = (Token::draw().unwrap(), clock::now());
        let before = now.0 - 2 * USE_FRESH_MS;
        let begin = async |tx: &mut crate::store::WriteTx| {
            sessions::add(tx, token.hash(), &doctor.user, before, now.0 + SESSION_MS).await
        };
        world.store.write(begin).await.unwrap();
        let used = async || world.count("SELECT used_ms FROM sessions").await;
        assert!(Principal::of_session_unused(&world.store, token.hash(), now).await.unwrap().is_some());
        assert_eq!(used().await, before);
        assert!(Principal::of_session(&world.store, token.hash(), now).await.unwrap().is_some());
        assert_eq!(used().await, now.0);
        // What was used within the last minute is not written again.
        for (ms, used_now) in [(USE_FRESH_MS, now.0), (USE_FRESH_MS + 1, now.0 + USE_FRESH_MS + 1)] {
            assert!(Principal::of_session(&world.store, token.hash(), ClockMs(now.0 + ms)).await.unwrap().is_some());
            assert_eq!(used().await, used_now);
        }
        let late = ClockMs(used().await + IDLE_MS);
        assert!(Principal::of_session_unused(&world.store, token.hash(), late).await.unwrap().is_none());
    }
}
