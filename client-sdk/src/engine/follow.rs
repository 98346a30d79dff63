//! Syncing for as long as the program runs.

use core::{ops::ControlFlow, time::Duration};

use super::{Engine, SyncReport};
use crate::{Clock, Error, Store, Transport, portable::MaybeSend};

/// How long to wait after a sync that went well.
const PAUSE: Duration = Duration::from_secs(30);
/// How long to wait at most after syncs that did not.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// Syncs now, then every 30 s, and whenever something was written here or [`Self::wake`] is called. Gives way more and more
    /// while it fails. Tells `each` of every sync; ends when that says so.
    ///
    /// # Errors
    /// As [`Self::sync`], but for [`Error::AlreadySyncing`], which passes.
    pub async fn follow(&self, mut each: impl FnMut(&SyncReport) -> ControlFlow<()> + MaybeSend) -> Result<(), Error> {
        let mut pause = PAUSE;
        loop {
            let (went_well, go_on) = match self.sync().await {
                Ok(report) => (report.error.is_none(), each(&report)),
                Err(Error::AlreadySyncing) => (true, ControlFlow::Continue(())),
                Err(error) => return Err(error),
            };
            if go_on.is_break() {
                return Ok(());
            }
            pause = if went_well { PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
            let wait = self.clock.sleep(self.jittered(pause));
            tokio::select! {
                () = wait => {}
                // What was written just now is tried at once, even over a link that has just failed.
                () = self.bell.notified() => {}
            }
        }
    }

    /// Makes [`Self::follow`] sync now: the network is back, or somebody asks for it.
    pub fn wake(&self) {
        self.bell.notify_one();
    }
}
