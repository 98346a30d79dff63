//! A replica that lives as long as its process: for tests, simulations and looking around.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use sync_core::{
    id::{ActorKey, ChangeHash, DraftId, RecordId, UnitCode},
    replica::{ChangeRow, ChangeState, Draft, FeedState, SyncState, VouchedRun, Write},
    wire::{Author, Voucher},
};

use super::{Identity, Placed, RecordFilter, Store, StoreError, Summary};

/// A store in memory. Clones share it, as processes share a directory; [`Self::copied`] makes another.
#[derive(Clone, Default)]
pub struct MemoryStore {
    rows: Arc<Mutex<Rows>>,
    exclusive: Arc<tokio::sync::Mutex<()>>,
    syncing: Arc<AtomicBool>,
}

#[derive(Clone, Default)]
struct Rows {
    made: u64,
    changes: BTreeMap<ChangeHash, (u64, ChangeRow)>,
    of_record: BTreeMap<RecordId, BTreeSet<ChangeHash>>,
    orphans: BTreeSet<ChangeHash>,
    /// Rows that are not stored on the server, by the order of their coming.
    pending: BTreeMap<u64, ChangeHash>,
    at: BTreeMap<(UnitCode, u64), ChangeHash>,
    records: BTreeMap<RecordId, Summary>,
    feeds: BTreeMap<UnitCode, FeedState>,
    authors: BTreeMap<ActorKey, Author>,
    /// In the order in which they came.
    runs: Vec<VouchedRun>,
    vouchers: BTreeSet<Voucher>,
    /// The numbers of the runs with each change.
    vouched: BTreeMap<ChangeHash, BTreeSet<usize>>,
    state: SyncState,
    catalog: Option<String>,
    drafts: BTreeMap<DraftId, Draft>,
    identity: Option<Identity>,
}

/// The right to sync a [`MemoryStore`].
pub struct MemoryLease(Arc<AtomicBool>);

