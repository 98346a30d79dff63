//! A replica in a directory: `replica.sqlite`, and two lock files by which processes take turns.
//!
//! WAL with `synchronous=FULL`: what a commit has returned survives a power cut. Readers never wait for writers.

mod lock;
mod open;
mod read;
mod rows;
mod write;

use std::{path::PathBuf, sync::Arc};

use sqlx::SqlitePool;
use sync_core::{
    id::{ActorKey, ChangeHash, DraftId, RecordId, UnitCode},
    replica::{ChangeRow, Draft, FeedState, SyncState, VouchedRun, Write},
    wire::Author,
};

use super::{Identity, Placed, RecordFilter, Store, StoreError, Summary};
pub use lock::{FileLock, Turn};

/// A store in a directory of this machine. Clones share its connections.
#[derive(Clone)]
pub struct SqliteStore {
    pool: SqlitePool,
    directory: PathBuf,
    /// The turns of this process's own tasks, so that only one of them at a time waits for the file.
    turns: Arc<tokio::sync::Mutex<()>>,
}

impl SqliteStore {
    /// The database's name within the store's directory.
    pub const FILE: &'static str = "replica.sqlite";

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> &std::path::Path {
        &self.directory
    }

    /// Closes the connections, so that nothing is left to be done by whoever opens the store next.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    fn failed(&self, error: sqlx::Error) -> StoreError {
        open::failed(&self.directory, &error)
    }
}

impl Store for SqliteStore {
    type Exclusive = Turn;
    type Lease = FileLock;

    async fn exclusive(&self) -> Result<Turn, StoreError> {
        let turn = Arc::clone(&self.turns).lock_owned().await;
        Ok(Turn::new(turn, FileLock::wait(self.directory.join("store.lock")).await?))
    }

    async fn sync_lease(&self) -> Result<Option<FileLock>, StoreError> {
        FileLock::attempt(self.directory.join("sync.lock")).await
    }

    async fn commit(&self, _: &Turn, writes: Vec<Write>) -> Result<(), StoreError> {
        write::commit(&self.pool, writes).await.map_err(|e| self.failed(e))
    }

    async fn enrol(&self, _: &Turn, identity: Identity) -> Result<(), StoreError> {
        write::enrol(&self.pool, &identity).await.map_err(|e| self.failed(e))
    }

    async fn identity(&self) -> Result<Option<Identity>, StoreError> {
        let row = read::identity(&self.pool).await.map_err(|e| self.failed(e))?;
        row.as_ref().map(rows::identity).transpose()
    }

    async fn sync_state(&self) -> Result<SyncState, StoreError> {
        let json = read::state(&self.pool).await.map_err(|e| self.failed(e))?;
        serde_json::from_str(&json).map_err(|_| StoreError::Damaged { what: "the sync state" })
    }

    async fn feeds(&self) -> Result<Vec<FeedState>, StoreError> {
        let rows = read::feeds(&self.pool).await.map_err(|e| self.failed(e))?;
        rows.iter().map(rows::feed).collect()
    }

    async fn catalog(&self) -> Result<Option<String>, StoreError> {
        read::catalog(&self.pool).await.map_err(|e| self.failed(e))
    }

    async fn rows(&self, hashes: &[ChangeHash]) -> Result<Vec<ChangeRow>, StoreError> {
        let rows = read::changes(&self.pool, hashes).await.map_err(|e| self.failed(e))?;
        rows.iter().map(rows::change).collect()
    }

    async fn rows_of_records(&self, records: &[RecordId]) -> Result<Vec<ChangeRow>, StoreError> {
        let rows = read::changes_of_records(&self.pool, records).await.map_err(|e| self.failed(e))?;
        rows.iter().map(rows::change).collect()
    }

    async fn rows_of_feed(&self, unit: &UnitCode) -> Result<Vec<ChangeRow>, StoreError> {
        let rows = read::changes_of_feed(&self.pool, unit).await.map_err(|e| self.failed(e))?;
        rows.iter().map(rows::change).collect()
    }

