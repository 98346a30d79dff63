//! Which parts of which feeds a response is to bring, and in which order they are served from the basket.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::{
    id::UnitCode,
    wire::{FeedAnswer, FeedRequest, RequestHead, cursor_check},
};

use crate::store::{
    ReadTx, StoreError, changes,
    feeds::{self, FeedHead},
};

/// What is wanted of a feed. In the order in which it is served: what was asked for by name, what is new, and then the past.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Want {
    /// The changes whose hashes begin so.
    Fetch(Vec<u64>),
    /// The changes behind this position.
    Up(u64),
    /// The newest, at the first contact.
    Newest,
    /// The changes from this position down.
    Down(u64),
}

/// What a device has of a feed for certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Has {
    /// Nothing up to here…
    pub above: u64,
    /// …everything from there to here.
    pub upto: u64,
}

/// What is to be done about feeds.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// In the order in which they are served.
    pub wants: Vec<(Want, UnitCode)>,
    /// Answers that bring nothing.
    pub answers: Vec<(UnitCode, FeedAnswer)>,
    /// Feeds to compare, by the number of the request's repair.
    pub repairs: Vec<usize>,
    pub heads: BTreeMap<UnitCode, FeedHead>,
    pub has: BTreeMap<UnitCode, Has>,
}

impl Plan {
    /// The plan for a request of which `may_read` says which feeds it may have.
    pub(super) async fn of(
        tx: &mut ReadTx,
        epoch: u64,
        head: &RequestHead,
        may_read: impl Fn(&UnitCode) -> bool,
    ) -> Result<Self, StoreError> {
        let mut plan = Self::default();
        let mut units: BTreeSet<UnitCode> = head.feeds.iter().map(|feed| feed.unit.clone()).collect();
        units.extend(head.repairs.iter().map(|repair| repair.unit.clone()));
        units.extend(head.fetch.iter().map(|(unit, _)| unit.clone()));
        let (mut open, gone): (BTreeSet<_>, BTreeSet<_>) = units.into_iter().partition(|unit| may_read(unit));
        plan.answers.extend(gone.into_iter().map(|unit| (unit, FeedAnswer::Gone)));
        plan.heads = feeds::heads(tx, &open.iter().cloned().collect::<Vec<_>>()).await?;
        let mut fetched: BTreeSet<&UnitCode> = BTreeSet::new();
        for (unit, prefixes) in head.fetch.iter().filter(|(unit, prefixes)| open.contains(unit) && !prefixes.is_empty())
        {
            plan.wants.push((Want::Fetch(prefixes.clone()), unit.clone()));
            fetched.insert(unit);
        }
        for (number, repair) in head.repairs.iter().enumerate() {
            // Once for each feed; one that is compared gets no page at the same time.
            if open.remove(&repair.unit) {
                plan.repairs.push(number);
            }
        }
        for feed in &head.feeds {
            if open.remove(&feed.unit) {
                plan.follow(tx, epoch, feed, fetched.contains(&feed.unit)).await?;
            }
        }
        plan.wants.sort();
        Ok(plan)
    }

    pub(super) fn head(&self, unit: &UnitCode) -> FeedHead {
        self.heads.get(unit).copied().unwrap_or_default()
    }

    async fn follow(
        &mut self,
        tx: &mut ReadTx,
        epoch: u64,
        feed: &FeedRequest,
        is_fetching: bool,
    ) -> Result<(), StoreError> {
        let unit = &feed.unit;
        let head = self.head(unit);
        let Some(mark) = feed.after else {
            self.wants.push((Want::Newest, unit.clone()));
            return Ok(());
        };
        let digest = match mark.position == head.head {
            true => Some(head.digest),
            false => changes::digest_at(tx, unit, mark.position).await?,
        };
        let recognised = digest.is_some_and(|digest| cursor_check(epoch, mark.position, digest) == mark.check);
        if !recognised || feed.missing_below > mark.position {
            self.answers.push((unit.clone(), FeedAnswer::Unrecognised));
            return Ok(());
        }
        // What is being fetched is missing somewhere between; the device then mentions the feed to hear whether it is complete.
        if is_fetching {
            let digest = digest.unwrap_or_default();
            if mark.position == head.head {
                let (from, to) = (mark.position, mark.position);
                self.answers.push((unit.clone(), FeedAnswer::Page { from, to, head: head.head, digest }));
            }
        } else {
            self.has.insert(unit.clone(), Has { above: feed.missing_below, upto: mark.position });
        }
        if mark.position < head.head {
            self.wants.push((Want::Up(mark.position), unit.clone()));
        }
        if feed.missing_below > 0 {
            self.wants.push((Want::Down(feed.missing_below), unit.clone()));
        }
        Ok(())
    }
}
