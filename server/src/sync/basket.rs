//! How much one response may carry.

use sync_core::{
    crdt::{Change, ChangeParts},
    limits,
};
use tokio::task;

use crate::store::{StoreError, pages::FeedEntry};

/// Changes of one response: half of what a frame may hold, so that their authors and references fit, too.
const CHANGES_MAX: usize = limits::FRAME_CHANGES_MAX / 2;
/// Bytes of changes of one response, whatever the device asks for.
pub(super) const BYTES_MAX: usize = 512 << 10;

/// What a response may still take in.
#[derive(Debug)]
pub(super) struct Basket {
    bytes: usize,
    changes: usize,
    ops: usize,
    /// Nothing was taken yet, and the first change goes in whatever its size.
    is_first_free: bool,
}

impl Basket {
    /// A basket for `bytes`; with `is_first_free` one change goes in even if it is larger.
    pub(super) fn new(bytes: usize, is_first_free: bool) -> Self {
        Self { bytes: bytes.min(BYTES_MAX), changes: CHANGES_MAX, ops: limits::FRAME_OPS_MAX, is_first_free }
    }

    /// An equal share of what is left for each of `parts`.
    pub(super) fn share(&self, parts: usize) -> usize {
        self.bytes / parts.max(1)
    }

    /// Takes a change in, if there is room for it in the basket and in `share`.
    pub(super) fn take(&mut self, share: &mut usize, read: &ReadEntry) -> bool {
        let (bytes, ops) = (read.entry.raw.len(), read.parts.ops.len());
        let fits = bytes <= *share && bytes <= self.bytes && self.changes > 0 && ops <= self.ops;
        if fits || self.is_first_free {
            *share = share.saturating_sub(bytes);
            self.bytes = self.bytes.saturating_sub(bytes);
            self.changes = self.changes.saturating_sub(1);
            self.ops = self.ops.saturating_sub(ops);
            self.is_first_free = false;
            return true;
        }
        false
    }
}

/// A change of a feed, spelled out.
#[derive(Debug)]
pub(super) struct ReadEntry {
    pub entry: FeedEntry,
    pub parts: ChangeParts,
}

/// Spells changes out, on a thread where that blocks nobody.
pub(super) async fn read(entries: Vec<FeedEntry>) -> Result<Vec<ReadEntry>, StoreError> {
    let work = move || {
        let one = |entry: FeedEntry| {
            let damaged = |e| StoreError::damaged(format_args!("change {}: {e}", entry.hash));
            let parts = Change::from_store(&entry.raw).and_then(|change| change.parts()).map_err(damaged)?;
            Ok(ReadEntry { entry, parts })
        };
        entries.into_iter().map(one).collect()
    };
    task::spawn_blocking(work).await.map_err(|e| StoreError::damaged(format_args!("reading was cut short: {e}")))?
}
