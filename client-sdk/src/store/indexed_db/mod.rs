//! A replica in a browser's own database (IndexedDB): one database for each person.
//!
//! Only one program at a time leads and writes. Who has it open is numbered by a *term*, which grows: every commit asks, inside its
//! own transaction, whether the term in the database is still its own, and does nothing when a later leader has begun. So nothing
//! depends on when a frozen tab notices that it was given up.
//!
//! Every writing transaction asks for `durability: "strict"`: what a commit has returned survives a power cut.

mod database;
mod json;
mod names;
mod order;
mod people;
mod read;
mod schema;
mod transaction;
mod values;
mod write;

use std::{rc::Rc, sync::Arc};

use sync_core::{
    id::{ActorKey, ChangeHash, DraftId, RecordId, UnitCode},
    replica::{ChangeRow, Draft, FeedState, SyncState, VouchedRun, Write},
    wire::Author,
};
use tokio::sync::{Mutex, OwnedMutexGuard};
use web_sys::IdbDatabase;

use super::{Identity, Placed, RecordFilter, Store, StoreError, Summary};
pub use people::People;

/// A store in the database of one person. Clones share its connection and take turns.
#[derive(Clone)]
pub struct IndexedDbStore {
    database: IdbDatabase,
    term: u32,
    names: Rc<names::Names>,
    turns: Arc<Mutex<()>>,
    syncing: Arc<Mutex<()>>,
}

impl IndexedDbStore {
    /// Opens the database `name`, or makes it, as the leader of `term`. Whoever opened it in an earlier term commits nothing more.
    ///
    /// # Errors
    /// [`StoreError::NotLeading`] when a later leader has opened it, [`StoreError::CannotOpen`] where the browser keeps nothing.
    pub async fn open(name: &str, term: u32) -> Result<Self, StoreError> {
        let database = database::open(name, schema::VERSION, schema::upgrade).await?;
        write::lead(&database, term).await?;
        Ok(Self { database, term, names: Rc::default(), turns: Arc::default(), syncing: Arc::default() })
    }

    /// Closes the connection, for all clones.
    pub fn close(&self) {
        self.database.close();
    }
}

impl Store for IndexedDbStore {
    type Exclusive = OwnedMutexGuard<()>;
    type Lease = OwnedMutexGuard<()>;

    async fn exclusive(&self) -> Result<Self::Exclusive, StoreError> {
        Ok(Arc::clone(&self.turns).lock_owned().await)
    }

    async fn sync_lease(&self) -> Result<Option<Self::Lease>, StoreError> {
        Ok(Arc::clone(&self.syncing).try_lock_owned().ok())
    }

    async fn commit(&self, _: &Self::Exclusive, writes: Vec<Write>) -> Result<(), StoreError> {
        write::commit(&self.database, self.term, &self.names, writes).await
    }

    async fn enrol(&self, _: &Self::Exclusive, identity: Identity) -> Result<(), StoreError> {
        write::enrol(&self.database, self.term, identity).await
    }

    async fn identity(&self) -> Result<Option<Identity>, StoreError> {
        let row = read::text(&self.database, "identity", "this device's identity").await?;
        row.map(|row| json::read_identity(&row)).transpose()
    }

    async fn sync_state(&self) -> Result<SyncState, StoreError> {
        let row = read::text(&self.database, "sync", "the sync state").await?;
        row.map_or_else(|| Ok(SyncState::default()), |row| json::read(&row, "the sync state"))
    }

    async fn feeds(&self) -> Result<Vec<FeedState>, StoreError> {
        read::feeds(&self.database).await
    }

    async fn catalog(&self) -> Result<Option<String>, StoreError> {
        read::text(&self.database, "catalog", "the catalog").await
    }

    async fn rows(&self, hashes: &[ChangeHash]) -> Result<Vec<ChangeRow>, StoreError> {
        self.names.read(&self.database, hashes.len()).await?;
        read::changes(&self.database, hashes.iter().filter(|hash| self.names.may_have(hash))).await
    }

    async fn rows_of_records(&self, records: &[RecordId]) -> Result<Vec<ChangeRow>, StoreError> {
        read::changes_of_records(&self.database, records).await
    }

    async fn rows_of_feed(&self, unit: &UnitCode) -> Result<Vec<ChangeRow>, StoreError> {
        read::changes_of_feed(&self.database, unit).await
    }

    async fn stored_in_feed(&self, unit: &UnitCode) -> Result<Vec<ChangeHash>, StoreError> {
        read::stored_in_feed(&self.database, unit).await
    }

    async fn orphans(&self) -> Result<Vec<ChangeRow>, StoreError> {
        read::orphans(&self.database).await
    }

    async fn outbox(&self, bytes: u32, changes: usize) -> Result<Vec<ChangeRow>, StoreError> {
        read::outbox(&self.database, bytes, changes).await
    }

    async fn waiting(&self) -> Result<u32, StoreError> {
        read::waiting(&self.database).await
    }

    async fn unsettled(&self) -> Result<Vec<ChangeRow>, StoreError> {
        read::unsettled(&self.database).await
    }

    async fn lacks_positions(&self) -> Result<bool, StoreError> {
        read::lacks_positions(&self.database).await
    }

    async fn at_positions(&self, places: &[(UnitCode, u64)]) -> Result<Placed, StoreError> {
        read::at_positions(&self.database, places).await
    }

    async fn vouched(&self, hashes: &[ChangeHash]) -> Result<Vec<VouchedRun>, StoreError> {
        read::vouched(&self.database, hashes).await
    }

    async fn authors(&self, actors: &[ActorKey]) -> Result<Vec<Author>, StoreError> {
        read::authors(&self.database, actors).await
    }

    async fn records(&self, filter: &RecordFilter) -> Result<Vec<Summary>, StoreError> {
        read::records(&self.database, filter).await
    }

    async fn count(&self, filter: &RecordFilter) -> Result<u32, StoreError> {
        read::count(&self.database, filter).await
    }

    async fn record(&self, id: RecordId) -> Result<Option<Summary>, StoreError> {
        read::record(&self.database, id).await
    }

    async fn records_named(&self, prefix: &str, limit: usize) -> Result<Vec<RecordId>, StoreError> {
        read::records_named(&self.database, prefix, limit).await
    }

    async fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        read::drafts(&self.database).await
    }

    async fn draft(&self, id: DraftId) -> Result<Option<Draft>, StoreError> {
        read::draft(&self.database, id).await
    }
}
