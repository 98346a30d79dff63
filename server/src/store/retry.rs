//! Doing again what the database took back through no fault of its own: two transactions were in each other's way, or the
//! connection was lost. On SQLite neither happens.

use std::{error::Error, time::Duration};

use super::{Store, StoreError, WriteTx};

/// Times that work is tried, the first among them. With the pauses between them that is some five seconds: long enough for a
/// PostgreSQL that restarts.
const ATTEMPTS_MAX: u32 = 12;
/// The first pause at its longest; each one after it may be twice as long.
const PAUSE_MS: u64 = 10;
/// No pause is longer.
const PAUSE_MS_MAX: u64 = 1_000;

/// What to do when the connection is lost while a commit is under way, so that nobody knows whether it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LostCommit {
    /// Do the work again: done twice it is done once, as changes are that have names.
    Repeat,
    /// Report it: done twice it would be something else.
    Report,
}

impl Store {
    /// Runs `work` in one writing transaction: committed durably when it returns `Ok`, rolled back when it returns `Err`
    /// or is dropped. The one place where work is done again that was taken back: it must therefore only change what it
    /// is given, and what it sets outside of the store must be set anew each time.
    ///
    /// # Errors
    /// What `work` returns, or a [`StoreError`] of the transaction itself; nothing was written then, but for a connection that
    /// was lost in the middle of a commit.
    pub(crate) async fn run_tx<T, E: From<StoreError> + Error + 'static>(
        &self,
        lost_commit: LostCommit,
        work: impl AsyncFnOnce(&mut WriteTx) -> Result<T, E> + Clone,
    ) -> Result<T, E> {
        let mut pauses = Pauses::default();
        loop {
            let error = match self.attempt(lost_commit, work.clone()).await {
                Ok(value) => return Ok(value),
                Err(Attempt::Final(error)) => return Err(error),
                Err(Attempt::Failed(error)) => error,
            };
            if !is_transient(&error) || !pauses.next().await {
                return Err(error);
            }
        }
    }

    async fn attempt<T, E: From<StoreError>>(
        &self,
        lost_commit: LostCommit,
        work: impl AsyncFnOnce(&mut WriteTx) -> Result<T, E>,
    ) -> Result<T, Attempt<E>> {
        let failed = |error: StoreError| Attempt::Failed(error.into());
        let mut tx = self.begin_write().await.map_err(failed)?;
        match work(&mut tx).await {
            Ok(value) => match tx.commit().await {
                Ok(()) => Ok(value),
                Err(error) if error.is_disconnect() && lost_commit == LostCommit::Report => {
                    Err(Attempt::Final(error.into()))
                }
                Err(error) => Err(failed(error)),
            },
            Err(error) => {
                // If even that fails the connection is gone, and the transaction with it: the first error says more.
                let _ = tx.rollback().await;
                Err(Attempt::Failed(error))
            }
        }
    }
}

enum Attempt<E> {
    /// May be tried again, if the error says so.
    Failed(E),
    /// Must not be tried again.
    Final(E),
}

/// The pauses between attempts.
#[derive(Debug, Default)]
pub(super) struct Pauses(u32);

impl Pauses {
    /// Waits before the next attempt; returns whether there is one.
    pub(super) async fn next(&mut self) -> bool {
        self.0 += 1;
        if self.0 >= ATTEMPTS_MAX {
            return false;
        }
        let longest = (PAUSE_MS << self.0.min(16)).min(PAUSE_MS_MAX);
        let mut drawn = [0; 8];
        // Without randomness they only meet again sooner.
        let _ = getrandom::fill(&mut drawn);
        tokio::time::sleep(Duration::from_millis(u64::from_be_bytes(drawn) % longest)).await;
        true
    }
}

/// Whether the same work may well succeed when it is done again at once, wherever in the chain of causes that is said.
fn is_transient(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let database = match error.downcast_ref::<StoreError>() {
            Some(error) => error.is_transient(),
            None => error.downcast_ref::<sqlx::Error>().is_some_and(super::error::is_transient),
        };
        if database {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::AdminError;

    #[test]
    fn a_lost_connection_is_seen_through_what_wraps_it() {
        let lost = || sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into());
        assert!(is_transient(&lost()));
        assert!(is_transient(&StoreError::from(lost())));
        assert!(is_transient(&AdminError::from(StoreError::from(lost()))));
        assert!(!is_transient(&AdminError::from(StoreError::from(sqlx::Error::RowNotFound))));
        assert!(!is_transient(&StoreError::DiskFull) && !is_transient(&StoreError::Busy));
    }
}
