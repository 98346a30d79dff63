//! Every operation of a device. Writing never touches the network, and reading never waits for it.
//!
//! | file | operations |
//! |---|---|
//! | `enrol` | trading a code for a token |
//! | `catalog` | forms, org units, where the user may record |
//! | `copy` | what is not synced, as a file |
//! | `create` | a new record |
//! | `change`, `sent` | edit, comment, review of a record; edits as programs send them |
//! | `draft` | what somebody is filling in, kept at every stroke |
//! | `import` | many records at once |
//! | `read` | list, show, history |
//! | `totals` | what records add up to |
//! | `status` | what waits, what is held and why |
//! | `sync`, `exchange`, `take` | the sync loop; one request; one answer |
//! | `follow`, `live` | syncing for as long as the program runs; at once when the server says that something moved |

mod catalog;
mod change;
mod copy;
mod create;
mod draft;
mod enrol;
mod exchange;
mod follow;
mod import;
mod live;
mod outgoing;
mod random;
mod read;
mod report;
mod sent;
mod shown;
mod status;
mod sync;
mod take;
mod totals;

use std::sync::{Mutex, PoisonError};

use sync_core::{
    id::{ActorKey, RecordId},
    record::Pen,
};
use tokio::sync::Notify;

pub use catalog::{FieldInfo, FormInfo, UnitInfo};
pub use copy::{CopyReport, SavedCopy};
pub use create::{Answers, NewRecord, Saved};
pub use draft::{KeptDraft, ShownDraft};
pub use enrol::Redeemed;
pub use import::{BadRow, ImportReport, ImportRow};
pub use random::Seed;
pub use report::SyncReport;
pub use sent::SentEdit;
pub use shown::{
    ShownAttachment, ShownComment, ShownConflict, ShownEvent, ShownRecord, ShownReview, ShownValue, Unsettled,
};
pub use status::{FeedStatus, Status};
pub use totals::{MeasureTotal, Totals};

use crate::{Clock, Error, Store, Transport, store::Identity};

/// A replica at work.
pub struct Engine<S, T, C> {
    store: S,
    transport: T,
    clock: C,
    random: Mutex<random::Random>,
    /// Rung when there is something to sync.
    bell: Notify,
}

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// A replica on `store`. Draws a new actor: never persisted, so that a copied store cannot write under the same name twice.
    ///
    /// # Errors
    /// [`Error::NoRandomness`] when the system gives no random bytes.
    pub fn open(store: S, transport: T, clock: C) -> Result<Self, Error> {
        Ok(Self::with_seed(store, transport, clock, Seed::drawn()?))
    }

    /// The same, with given random bytes: for simulations, which must run the same way twice. Two engines with one seed on
    /// copies of one store make changes that hold each other up for good.
    pub fn with_seed(store: S, transport: T, clock: C, seed: Seed) -> Self {
        Self { store, transport, clock, random: Mutex::new(random::Random::new(seed)), bell: Notify::new() }
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The transport.
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// The clock.
    pub fn clock(&self) -> &C {
        &self.clock
    }

    /// Finds the record of a name, or of the beginning of one: at least 4 characters of it.
    ///
    /// # Errors
    /// [`Error::NoSuchRecord`], [`Error::AmbiguousRecord`].
    pub async fn find(&self, name: &str) -> Result<RecordId, Error> {
        let wanted = name.trim().to_ascii_lowercase();
        let missing = || Error::NoSuchRecord { name: name.chars().take(80).collect() };
        if let Ok(id) = wanted.parse() {
            return self.store.record(id).await?.map(|summary| summary.id).ok_or_else(missing);
        }
        let shape = wanted.len() >= 4 && wanted.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        let mut matches = if shape { self.store.records_named(&wanted, 4).await? } else { Vec::new() };
        match (matches.pop(), matches.is_empty()) {
            (Some(id), true) => Ok(id),
            (Some(id), false) => {
                matches.push(id);
                Err(Error::AmbiguousRecord { name: wanted, matches })
            }
            (None, _) => Err(missing()),
        }
    }

    async fn identity(&self) -> Result<Identity, Error> {
        self.store.identity().await?.ok_or(Error::NotEnrolled)
    }

    fn pen(&self) -> Pen {
        Pen { actor: self.actor(), time: self.clock.now() }
    }

    /// The pen to make a record with.
    fn birth_pen(&self) -> Pen {
        let now = self.clock.now();
        let mut random = self.random();
        let time = random.birth(now);
        Pen { actor: random.actor(), time }
    }

    fn actor(&self) -> ActorKey {
        self.random().actor()
    }

    fn random(&self) -> std::sync::MutexGuard<'_, random::Random> {
        self.random.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
