//! What goes into the next request: read from the store at one moment, ordered, and cut to the budget.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::{
    crdt,
    id::{ActorKey, ChangeHash, RecordId, UnitCode},
    limits,
    merge::bucket_count,
    record::RecordError,
    replica::{ChangeRow, ChangeState, FeedState, MEMBER_BYTES, Outgoing, SyncState, Write, compose, outside},
    wire,
};

use super::{Engine, sync::Session};
use crate::{Clock, Error, Store, Transport};

/// A change as it comes back by name is rarely smaller: so many names are asked for as their changes fit into the budget.
const FETCHED_BYTES: u32 = 64;
/// Bytes of one bucket's digest.
const BUCKET_BYTES: usize = 8;

/// A request ready to be sent.
pub(super) struct Request {
    pub(super) body: Vec<u8>,
    /// The changes in it, in the order in which their outcomes will come.
    pub(super) pushed: Vec<ChangeHash>,
    /// Whether the budget left something in the outbox.
    pub(super) cut: bool,
}

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// Makes the next request. That something is under way is on disk before it is sent, for the answer may get lost.
    pub(super) async fn prepare(&self, session: &Session) -> Result<Request, Error> {
        let right = self.store.exclusive().await?;
        let state = self.store.sync_state().await?;
        let feeds = self.store.feeds().await?;
        let mut out = self.outgoing(&state).await?;
        let repairs = to_repair(&feeds, session);
        let mut room = state.push.bytes() as usize;
        for feed in repairs {
            let hashes = self.store.stored_in_feed(&feed.unit).await?;
            let bytes = bucket_count(hashes.len()) * BUCKET_BYTES;
            if bytes > room && !out.suspects.is_empty() {
                break;
            }
            room = room.saturating_sub(bytes);
            out.suspects.insert(feed.unit.clone(), hashes);
        }
        let view = SyncState { unanswered: state.unanswered || session.in_full, ..state.clone() };
        let (mut request, pushed) = compose(&view, &with_fewer_names(feeds, &state), &out, self.clock.now())?;
        // The server may only refer to what this device can find by its position.
        request.head.unanswered |= self.store.lacks_positions().await?;
        if !pushed.is_empty() && !state.unanswered {
            self.store.commit(&right, vec![Write::Sync(SyncState { unanswered: true, ..state })]).await?;
        }
        Ok(Request { body: wire::encode_request(&request), pushed, cut: out.waiting > 0 })
    }

    async fn outgoing(&self, state: &SyncState) -> Result<Outgoing, Error> {
        let budget = state.push.bytes();
        let oldest = self.store.outbox(budget, limits::FRAME_CHANGES_MAX).await?;
        let records: BTreeSet<RecordId> = oldest.iter().filter_map(|row| row.record).collect();
        let related = self.store.rows_of_records(&records.into_iter().collect::<Vec<_>>()).await?;
        let mut outbox = ordered(oldest, &related, budget)?;
        let foreign: Vec<ChangeHash> = outbox.iter().filter(|row| !row.own).map(|row| row.hash).collect();
        let runs = if foreign.is_empty() { Vec::new() } else { self.store.vouched(&foreign).await? };
        // What must be said besides, so that the server believes who wrote them, counts as well.
        while outbox.len() > 1 && outside(&outbox, &runs) * MEMBER_BYTES > budget as usize {
            outbox.truncate(outbox.len() / 2);
        }
        let mut actors: BTreeSet<ActorKey> = outbox.iter().filter(|row| !row.own).map(|row| row.actor).collect();
        actors.extend(runs.iter().flat_map(|run| &run.changes).map(|(_, actor)| *actor));
        let authors = self.store.authors(&actors.into_iter().collect::<Vec<_>>()).await?;
        let waiting = self.store.waiting().await?.saturating_sub(u32::try_from(outbox.len()).unwrap_or(u32::MAX));
        Ok(Outgoing { outbox, waiting, related, runs, authors, suspects: BTreeMap::new() })
    }
}

/// The feeds to compare now: suspect ones, but for those that comparing did not help.
fn to_repair<'a>(feeds: &'a [FeedState], session: &'a Session) -> impl Iterator<Item = &'a FeedState> {
    feeds.iter().filter(|f| f.suspect && !f.gone && !session.gave_up_on(&f.unit))
}

/// The feeds with no more names to fetch than what they stand for fits into the budget.
fn with_fewer_names(mut feeds: Vec<FeedState>, state: &SyncState) -> Vec<FeedState> {
    let mut room = (state.pull.bytes() / FETCHED_BYTES) as usize;
    for feed in &mut feeds {
        feed.fetch.truncate(room);
        room -= feed.fetch.len();
    }
    feeds
}

/// The oldest rows of the outbox with each behind those it builds on, as far as they wait too: what came from others comes into
/// a store in the order of its arrival, which is another. Cut to the budget, and to what a frame may hold.
fn ordered(oldest: Vec<ChangeRow>, related: &[ChangeRow], budget: u32) -> Result<Vec<ChangeRow>, RecordError> {
    let waiting = related.iter().chain(&oldest).filter(|row| row.state == ChangeState::Waiting);
    let waiting: BTreeMap<ChangeHash, &ChangeRow> = waiting.map(|row| (row.hash, row)).collect();
    let mut taken: BTreeSet<ChangeHash> = BTreeSet::new();
    let mut outbox: Vec<ChangeRow> = Vec::with_capacity(oldest.len());
    let (mut bytes, mut ops) = (0usize, 0usize);
    for row in &oldest {
        for change in beneath(row, &waiting, &taken)? {
            let hash = change.hash();
            bytes += change.raw().len();
            ops += change.op_count();
            let full =
                bytes > budget as usize || ops > limits::FRAME_OPS_MAX || outbox.len() == limits::FRAME_CHANGES_MAX;
            if full && !outbox.is_empty() {
                return Ok(outbox);
            }
            taken.insert(hash);
            outbox.extend(waiting.get(&hash).map(|row| (*row).clone()));
        }
    }
    Ok(outbox)
}

/// The change of `row` behind all those it builds on that wait and are not taken yet.
fn beneath(
    row: &ChangeRow,
    waiting: &BTreeMap<ChangeHash, &ChangeRow>,
    taken: &BTreeSet<ChangeHash>,
) -> Result<Vec<crdt::Change>, RecordError> {
    let mut found: BTreeMap<(u64, ChangeHash), crdt::Change> = BTreeMap::new();
    let mut open = vec![row.hash];
    while let Some(hash) = open.pop() {
        let Some(row) = waiting.get(&hash).filter(|_| !taken.contains(&hash)) else { continue };
        let change = row.change()?;
        open.extend(change.deps());
        // A change's counters are all above those of the changes it builds on.
        found.insert((change.max_op(), hash), change);
    }
    Ok(found.into_values().collect())
}

/// Whether a feed is not yet as it is on the server.
pub(super) fn is_open(feed: &FeedState, gave_up: impl Fn(&UnitCode) -> bool) -> bool {
    !feed.gone
        && !gave_up(&feed.unit)
        && (feed.suspect || !feed.fetch.is_empty() || (feed.met && feed.missing_below > 0))
}
