//! A device's disk: a store whose commits can fail, be lost or be torn, and which can be copied, put aside and put back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cairn_client::{
    MemoryStore, Store, StoreError,
    store::{Identity, Placed, RecordFilter, Summary},
};
use sync_core::{
    id::{ActorKey, ChangeHash, DraftId, RecordId, UnitCode},
    replica::{ChangeRow, Draft, FeedState, SyncState, VouchedRun, Write},
    wire::Author,
};

use crate::{fault::Fault, turn, variant::Variant};

type Right = <MemoryStore as Store>::Exclusive;

/// Commits that a disk which does not sync them keeps back.
const UNSYNCED_MAX: usize = 12;

/// What the next commit meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mishap {
    /// The process dies before anything is written.
    DeathBefore,
    /// The process dies when everything is written, and nobody is told.
    DeathAfter,
    /// The power goes when this share of the writes, in thousandths, is on the disk.
    Torn(u16),
    /// There is no room.
    Full,
    /// The write fails.
    Error,
}

struct Hardware {
    variant: Variant,
    /// What a process reads and writes.
    live: MemoryStore,
    /// What is on the disk for certain, where that is less.
    synced: Option<(MemoryStore, usize)>,
    armed: Option<(u8, Mishap)>,
    /// What has struck, and what its process died of.
    struck: Option<Fault>,
    dead: bool,
}

/// A disk; clones are the same one, as its process has it.
#[derive(Clone)]
pub(crate) struct Disk(Arc<Mutex<Hardware>>);

impl Disk {
    pub(crate) fn new(variant: Variant) -> Self {
        Self::holding(variant, MemoryStore::new())
    }

    fn holding(variant: Variant, live: MemoryStore) -> Self {
        let hardware = Hardware { variant, live, synced: None, armed: None, struck: None, dead: false };
        Self(Arc::new(Mutex::new(hardware)))
    }

    fn lock(&self) -> MutexGuard<'_, Hardware> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn live(&self) -> MemoryStore {
        self.lock().live.clone()
    }

    /// The commit that comes `after` so many others meets `mishap`.
    pub(crate) fn arm(&self, after: u8, mishap: Mishap) {
        self.lock().armed = Some((after, mishap));
    }

    pub(crate) fn disarm(&self) {
        self.lock().armed = None;
    }

    /// What has struck since this was last asked.
    pub(crate) fn take_struck(&self) -> Option<Fault> {
        self.lock().struck.take()
    }

    /// Whether the process that uses it died.
    pub(crate) fn is_dead(&self) -> bool {
        self.lock().dead
    }

    /// Another disk with the same content.
    pub(crate) fn copied(&self) -> Self {
        let hardware = self.lock();
        Self::holding(hardware.variant, hardware.live.copied())
    }

    /// What the next process finds after its predecessor died, and after a power cut if there was one.
    pub(crate) fn recovered(&self, is_dark: bool) -> Self {
        let mut hardware = self.lock();
        let left = match hardware.synced.take().filter(|_| is_dark) {
            Some((synced, _)) => synced,
            None => hardware.live.copied(),
        };
        Self::holding(hardware.variant, left)
    }
}

/// Where a commit gets to.
enum Course {
    Done,
    Failed(StoreError),
    Died,
}

impl Hardware {
    fn commit(&mut self, right: &Right, writes: Vec<Write>) -> Course {
        let mishap = match &mut self.armed {
            Some((0, mishap)) => Some(*mishap),
            Some((after, _)) => {
                *after -= 1;
                None
            }
            None => None,
        };
        if mishap.is_some() {
            self.armed = None;
        }
        match mishap {
            Some(Mishap::Full) => {
                self.struck = Some(Fault::DiskFull);
                Course::Failed(StoreError::DiskFull { store: "a phone".into() })
            }
            Some(Mishap::Error) => {
                self.struck = Some(Fault::IoError);
                Course::Failed(StoreError::Failed("the medium does not take it".into()))
            }
            Some(Mishap::DeathBefore) => {
                if self.variant == Variant::CursorBeforeData {
                    let (cursors, _) = apart(writes);
                    self.put(right, cursors);
                }
                self.die(Fault::Crash)
            }
            Some(Mishap::DeathAfter) => {
                self.put(right, writes);
                self.die(Fault::Crash)
            }
            Some(Mishap::Torn(share)) => {
                // A log whose last entry does not match its checksum ends before it.
                if self.variant == Variant::TornKept {
                    let kept = writes.len() * usize::from(share) / 1_000;
                    self.put(right, writes.into_iter().take(kept).collect());
                }
                self.die(Fault::TornWrite)
            }
            None => {
                self.put(right, writes);
                Course::Done
            }
        }
    }

