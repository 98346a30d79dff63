//! Following a server that tells when something moves.

use core::{convert::Infallible, ops::ControlFlow, time::Duration};

use super::{Engine, SyncReport};
use crate::{Clock, Error, Store, Transport, portable::MaybeSend, transport::Ear};

/// The pause before listening again to a server that told something.
const PAUSE: Duration = Duration::from_secs(2);
/// The longest pause before listening again to one that tells nothing.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// As [`Self::follow`], and syncs at once when the server says to `ear` that something has moved. Where it says nothing, or
    /// cannot be heard, nothing is lost by it. The ear has connections of its own, so that a sync's report counts no bytes but
    /// its own.
    ///
    /// # Errors
    /// As [`Self::follow`].
    pub async fn follow_live(
        &self,
        ear: &impl Ear,
        each: impl FnMut(&SyncReport) -> ControlFlow<()> + MaybeSend,
    ) -> Result<(), Error> {
        tokio::select! {
            ended = self.follow(each) => ended,
            ended = self.listen(ear, || self.wake()) => match ended {
                Err(error) => Err(error),
                Ok(never) => match never {},
            },
        }
    }

    /// Calls `heard` whenever the server says to `ear` that something has moved, or may have: each time when it begins to tell.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], [`Error::Store`]. Whatever else goes wrong, it listens again after a pause.
    pub async fn listen(&self, ear: &impl Ear, mut heard: impl FnMut() + MaybeSend) -> Result<Infallible, Error> {
        let mut pause = PAUSE;
        loop {
            let identity = self.identity().await?;
            let mut begun = false;
            let hears = || {
                begun = true;
                heard();
            };
            // However it ended, it is tried again: syncing goes on meanwhile, and says what is wrong.
            let _ = ear.listen(&identity.server, &identity.token, hears).await;
            pause = if begun { PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
            self.clock.sleep(self.jittered(pause)).await;
        }
    }
}
