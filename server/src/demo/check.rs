//! Whether what was merged is what happened.

use std::collections::{BTreeMap, BTreeSet};

use cairn_client::Store as _;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    api::{Api, Listed, Row},
    failure::DemoError,
    plan::{Breakdown, PREFECTURE, YEAR, YEAR_BEFORE},
    play::Play,
};

/// One figure, as it must be and as it is.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What it is, in English.
    pub label: String,
    /// What it is, in Chinese.
    pub label_zh: String,
    /// The measure's id.
    pub measure: String,
    /// The org unit whose subtree is summed.
    pub unit: String,
    /// First and last day.
    pub days: (String, String),
    /// What it must be.
    pub expected: i64,
    /// What the merged store says.
    pub merged: i64,
}

impl Figure {
    /// Whether the store is right.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.expected == self.merged
    }
}

/// What was compared.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Checked {
    /// The year's totals.
    pub totals: Vec<Figure>,
    /// Figures by county and by month that were compared, all of them.
    pub breakdown: usize,
    /// The named events that stand in the store, in English and Chinese.
    pub events: Vec<(String, String)>,
    /// Those that differ, and whatever else is not as it must be; empty when all is well.
    pub wrong: Vec<String>,
    /// The number of records on the server.
    pub records: usize,
    /// SHA-256 over the state of every record on the server.
    pub state: String,
    /// The same for what each device shows.
    pub devices: BTreeMap<String, String>,
}

/// What a record shows: org unit, status and values.
type Shown = (String, String, String);

impl Checked {
    /// The number of figures and records that are not as they must be.
    #[must_use]
    pub fn differences(&self) -> usize {
        self.totals.iter().filter(|f| !f.holds()).count() + self.wrong.len()
    }
}

impl Play<'_> {
    /// Compares totals, breakdowns, and every record on every device, with the plan and with the server.
    ///
    /// # Errors
    /// [`DemoError`] when something cannot be asked; differences are no error here.
    pub async fn check(&self) -> Result<Checked, DemoError> {
        let api = Api { url: &self.stage.url, token: self.stage.api_token(self.plan).await? };
        let mut checked = Checked::default();
        for total in &self.plan.expected {
            let unit = total.unit.unwrap_or(PREFECTURE);
            let rows = api.summary(unit, total.from, total.to, "none").await?;
            checked.totals.push(Figure {
                label: total.label_en.into(),
                label_zh: total.label_zh.into(),
                measure: total.measure.into(),
                unit: unit.into(),
                days: (total.from.into(), total.to.into()),
                expected: total.value,
                merged: measure(rows.first(), total.measure),
            });
        }
        for county in self.plan.by_county() {
            let rows = api.summary(&county.group, YEAR.0, YEAR.1, "none").await?;
            compare(&mut checked, &county, rows.first());
        }
        let months = api.summary(PREFECTURE, YEAR_BEFORE.0, YEAR.1, "month").await?;
        for month in self.plan.by_month() {
            compare(&mut checked, &month, months.iter().find(|r| r.group.as_deref() == Some(&month.group)));
        }
        let server = api.records().await?;
        self.compare_records(&server, &mut checked);
        self.compare_devices(&server, &mut checked).await?;
        Ok(checked)
    }

    fn compare_records(&self, server: &[Listed], checked: &mut Checked) {
        checked.records = server.len();
        let logged = self.plan.activities.len() + self.plan.extras.len();
        if server.len() != logged {
            checked.wrong.push(format!("{logged} records were logged, the server has {}", server.len()));
        }
        for event in &self.plan.named_events {
            let id = self.records.get(&event.activity_key).map(ToString::to_string);
            match server.iter().find(|r| Some(&r.id) == id.as_ref()).filter(|r| r.status != "void") {
                Some(_) => checked.events.push((event.title_en.to_string(), event.title_zh.to_string())),
                None => checked.wrong.push(format!("not in the store: {}", event.title_en)),
            }
        }
        for record in server {
            if !record.conflicts.is_empty() || record.held > 0 {
                checked.wrong.push(format!("record {} still has a conflict or a held change", record.id));
            }
        }
    }

    /// Every device shows of every record in its feeds what the server shows.
    async fn compare_devices(&self, server: &[Listed], checked: &mut Checked) -> Result<(), DemoError> {
        let states: BTreeMap<&str, Shown> =
            server.iter().map(|r| (r.id.as_str(), (r.unit.clone(), r.status.clone(), r.values.to_string()))).collect();
        checked.state = digest(states.iter().map(|(id, shown)| (*id, shown)));
        let revoked = &self.plan.conditions.revoked_device.worker;
        for (name, device) in &self.devices {
            let here: BTreeMap<String, Shown> = device
                .records()
                .await?
                .into_iter()
                .map(|s| {
                    let values = serde_json::Value::Object(s.values).to_string();
                    (s.id.to_string(), (s.unit.to_string(), s.status.word().to_owned(), values))
                })
                .collect();
            checked.devices.insert(name.clone(), digest(here.iter().map(|(id, shown)| (id.as_str(), shown))));
            if name == revoked {
                continue;
            }
            let feeds = device.engine.store().feeds().await?;
            let followed: BTreeSet<&str> = feeds.iter().filter(|f| !f.gone).map(|f| f.unit.as_str()).collect();
            for (id, shown) in states.iter().filter(|(_, shown)| followed.contains(shown.0.as_str())) {
                if here.get(*id) != Some(shown) {
                    checked.wrong.push(format!("record {id} on the device {name} is not the server's"));
                }
            }
        }
        Ok(())
    }
}

fn measure(row: Option<&Row>, name: &str) -> i64 {
    row.and_then(|r| r.measures.get(name)).copied().unwrap_or(0)
}

fn compare(checked: &mut Checked, expected: &Breakdown, row: Option<&Row>) {
    let records = row.map_or(0, |r| r.records);
    checked.breakdown += 1;
    if i64::try_from(expected.records).ok() != Some(records) {
        checked.wrong.push(format!("{}: {} records expected, {records} merged", expected.group, expected.records));
    }
    let merged = row.map(|r| r.measures.keys().map(String::as_str)).into_iter().flatten();
    let names: BTreeSet<&str> = expected.measures.keys().copied().chain(merged).collect();
    for name in names {
        let (plan, store) = (expected.measures.get(name).copied().unwrap_or(0), measure(row, name));
        checked.breakdown += 1;
        if plan != store {
            checked.wrong.push(format!("{}, {name}: {plan} expected, {store} merged", expected.group));
        }
    }
}

fn digest<'a>(records: impl Iterator<Item = (&'a str, &'a Shown)>) -> String {
    let mut hash = Sha256::new();
    for (id, (unit, status, values)) in records {
        for part in [id, unit, status, values] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
