//! One job, from lookup to outcome.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::{
    id::{ChangeHash, RecordId, UnitCode},
    merge::Candidate,
    wire::Outcome,
};
use thiserror::Error;

use super::{
    arrival::{self, Arrival, Gathered, Kept},
    dictation::Unwritten,
    facts::LookedUp,
    judge, write,
};
use crate::store::{
    ReadTx, StoreError, WriteTx,
    changes::{self, Chunks},
    feeds,
    held::HeldState,
};

/// Bytes of stored changes that one job may bring into memory.
const LOADED_BYTES_MAX: usize = 32 << 20;
/// Records that are read at a time.
const LOADED_RECORDS: usize = 16;

/// What became of a job.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// The outcome of every change that was judged.
    pub outcomes: BTreeMap<ChangeHash, Outcome>,
    /// Kept changes wait that could be tried now.
    pub more: bool,
}

/// Why a job was not settled.
#[derive(Debug, Error)]
pub(super) enum Unsettled {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("its records are too large to be judged at once")]
    TooMuch,
    #[error(transparent)]
    Unwritten(#[from] Unwritten),
}

/// Judges arrivals and writes what follows.
pub(super) async fn settle(tx: &mut WriteTx, arrivals: Vec<Arrival>, now_ms: i64) -> Result<Settled, Unsettled> {
    let mut units: BTreeSet<UnitCode> = arrivals.iter().map(|arrival| arrival.unit.clone()).collect();
    loop {
        feeds::lock(tx, &units).await?;
        let gathered = arrival::gather(tx, arrivals.clone()).await?;
        let facts = LookedUp::of(tx, &gathered).await?;
        let stored = load(tx, &gathered).await?;
        let candidates = gathered.arrivals.iter().map(|arrival| candidate(arrival, &facts)).collect();
        let judgement = judge::judge(candidates, facts, stored).await?;
        // What waited may have been sent for other feeds, and a record belongs where it says itself. What was read of those
        // before their lock may have moved.
        units.extend(gathered.arrivals.iter().map(|arrival| arrival.unit.clone()));
        units.extend(judgement.rows.values().map(|row| row.unit.clone()));
        if !feeds::lock(tx, &units).await? {
            let more = gathered.more;
            let outcomes = write::write(tx, gathered, judgement, now_ms).await?;
            return Ok(Settled { outcomes, more });
        }
    }
}

/// Takes up kept changes whose turn has come; returns whether that led anywhere, and so is worth doing again.
pub(super) async fn settle_left(tx: &mut WriteTx, now_ms: i64) -> Result<bool, Unsettled> {
    let arrivals = arrival::left_for_later(tx).await?;
    if arrivals.is_empty() {
        return Ok(false);
    }
    let settled = settle(tx, arrivals, now_ms).await?;
    Ok(settled.outcomes.values().any(|outcome| *outcome != Outcome::Parked))
}

fn candidate(arrival: &Arrival, facts: &LookedUp) -> Candidate {
    let admitted = matches!(&arrival.kept, Kept::Held(_, standing) if standing.state == HeldState::Admitted);
    let doubt = facts.doubt(arrival);
    let Arrival { change, parts, beginning, .. } = arrival;
    Candidate { doubt, admitted, beginning: beginning.clone(), ..Candidate::new(change.clone(), parts.clone()) }
}

/// The chunks of the records that the arrivals write to.
async fn load(tx: &mut ReadTx, gathered: &Gathered) -> Result<Chunks, Unsettled> {
    let mut needed: BTreeMap<UnitCode, BTreeSet<RecordId>> = BTreeMap::new();
    for arrival in gathered.arrivals.iter().filter(|a| !gathered.stored.contains_key(&a.hash())) {
        for located in arrival.parts.deps.iter().filter_map(|dep| gathered.stored.get(dep)) {
            needed.entry(located.unit.clone()).or_default().insert(located.record);
        }
    }
    let mut loaded = Chunks::new();
    let mut bytes = 0;
    for (unit, records) in needed {
        let records: Vec<_> = records.into_iter().collect();
        for some in records.chunks(LOADED_RECORDS) {
            let chunks = changes::of_records(tx, &unit, some).await?;
            bytes += chunks.values().flatten().map(Vec::len).sum::<usize>();
            // A single record always fits.
            if bytes > LOADED_BYTES_MAX && loaded.len() + chunks.len() > 1 {
                return Err(Unsettled::TooMuch);
            }
            loaded.extend(chunks);
        }
    }
    Ok(loaded)
}
