//! Where a replica's rows are kept. What they mean is [`sync_core::replica`]'s to say; a store keeps, finds and sorts them.
//!
//! Several processes may use one store at once. Whoever reads in order to write holds [`Store::exclusive`] from the reading
//! to the [`Store::commit`]: otherwise one would overwrite a summary that another has just made from more changes.

#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod filter;
mod identity;
#[cfg(all(feature = "browser", target_family = "wasm"))]
pub mod indexed_db;
mod memory;
mod person;
#[cfg(feature = "native")]
pub mod sqlite;
mod summary;

use std::collections::BTreeMap;

use sync_core::{
    id::{ActorKey, ChangeHash, DraftId, RecordId, UnitCode},
    replica::{ChangeRow, Draft, FeedState, SyncState, VouchedRun, Write},
    wire::Author,
};

use crate::portable::{MaybeSend, MaybeSync};
pub use error::StoreError;
pub use filter::{RecordFilter, searchable};
pub use identity::Identity;
pub use memory::MemoryStore;
pub use person::Person;
pub use summary::Summary;

/// What stands at which position of which feed.
pub type Placed = BTreeMap<(UnitCode, u64), (ChangeHash, ActorKey)>;

/// Keeps a replica.
pub trait Store: MaybeSend + MaybeSync {
    /// The right to read in order to write; given back when dropped.
    type Exclusive: MaybeSend + MaybeSync;
    /// The right to sync; given back when dropped.
    type Lease: MaybeSend + MaybeSync;

    /// Waits until nobody else, in this process or another, reads in order to write.
    fn exclusive(&self) -> impl Future<Output = Result<Self::Exclusive, StoreError>> + MaybeSend;

    /// Takes the right to sync, or `None` when somebody has it.
    fn sync_lease(&self) -> impl Future<Output = Result<Option<Self::Lease>, StoreError>> + MaybeSend;

    /// Commits all writes, in their order, as one; when it returns they survive a power cut.
    ///
    /// # Errors
    /// [`StoreError`]; then none of them has happened.
    fn commit(
        &self,
        right: &Self::Exclusive,
        writes: Vec<Write>,
    ) -> impl Future<Output = Result<(), StoreError>> + MaybeSend;

    /// Keeps who this device is, durably, in place of who it was.
    fn enrol(
        &self,
        right: &Self::Exclusive,
        identity: Identity,
    ) -> impl Future<Output = Result<(), StoreError>> + MaybeSend;

    /// Who this device is.
    fn identity(&self) -> impl Future<Output = Result<Option<Identity>, StoreError>> + MaybeSend;

    /// The sync state.
    fn sync_state(&self) -> impl Future<Output = Result<SyncState, StoreError>> + MaybeSend;

    /// The feeds, by code.
    fn feeds(&self) -> impl Future<Output = Result<Vec<FeedState>, StoreError>> + MaybeSend;

    /// The catalog, as JSON.
    fn catalog(&self) -> impl Future<Output = Result<Option<String>, StoreError>> + MaybeSend;

    /// The rows of those of `hashes` that are here.
    fn rows(&self, hashes: &[ChangeHash]) -> impl Future<Output = Result<Vec<ChangeRow>, StoreError>> + MaybeSend;

    /// All rows of `records`.
    fn rows_of_records(
        &self,
        records: &[RecordId],
    ) -> impl Future<Output = Result<Vec<ChangeRow>, StoreError>> + MaybeSend;

    /// All rows of a feed.
    fn rows_of_feed(&self, unit: &UnitCode) -> impl Future<Output = Result<Vec<ChangeRow>, StoreError>> + MaybeSend;

    /// The names of all changes of a feed that are on the server, as far as known here.
    fn stored_in_feed(&self, unit: &UnitCode) -> impl Future<Output = Result<Vec<ChangeHash>, StoreError>> + MaybeSend;

    /// The rows that belong to no record yet.
    fn orphans(&self) -> impl Future<Output = Result<Vec<ChangeRow>, StoreError>> + MaybeSend;

    /// The rows that wait for the server, in the order in which they came into the store: as many as fit into `bytes` of
    /// chunks, at least one, at most `changes`.
    fn outbox(
        &self,
        bytes: u32,
        changes: usize,
    ) -> impl Future<Output = Result<Vec<ChangeRow>, StoreError>> + MaybeSend;

    /// How many rows wait for the server.
    fn waiting(&self) -> impl Future<Output = Result<u32, StoreError>> + MaybeSend;

    /// The rows on which the server has given a word other than *stored*: parked, held or refused. In the order of [`Self::outbox`].
    fn unsettled(&self) -> impl Future<Output = Result<Vec<ChangeRow>, StoreError>> + MaybeSend;

    /// Whether there are rows on the server whose position is not known here.
    fn lacks_positions(&self) -> impl Future<Output = Result<bool, StoreError>> + MaybeSend;

    /// What stands at positions of feeds, as far as it is here.
    fn at_positions(&self, places: &[(UnitCode, u64)]) -> impl Future<Output = Result<Placed, StoreError>> + MaybeSend;

    /// What the server has vouched for together with any of `hashes`, run by run, the newest first.
    fn vouched(&self, hashes: &[ChangeHash]) -> impl Future<Output = Result<Vec<VouchedRun>, StoreError>> + MaybeSend;

    /// Who stands behind those of `actors` that are known, by actor.
    fn authors(&self, actors: &[ActorKey]) -> impl Future<Output = Result<Vec<Author>, StoreError>> + MaybeSend;

    /// The summaries that `filter` lets through: newest day first, those without a day before all others; within a day the
    /// newest made first.
    fn records(&self, filter: &RecordFilter) -> impl Future<Output = Result<Vec<Summary>, StoreError>> + MaybeSend;

    /// How many summaries `filter` lets through, its `limit` and `offset` aside.
    fn count(&self, filter: &RecordFilter) -> impl Future<Output = Result<u32, StoreError>> + MaybeSend;

    /// One summary.
    fn record(&self, id: RecordId) -> impl Future<Output = Result<Option<Summary>, StoreError>> + MaybeSend;

    /// The records whose name, written as a UUID, begins with `prefix`: at most `limit`, ascending.
    fn records_named(
        &self,
        prefix: &str,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<RecordId>, StoreError>> + MaybeSend;

    /// The drafts, the finished ones among them: the one worked on last first.
    fn drafts(&self) -> impl Future<Output = Result<Vec<Draft>, StoreError>> + MaybeSend;

    /// One draft.
    fn draft(&self, id: DraftId) -> impl Future<Output = Result<Option<Draft>, StoreError>> + MaybeSend;
}
