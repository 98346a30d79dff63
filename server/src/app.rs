//! What the server's parts share while it runs.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::{ingest::Ingest, live::Moves, metrics::Metrics, store::Store};

/// Sync requests that are worked on at the same time; more wait. A request takes up to some 100 MB while it is.
const SYNCS_MAX: usize = 32;

/// The store, the writers into it, what moves in it, and the bounds on what runs at once. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AppState {
    /// The store.
    pub store: Store,
    /// The way into it for changes.
    pub ingest: Ingest,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What moves, for those who wait for it.
    pub moves: Moves,
    pub(crate) syncs: Arc<Semaphore>,
}

impl AppState {
    /// Starts the store's writers. Once for each process; must be called within a Tokio runtime.
    #[must_use]
    pub fn start(store: Store) -> Self {
        let ingest = Ingest::start(store.clone());
        let moves = Moves::start(&store);
        Self { store, ingest, metrics: Arc::default(), moves, syncs: Arc::new(Semaphore::new(SYNCS_MAX)) }
    }

    /// Whether no more than one sync request is worked on.
    pub(crate) fn is_one_sync(&self) -> bool {
        self.syncs.available_permits() + 1 >= SYNCS_MAX
    }
}