    async fn stored_in_feed(&self, unit: &UnitCode) -> Result<Vec<ChangeHash>, StoreError> {
        let rows = read::stored_in_feed(&self.pool, unit).await.map_err(|e| self.failed(e))?;
        rows.iter().map(|row| rows::hash(row, 0)).collect()
    }

    async fn orphans(&self) -> Result<Vec<ChangeRow>, StoreError> {
        let rows = read::orphans(&self.pool).await.map_err(|e| self.failed(e))?;
        rows.iter().map(rows::change).collect()
    }

    async fn outbox(&self, bytes: u32, changes: usize) -> Result<Vec<ChangeRow>, StoreError> {
        let rows = read::outbox(&self.pool, bytes, changes).await.map_err(|e| self.failed(e))?;
        rows.iter().map(rows::change).collect()
    }

    async fn waiting(&self) -> Result<u32, StoreError> {
        let count = read::waiting(&self.pool).await.map_err(|e| self.failed(e))?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn unsettled(&self) -> Result<Vec<ChangeRow>, StoreError> {
        let rows = read::unsettled(&self.pool).await.map_err(|e| self.failed(e))?;
        rows.iter().map(rows::change).collect()
    }

    async fn lacks_positions(&self) -> Result<bool, StoreError> {
        read::lacks_positions(&self.pool).await.map_err(|e| self.failed(e))
    }

    async fn at_positions(&self, places: &[(UnitCode, u64)]) -> Result<Placed, StoreError> {
        let rows = read::at_positions(&self.pool, places).await.map_err(|e| self.failed(e))?;
        rows.iter().map(rows::at_position).collect()
    }

    async fn vouched(&self, hashes: &[ChangeHash]) -> Result<Vec<VouchedRun>, StoreError> {
        let rows = read::vouched(&self.pool, hashes).await.map_err(|e| self.failed(e))?;
        let mut runs: Vec<VouchedRun> = Vec::new();
        for row in &rows {
            let (voucher, change) = rows::vouched(row)?;
            match runs.last_mut().filter(|run| run.voucher == voucher) {
                Some(run) => run.changes.push(change),
                None => runs.push(VouchedRun { voucher, changes: vec![change] }),
            }
        }
        Ok(runs)
    }

    async fn authors(&self, actors: &[ActorKey]) -> Result<Vec<Author>, StoreError> {
        let rows = read::authors(&self.pool, actors).await.map_err(|e| self.failed(e))?;
        rows.iter().map(rows::author).collect()
    }

    async fn records(&self, filter: &RecordFilter) -> Result<Vec<Summary>, StoreError> {
        let rows = read::records(&self.pool, filter).await.map_err(|e| self.failed(e))?;
        rows.iter().map(rows::summary).collect()
    }

    async fn count(&self, filter: &RecordFilter) -> Result<u32, StoreError> {
        let count = read::count(&self.pool, filter).await.map_err(|e| self.failed(e))?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn record(&self, id: RecordId) -> Result<Option<Summary>, StoreError> {
        let row = read::record(&self.pool, id).await.map_err(|e| self.failed(e))?;
        row.as_ref().map(rows::summary).transpose()
    }

    async fn records_named(&self, prefix: &str, limit: usize) -> Result<Vec<RecordId>, StoreError> {
        let rows = read::records_named(&self.pool, prefix, limit).await.map_err(|e| self.failed(e))?;
        rows.iter().map(|row| rows::record_id(row, 0)).collect()
    }

    async fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        let rows = read::drafts(&self.pool).await.map_err(|e| self.failed(e))?;
        rows.iter().map(rows::draft).collect()
    }

    async fn draft(&self, id: DraftId) -> Result<Option<Draft>, StoreError> {
        let row = read::draft(&self.pool, id).await.map_err(|e| self.failed(e))?;
        row.as_ref().map(rows::draft).transpose()
    }
}
