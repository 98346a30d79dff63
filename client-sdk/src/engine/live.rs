//! Following a server that tells when something moves.

use core::{convert::Infallible, ops::ControlFlow, time::Duration};

use super::{Engine, SyncReport};
use crate::{Clock, Error, HttpTransport, Store, Transport};

/// The pause before listening again to a server that told something.
const PAUSE: Duration = Duration::from_secs(2);
/// The longest pause before listening again to one that tells nothing.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// As [`Self::follow`], and syncs at once when the server says that something has moved. Where it says nothing, or cannot be
    /// heard, nothing is lost by it.
    ///
    /// # Errors
    /// As [`Self::follow`].
    pub async fn follow_live(&self, each: impl FnMut(&SyncReport) -> ControlFlow<()> + Send) -> Result<(), Error> {
        // With connections of its own, so that a sync's report counts no bytes but its own.
        let ear = HttpTransport::new();
        tokio::select! {
            ended = self.follow(each) => ended,
            never = self.listen(&ear) => match never {},
        }
    }

    async fn listen(&self, ear: &HttpTransport) -> Infallible {
        let mut pause = PAUSE;
        loop {
            let mut begun = false;
            if let Ok(identity) = self.identity().await {
                let heard = || {
                    begun = true;
                    self.wake();
                };
                // However it ended, it is tried again: syncing goes on meanwhile, and says what is wrong.
                let _ = ear.listen(&identity.server, &identity.token, heard).await;
            }
            pause = if begun { PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
            self.clock.sleep(self.jittered(pause)).await;
        }
    }
}
