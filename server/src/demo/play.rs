//! The year, day by day: grants and devices change, people log and edit, then those sync who have a network today.

use std::collections::BTreeMap;

use cairn_client::{
    Store as _,
    engine::SyncReport,
    transport::{Reply, Transport as _},
};
use sync_core::{
    crdt::{Action, Change, ChangeParts, Key, Object, Op, Scalar},
    id::{ActorKey, ChangeHash, Day, RecordId},
    record::{Edit, Verdict},
    wire::{self, OutChange, OutGroup, OutRequest, Outcome, RequestHead},
};

use super::{
    clock::TrueTime,
    device::{Device, key},
    failure::{DemoError, at},
    link::Trouble,
    plan::{Activity, Plan, TallyShare},
    stage::Stage,
};
use crate::store::changes;

/// What is said while the year is played.
pub type Progress<'a> = &'a (dyn Fn(&str) + Sync);

/// What happened while the year was played.
#[derive(Clone, Debug, Default)]
pub(super) struct Happenings {
    /// All that devices sent and heard.
    pub(super) traffic: SyncReport,
    /// Syncs.
    pub(super) syncs: u32,
    /// Connections cut by the plan.
    pub(super) cuts: u32,
}

/// The year while it is played, and what stands on every device when it is over.
pub struct Play<'a> {
    pub(super) plan: &'a Plan,
    pub(super) stage: &'a Stage,
    time: TrueTime,
    /// Devices by username; the copied store's under its own name.
    pub(super) devices: BTreeMap<String, Device>,
    /// Records by the plan's keys.
    pub(super) records: BTreeMap<String, RecordId>,
    pub(super) happened: Happenings,
}

/// The devices of a year, apart from server and stage.
pub struct Devices {
    time: TrueTime,
    devices: BTreeMap<String, Device>,
    records: BTreeMap<String, RecordId>,
}

/// The name of the device that goes on from a copied store.
const COPY: &str = "copied-store";

