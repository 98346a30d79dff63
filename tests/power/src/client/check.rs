//! What must be so of a device's store after a power cut: it opens, it is whole, all is there that was saved, every summary is what the
//! changes say; and the device goes on, with the server as it was then.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use cairn_client::{
    Engine, SqliteStore, Store as _, StoreError,
    store::{RecordFilter, Summary},
};
use cairn_server::store::pages;
use sync_core::{
    form::FormSet,
    id::{Digest, RecordId},
    replica::{Catalog, ChangeRow, ChangeState, assemble, record_row},
};

use super::{
    Fact,
    script::{Device, UNIT, USER, code, name, outreach},
};
use crate::{
    ledger::Expected,
    near::{Center, Line, Ticks, folder, server},
    whole,
};

/// Changes of a feed; no script makes as many.
const MANY: usize = 100_000;

/// Opens the store in a folder with the shipped code and looks at everything. It goes on with a server that has `center`.
///
/// # Errors
/// What is not as it must be.
pub async fn check(store: &Path, expected: &[Expected<Fact>], center: &[u8]) -> Result<(), String> {
    let opened = SqliteStore::open(store).await.map_err(|error| format!("it does not open: {error}"))?;
    let found = check_opened(&opened, store, expected, center).await;
    opened.close().await;
    found
}

async fn check_opened(
    store: &SqliteStore,
    at: &Path,
    expected: &[Expected<Fact>],
    center: &[u8],
) -> Result<(), String> {
    whole(&at.join(SqliteStore::FILE)).await?;
    let unread = |error: StoreError| format!("it cannot be read: {error}");
    let seen = Seen::of(store).await.map_err(unread)?;
    seen.is_right()?;
    for Expected { any, may_lack } in expected {
        let mut holds = *may_lack;
        for fact in any {
            holds |= seen.holds(store, fact).await.map_err(unread)?;
        }
        if !holds {
            return Err(format!("saved and not there: {any:?}"));
        }
    }
    let far = folder();
    let file = far.path().join("far.sqlite");
    std::fs::write(&file, center).map_err(|error| error.to_string())?;
    let line = Line::to(Some(Center::open(&file).await.map_err(|error| error.to_string())?));
    let found = go_on(store, &line).await;
    if let Some(center) = line.turn_to(None).await {
        center.store().close().await;
    }
    found?;
    Seen::of(store).await.map_err(unread)?.is_right()
}

/// What a store says.
struct Seen {
    forms: Option<FormSet>,
    rows: Vec<ChangeRow>,
    held: Digest,
    summaries: BTreeMap<RecordId, Summary>,
}

impl Seen {
    async fn of(store: &SqliteStore) -> Result<Self, StoreError> {
        let catalog = store.catalog().await?;
        let catalog = catalog.and_then(|json| serde_json::from_str::<Catalog>(&json).ok());
        let held = store.feeds().await?.into_iter().find(|feed| feed.unit.as_str() == UNIT).map(|feed| feed.held);
        let all = RecordFilter { limit: None, ..RecordFilter::default() };
        Ok(Self {
            forms: catalog.and_then(|catalog| catalog.form_set().ok()),
            rows: store.rows_of_feed(&name(UNIT)).await?,
            held: held.unwrap_or_default(),
            summaries: store.records(&all).await?.into_iter().map(|summary| (summary.id, summary)).collect(),
        })
    }

