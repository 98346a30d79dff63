//! Trading a one-time code for the device's own token.

use ed25519_dalek::SigningKey;

use super::{Engine, random};
use crate::{
    Clock, Error, Store, Transport,
    store::Identity,
    transport::{EnrolRequest, ServerUrl},
};

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// Trades `code` for a token and keeps it. A device may enrol again with its own server, for the same user: its work stays.
    ///
    /// # Errors
    /// [`Error::Transport`] when the server is not reached or does not take the code; [`Error::OtherUser`] and
    /// [`Error::OtherServer`] when the store is not for it.
    pub async fn enrol(&self, server: &ServerUrl, code: &str, device_name: &str) -> Result<Identity, Error> {
        let known = self.store.identity().await?;
        let secret = match &known {
            Some(known) => known.secret,
            None => {
                let mut secret = [0; 32];
                random::fill(&mut secret)?;
                secret
            }
        };
        let key = SigningKey::from_bytes(&secret).verifying_key();
        let public_key = key.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let request = EnrolRequest { code: code.trim().to_owned(), device_name: device_name.to_owned(), public_key };
        let enrolled = self.transport.enrol(server, &request).await?;
        // Nobody who only wants to save waits for the network: the store was free until here.
        let right = self.store.exclusive().await?;
        if let Some(known) = self.store.identity().await? {
            if known.server_key != enrolled.server_key {
                return Err(Error::OtherServer { known: known.server, asked: server.clone() });
            }
            if known.user != enrolled.username {
                return Err(Error::OtherUser { owner: known.user, user: enrolled.username });
            }
        }
        let identity = Identity {
            server: server.clone(),
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
