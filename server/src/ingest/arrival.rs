//! What one job judges: the changes that arrived, and those kept earlier that wait for them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use sync_core::{
    crdt::{Change, ChangeParts},
    gate::Barrier,
    id::{ChangeHash, UnitCode},
    merge::Beginning,
    record::layout::read_prologue,
};

use super::{barrier::Unwinding, witness::Claims};
use crate::store::{
    ReadTx, StoreError, WriteTx,
    changes::{self, Located},
    devices::DeviceId,
    feeds,
    held::{self, Standing},
    parked::{self, Carrier},
};

/// Kept changes that one job takes up beyond those that arrived; the rest is taken up by the next.
const KEPT_MAX: usize = 1_000;

/// A change to be judged.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub change: Change,
    pub parts: Arc<ChangeParts>,
    /// What it begins, if that was worked out before it was its turn.
    pub beginning: Option<Beginning>,
    /// The feed that it was sent for; the record itself says which one it belongs to.
    pub unit: UnitCode,
    /// Who pushed it: of a kept one that is not pushed again, who did at first.
    pub device: Option<DeviceId>,
    /// What is said of who wrote it, if it stands in a request that is being answered.
    pub claims: Option<Arc<Claims>>,
    /// Where it was kept until now.
    pub kept: Kept,
}

/// Where a change was kept until now.
#[derive(Clone, Debug)]
pub(super) enum Kept {
    /// Nowhere.
    Nowhere,
    /// Among the parked; its device was told so.
    Parked(Carrier),
    /// Among the held; its device was told so.
    Held(Carrier, Standing),
}

impl Arrival {
    pub(super) fn hash(&self) -> ChangeHash {
        self.change.hash()
    }

    /// A change that was kept, read back.
    pub(super) fn kept(raw: &[u8], unit: UnitCode, kept: Kept) -> Result<Self, StoreError> {
        let read = || Change::from_store(raw).and_then(|change| Ok((change.parts()?, change)));
        let (parts, change) = Unwinding.guard(read).map_err(StoreError::damaged)?.map_err(StoreError::damaged)?;
        let device = match &kept {
            Kept::Nowhere => None,
            Kept::Parked(carrier) | Kept::Held(carrier, _) => carrier.device.clone(),
        };
        Ok(Self { change, parts: parts.into(), beginning: None, unit, device, claims: None, kept })
    }
}

/// All that one job judges.
#[derive(Debug)]
pub(super) struct Gathered {
    /// In an order in which they can be applied.
    pub arrivals: Vec<Arrival>,
    /// Where those of them, and of what they build on, that are stored already stand.
    pub stored: BTreeMap<ChangeHash, Located>,
    /// There is more that could be taken up.
    pub more: bool,
}

/// Looks up where `arrivals` are kept already, and adds what waits for them, directly or not.
pub(super) async fn gather(tx: &mut ReadTx, mut arrivals: Vec<Arrival>) -> Result<Gathered, StoreError> {
    arrivals = in_order(arrivals);
    let mut stored = look_up(tx, &arrivals).await?;
    let fresh: Vec<_> = arrivals.iter().map(Arrival::hash).filter(|hash| !stored.contains_key(hash)).collect();
    note_kept(tx, &mut arrivals, &fresh).await?;

    let mut seen: BTreeSet<ChangeHash> = fresh.iter().copied().collect();
    let mut frontier = fresh;
    let (mut taken, mut more) = (0, false);
    while !frontier.is_empty() {
        let mut waiting = parked::waiting_for(tx, &frontier).await?;
        waiting.retain(|hash| seen.insert(*hash));
        more |= waiting.len() > KEPT_MAX - taken;
        waiting.truncate(KEPT_MAX - taken);
        taken += waiting.len();
        let kept = read_kept(tx, &waiting).await?;
        // They may have been sent for any feed.
        let deps = kept.iter().flat_map(|a| a.parts.deps.iter().copied()).filter(|dep| !stored.contains_key(dep));
        let deps: Vec<_> = deps.collect();
        stored.extend(changes::locate_anywhere(tx, &deps).await?);
        arrivals.extend(kept);
        frontier = waiting;
    }
    Ok(Gathered { arrivals: in_order(arrivals), stored, more })
}

