//! A device trades its enrolment code for a token of its own.

use sync_core::id::{ClockMs, Username};
use thiserror::Error;

use super::{EnrolmentCode, Token, read_public_key};
use crate::{
    admin::read_name,
    store::{
        Store, StoreError,
        enrolled::{self, NewDevice},
        people,
        token::{self, Purpose},
    },
};

/// Why a device was not enrolled.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EnrolError {
    /// Nobody was given this code.
    #[error("nobody was given this code")]
    CodeUnknown,
    /// The code has expired.
    #[error("the code has expired: ask for a new one")]
    CodeExpired,
    /// Another device has used the code.
    #[error("the code was used already: ask for a new one")]
    CodeUsed,
    /// The device's name is none.
    #[error("device_name {0}")]
    DeviceName(&'static str),
    /// The public key is none.
    #[error("public_key is not an Ed25519 key as 64 hexadecimal digits")]
    PublicKey,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A device that was just enrolled. The only time that its token is seen.
#[derive(Debug)]
pub struct Enrolled {
    /// The device's id.
    pub device: String,
    /// Its token.
    pub token: Token,
    /// Whose device it is.
    pub username: Username,
    /// Their name, as people write it.
    pub name: String,
}

/// Enrols a device: uses up the code, and registers the device's name, key and token, in one transaction.
///
/// # Errors
/// [`EnrolError`]; the code is as good as before then.
pub async fn enrol(
    store: &Store,
    code: &str,
    device_name: &str,
    public_key: &str,
    now: ClockMs,
) -> Result<Enrolled, EnrolError> {
    let device_name = read_name(device_name).map_err(EnrolError::DeviceName)?;
    let public_key = read_public_key(public_key).ok_or(EnrolError::PublicKey)?;
    let code = EnrolmentCode::read(code).ok_or(EnrolError::CodeUnknown)?.hash();
    let new_token = Token::draw().map_err(StoreError::NoRandomness)?;
    let mut id = [0u8; 8];
    getrandom::fill(&mut id).map_err(StoreError::NoRandomness)?;
    let device: String = id.iter().map(|b| format!("{b:02x}")).collect();
    store
        .write(async |tx| {
            let known = token::code(tx, code, Purpose::Device).await?.ok_or(EnrolError::CodeUnknown)?;
            if known.used_ms.is_some() {
                return Err(EnrolError::CodeUsed);
            }
            if known.expires_ms <= now.0 {
                return Err(EnrolError::CodeExpired);
            }
            if !token::use_code(tx, code, now.0).await? {
                return Err(EnrolError::CodeUsed);
            }
            let username = known.username;
            let name = people::name_of(tx, &username).await?;
            let name = name.ok_or_else(|| StoreError::damaged("an enrolment code of nobody"))?;
            let new = NewDevice {
                id: &device,
                username: &username,
                name: device_name,
                token: new_token.hash(),
                public_key,
                now_ms: now.0,
            };
            enrolled::add(tx, &new).await?;
            Ok(Enrolled { device, token: new_token, username, name })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        admin,
        auth::{By, Role},
        clock,
        store::Engine,
        testing::{World, on_both},
    };

    on_both![a_code_enrols_one_device_until_it_is_over];

    async fn a_code_enrols_one_device_until_it_is_over(engine: Engine) {
        const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        let world = World::new(engine).await;
        let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
        let by = By::operator(clock::now());
        let made = async || admin::make_enrolment_code(&world.store, &by, &doctor.user, 1).await.unwrap();
        let enrol = async |code: &str, now: i64| enrol(&world.store, code, "phone", KEY, ClockMs(now)).await;
        let (code, expires) = made().await;
        let enrolled = enrol(&code.reveal(), expires.0 - 1).await.unwrap();
        assert_eq!(enrolled.username, doctor.user);
        assert!(matches!(enrol(&code.reveal(), by.at().0).await, Err(EnrolError::CodeUsed)));
        let (code, expires) = made().await;
        assert!(matches!(enrol(&code.reveal(), expires.0).await, Err(EnrolError::CodeExpired)));
        assert!(enrol(&code.reveal(), by.at().0).await.is_ok(), "it was as good as before");
        assert!(matches!(enrol("01ABC-DEFGH", by.at().0).await, Err(EnrolError::CodeUnknown)));
    }
}
