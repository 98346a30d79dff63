//! A device of the played year: a real replica on a real store.

use std::{path::Path, time::Duration};

use cairn_client::{
    Engine, SqliteStore, Store as _,
    engine::{Answers, NewRecord, Seed, SyncReport},
    store::RecordFilter,
    transport::ServerUrl,
};
use sync_core::{
    id::{FieldKey, RecordId},
    record::{Edit, Value, Values},
};

use super::{
    clock::{PlayedClock, TrueTime},
    failure::DemoError,
    link::FieldLink,
    plan::{Activity, Field, FieldInput},
};

/// How often a sync is begun again while the server cannot be reached, and the wait before each: 30 s in all.
pub(super) const REACH_TRIES: u32 = 600;
pub(super) const REACH_WAIT: Duration = Duration::from_millis(50);

/// A device.
pub(super) struct Device {
    pub(super) username: String,
    pub(super) engine: Engine<SqliteStore, FieldLink, PlayedClock>,
}

impl Device {
    /// Opens the replica in `store`. `seed` gives it its actor, so that a run can be repeated.
    pub(super) async fn open(
        username: &str,
        store: &Path,
        time: TrueTime,
        error_years: i32,
        seed: Seed,
    ) -> Result<Self, DemoError> {
        let store = SqliteStore::open(store).await?;
        let clock = PlayedClock::new(time, error_years);
        Ok(Self { username: username.into(), engine: Engine::with_seed(store, FieldLink::new(), clock, seed) })
    }

    /// Enrols, and fetches forms and org units with a first sync.
    pub(super) async fn enrol(&self, server: &ServerUrl, code: &str) -> Result<(), DemoError> {
        self.engine.enrol(server, code, &format!("{} · phone", self.username)).await?;
        self.sync().await.map(drop)
    }

    /// Logs an activity, with `tally_zero` as one whose tally is counted later.
    pub(super) async fn log(&self, activity: &Activity, tally_zero: bool) -> Result<RecordId, DemoError> {
        let on = Value::Text(activity.on.clone());
        let mut values = Values::from([(key(sync_core::form::ON)?, on)]);
        for (name, input) in &activity.fields {
            let value = match value(input) {
                Value::Tally(_) if tally_zero => Value::Tally(0),
                value => value,
            };
            values.insert(key(name)?, value);
        }
        let new = NewRecord {
            form: activity.form.into(),
            unit: Some(activity.unit.into()),
            answers: Answers::Values(values),
            allow_faults: false,
        };
        Ok(self.engine.create(&new).await?.id)
    }

    /// Sets one field.
    pub(super) async fn set(&self, record: RecordId, (name, input): &Field) -> Result<(), DemoError> {
        self.engine.edit(record, &[Edit::Set(key(name)?, value(input))], false).await?;
        Ok(())
    }

    /// Syncs until the server has answered for everything, however often the line is cut.
    pub(super) async fn sync(&self) -> Result<SyncReport, DemoError> {
        let mut sum = SyncReport::default();
        for _ in 0..REACH_TRIES {
            sum.add(self.engine.sync().await?);
            match &sum.error {
                None if sum.answered_all => return Ok(sum),
                Some(error) if !error.is_passing() => return Err(error.clone().into()),
                _ => tokio::time::sleep(REACH_WAIT).await,
            }
        }
        Err(DemoError::Unreached { device: self.username.clone() })
    }

    /// The summaries of all records here, by name.
    pub(super) async fn records(&self) -> Result<Vec<cairn_client::store::Summary>, DemoError> {
        let mut all = self.engine.store().records(&RecordFilter::default()).await.map_err(cairn_client::Error::from)?;
        all.sort_by_key(|summary| summary.id);
        Ok(all)
    }
}

pub(super) fn key(name: &str) -> Result<FieldKey, DemoError> {
    name.parse().map_err(|e: sync_core::id::InvalidId| DemoError::Plan(e.to_string()))
}

pub(super) fn value(input: &FieldInput) -> Value {
    match input {
        FieldInput::Text(text) => Value::Text(text.clone()),
        FieldInput::Choice(word) => Value::Text((*word).into()),
        FieldInput::Integer(n) => Value::Integer(*n),
        FieldInput::Tally(n) => Value::Tally(*n),
        FieldInput::YesNo(yes) => Value::YesNo(*yes),
        FieldInput::Narrative(text) => Value::Narrative(text.clone()),
    }
}