    /// Whether every summary is what its changes say, and every sum that of its rows.
    fn is_right(&self) -> Result<(), String> {
        let mut of_record: BTreeMap<RecordId, Vec<ChangeRow>> = BTreeMap::new();
        for row in &self.rows {
            if row.change().map(|change| change.hash()).ok() != Some(row.hash) {
                return Err(format!("the bytes of {} do not have its hash", row.hash));
            }
            if let Some(record) = row.record {
                of_record.entry(record).or_default().push(row.clone());
            }
        }
        let stored: Vec<&ChangeRow> = self.rows.iter().filter(|row| row.state == ChangeState::Stored).collect();
        if stored.iter().map(|row| &row.hash).collect::<Digest>() != self.held {
            return Err("the digest of its feed is not that of the changes stored".into());
        }
        let positions: BTreeSet<u64> = stored.iter().filter_map(|row| row.position).collect();
        if positions.len() != stored.iter().filter(|row| row.position.is_some()).count() {
            return Err("two changes stand at one position".into());
        }
        if let Some(id) = self.summaries.keys().find(|id| !of_record.contains_key(id)) {
            return Err(format!("the record {id} has a summary and no changes"));
        }
        let Some(forms) = &self.forms else { return Ok(()) };
        for (id, rows) in of_record {
            let record = assemble(&rows).map_err(|error| format!("the record {id} cannot be put together: {error}"))?;
            let right = Summary::from(&record_row(&record, forms, rows.iter().map(|row| &row.state)));
            match self.summaries.get(&id) {
                Some(summary) if *summary == right => {}
                Some(summary) => return Err(format!("a summary is {summary:?}, should be {right:?}")),
                None => return Err(format!("the record {id} has changes and no summary")),
            }
        }
        Ok(())
    }

    async fn holds(&self, store: &SqliteStore, fact: &Fact) -> Result<bool, StoreError> {
        Ok(match fact {
            Fact::Enrolled(device) => store.identity().await?.is_some_and(|known| known.device == *device),
            Fact::Catalog => self.forms.is_some(),
            Fact::Change(hash) => self.rows.iter().any(|row| row.hash == *hash),
            Fact::Receipt(hash, unit, position) => self.rows.iter().any(|row| {
                let is_there = row.state == ChangeState::Stored && (position.is_none() || row.position == *position);
                row.hash == *hash && row.unit == *unit && is_there
            }),
            Fact::Draft(id, answers) => {
                store.draft(*id).await?.is_some_and(|draft| draft.finished.is_none() && draft.answers == *answers)
            }
            Fact::Dropped(id) => store.draft(*id).await?.is_none(),
            Fact::Finished(id, change) => {
                let finished = store.draft(*id).await?.and_then(|draft| draft.finished);
                finished.is_some_and(|finished| change.is_none_or(|change| finished.change == change))
            }
        })
    }
}

/// The device enrols, if it has not, syncs, writes, and syncs again; then all that it wrote is on the server.
async fn go_on(store: &SqliteStore, line: &Line) -> Result<(), String> {
    let device: Device =
        Engine::open(store.clone(), line.clone(), Ticks::default()).map_err(|error| error.to_string())?;
    if store.identity().await.map_err(|error| error.to_string())?.is_none() {
        let code = code(line, USER).await;
        device.enrol(&server(), &code, "手机").await.map_err(|error| format!("it cannot enrol: {error}"))?;
    }
    synced(&device).await?;
    match device.create(&outreach(1)).await {
        Ok(_) => synced(&device).await?,
        // Whoever has lost the role logs no more.
        Err(error) if error.code() == "no_permission_here" || error.code() == "unknown_unit" => {}
        Err(error) => return Err(format!("it cannot be written to: {error}")),
    }
    let rows = store.rows_of_feed(&name(UNIT)).await.map_err(|error| error.to_string())?;
    let named = line
        .at_center(async |center| {
            let mut tx = center.store().read().await?;
            pages::names(&mut tx, &name(UNIT), 0, MANY).await
        })
        .await;
    let there: BTreeSet<_> = named.map_err(|error| error.to_string())?.into_iter().map(|(_, hash)| hash).collect();
    match rows.iter().find(|row| row.state == ChangeState::Stored && !there.contains(&row.hash)) {
        Some(row) => Err(format!("it says that {} is on the server, and it is not", row.hash)),
        None => Ok(()),
    }
}

async fn synced(device: &Device) -> Result<(), String> {
    let report = device.sync().await.map_err(|error| format!("it cannot sync: {error}"))?;
    match report.error {
        Some(error) => Err(format!("it cannot sync: {error}")),
        None if !report.answered_all => Err(format!("it is not answered: {report:?}")),
        None => Ok(()),
    }
}
