//! The server's own key: devices learn its public half when they enrol, so that what the server signs can be trusted
//! wherever it comes from.

use std::fmt;

use ed25519_dalek::{SigningKey, VerifyingKey};

/// The server's Ed25519 key.
#[derive(Clone)]
pub struct ServerKey(SigningKey);

impl ServerKey {
    /// Draws the 32 bytes of a new key, as 64 hexadecimal digits: what the store keeps.
    ///
    /// # Errors
    /// [`getrandom::Error`] when the system has no randomness to give.
    pub fn draw_secret() -> Result<String, getrandom::Error> {
        let mut bytes = [0u8; 32];
        getrandom::fill(&mut bytes)?;
        Ok(to_hex(&bytes))
    }

    /// The key of this secret; `None` when it is not 64 hexadecimal digits.
    #[must_use]
    pub fn from_secret(hex: &str) -> Option<Self> {
        Some(Self(SigningKey::from_bytes(&from_hex(hex)?)))
    }

    /// The public half, as 64 hexadecimal digits.
    #[must_use]
    pub fn public(&self) -> String {
        to_hex(self.0.verifying_key().as_bytes())
    }
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerKey({})", self.public())
    }
}

/// Reads a device's public key: 64 hexadecimal digits that name a point of the curve, and not one of the few with which
/// anything counts as signed. `None` otherwise.
#[must_use]
pub fn read_public_key(hex: &str) -> Option<[u8; 32]> {
    let bytes = from_hex(hex)?;
    let key = VerifyingKey::from_bytes(&bytes).ok()?;
    (!key.is_weak()).then_some(bytes)
}

fn to_hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0u8; 32];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_after_a_restart() {
        // RFC 8032, section 7.1, test 1.
        let secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        assert_eq!(ServerKey::from_secret(secret).unwrap().public(), public);
        assert_eq!(read_public_key(public).unwrap().len(), 32);
        let drawn = ServerKey::draw_secret().unwrap();
        assert!(ServerKey::from_secret(&drawn).is_some());
        assert_ne!(drawn, ServerKey::draw_secret().unwrap());
        assert!(!format!("{:?}", ServerKey::from_secret(secret).unwrap()).contains(secret));
    }

    #[test]
    fn what_is_no_key_is_not_taken_for_one() {
        let identity = format!("01{}", "00".repeat(31));
        let no_point = format!("02{}", "00".repeat(31));
        for bad in ["", "00", &"zz".repeat(32), &identity, &no_point, &"+1".repeat(32), &"昌都市".repeat(8)] {
            assert!(read_public_key(bad).is_none(), "{bad}");
        }
    }
}