    fn die(&mut self, of: Fault) -> Course {
        self.struck = Some(of);
        self.dead = true;
        Course::Died
    }

    fn put(&mut self, right: &Right, mut writes: Vec<Write>) {
        if self.variant == Variant::DeviceSyncNormal {
            match &mut self.synced {
                Some((_, behind)) if *behind < UNSYNCED_MAX => *behind += 1,
                _ => self.synced = Some((self.live.copied(), 1)),
            }
        }
        if self.variant == Variant::DigestUnchecked {
            for write in &mut writes {
                if let Write::Feed(feed) = write {
                    feed.suspect = false;
                }
            }
        }
        // A store in memory takes what it is given, and at once.
        turn::at_once(self.live.commit(right, writes));
    }
}

/// What a commit says of cursors, and the rest.
fn apart(writes: Vec<Write>) -> (Vec<Write>, Vec<Write>) {
    writes.into_iter().partition(|write| matches!(write, Write::Feed(_) | Write::Sync(_)))
}

impl Store for Disk {
    type Exclusive = Right;
    type Lease = <MemoryStore as Store>::Lease;

    async fn exclusive(&self) -> Result<Self::Exclusive, StoreError> {
        self.live().exclusive().await
    }

    async fn sync_lease(&self) -> Result<Option<Self::Lease>, StoreError> {
        self.live().sync_lease().await
    }

    async fn commit(&self, right: &Self::Exclusive, writes: Vec<Write>) -> Result<(), StoreError> {
        let course = self.lock().commit(right, writes);
        match course {
            Course::Done => Ok(()),
            Course::Failed(error) => Err(error),
            Course::Died => core::future::pending().await,
        }
    }

    async fn enrol(&self, right: &Self::Exclusive, identity: Identity) -> Result<(), StoreError> {
        self.live().enrol(right, identity).await
    }

    async fn identity(&self) -> Result<Option<Identity>, StoreError> {
        self.live().identity().await
    }

    async fn sync_state(&self) -> Result<SyncState, StoreError> {
        self.live().sync_state().await
    }

    async fn feeds(&self) -> Result<Vec<FeedState>, StoreError> {
        self.live().feeds().await
    }

    async fn catalog(&self) -> Result<Option<String>, StoreError> {
        self.live().catalog().await
    }

    async fn rows(&self, hashes: &[ChangeHash]) -> Result<Vec<ChangeRow>, StoreError> {
        self.live().rows(hashes).await
    }

    async fn rows_of_records(&self, records: &[RecordId]) -> Result<Vec<ChangeRow>, StoreError> {
        self.live().rows_of_records(records).await
    }

    async fn rows_of_feed(&self, unit: &UnitCode) -> Result<Vec<ChangeRow>, StoreError> {
        self.live().rows_of_feed(unit).await
    }

    async fn stored_in_feed(&self, unit: &UnitCode) -> Result<Vec<ChangeHash>, StoreError> {
        self.live().stored_in_feed(unit).await
    }

    async fn orphans(&self) -> Result<Vec<ChangeRow>, StoreError> {
        self.live().orphans().await
    }

    async fn outbox(&self, bytes: u32, changes: usize) -> Result<Vec<ChangeRow>, StoreError> {
        self.live().outbox(bytes, changes).await
    }

    async fn waiting(&self) -> Result<u32, StoreError> {
        self.live().waiting().await
    }

    async fn unsettled(&self) -> Result<Vec<ChangeRow>, StoreError> {
        self.live().unsettled().await
    }

    async fn lacks_positions(&self) -> Result<bool, StoreError> {
        self.live().lacks_positions().await
    }

    async fn at_positions(&self, places: &[(UnitCode, u64)]) -> Result<Placed, StoreError> {
        self.live().at_positions(places).await
    }

    async fn vouched(&self, hashes: &[ChangeHash]) -> Result<Vec<VouchedRun>, StoreError> {
        self.live().vouched(hashes).await
    }

    async fn authors(&self, actors: &[ActorKey]) -> Result<Vec<Author>, StoreError> {
        self.live().authors(actors).await
    }

    async fn records(&self, filter: &RecordFilter) -> Result<Vec<Summary>, StoreError> {
        self.live().records(filter).await
    }

    async fn count(&self, filter: &RecordFilter) -> Result<u32, StoreError> {
        self.live().count(filter).await
    }

    async fn record(&self, id: RecordId) -> Result<Option<Summary>, StoreError> {
        self.live().record(id).await
    }

    async fn records_named(&self, prefix: &str, limit: usize) -> Result<Vec<RecordId>, StoreError> {
        self.live().records_named(prefix, limit).await
    }

    async fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        self.live().drafts().await
    }

    async fn draft(&self, id: DraftId) -> Result<Option<Draft>, StoreError> {
        self.live().draft(id).await
    }
}
