//! Telling who waits for it that something of a unit has moved: in this process after every commit, and in others through the
//! database where it can carry messages. Nothing depends on it: whoever must not miss anything reads the feeds' heads.

use std::{collections::BTreeSet, fmt, str::FromStr};

use sqlx::postgres::PgListener;
use sync_core::id::{InvalidId, UnitCode};
use tokio::sync::broadcast;

use super::{Engine, Store, StoreError};

/// The channel on which servers of one PostgreSQL tell each other.
const CHANNEL: &str = "cairn_moves";
/// Moves of one message, which may be up to 8,000 bytes; a code has up to 48.
const MOVES_MAX: usize = 100;
const TELL: &str = "SELECT pg_notify($1, $2)";
/// What stands before the code of a unit whose held changes have moved, in messages.
const HELD: &str = "held:";

/// Something of an org unit that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// The unit.
    pub unit: UnitCode,
    /// What of it.
    pub what: Moved,
}

/// What of an org unit has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moved {
    /// Its feed, and so its records and totals.
    Records,
    /// The changes that wait for a decision.
    Held,
}

impl Move {
    /// Of a feed.
    #[must_use]
    pub fn of_feed(unit: UnitCode) -> Self {
        Self { unit, what: Moved::Records }
    }
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what {
            Moved::Records => write!(f, "{}", self.unit),
            Moved::Held => write!(f, "{HELD}{}", self.unit),
        }
    }
}

impl FromStr for Move {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Ok(match text.strip_prefix(HELD) {
            Some(unit) => Self { unit: unit.parse()?, what: Moved::Held },
            None => Self::of_feed(text.parse()?),
        })
    }
}

impl Store {
    /// What this process moves, from now on, each after the commit that moved it.
    #[must_use]
    pub fn moves(&self) -> broadcast::Receiver<Move> {
        self.shared().moves.subscribe()
    }

    /// Tells the other servers of this store what has moved. In a statement of its own, after the commit: commits that
    /// carry messages wait for each other, whatever they are about.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn tell_others(&self, moves: &BTreeSet<Move>) -> Result<(), StoreError> {
        if self.engine() == Engine::Sqlite {
            return Ok(());
        }
        let words: Vec<String> = moves.iter().map(ToString::to_string).collect();
        for some in words.chunks(MOVES_MAX) {
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
    /// What was moved next, by this server itself, too; `None` when the connection was lost and made anew, so that
    /// something may have been missed.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be made anew.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Move>>, StoreError> {
        let Some(said) = self.0.try_recv().await? else { return Ok(None) };
        // A later version may say more: what is not understood is left out.
        Ok(Some(said.payload().split(' ').filter_map(|word| word.parse().ok()).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_is_read_as_it_was_told() {
        for what in [Moved::Records, Moved::Held] {
            let told = Move { unit: "markam-hospital".parse().unwrap(), what };
            assert_eq!(told.to_string().parse::<Move>().unwrap(), told);
        }
        for odd in ["", "held:", "held:held:markam", "refused:markam", "Markam"] {
            assert!(odd.parse::<Move>().is_err(), "{odd}");
        }
    }
}
