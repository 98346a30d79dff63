//! Trading a one-time code for the device's own token.

use core::fmt;

use ed25519_dalek::SigningKey;

use super::{Engine, random};
use crate::{
    Clock, Error, Store, Transport,
    store::Identity,
    transport::{EnrolRequest, Enrolled, ServerUrl},
};

/// A code that was traded for a token, before it is kept: now it is known whose it is, and so in which store it belongs.
#[derive(Clone)]
pub struct Redeemed {
    server: ServerUrl,
    secret: [u8; 32],
    enrolled: Enrolled,
}

impl Redeemed {
    /// Trades `code` for a token, for a device that has no store yet.
    ///
    /// # Errors
    /// [`Error::Transport`] when the server is not reached or does not take the code; [`Error::NoRandomness`].
    pub async fn by(
        transport: &impl Transport,
        server: &ServerUrl,
        code: &str,
        device_name: &str,
    ) -> Result<Self, Error> {
        let mut secret = [0; 32];
        random::fill(&mut secret)?;
        Self::with_secret(transport, server, code, device_name, secret).await
    }

    async fn with_secret(
        transport: &impl Transport,
        server: &ServerUrl,
        code: &str,
        device_name: &str,
        secret: [u8; 32],
    ) -> Result<Self, Error> {
        let key = SigningKey::from_bytes(&secret).verifying_key();
        let public_key = key.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let request = EnrolRequest { code: code.trim().to_owned(), device_name: device_name.to_owned(), public_key };
        let enrolled = transport.enrol(server, &request).await?;
        Ok(Self { server: server.clone(), secret, enrolled })
    }

    /// Whether the code was for the user and the server that a store already is for.
    #[must_use]
    pub fn is_for(&self, known: &Identity) -> bool {
        known.server_key == self.enrolled.server_key && known.user == self.enrolled.username
    }
}

impl fmt::Debug for Redeemed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither token nor key may reach a log.
        f.debug_struct("Redeemed").field("user", &self.enrolled.username).finish_non_exhaustive()
    }
}

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// Trades `code` for a token and keeps it. A device may enrol again with its own server, for the same user: its work stays.
    ///
    /// # Errors
    /// As [`Redeemed::by`] and [`Self::adopt`].
    pub async fn enrol(&self, server: &ServerUrl, code: &str, device_name: &str) -> Result<Identity, Error> {
        // Nobody who only wants to save waits for the network: the store is free meanwhile.
        let redeemed = match self.store.identity().await? {
            Some(known) => Redeemed::with_secret(&self.transport, server, code, device_name, known.secret).await?,
            None => Redeemed::by(&self.transport, server, code, device_name).await?,
        };
        self.adopt(redeemed).await
    }

    /// Keeps what a code was traded for, in place of what the device was before; its work stays.
    ///
    /// # Errors
    /// [`Error::OtherUser`] and [`Error::OtherServer`] when the store is not for it.
    pub async fn adopt(&self, redeemed: Redeemed) -> Result<Identity, Error> {
        let Redeemed { server, secret, enrolled } = redeemed;
        let right = self.store.exclusive().await?;
        if let Some(known) = self.store.identity().await? {
            if known.server_key != enrolled.server_key {
                return Err(Error::OtherServer { known: known.server, asked: server });
            }
            if known.user != enrolled.username {
                return Err(Error::OtherUser { owner: known.user, user: enrolled.username });
            }
        }
        let identity = Identity {
            server,
            server_key: enrolled.server_key,
            token: enrolled.token,
            device: enrolled.device,
            user: enrolled.username,
            name: enrolled.name,
            secret,
        };
        self.store.enrol(&right, identity.clone()).await?;
        Ok(identity)
    }
}
