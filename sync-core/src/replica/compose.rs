//! What to send.

use alloc::{collections::BTreeMap, vec::Vec};

use super::{
    give_back,
    row::{ChangeRow, FeedState, SyncState, VouchedRun},
};
use crate::{
    id::{ChangeHash, ClockMs, UnitCode},
    limits,
    merge::{BucketSet, bucket_count},
    record::RecordError,
    wire::{
        Author, CursorMark, FeedRequest, Known, OutChange, OutGroup, OutRequest, RepairRequest, RequestHead,
        cursor_check,
    },
};

/// What the engine read from its store for one request.
#[derive(Clone, Debug, Default)]
pub struct Outgoing {
    /// The oldest rows of the outbox, within the push budget, in the order of their making.
    pub outbox: Vec<ChangeRow>,
    /// Rows waiting beyond those.
    pub waiting: u32,
    /// All rows of the records that the outbox's rows belong to.
    pub related: Vec<ChangeRow>,
    /// What the server has vouched for of the outbox's rows that were not made here, the newest first.
    pub runs: Vec<VouchedRun>,
    /// Who stands behind the authors of those rows, and of the other changes of the runs.
    pub authors: Vec<Author>,
    /// For each suspect feed, the names of all its changes that are stored.
    pub suspects: BTreeMap<UnitCode, Vec<ChangeHash>>,
}

/// Makes the next request, and the names of the changes in it in the order in which their outcomes will come.
///
/// # Errors
/// [`RecordError`] when a stored change cannot be read.
pub fn compose(
    state: &SyncState,
    feeds: &[FeedState],
    out: &Outgoing,
    clock: ClockMs,
) -> Result<(OutRequest, Vec<ChangeHash>), RecordError> {
    let followed = || feeds.iter().filter(|f| !f.gone);
    let mark = |f: &FeedState| {
        let check = cursor_check(state.epoch.unwrap_or(0), f.top, f.digest);
        f.met.then_some(CursorMark { position: f.top, check })
    };
    let mut head = RequestHead {
        feeds: followed()
            .filter(|f| !f.suspect)
            .map(|f| FeedRequest { unit: f.unit.clone(), after: mark(f), missing_below: f.missing_below })
            .collect(),
        budget_bytes: state.pull.bytes(),
        clock,
        catalog: state.catalog,
        decisions_after: state.decisions_after,
        unanswered: state.unanswered,
        waiting: out.waiting,
        fetch: followed()
            .filter(|f| !f.fetch.is_empty())
            .map(|f| (f.unit.clone(), f.fetch.iter().copied().take(limits::FETCH_HASHES_MAX).collect()))
            .collect(),
        repairs: followed()
            .filter(|f| f.suspect)
            .filter_map(|f| {
                let hashes = out.suspects.get(&f.unit)?;
                let set = BucketSet::new(bucket_count(hashes.len()), hashes);
                Some(RepairRequest { unit: f.unit.clone(), digests: set.marks() })
            })
            .collect(),
        authors: give_back::authors(&out.outbox, &out.authors),
        vouchings: Vec::new(),
    };
    let mut groups: BTreeMap<&UnitCode, Vec<OutChange>> = BTreeMap::new();
    for row in &out.outbox {
        let change = OutChange { position: None, hash: row.hash, parts: row.change()?.parts()? };
        groups.entry(&row.unit).or_default().push(change);
    }
    let groups: Vec<OutGroup> = groups
        .into_iter()
        .map(|(unit, changes)| OutGroup { unit: unit.clone(), changes, known: known(state, out, unit) })
        .collect();
    let order: Vec<ChangeHash> = groups.iter().flat_map(|g| g.changes.iter().map(|c| c.hash)).collect();
    head.vouchings = give_back::vouchings(&out.outbox, &out.runs, &out.authors, &order);
    Ok((OutRequest { head, groups }, order))
}

/// The changes of the records written to, whose positions both sides know.
fn known(state: &SyncState, out: &Outgoing, unit: &UnitCode) -> Vec<Known> {
    if state.unanswered {
        return Vec::new();
    }
    let known = |row: &ChangeRow| Some(Known { position: row.position?, hash: row.hash, actor: row.actor });
    let mut known: Vec<_> = out.related.iter().filter(|r| r.unit == *unit).filter_map(known).collect();
    known.sort_unstable_by_key(|k| k.position);
    known
}