impl<'a> Play<'a> {
    /// Adds org units and people to the stage's store, and enrols a device for each worker and reviewer. The server must be
    /// listening, or come back if it is killed on the way; so it is with all that follows.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn begin(plan: &'a Plan, stage: &'a Stage) -> Result<Self, DemoError> {
        let time = TrueTime::default();
        if let Some(day) = plan.days().first() {
            time.turn_to(read_day(day)?);
        }
        stage.furnish(plan).await?;
        let devices = stage.hand_out(plan, &time).await?;
        Ok(Self { plan, stage, time, devices, records: BTreeMap::new(), happened: Happenings::default() })
    }

    /// Lets go of server and stage; the devices stay as they are.
    #[must_use]
    pub fn leave(self) -> Devices {
        Devices { time: self.time, devices: self.devices, records: self.records }
    }

    /// Goes on with devices that were left.
    #[must_use]
    pub fn resume(plan: &'a Plan, stage: &'a Stage, left: Devices) -> Self {
        let Devices { time, devices, records } = left;
        Self { plan, stage, time, devices, records, happened: Happenings::default() }
    }

    /// Changes of which a device believes that the server has acknowledged them, and that the server does not have.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn acknowledged_and_lost(&self) -> Result<Vec<ChangeHash>, DemoError> {
        let mut lost = Vec::new();
        for device in self.devices.values() {
            let store = device.engine.store();
            for feed in store.feeds().await? {
                let acknowledged = store.stored_in_feed(&feed.unit).await?;
                let mut tx = self.stage.store.read().await?;
                let stored = changes::locate(&mut tx, &feed.unit, &acknowledged).await?;
                lost.extend(acknowledged.into_iter().filter(|hash| !stored.contains_key(hash)));
            }
        }
        Ok(lost)
    }

    /// Plays every day.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn year(&mut self, progress: Progress<'_>) -> Result<(), DemoError> {
        let mut month = String::new();
        for day in self.plan.days() {
            if day[..7] != month {
                month = day[..7].into();
                progress(&format!("{month}: {} records on {} devices", self.records.len(), self.devices.len()));
            }
            self.time.turn_to(read_day(&day)?);
            self.changes_of_grants_and_devices(&day).await?;
            self.log(&day).await?;
            self.edit(&day).await?;
            self.sync(&day).await?;
        }
        Ok(())
    }

    /// Does again what the administrator did in the course of the year: after a restore, the store has forgotten that, too.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn administer_again(&self) -> Result<(), DemoError> {
        self.stage.reassign(&self.plan.conditions.reassigned).await?;
        self.stage.revoke(&self.plan.conditions.revoked_device.worker).await
    }

    async fn changes_of_grants_and_devices(&mut self, day: &str) -> Result<(), DemoError> {
        let conditions = &self.plan.conditions;
        if conditions.reassigned.on == day {
            self.stage.reassign(&conditions.reassigned).await?;
        }
        if conditions.revoked_device.on == day {
            self.stage.revoke(&conditions.revoked_device.worker).await?;
        }
        if conditions.cloned_store.on == day {
            let worker = &conditions.cloned_store.worker;
            // The phone is off while it is copied, and a process that starts draws a new actor.
            if let Some(device) = self.devices.remove(worker) {
                device.engine.store().close().await;
            }
            copy_directory(&self.stage.devices.join(worker), &self.stage.devices.join(COPY))?;
            for (name, number) in [(worker.as_str(), 1_001), (COPY, 1_002)] {
                let device = self.stage.open(worker, name, &self.time, 0, self.plan.seed, number).await?;
                self.devices.insert(name.into(), device);
            }
        }
        Ok(())
    }

    async fn log(&mut self, day: &str) -> Result<(), DemoError> {
        let plan = self.plan;
        let conditions = &plan.conditions;
        for activity in plan.entered_on(day) {
            let on_copy = conditions.cloned_store.on_copy.contains(&activity.key);
            let later = conditions.concurrent_tallies.iter().any(|t| t.activity == activity.key);
            let device = self.device(if on_copy { COPY } else { &activity.worker })?;
            let id = match device.log(activity, later).await {
                // Moved, and not heard of it: a new place of work has to be fetched once.
                Err(DemoError::Device(cairn_client::Error::UnknownUnit { .. })) => {
                    device.sync().await?;
                    device.log(activity, later).await?
                }
                logged => logged?,
            };
            self.pass();
            self.records.insert(activity.key.clone(), id);
        }
        Ok(())
    }

    async fn edit(&mut self, day: &str) -> Result<(), DemoError> {
        let plan = self.plan;
        let conditions = &plan.conditions;
        for edit in conditions.concurrent_edits.iter().filter(|e| e.on == day) {
            let record = self.record(&edit.activity)?;
            for side in [&edit.first, &edit.second] {
                let device = self.device(&side.person)?;
                if device.engine.store().record(record).await?.is_none() {
                    // Reviewers have no calendar: they sync before they work.
                    device.sync().await?;
                }
            }
            for side in [&edit.first, &edit.second] {
                self.device(&side.person)?.set(record, &side.change).await?;
                self.pass();
            }
        }
        for tally in conditions.concurrent_tallies.iter().filter(|t| t.counted_on == day) {
            let record = self.record(&tally.activity)?;
            for TallyShare { person, visits } in [&tally.first, &tally.second] {
                let device = self.device(person)?;
                device.engine.edit(record, &[Edit::Count(key("visits")?, *visits)], false).await?;
                self.pass();
            }
        }
        if conditions.voided.on == day {
            let record = self.record(&conditions.voided.activity)?;
            let activity = self.activity(&conditions.voided.activity)?;
            let device = self.device(&activity.worker)?;
            device.engine.review(record, Verdict::Void, conditions.voided.reason, None).await?;
        }
        if conditions.unruly_change.on == day {
            self.break_the_rules().await?;
        }
        Ok(())
    }

    async fn sync(&mut self, day: &str) -> Result<(), DemoError> {
        let conditions = &self.plan.conditions;
        for spell in conditions.offline_spells.iter().filter(|s| s.syncs_on.iter().any(|d| d == day)) {
            let listed = |list: &[super::plan::SyncOf]| list.iter().any(|s| s.worker == spell.worker && s.on == day);
            for (list, trouble) in [
                (&conditions.response_cut_after_commit, Trouble::ResponseCut),
                (&conditions.request_cut_mid_body, Trouble::RequestCut),
            ] {
                if listed(list) {
                    self.device(&spell.worker)?.engine.transport().expect(trouble);
                    self.happened.cuts += 1;
                }
            }
            self.sync_device(&spell.worker).await?;
            if spell.worker == conditions.cloned_store.worker && self.devices.contains_key(COPY) {
                self.sync_device(COPY).await?;
            }
        }
        Ok(())
    }

    /// Syncs one device and adds up what it cost.
    pub(super) async fn sync_device(&mut self, name: &str) -> Result<(), DemoError> {
        let report = self.device(name)?.sync().await?;
        self.happened.traffic.add(report);
        self.happened.syncs += 1;
        self.pass();
        Ok(())
    }

    /// Sends, past the replica's own gate, a change that writes a record's header a second time.
    async fn break_the_rules(&self) -> Result<(), DemoError> {
        let unruly = &self.plan.conditions.unruly_change;
        let device = self.device(&unruly.worker)?;
        device.sync().await?;
        let store = device.engine.store();
        let rows = store.rows_of_records(&[self.record(&unruly.activity)?]).await?;
        let record = sync_core::replica::assemble(&rows)
            .map_err(|e| DemoError::NotAsPlanned(format!("a record cannot be read: {e}")))?;
        let heads = record.document().heads().to_vec();
        let beneath = record.ledger().entries().iter().map(|e| *e.ops.end()).max().unwrap_or(0);
        let first = &record.ledger().entries()[0];
        let parts = ChangeParts {
            actor: ActorKey([0xee; 8]),
            seq: 1,
            start_op: beneath + 1,
            time: record.header().created,
            deps: heads,
            ops: vec![Op {
                object: Object::Id(sync_core::crdt::OpId { counter: 1, actor: first.actor }),
                key: Key::Name("worker".into()),
                action: Action::Put(Scalar::Text("somebody-else".into())),
                pred: vec![],
            }],
        };
        let hash: ChangeHash = Change::build(&parts).hash();
        let group = OutGroup {
            unit: record.header().unit.clone(),
            changes: vec![OutChange { position: None, hash, parts }],
            known: Vec::new(),
        };
        let body = wire::encode_request(&OutRequest { head: RequestHead::default(), groups: vec![group] });
        let identity = store.identity().await?.ok_or(DemoError::NotAsPlanned("not enrolled".into()))?;
        let reply = self.send(device, &identity.token, body).await?;
        let opened = wire::open_response(&reply.body).map_err(|e| DemoError::NotAsPlanned(e.to_string()))?;
        match opened.head().outcomes.as_slice() {
            [Outcome::Refused(_)] => Ok(()),
            other => Err(DemoError::NotAsPlanned(format!("a change that no rule allows was not refused: {other:?}"))),
        }
    }

    async fn send(&self, device: &Device, token: &str, body: Vec<u8>) -> Result<Reply, DemoError> {
        for _ in 0..super::device::REACH_TRIES {
            match device.engine.transport().sync(&self.stage.url, token, body.clone()).await {
                Err(e) if e.is_passing() => tokio::time::sleep(super::device::REACH_WAIT).await,
                Err(e) => return Err(DemoError::NotAsPlanned(e.to_string())),
                Ok(reply) => return Ok(reply),
            }
        }
        Err(DemoError::Unreached { device: device.username.clone() })
    }

    /// Lets a moment pass.
    pub(super) fn pass(&self) {
        self.time.pass();
    }

    pub(super) fn device(&self, name: &str) -> Result<&Device, DemoError> {
        self.devices.get(name).ok_or_else(|| DemoError::Plan(format!("{name} has no device")))
    }

    pub(super) fn record(&self, activity: &str) -> Result<RecordId, DemoError> {
        self.records.get(activity).copied().ok_or_else(|| DemoError::Plan(format!("{activity} is not logged yet")))
    }

    pub(super) fn activity(&self, activity: &str) -> Result<&Activity, DemoError> {
        self.plan.activity(activity).ok_or_else(|| DemoError::Plan(format!("there is no {activity}")))
    }
}

fn read_day(day: &str) -> Result<Day, DemoError> {
    day.parse().map_err(|e: sync_core::id::InvalidId| DemoError::Plan(e.to_string()))
}

fn copy_directory(from: &std::path::Path, to: &std::path::Path) -> Result<(), DemoError> {
    std::fs::create_dir_all(to).map_err(at(to))?;
    for entry in std::fs::read_dir(from).map_err(at(from))? {
        let entry = entry.map_err(at(from))?;
        std::fs::copy(entry.path(), to.join(entry.file_name())).map_err(at(entry.path()))?;
    }
    Ok(())
}
