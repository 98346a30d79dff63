//! Telling who waits for it that feeds have moved: in this process after every commit, and in others through the database where it
//! can carry messages. Nothing depends on it: whoever must not miss anything reads the feeds' heads.

use std::collections::BTreeSet;

use sqlx::postgres::PgListener;
use sync_core::id::UnitCode;
use tokio::sync::broadcast;

use super::{Engine, Store, StoreError};

/// The channel on which servers of one PostgreSQL tell each other.
const CHANNEL: &str = "cairn_moves";
/// Feeds of one message, which may be up to 8,000 bytes; a code has up to 48.
const FEEDS_MAX: usize = 100;
const TELL: &str = "SELECT pg_notify($1, $2)";

impl Store {
    /// The feeds that this process moves, from now on, each after the commit that moved it.
    #[must_use]
    pub fn moves(&self) -> broadcast::Receiver<UnitCode> {
        self.shared().moves.subscribe()
    }

    /// Tells the other servers of this store that `units` have moved. In a statement of its own, after the commit: commits that
    /// carry messages wait for each other, whatever they are about.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn tell_others(&self, units: &BTreeSet<UnitCode>) -> Result<(), StoreError> {
        if self.engine() == Engine::Sqlite {
            return Ok(());
        }
        let codes: Vec<&str> = units.iter().map(|unit| unit.as_str()).collect();
        for some in codes.chunks(FEEDS_MAX) {
            let query = sqlx::query(TELL).bind(CHANNEL).bind(some.join(" "));
            query.execute(&mut *self.reader().await?).await?;
        }
        Ok(())
    }

    /// Begins to listen to the other servers of this store; `None` where the database carries no messages.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn listen(&self) -> Result<Option<Listening>, StoreError> {
        if self.engine() == Engine::Sqlite {
            return Ok(None);
        }
        let mut listener = PgListener::connect(&self.shared().url).await?;
        listener.listen(CHANNEL).await?;
        Ok(Some(Listening(listener)))
    }
}

/// What the other servers say.
#[derive(Debug)]
pub(crate) struct Listening(PgListener);

impl Listening {
    /// The feeds that were moved next, this server's own among them; `None` when the connection was lost and made anew, so that
    /// something may have been missed.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be made anew.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<UnitCode>>, StoreError> {
        let Some(said) = self.0.try_recv().await? else { return Ok(None) };
        // A later version may say more: what is not understood is left out.
        Ok(Some(said.payload().split(' ').filter_map(|code| code.parse().ok()).collect()))
    }
}
