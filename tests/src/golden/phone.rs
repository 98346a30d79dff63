//! A device of the kept stories: a replica whose clock stands still until it is told that a minute has passed.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use cairn_client::{
    Clock, Engine, SqliteStore, Transport,
    engine::{Answers, NewRecord, Seed, SyncReport},
};
use serde_json::Value as Json;
use sync_core::id::{ClockMs, RecordId};

/// 2021-03-15T00:00Z.
const BEGIN_MS: i64 = 1_615_766_400_000;
const MINUTE_MS: i64 = 60_000;

/// A clock that all devices of a story share.
#[derive(Clone, Debug)]
pub struct StillClock(Arc<AtomicI64>);

impl Default for StillClock {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(BEGIN_MS)))
    }
}

impl StillClock {
    /// Lets a minute pass.
    pub fn pass(&self) -> ClockMs {
        ClockMs(self.0.fetch_add(MINUTE_MS, Ordering::SeqCst) + MINUTE_MS)
    }
}

impl Clock for StillClock {
    fn now(&self) -> ClockMs {
        ClockMs(self.0.load(Ordering::SeqCst))
    }

    fn offset_minutes(&self) -> i32 {
        8 * 60
    }

    /// Nothing here waits for long.
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration.min(Duration::from_millis(20))).await;
    }
}

/// A device.
pub struct Phone<T> {
    /// Its replica.
    pub engine: Engine<SqliteStore, T, StillClock>,
}

impl<T: Transport> Phone<T> {
    /// Opens the replica in `folder`. Its actor follows from `number`.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn open(folder: &Path, line: T, clock: &StillClock, number: u8) -> Self {
        let store = SqliteStore::open(folder).await.expect("a store");
        let mut seed = [0x11; 16];
        seed[0] = number;
        Self { engine: Engine::with_seed(store, line, clock.clone(), Seed(seed)) }
    }

    /// Logs a record.
    ///
    /// # Panics
    /// When it is not taken.
    pub async fn log(&self, form: &str, unit: &str, fields: Json, allow_faults: bool) -> RecordId {
        self.engine.clock().pass();
        let Json::Object(fields) = fields else { panic!("fields are an object") };
        let (form, unit) = (form.to_owned(), Some(unit.to_owned()));
        let new = NewRecord { form, unit, answers: Answers::Sent(fields), allow_faults };
        self.engine.create(&new).await.expect("a record").id
    }

    /// Sets fields of a record.
    ///
    /// # Panics
    /// When it is not taken.
    pub async fn set(&self, record: RecordId, fields: Json) {
        self.engine.clock().pass();
        let Json::Object(fields) = fields else { panic!("fields are an object") };
        self.engine.edit_entered(record, &fields, true).await.expect("an edit");
    }

    /// Comments on a record.
    ///
    /// # Panics
    /// When it is not taken.
    pub async fn say(&self, record: RecordId, text: &str) {
        self.engine.clock().pass();
        self.engine.comment(record, text).await.expect("a comment");
    }

    /// Syncs until nothing is left.
    ///
    /// # Panics
    /// When something is.
    pub async fn sync(&self) -> SyncReport {
        self.engine.clock().pass();
        let report = self.engine.sync().await.expect("a sync");
        assert!(report.answered_all, "{report:?}");
        report
    }
}
