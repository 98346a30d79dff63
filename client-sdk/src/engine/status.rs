//! Where the replica stands: what waits, what is held and why, how far each feed was read.

use std::collections::BTreeSet;

use serde::Serialize;
use sync_core::{
    id::{ClockMs, Digest, UnitCode},
    replica::{ChangeState, FeedState},
};

use super::{Engine, Unsettled, outgoing::is_open, read::unsettled};
use crate::{Clock, Error, Store, Transport, store::Identity};

/// How far a feed was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FeedStatus {
    /// The feed's org unit.
    pub unit: UnitCode,
    /// The last position read.
    pub position: u64,
    /// The server's digest up to there.
    #[serde(serialize_with = "as_text")]
    pub digest: Digest,
    /// Older positions that are still to come, from 1 to this one.
    pub missing_below: u64,
    /// Whether all of it is here, as far as heard.
    pub complete: bool,
    /// The user may not read it any more.
    pub gone: bool,
}

fn as_text<S: serde::Serializer>(digest: &Digest, s: S) -> Result<S::Ok, S::Error> {
    s.collect_str(digest)
}

impl From<&FeedState> for FeedStatus {
    fn from(feed: &FeedState) -> Self {
        Self {
            unit: feed.unit.clone(),
            position: feed.top,
            digest: feed.digest,
            missing_below: feed.missing_below,
            complete: feed.met && !is_open(feed, |_| false),
            gone: feed.gone,
        }
    }
}

/// Where the replica stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Status {
    /// Who this device is.
    #[serde(flatten)]
    pub identity: Identity,
    /// Changes that the server has not answered for.
    pub waiting: u32,
    /// The records that they belong to.
    pub waiting_records: u32,
    /// Changes that are parked, held or refused, and why.
    pub unsettled: Vec<Unsettled>,
    /// The feeds, by code.
    pub feeds: Vec<FeedStatus>,
    /// The device's clock at the last successful sync.
    pub last_sync_ms: Option<ClockMs>,
    /// The server's clock minus the device's, as seen then, ms.
    pub skew_ms: i64,
    /// Bytes of changes that the next request may carry.
    pub push_budget_bytes: u32,
    /// Bytes of changes that the next answer may carry.
    pub pull_budget_bytes: u32,
}

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// Tells where the replica stands.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], [`Error::Store`].
    pub async fn status(&self) -> Result<Status, Error> {
        let identity = self.identity().await?;
        let state = self.store.sync_state().await?;
        let waiting = self.store.waiting().await?;
        // Only what waits is read, so that this costs nothing to a replica with ten thousand settled records.
        let rows = if waiting == 0 { Vec::new() } else { self.store.outbox(u32::MAX, usize::MAX).await? };
        let records: BTreeSet<_> = rows.iter().filter_map(|row| row.record).collect();
        Ok(Status {
            identity,
            waiting,
            waiting_records: u32::try_from(records.len()).unwrap_or(u32::MAX),
            unsettled: self.store.unsettled().await?.iter().map(unsettled).collect(),
            feeds: self.store.feeds().await?.iter().map(FeedStatus::from).collect(),
            last_sync_ms: state.last_sync,
            skew_ms: state.skew_ms,
            push_budget_bytes: state.push.bytes(),
            pull_budget_bytes: state.pull.bytes(),
        })
    }

    /// How much is on this device alone, and would be lost with it: changes for which the server has not
    /// answered, those that it refused, and drafts.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn only_here(&self) -> Result<u32, Error> {
        let refused = self.store.unsettled().await?;
        let refused = refused.iter().filter(|row| matches!(row.state, ChangeState::Refused(_))).count();
        let drafts = self.store.drafts().await?.iter().filter(|draft| draft.finished.is_none()).count();
        Ok(self.store.waiting().await?.saturating_add(u32::try_from(refused + drafts).unwrap_or(u32::MAX)))
    }
}