/// Where arrivals and what they build on are stored; each stands behind those of the others that it builds on. Looks where they belong:
/// into the feed that a change was sent for, and that its record names if the record begins with it. Only if something that one of
/// them builds on is not there, whether it is missing or the change was sent for the wrong feed, into all feeds.
async fn look_up(tx: &mut ReadTx, arrivals: &[Arrival]) -> Result<BTreeMap<ChangeHash, Located>, StoreError> {
    let mut homes: BTreeMap<ChangeHash, BTreeSet<&UnitCode>> = BTreeMap::new();
    let mut names: BTreeMap<&UnitCode, BTreeSet<ChangeHash>> = BTreeMap::new();
    let begun: Vec<Option<UnitCode>> =
        arrivals.iter().map(|a| read_prologue(&a.parts).map(|header| header.unit)).collect();
    for (arrival, begun) in arrivals.iter().zip(&begun) {
        let mut home: BTreeSet<&UnitCode> = BTreeSet::from([&arrival.unit]);
        home.extend(begun);
        home.extend(arrival.parts.deps.iter().filter_map(|dep| homes.get(dep)).flatten());
        for unit in &home {
            let names = names.entry(unit).or_default();
            names.insert(arrival.hash());
            names.extend(&arrival.parts.deps);
        }
        homes.insert(arrival.hash(), home);
    }
    let mut stored = BTreeMap::new();
    for (unit, names) in names {
        let names: Vec<_> = names.into_iter().collect();
        stored.extend(changes::locate(tx, unit, &names).await?);
    }
    let is_missing = |dep: &ChangeHash| !stored.contains_key(dep) && !homes.contains_key(dep);
    if arrivals.iter().any(|a| !stored.contains_key(&a.hash()) && a.parts.deps.iter().any(is_missing)) {
        let all = arrivals.iter().flat_map(|a| a.parts.deps.iter().copied().chain([a.hash()]));
        let names: BTreeSet<ChangeHash> = all.filter(|name| !stored.contains_key(name)).collect();
        let names: Vec<_> = names.into_iter().collect();
        stored.extend(changes::locate_anywhere(tx, &names).await?);
    }
    Ok(stored)
}

/// The kept changes that wait for something that is stored by now, and their feeds locked.
pub(super) async fn left_for_later(tx: &mut WriteTx) -> Result<Vec<Arrival>, StoreError> {
    let arrived = parked::arrived(tx, KEPT_MAX).await?;
    let mut waiting = parked::waiting_for(tx, &arrived).await?;
    waiting.sort_unstable();
    waiting.dedup();
    waiting.truncate(KEPT_MAX);
    let kept = read_kept(tx, &waiting).await?;
    let units = kept.iter().map(|arrival| arrival.unit.clone()).collect();
    match feeds::lock(tx, &units).await? {
        // Another server may have taken some of them up before it gave up the lock.
        true => read_kept(tx, &waiting).await,
        false => Ok(kept),
    }
}

async fn note_kept(tx: &mut ReadTx, arrivals: &mut [Arrival], fresh: &[ChangeHash]) -> Result<(), StoreError> {
    let parked = parked::get(tx, fresh).await?;
    let held = held::get(tx, fresh).await?;
    let mut kept: BTreeMap<ChangeHash, Kept> = BTreeMap::new();
    kept.extend(parked.into_iter().map(|p| (p.hash, Kept::Parked(p.carrier))));
    kept.extend(held.into_iter().map(|h| (h.hash, Kept::Held(h.carrier, h.standing))));
    for arrival in arrivals {
        if let (Kept::Nowhere, Some(kept)) = (&arrival.kept, kept.remove(&arrival.hash())) {
            arrival.kept = kept;
        }
    }
    Ok(())
}

async fn read_kept(tx: &mut ReadTx, hashes: &[ChangeHash]) -> Result<Vec<Arrival>, StoreError> {
    let mut kept = Vec::with_capacity(hashes.len());
    for parked in parked::get(tx, hashes).await? {
        kept.push(Arrival::kept(&parked.raw, parked.unit, Kept::Parked(parked.carrier)));
    }
    for held in held::get(tx, hashes).await?.into_iter().filter(|held| held.standing.retries()) {
        kept.push(Arrival::kept(&held.raw, held.unit, Kept::Held(held.carrier, held.standing)));
    }
    // One that is damaged stays where it is, and nothing else suffers.
    let readable = |kept: Result<Arrival, StoreError>| {
        kept.inspect_err(|error| tracing::error!(%error, "a kept change is damaged: run `cairn-server verify`")).ok()
    };
    Ok(kept.into_iter().filter_map(readable).collect())
}

/// Puts each change behind those of the others that it builds on, and keeps the order otherwise.
fn in_order(arrivals: Vec<Arrival>) -> Vec<Arrival> {
    let at: BTreeMap<ChangeHash, usize> = arrivals.iter().enumerate().map(|(i, a)| (a.hash(), i)).collect();
    let mut order = Vec::with_capacity(arrivals.len());
    let mut entered = vec![false; arrivals.len()];
    // By hand instead of by recursion: a chain can be as long as a frame.
    let mut path: Vec<(usize, usize)> = Vec::new();
    for start in 0..arrivals.len() {
        if !std::mem::replace(&mut entered[start], true) {
            path.push((start, 0));
        }
        while let Some((index, next)) = path.last_mut() {
            match arrivals[*index].parts.deps.get(*next) {
                Some(dep) => {
                    *next += 1;
                    if let Some(&dep) = at.get(dep)
                        && !std::mem::replace(&mut entered[dep], true)
                    {
                        path.push((dep, 0));
                    }
                }
                None => {
                    order.push(*index);
                    path.pop();
                }
            }
        }
    }
    let mut arrivals: Vec<Option<Arrival>> = arrivals.into_iter().map(Some).collect();
    order.into_iter().filter_map(|index| arrivals[index].take()).collect()
}