impl Drop for MemoryLease {
    fn drop(&mut self) {
        self.0.store(false, SeqCst);
    }
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Another store with the same content: a cloned phone, a restored backup.
    #[must_use]
    pub fn copied(&self) -> Self {
        Self { rows: Arc::new(Mutex::new(self.lock().clone())), ..Self::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rows {
    fn take_out(&mut self, hash: &ChangeHash) -> Option<u64> {
        let (made, row) = self.changes.remove(hash)?;
        match row.record {
            Some(id) => {
                self.of_record.get_mut(&id).map(|of| of.remove(hash));
            }
            None => {
                self.orphans.remove(hash);
            }
        }
        self.pending.remove(&made);
        if let Some(position) = row.position {
            self.at.remove(&(row.unit, position));
        }
        Some(made)
    }

    fn put(&mut self, row: ChangeRow) {
        let made = self.take_out(&row.hash).unwrap_or_else(|| {
            self.made += 1;
            self.made
        });
        match row.record {
            Some(id) => self.of_record.entry(id).or_default().insert(row.hash),
            None => self.orphans.insert(row.hash),
        };
        if row.state != ChangeState::Stored {
            self.pending.insert(made, row.hash);
        }
        if let Some(position) = row.position {
            self.at.insert((row.unit.clone(), position), row.hash);
        }
        self.changes.insert(row.hash, (made, row));
    }

    fn vouch(&mut self, run: VouchedRun) {
        if self.vouchers.insert(run.voucher) {
            for (hash, _) in &run.changes {
                self.vouched.entry(*hash).or_default().insert(self.runs.len());
            }
            self.runs.push(run);
        }
    }

    fn write(&mut self, write: Write) {
        match write {
            Write::Change(row) => self.put(row),
            Write::Vouched(run) => self.vouch(run),
            Write::Record(row) => {
                self.records.insert(row.projection.id, Summary::from(&row));
            }
            Write::Feed(feed) => {
                self.feeds.insert(feed.unit.clone(), feed);
            }
            Write::Author(author) => {
                self.authors.insert(author.actor, author);
            }
            Write::Sync(state) => self.state = state,
            Write::Catalog(json) => self.catalog = Some(json),
            Write::Draft(draft) => {
                self.drafts.insert(draft.id, draft);
            }
            Write::DropDraft(id) => {
                self.drafts.remove(&id);
            }
            Write::ForgetPositions => {
                self.at.clear();
                for (_, row) in self.changes.values_mut() {
                    row.position = None;
                    if row.state.is_of_one_store() {
                        row.state = ChangeState::Waiting;
                    }
                }
            }
        }
    }

    fn all<'a>(&self, hashes: impl IntoIterator<Item = &'a ChangeHash>) -> Vec<ChangeRow> {
        hashes.into_iter().filter_map(|h| self.changes.get(h)).map(|(_, row)| row.clone()).collect()
    }

    fn pending(&self, wanted: impl Fn(&ChangeState) -> bool) -> impl Iterator<Item = &ChangeRow> {
        let rows = self.pending.values().filter_map(|h| self.changes.get(h)).map(|(_, row)| row);
        rows.filter(move |row| wanted(&row.state))
    }
}

impl Store for MemoryStore {
    type Exclusive = tokio::sync::OwnedMutexGuard<()>;
    type Lease = MemoryLease;

    async fn exclusive(&self) -> Result<Self::Exclusive, StoreError> {
        Ok(Arc::clone(&self.exclusive).lock_owned().await)
    }

    async fn sync_lease(&self) -> Result<Option<MemoryLease>, StoreError> {
        let taken = self.syncing.swap(true, SeqCst);
        Ok((!taken).then(|| MemoryLease(Arc::clone(&self.syncing))))
    }

    async fn commit(&self, _: &Self::Exclusive, writes: Vec<Write>) -> Result<(), StoreError> {
        let mut rows = self.lock();
        writes.into_iter().for_each(|write| rows.write(write));
        Ok(())
    }

    async fn enrol(&self, _: &Self::Exclusive, identity: Identity) -> Result<(), StoreError> {
        self.lock().identity = Some(identity);
        Ok(())
    }

    async fn identity(&self) -> Result<Option<Identity>, StoreError> {
        Ok(self.lock().identity.clone())
    }

    async fn sync_state(&self) -> Result<SyncState, StoreError> {
        Ok(self.lock().state.clone())
    }

    async fn feeds(&self) -> Result<Vec<FeedState>, StoreError> {
        Ok(self.lock().feeds.values().cloned().collect())
    }

    async fn catalog(&self) -> Result<Option<String>, StoreError> {
        Ok(self.lock().catalog.clone())
    }

    async fn rows(&self, hashes: &[ChangeHash]) -> Result<Vec<ChangeRow>, StoreError> {
        Ok(self.lock().all(hashes))
    }

    async fn rows_of_records(&self, records: &[RecordId]) -> Result<Vec<ChangeRow>, StoreError> {
        let rows = self.lock();
        Ok(rows.all(records.iter().filter_map(|id| rows.of_record.get(id)).flatten()))
    }

    async fn rows_of_feed(&self, unit: &UnitCode) -> Result<Vec<ChangeRow>, StoreError> {
        let rows = self.lock();
        Ok(rows.changes.values().map(|(_, row)| row).filter(|row| row.unit == *unit).cloned().collect())
    }

    async fn stored_in_feed(&self, unit: &UnitCode) -> Result<Vec<ChangeHash>, StoreError> {
        let rows = self.lock();
        let of_feed = rows.changes.values().map(|(_, row)| row).filter(|row| row.unit == *unit);
        Ok(of_feed.filter(|row| row.state == ChangeState::Stored).map(|row| row.hash).collect())
    }

    async fn orphans(&self) -> Result<Vec<ChangeRow>, StoreError> {
        let rows = self.lock();
        Ok(rows.all(&rows.orphans))
    }

    async fn outbox(&self, bytes: u32, changes: usize) -> Result<Vec<ChangeRow>, StoreError> {
        let rows = self.lock();
        let mut sum = 0usize;
        let fits = |row: &&ChangeRow| {
            let first = sum == 0;
            sum += row.raw.len();
            first || sum <= bytes as usize
        };
        Ok(rows.pending(|s| *s == ChangeState::Waiting).take(changes).take_while(fits).cloned().collect())
    }

    async fn waiting(&self) -> Result<u32, StoreError> {
        let count = self.lock().pending(|s| *s == ChangeState::Waiting).count();
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn unsettled(&self) -> Result<Vec<ChangeRow>, StoreError> {
        Ok(self.lock().pending(|s| *s != ChangeState::Waiting).cloned().collect())
    }

    async fn lacks_positions(&self) -> Result<bool, StoreError> {
        let rows = self.lock();
        Ok(rows.changes.values().any(|(_, row)| row.state == ChangeState::Stored && row.position.is_none()))
    }

    async fn at_positions(&self, places: &[(UnitCode, u64)]) -> Result<Placed, StoreError> {
        let rows = self.lock();
        let found = places.iter().filter_map(|place| {
            let (_, row) = rows.changes.get(rows.at.get(place)?)?;
            Some((place.clone(), (row.hash, row.actor)))
        });
        Ok(found.collect())
    }

    async fn vouched(&self, hashes: &[ChangeHash]) -> Result<Vec<VouchedRun>, StoreError> {
        let rows = self.lock();
        let numbers: BTreeSet<usize> =
            hashes.iter().filter_map(|hash| rows.vouched.get(hash)).flatten().copied().collect();
        Ok(numbers.into_iter().rev().map(|number| rows.runs[number].clone()).collect())
    }

    async fn authors(&self, actors: &[ActorKey]) -> Result<Vec<Author>, StoreError> {
        let rows = self.lock();
        Ok(actors.iter().filter_map(|actor| rows.authors.get(actor).cloned()).collect())
    }

    async fn records(&self, filter: &RecordFilter) -> Result<Vec<Summary>, StoreError> {
        let rows = self.lock();
        let mut found: Vec<&Summary> = rows.records.values().filter(|record| filter.lets_through(record)).collect();
        found.sort_unstable_by_key(|r| core::cmp::Reverse((r.on.is_none(), r.on, r.created_ms, r.id)));
        let limit = filter.limit.map_or(usize::MAX, |n| n as usize);
        Ok(found.into_iter().skip(filter.offset as usize).take(limit).cloned().collect())
    }

    async fn count(&self, filter: &RecordFilter) -> Result<u32, StoreError> {
        let count = self.lock().records.values().filter(|record| filter.lets_through(record)).count();
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn record(&self, id: RecordId) -> Result<Option<Summary>, StoreError> {
        Ok(self.lock().records.get(&id).cloned())
    }

    async fn records_named(&self, prefix: &str, limit: usize) -> Result<Vec<RecordId>, StoreError> {
        let rows = self.lock();
        Ok(rows.records.keys().filter(|id| id.to_string().starts_with(prefix)).take(limit).copied().collect())
    }

    async fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        let mut drafts: Vec<Draft> = self.lock().drafts.values().cloned().collect();
        drafts.sort_by_key(|draft| core::cmp::Reverse((draft.updated, draft.id)));
        Ok(drafts)
    }

    async fn draft(&self, id: DraftId) -> Result<Option<Draft>, StoreError> {
        Ok(self.lock().drafts.get(&id).cloned())
    }
}
