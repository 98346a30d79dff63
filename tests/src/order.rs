//! Looking into feeds the way nobody may ever see them: with a position left out, or one that comes to light behind a later one.

use std::collections::BTreeMap;

use cairn_server::store::{Store, StoreError, feeds, pages};
use sync_core::id::UnitCode;

/// Names that are read at a time; a feed that moved further is looked at to its head all the same.
const NAMES: usize = 100_000;

/// Follows every feed of a store. Since each look asks for whatever stands behind the last position of the look before, and that
/// has to be the very next one and so on to the head, nobody who saw a position can see another one below it later.
#[derive(Debug, Default)]
pub struct Watcher {
    seen: BTreeMap<UnitCode, u64>,
    /// Positions seen.
    pub positions: u64,
    /// Looks at the store.
    pub looks: u64,
}

impl Watcher {
    /// Looks once, at one moment of the store: what is out of order.
    ///
    /// # Errors
    /// [`StoreError`]: somebody may have ended the connection; the look does not count then.
    pub async fn look(&mut self, store: &Store) -> Result<Vec<String>, StoreError> {
        let mut wrong = Vec::new();
        let mut tx = store.read().await?;
        let mut moved = Vec::new();
        for (unit, feed) in feeds::all(&mut tx).await? {
            let before = self.seen.get(&unit).copied().unwrap_or_default();
            let mut last = before;
            while last < feed.head {
                let names = pages::names(&mut tx, &unit, last, NAMES).await?;
                if names.is_empty() {
                    wrong.push(format!("{unit} ends at {last}, and its head says {}", feed.head));
                    break;
                }
                for (position, _) in names {
                    if position != last + 1 {
                        wrong.push(format!("{unit}: after {last} comes {position}"));
                    }
                    last = position;
                }
            }
            if feed.head < before {
                wrong.push(format!("{unit} ended at {before}, and now at {}", feed.head));
            }
            moved.push((unit, before, last));
        }
        for (unit, before, last) in moved {
            self.positions += last - before;
            self.seen.insert(unit, last);
        }
        self.looks += 1;
        Ok(wrong)
    }
}
