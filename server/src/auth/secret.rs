//! Secrets that people and programs hold: drawn here, shown once, and known to the store by their hash alone.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Random bytes of a token.
const TOKEN_BYTES: usize = 16;
/// Characters of a token as written.
pub const TOKEN_CHARS: usize = 22;
/// Characters of an enrolment code, without the hyphen.
pub const CODE_CHARS: usize = 10;
/// Digits and capitals without I, L, O and U: none can be taken for another, and no word comes up by chance.
const CODE_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The SHA-256 of a secret as it is written: what the store keeps. Looking a hash up tells nothing about a secret that
/// is close to it, so the look-up needs no constant-time comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }
}

impl SecretHash {
    /// 64 hexadecimal digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        self.0.iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// What a device or a program shows with every request: 128 random bits as 22 characters of base64url.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Draws a token.
    ///
    /// # Errors
    /// [`getrandom::Error`] when the system has no randomness to give.
    pub fn draw() -> Result<Self, getrandom::Error> {
        let mut bytes = [0u8; TOKEN_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Reads a token; `None` when it cannot be one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let shaped =
            text.len() == TOKEN_CHARS && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        shaped.then(|| Self(text.to_owned()))
    }

    /// What the store keeps of it.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }

    /// The token itself, to be shown to its holder and to nobody else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What an administrator reads out or shows to a worker, once: 50 random bits as `7Q2MX-0KD4T`.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentCode(String);

impl EnrolmentCode {
    /// Draws a code.
    ///
    /// # Errors
    /// [`getrandom::Error`] when the system has no randomness to give.
    pub fn draw() -> Result<Self, getrandom::Error> {
        let mut bytes = [0u8; CODE_CHARS];
        getrandom::fill(&mut bytes)?;
        // 32 divides 256: every character is equally likely.
        Ok(Self(bytes.iter().map(|b| char::from(CODE_ALPHABET[usize::from(b % 32)])).collect()))
    }

    /// Reads a code as a person types it: in any case, with hyphens and spaces anywhere, O for 0, I or L for 1. `None`
    /// when it cannot be a code.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut code = String::with_capacity(CODE_CHARS);
        for c in text.chars().filter(|c| *c != '-' && !c.is_whitespace()) {
            let c = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            };
            if code.len() == CODE_CHARS || !c.is_ascii() || !CODE_ALPHABET.contains(&(c as u8)) {
                return None;
            }
            code.push(c);
        }
        (code.len() == CODE_CHARS).then_some(Self(code))
    }

    /// What the store keeps of it.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }

    /// The code as it is shown, in two groups.
    #[must_use]
    pub fn reveal(&self) -> String {
        let (left, right) = self.0.split_at(CODE_CHARS / 2);
        format!("{left}-{right}")
    }
}

impl fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrolmentCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_never_printed() {
        let token = Token::draw().unwrap();
        assert_eq!(token.reveal().len(), TOKEN_CHARS);
        assert_eq!(Token::read(token.reveal()).unwrap().hash(), token.hash());
        assert_ne!(Token::draw().unwrap(), token);
        assert!(!format!("{token:?}").contains(token.reveal()));
        for bad in ["", "short", "has a space in it......", "昌都昌都昌都昌", &"x".repeat(23), "====================.."]
        {
            assert!(Token::read(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_hash_is_written_in_hexadecimal_digits() {
        assert_eq!(SecretHash([0x0a; 32]).to_hex(), "0a".repeat(32));
    }

    #[test]
    fn a_code_survives_being_read_out_and_typed() {
        let code = EnrolmentCode(String::from("01ABCDEFGH"));
        assert_eq!(code.reveal(), "01ABC-DEFGH");
        for typed in ["01ABC-DEFGH", "01abc defgh", " oIabcDEFGH ", "0l-AB-CD-EF-GH"] {
            assert_eq!(EnrolmentCode::read(typed).unwrap(), code, "{typed}");
        }
        for bad in ["", "01ABC-DEFG", "01ABC-DEFGHJ", "01ABC-DEFGU", "01ABC-DEFG昌", "01ABCDEFŁ", "'; DROP --"] {
            assert!(EnrolmentCode::read(bad).is_none(), "{bad}");
        }
        let drawn = EnrolmentCode::draw().unwrap();
        assert_eq!(EnrolmentCode::read(&drawn.reveal()).unwrap(), drawn);
        assert!(!format!("{drawn:?}").contains(&drawn.0));
        // Two hundred codes have all 32 characters, or somebody lost something on the way.
        let drawn: String = (0..200).map(|_| EnrolmentCode::draw().unwrap().0).collect();
        assert!(CODE_ALPHABET.iter().all(|c| drawn.contains(char::from(*c))), "{drawn}");
    }
}
