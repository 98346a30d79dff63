//! What people do when everything is in: reviewers settle conflicts and void duplicates, the administrator decides about what is
//! held; all of it as changes and decisions that sync back to the devices.

use std::collections::BTreeMap;

use cairn_client::Store as _;
use sync_core::{id::RecordId, record::Verdict};

use super::{
    device::{Device, key, value},
    failure::DemoError,
    play::{Play, Progress},
};
use crate::{
    admin::{self, AdminError},
    auth::By,
    clock,
    ingest::Ingest,
};

/// What there was to settle.
#[derive(Clone, Debug, Default)]
pub struct Settled {
    /// Fields with several values, each settled by a reviewer.
    pub conflicts: usize,
    /// Records voided as duplicates.
    pub duplicates: usize,
    /// Changes that were held, by reason, each admitted by the administrator.
    pub held: BTreeMap<&'static str, usize>,
}

impl Play<'_> {
    /// Settles everything, and lets every device hear of it.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn settle(&mut self, progress: Progress<'_>) -> Result<Settled, DemoError> {
        let mut settled = Settled::default();
        self.gather(&mut settled).await?;
        progress(&format!("the administrator admitted {} held changes", settled.held.values().sum::<usize>()));
        self.settle_conflicts(&mut settled).await?;
        progress(&format!("reviewers settled {} conflicts", settled.conflicts));
        self.void_duplicates(&mut settled).await?;
        progress(&format!("reviewers voided {} duplicates", settled.duplicates));
        // Once to bring in what was settled, once more so that everybody hears of it.
        self.sync_everybody().await?;
        self.sync_everybody().await?;
        Ok(settled)
    }

    /// Syncs everybody, and has the administrator admit what is held, until nothing is.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn gather(&mut self, settled: &mut Settled) -> Result<(), DemoError> {
        self.sync_everybody().await?;
        self.admit_held(settled).await?;
        self.sync_everybody().await
    }

    async fn sync_everybody(&mut self) -> Result<(), DemoError> {
        let names: Vec<String> = self.devices.keys().cloned().collect();
        for name in names {
            self.sync_device(&name).await?;
        }
        Ok(())
    }

    /// Admits what is held, again and again: what was parked upon it may be held next.
    async fn admit_held(&self, settled: &mut Settled) -> Result<(), DemoError> {
        let by = By::operator(clock::now());
        let ingest = Ingest::start(self.stage.store.clone());
        for _ in 0..100 {
            let waiting = admin::list_held(&self.stage.store).await?;
            if waiting.is_empty() {
                return Ok(());
            }
            for change in waiting {
                match admin::admit_held(&self.stage.store, &ingest, &by, change.hash).await {
                    Ok(_) => *settled.held.entry(change.reason.word()).or_default() += 1,
                    // It was let in together with one that it waited for.
                    Err(AdminError::HeldUnknown(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Err(DemoError::NotAsPlanned("held changes do not come to an end".into()))
    }

    /// Each conflict that the plan foresees must be visible on its reviewer's device, with both values.
    async fn settle_conflicts(&mut self, settled: &mut Settled) -> Result<(), DemoError> {
        let plan = self.plan;
        for edit in &plan.conditions.concurrent_edits {
            let Some(settlement) = &edit.settled else { continue };
            let record = self.record(&edit.activity)?;
            let device = self.device(&settlement.reviewer)?;
            let shown = device.engine.show(record).await?;
            let field = settlement.change.0;
            let conflict = shown.conflicts.iter().find(|c| c.field == field);
            let missing = |what: &str| DemoError::NotAsPlanned(format!("{}, field {field}: {what}", edit.activity));
            let conflict = conflict.ok_or_else(|| missing("two values were given and no conflict is shown"))?;
            for side in [&edit.first, &edit.second] {
                let given = value(&side.change.1).to_json();
                if !conflict.values.iter().any(|v| v.value == given) {
                    return Err(missing("a value that was typed is not shown"));
                }
            }
            device.set(record, &settlement.change).await?;
            settled.conflicts += 1;
            self.pass();
        }
        Ok(())
    }

    /// Finds outreach clinics that two people logged for one place and day, and voids the copies.
    async fn void_duplicates(&mut self, settled: &mut Settled) -> Result<(), DemoError> {
        let plan = self.plan;
        for double in &plan.conditions.double_logged {
            let (original, copy) = (self.record(&double.original)?, self.record(&double.copy)?);
            let device = self.device(&double.voided_by)?;
            if !candidates(device, original).await?.contains(&copy) {
                return Err(DemoError::NotAsPlanned(format!("{} is not found as a duplicate", double.copy)));
            }
            device.engine.review(copy, Verdict::Void, "重复登记", Some(original)).await?;
            settled.duplicates += 1;
            self.pass();
        }
        Ok(())
    }
}

/// Records that may be the same event as `record`: same form, org unit and day, another worker, nearly as many patients.
async fn candidates(device: &Device, record: RecordId) -> Result<Vec<RecordId>, DemoError> {
    let seen = key("patients_seen")?;
    let count = |s: &cairn_client::store::Summary| s.values.get(seen.as_str()).and_then(serde_json::Value::as_i64);
    let Some(one) = device.engine.store().record(record).await? else { return Ok(Vec::new()) };
    let filter = cairn_client::store::RecordFilter {
        units: vec![one.unit.clone()],
        form: Some(one.form.clone()),
        from: one.on,
        to: one.on,
        ..Default::default()
    };
    let near = |a: i64, b: i64| (a - b).abs() <= (a.max(b) / 5).max(3);
    let others = device.engine.store().records(&filter).await?;
    let alike = others.into_iter().filter(|s| {
        s.id != one.id && s.worker != one.worker && count(s).zip(count(&one)).is_some_and(|(a, b)| near(a, b))
    });
    Ok(alike.map(|s| s.id).collect())
}
