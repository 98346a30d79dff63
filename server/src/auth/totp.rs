//! The second factor: codes of six digits that change every half minute (RFC 6238), each good for one use.
//!
//! The secret is kept as it is, for codes are computed from it: whoever reads the store has it.

use std::fmt;

use sync_core::id::ClockMs;
use totp_rs::{Builder, Totp};

/// Bytes of a secret, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;

/// A second factor.
pub struct SecondFactor(Totp);

impl SecondFactor {
    /// Draws one.
    ///
    /// # Errors
    /// [`getrandom::Error`] when the system has no randomness to give.
    pub fn draw() -> Result<Option<Self>, getrandom::Error> {
        let mut secret = vec![0; SECRET_BYTES];
        getrandom::fill(&mut secret)?;
        Ok(Self::of_secret(secret))
    }

    /// The one with this secret; `None` if it cannot be one.
    #[must_use]
    pub fn of_secret(secret: Vec<u8>) -> Option<Self> {
        Builder::new().with_secret(secret).build().ok().map(Self)
    }

    /// The secret, to be kept.
    #[must_use]
    pub fn secret(&self) -> Vec<u8> {
        self.0.secret().as_ref().to_vec()
    }

    /// The secret as an authenticator takes it, typed or as an `otpauth:` address.
    #[must_use]
    pub fn reveal(&self, user: &str) -> (String, String) {
        let base32 = self.0.secret().to_base32();
        // Usernames hold nothing that an address would have to escape.
        let uri = format!("otpauth://totp/Cairn:{user}?secret={base32}&issuer=Cairn");
        (base32, uri)
    }

    /// The half minute whose code this is, if it is that of now or of a neighbour. Each must be taken only once.
    #[must_use]
    pub fn step_of(&self, code: &str, now: ClockMs) -> Option<i64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let step = self.0.check(&code, u64::try_from(now.0 / 1000).ok()?)?;
        i64::try_from(step).ok()
    }

    /// The code of a moment.
    #[cfg(test)]
    pub(crate) fn code_at(&self, now: ClockMs) -> String {
        self.0.generate(u64::try_from(now.0 / 1000).unwrap()).to_string()
    }
}

impl fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecondFactor(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the last six of the eight digits that are given there for SHA-1.
    #[test]
    fn codes_are_those_of_the_standard() {
        let factor = SecondFactor::of_secret(b"12345678901234567890".to_vec()).unwrap();
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            let now = ClockMs(seconds * 1000);
            assert_eq!(factor.code_at(now), code);
            assert_eq!(factor.step_of(code, now), Some(seconds / 30));
            assert_eq!(factor.step_of(code, ClockMs(now.0 + 30_000)), Some(seconds / 30), "of the half minute before");
            assert_eq!(factor.step_of(code, ClockMs(now.0 + 90_000)), None);
        }
        for bad in ["", "28708", "2870822", "abcdef", "２８７０８２"] {
            assert_eq!(factor.step_of(bad, ClockMs(59_000)), None, "{bad}");
        }
        let drawn = SecondFactor::draw().unwrap().unwrap();
        assert_eq!(SecondFactor::of_secret(drawn.secret()).unwrap().secret(), drawn.secret());
        assert!(drawn.reveal("doctor-03").1.starts_with("otpauth://totp/Cairn:doctor-03?secret="));
    }
}
