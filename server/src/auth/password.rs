//! Passwords: hashed with Argon2id, never kept, never shown, and compared in a time that tells nothing of the account.

use std::{fmt, sync::Arc};

use argon2::{Argon2, Params, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use serde::Deserialize;
use sync_core::id::Username;
use tokio::sync::Semaphore;

use crate::store::StoreError;

/// Characters of a password, at least.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// Characters of a password, at most: what is longer is no password, and costs time to hash.
pub const PASSWORD_CHARS_MAX: usize = 200;

/// Passwords that are hashed at the same time; each takes 19 MiB and a core.
const AT_ONCE: usize = 2;

/// A password, as typed.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// The password that this text is.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether it may be chosen by `user`.
    ///
    /// # Errors
    /// The rule that it breaks, in words.
    pub fn check(&self, user: &Username) -> Result<(), &'static str> {
        let chars = self.0.chars().count();
        if chars < PASSWORD_CHARS_MIN {
            return Err("is shorter than 10 characters");
        }
        if chars > PASSWORD_CHARS_MAX {
            return Err("is longer than 200 characters");
        }
        let mut all = self.0.chars();
        let first = all.next();
        if all.all(|c| Some(c) == first) {
            return Err("is one character, repeated");
        }
        if self.0.to_lowercase().contains(user.as_str()) { Err("contains the username") } else { Ok(()) }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Hashes passwords, a few at a time, where that blocks nobody.
#[derive(Clone, Debug)]
pub struct PasswordHashes {
    places: Arc<Semaphore>,
}

impl Default for PasswordHashes {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl PasswordHashes {
    /// The hash of a password, with a salt of its own, as a PHC string.
    ///
    /// # Errors
    /// [`StoreError::NoRandomness`] and the like.
    pub async fn make(&self, password: Password) -> Result<String, StoreError> {
        self.aside(move || hash(&password)).await?
    }

    /// Whether a password is the one of this hash. Without a hash it takes as long, and is not.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the hash is none.
    pub async fn fits(&self, password: Password, kept: Option<String>) -> Result<bool, StoreError> {
        self.aside(move || {
            let hash = PasswordHash::new(kept.as_deref().unwrap_or(NOBODYS));
            let hash = hash.map_err(|_| StoreError::damaged("the hash of a password"))?;
            Ok(argon2().verify_password(password.0.as_bytes(), &hash).is_ok() && kept.is_some())
        })
        .await?
    }

    async fn aside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
        let _place = self.places.acquire().await.map_err(StoreError::damaged)?;
        tokio::task::spawn_blocking(work).await.map_err(StoreError::damaged)
    }
}

/// Argon2id with what OWASP asks for: 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    Argon2::from(Params::DEFAULT)
}

fn hash(password: &Password) -> Result<String, StoreError> {
    let hash = argon2().hash_password(password.0.as_bytes()).map_err(StoreError::damaged)?;
    Ok(hash.to_string())
}

/// A hash that no password has: what accounts without one are compared with, so that they take as long.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_and_no_other() {
        let hashes = PasswordHashes::default();
        let password = || Password::new("牦牛 crosses the pass");
        let (one, two) = (hashes.make(password()).await.unwrap(), hashes.make(password()).await.unwrap());
        assert_ne!(one, two, "each has a salt of its own");
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert!(hashes.fits(password(), Some(one.clone())).await.unwrap());
        assert!(!hashes.fits(Password::new("牦牛 crosses the Pass"), Some(one)).await.unwrap());
        assert!(!hashes.fits(password(), None).await.unwrap());
        assert!(hashes.fits(password(), Some("plain".into())).await.is_err());
        assert!(!format!("{:?}", password()).contains("pass"));
    }

    #[test]
    fn passwords_that_are_guessed_first_cannot_be_chosen() {
        let user = "doctor-03".parse().unwrap();
        assert_eq!(Password::new("牦牛 crosses the pass").check(&user), Ok(()));
        for bad in ["", "short", "aaaaaaaaaaaaaaaa", "Doctor-03 2021", &"长".repeat(201)] {
            assert!(Password::new(bad).check(&user).is_err(), "{bad}");
        }
        let letters = |count: usize| Password::new("甲乙".repeat(count).chars().take(count).collect::<String>());
        let said = [9, 10, 200, 201].map(|count| letters(count).check(&user));
        assert_eq!(said, [Err("is shorter than 10 characters"), Ok(()), Ok(()), Err("is longer than 200 characters")]);
    }
}
