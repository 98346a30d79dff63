//! What must be so of a server's store after a power cut: it opens, it is whole, all is there that was acknowledged, every table is
//! what the changes say; and devices go on with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use cairn_client::{MemoryStore, Store as _};
use cairn_server::{
    admin,
    store::{Store, StoreError, pages},
};
use sync_core::{
    id::{ChangeHash, UnitCode},
    replica::ChangeState,
};

use super::{
    Fact,
    script::{FILE, UNIT, by, name, outreach},
};
use crate::{
    ledger::Expected,
    near::{Center, Line, phone},
    whole,
};

/// Changes of a feed; no script makes as many.
const MANY: usize = 100_000;

/// Opens the store in a folder with the shipped code and looks at everything. `phones` go on with it.
///
/// # Errors
/// What is not as it must be.
pub async fn check(folder: &Path, expected: &[Expected<Fact>], phones: &[MemoryStore; 2]) -> Result<(), String> {
    let file = folder.join(FILE);
    let center = Center::open(&file).await.map_err(|error| format!("it does not open: {error}"))?;
    let looked = look(&center, &file, expected).await;
    let line = Line::to(Some(center));
    let found = match looked {
        Ok(()) => go_on(&line, phones, expected).await,
        wrong => wrong,
    };
    if let Some(center) = line.turn_to(None).await {
        center.store().close().await;
    }
    found
}

async fn look(center: &Center, file: &Path, expected: &[Expected<Fact>]) -> Result<(), String> {
    whole(file).await?;
    is_right(center.store()).await?;
    let seen = Seen::of(center.store()).await.map_err(|error| format!("it cannot be read: {error}"))?;
    for Expected { any, may_lack } in expected {
        let mut holds = *may_lack;
        for fact in any {
            holds |= seen.holds(center.store(), fact).await;
        }
        if !holds {
            return Err(format!("acknowledged and not there: {any:?}"));
        }
    }
    Ok(())
}

async fn is_right(store: &Store) -> Result<(), String> {
    let verified = store.verify().await.map_err(|error| format!("it cannot be verified: {error}"))?;
    match verified.differences.first() {
        Some(difference) => Err(format!("its tables are not what its changes say: {difference}")),
        None => Ok(()),
    }
}

/// What a store says of itself.
struct Seen {
    epoch: u64,
    units: BTreeSet<UnitCode>,
    forms: BTreeSet<String>,
    grants: BTreeSet<String>,
    devices: BTreeSet<String>,
    placed: BTreeMap<ChangeHash, (UnitCode, u64)>,
}

impl Seen {
    async fn of(store: &Store) -> Result<Self, String> {
        let store_word = |error: StoreError| error.to_string();
        let word = |error: admin::AdminError| error.to_string();
        let units: BTreeSet<UnitCode> =
            admin::list_units(store).await.map_err(word)?.into_iter().map(|placed| placed.unit.code).collect();
        let mut placed = BTreeMap::new();
        let mut tx = store.read().await.map_err(store_word)?;
        for unit in &units {
            let names = pages::names(&mut tx, unit, 0, MANY).await.map_err(store_word)?;
            for (at, (position, hash)) in (1..).zip(names) {
                if position != at {
                    return Err(format!("{unit}: there is a gap before position {position}"));
                }
                placed.insert(hash, (unit.clone(), position));
            }
        }
        drop(tx);
        let users = admin::list_users(store, &by()).await.map_err(word)?;
        let grants = users.iter().flat_map(|user| user.grants.iter().map(move |(unit, role)| (user, unit, role)));
        Ok(Self {
            epoch: store.epoch(),
            forms: admin::list_forms(store).await.map_err(word)?.iter().map(|form| form.id.to_string()).collect(),
            grants: grants.map(|(user, unit, role)| format!("{} {unit} {}", user.username, role.word())).collect(),
            devices: admin::list_devices(store, &by()).await.map_err(word)?.into_iter().map(|d| d.id).collect(),
            units,
            placed,
        })
    }

    async fn holds(&self, store: &Store, fact: &Fact) -> bool {
        match fact {
            Fact::Epoch(epoch) => self.epoch == *epoch,
            Fact::Unit(code) => self.units.contains(code),
            Fact::Form(id) => self.forms.contains(id),
            Fact::Grant(user, unit, role, has) => {
                self.grants.contains(&format!("{user} {unit} {}", role.word())) == *has
            }
            Fact::Device(id) => self.devices.contains(id),
            Fact::Placed(hash, unit, position) => self.placed.get(hash) == Some(&(unit.clone(), *position)),
            Fact::Kept(hash) => self.placed.contains_key(hash) || is_held(store, *hash).await,
        }
    }
}

async fn is_held(store: &Store, hash: ChangeHash) -> bool {
    match store.read().await {
        Ok(mut tx) => admin::find_held(&mut tx, &by(), hash).await.is_ok(),
        Err(_) => false,
    }
}

/// An administrator acts, and every device that is enrolled for certain syncs, writes and syncs again.
async fn go_on(line: &Line, phones: &[MemoryStore; 2], expected: &[Expected<Fact>]) -> Result<(), String> {
    let acted = line
        .at_center(async |center| {
            admin::make_ready(center.store()).await?;
            let kind = sync_core::replica::UnitKind::Other;
            admin::add_unit(center.store(), &by(), name("afterwards"), None, kind, "单位").await
        })
        .await;
    acted.map_err(|error| format!("an administrator cannot act: {error}"))?;
    let certain = expected.iter().filter(|expected| !expected.may_lack).flat_map(|expected| &expected.any);
    let devices: BTreeSet<&String> =
        certain.filter_map(|fact| if let Fact::Device(id) = fact { Some(id) } else { None }).collect();
    for store in phones {
        let known = store.identity().await.map_err(|error| error.to_string())?;
        if known.is_none_or(|identity| !devices.contains(&identity.device)) {
            continue;
        }
        let store = store.copied();
        let engine = phone(store.clone(), line);
        synced(&engine).await?;
        match engine.create(&outreach(1, "")).await {
            Ok(_) => synced(&engine).await?,
            // Whoever has lost the role logs no more.
            Err(error) if error.code() == "no_permission_here" || error.code() == "unknown_unit" => {}
            Err(error) => return Err(format!("a device cannot log: {error}")),
        }
        let rows = store.rows_of_feed(&name(UNIT)).await.map_err(|error| error.to_string())?;
        if let Some(row) = rows.iter().find(|row| matches!(row.state, ChangeState::Waiting | ChangeState::Parked)) {
            return Err(format!("a device that has synced still waits for an answer to {}", row.hash));
        }
    }
    line.at_center(async |center| is_right(center.store()).await).await
}

async fn synced(engine: &crate::near::Phone) -> Result<(), String> {
    let report = engine.sync().await.map_err(|error| format!("a device cannot sync: {error}"))?;
    match report.error {
        Some(error) => Err(format!("a device cannot sync: {error}")),
        None if !report.answered_all => Err(format!("a device is not answered: {report:?}")),
        None => Ok(()),
    }
}
