//! A device: the shipped engine on a disk, a line and a clock, and what is known of it from outside.

use core::pin::Pin;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use cairn_client::{
    Engine, Error, Store,
    engine::{Seed, SyncReport},
    store::Identity,
};
use serde_json::{Map, Value as Json};
use sync_core::{
    id::{ChangeHash, DraftId, RecordId, Username},
    replica::ChangeRow,
};

use crate::{clock::SimClock, disk::Disk, line::Line, model::Written, place, turn};

pub(crate) type SimEngine = Engine<Disk, Line, SimClock>;
type Syncing = Pin<Box<dyn Future<Output = Result<SyncReport, Error>>>>;

/// What a person has on a device and was told is saved.
#[derive(Clone, Default)]
pub(crate) struct Saved {
    pub changes: BTreeSet<ChangeHash>,
    pub drafts: BTreeMap<DraftId, Map<String, Json>>,
}

pub(crate) struct Phone {
    pub user: Username,
    /// Who it is to the server. Copies of a device are the same one.
    pub token: String,
    pub engine: Arc<SimEngine>,
    pub disk: Disk,
    pub line: Line,
    pub clock: SimClock,
    pub syncing: Option<Syncing>,
    pub saved: Saved,
    pub backup: Option<(Disk, Saved)>,
    /// The word on its last sync.
    pub last: Option<SyncReport>,
    /// What was being written when its process died.
    pub half: Option<Half>,
    /// What happens to its next letter.
    pub ahead: Option<(crate::fault::Fault, u16)>,
}

/// A write that nobody was told of.
#[derive(Clone)]
pub(crate) enum Half {
    /// A change.
    Change(Box<Written>),
    /// A new record; its name is the change's.
    Record(Box<Written>),
    /// A draft.
    Draft(DraftId, Map<String, Json>),
    /// A draft that becomes a record.
    Finish(DraftId, Box<Written>),
}

impl Phone {
    pub(crate) fn new(user: &str, token: String, disk: Disk, clock: SimClock, seed: Seed) -> Self {
        let line = Line::default();
        let engine = Arc::new(Engine::with_seed(disk.clone(), line.clone(), clock.clone(), seed));
        Self {
            user: place::name(user),
            token,
            engine,
            disk,
            line,
            clock,
            syncing: None,
            saved: Saved::default(),
            backup: None,
            last: None,
            half: None,
            ahead: None,
        }
    }

    /// Keeps who it is; its user is in its identity.
    pub(crate) fn enrol(&self) {
        let identity = Identity {
            server: place::name("http://server"),
            server_key: "00".repeat(32),
            token: self.token.clone(),
            device: self.token.clone(),
            user: self.user.clone(),
            name: self.user.to_string(),
            secret: [7; 32],
        };
        let _ = turn::at_once(async {
            let right = self.disk.exclusive().await?;
            self.disk.enrol(&right, identity).await
        });
    }

    /// Another process on this disk: what was under way is gone.
    pub(crate) fn boot(&mut self, disk: Disk, seed: Seed) {
        self.syncing = None;
        self.clock.forget();
        self.line = Line::default();
        self.disk = disk;
        self.engine = Arc::new(Engine::with_seed(self.disk.clone(), self.line.clone(), self.clock.clone(), seed));
    }

    pub(crate) fn begin_sync(&mut self) {
        let engine = Arc::clone(&self.engine);
        self.syncing = Some(Box::pin(async move { engine.sync().await }));
    }

    /// All changes on its disk.
    pub(crate) fn rows(&self) -> Vec<ChangeRow> {
        let mut rows = Vec::new();
        for unit in place::units() {
            rows.extend(turn::at_once(self.disk.rows_of_feed(&unit)).and_then(Result::ok).unwrap_or_default());
        }
        rows
    }

    pub(crate) fn rows_of(&self, record: RecordId) -> Vec<ChangeRow> {
        turn::at_once(self.disk.rows_of_records(&[record])).and_then(Result::ok).unwrap_or_default()
    }
}
