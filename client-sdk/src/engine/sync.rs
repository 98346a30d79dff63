//! The sync loop: ask, take, until nothing is left; give way when the link is bad; never lose what is not answered for.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use sync_core::{
    id::{Digest, RecordId, UnitCode},
    replica::{Budget, ChangeRow, ChangeState, FeedState, SyncState, Write, assemble, record_row},
};

use super::{Engine, exchange::Trouble, report::SyncReport};
use crate::{Clock, Error, Store, Transport, store::Identity};

/// How often a request is tried within one sync.
const TRIES_MAX: u32 = 3;
/// The first wait between two tries; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Answers in a row that promise more and change nothing.
const IDLE_MAX: u32 = 3;
/// Comparisons of one feed within one sync that change nothing.
const COMPARISONS_MAX: u32 = 2;
/// Comparisons of one feed within one sync, whatever they change: a large difference takes several.
const ROUNDS_MAX: u32 = 20;

/// What one sync remembers from request to request.
#[derive(Default)]
pub(super) struct Session {
    pub(super) report: SyncReport,
    /// Neither side refers to positions any more.
    pub(super) in_full: bool,
    /// Answers in a row that changed nothing.
    pub(super) idle: u32,
    tries: u32,
    comparisons: BTreeMap<UnitCode, Comparisons>,
    diverged: BTreeSet<UnitCode>,
    reread: BTreeSet<UnitCode>,
}

/// How often a feed was compared.
#[derive(Default)]
struct Comparisons {
    /// What was here of the feed at the last time.
    held: Digest,
    in_vain: u32,
    rounds: u32,
}

impl Session {
    /// Notes that `feed` was compared with the server's.
    pub(super) fn compared(&mut self, feed: &FeedState) {
        let so_far = self.comparisons.entry(feed.unit.clone()).or_default();
        so_far.in_vain = if so_far.held == feed.held { so_far.in_vain + 1 } else { 1 };
        so_far.held = feed.held;
        so_far.rounds += 1;
    }

    /// Notes that another server answers than before: that comparing with that one did not help says nothing of this one. How
    /// often a feed was compared in all still counts.
    pub(super) fn met_another(&mut self) {
        self.comparisons.values_mut().for_each(|so_far| so_far.in_vain = 0);
        self.diverged.clear();
    }

    /// Whether the feed was compared so often that once more will not help.
    pub(super) fn gave_up_on(&self, unit: &UnitCode) -> bool {
        self.diverged.contains(unit)
    }

    /// Notes the feeds that still differ although they were compared.
    pub(super) fn diverged(&mut self, feeds: &[FeedState]) {
        let often = |feed: &FeedState| {
            let in_vain = |c: &Comparisons| c.in_vain >= COMPARISONS_MAX && c.held == feed.held;
            self.comparisons.get(&feed.unit).is_some_and(|c| in_vain(c) || c.rounds >= ROUNDS_MAX)
        };
        let found: Vec<_> = feeds.iter().filter(|f| f.suspect && !f.gone && often(f)).collect();
        self.diverged.extend(found.into_iter().map(|f| f.unit.clone()));
    }
}

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// Brings this replica and the server to the same state: sends what waits, takes what is new. What went wrong on the way
    /// stands in the report; what was not done is kept and done by the next sync.
    ///
    /// # Errors
    /// When it could not begin: [`Error::NotEnrolled`], [`Error::AlreadySyncing`], [`Error::Store`].
    pub async fn sync(&self) -> Result<SyncReport, Error> {
        self.sync_within(u32::MAX).await
    }

    /// The same, with at most `requests` answers: one is enough to learn forms and org units after enrolling.
    ///
    /// # Errors
    /// As [`Self::sync`].
    pub async fn sync_within(&self, requests: u32) -> Result<SyncReport, Error> {
        let identity = self.identity().await?;
        let lease = self.store.sync_lease().await?.ok_or(Error::AlreadySyncing)?;
        let before = self.transport.traffic();
        let mut session = Session::default();
        let turned = self.turn(&identity, &mut session, requests).await;
        let after = self.transport.traffic();
        let waiting = self.store.waiting().await;
        drop(lease);
        let mut report = session.report;
        report.bytes_sent = after.sent - before.sent;
        report.bytes_received = after.received - before.received;
        report.answered_all = matches!((&turned, &waiting), (Ok(true), Ok(0)));
        report.error = match (turned, session.diverged.is_empty()) {
            (Err(error), _) => Some(error),
            (Ok(_), false) => Some(Error::Diverged { units: session.diverged.into_iter().collect() }),
            (Ok(_), true) => waiting.err().map(Error::from),
        };
        report.answered_all &= report.error.is_none();
        Ok(report)
    }

    /// Turns the crank. Tells whether the server has no more.
    async fn turn(&self, identity: &Identity, session: &mut Session, requests: u32) -> Result<bool, Error> {
        for answered in 1.. {
            let more = self.once(identity, session).await?;
            if !more || answered >= requests {
                return Ok(!more);
            }
            if session.idle >= IDLE_MAX {
                return Err(Error::NoProgress);
            }
        }
        Ok(false)
    }

    /// One request, tried until it is answered.
    async fn once(&self, identity: &Identity, session: &mut Session) -> Result<bool, Error> {
        session.tries = 0;
        loop {
            let request = self.prepare(session).await?;
            session.report.requests += 1;
            let taken = match self.exchange(identity, &request).await {
                Ok(frame) => self.take(session, &request, &frame).await,
                Err(trouble) => Err(trouble),
            };
            match taken {
                Ok(more) => return Ok(more),
                Err(Trouble::StaleReference(_)) if !session.in_full => {
                    session.in_full = true;
                    self.forget_positions().await?;
                }
                Err(Trouble::Unplaced(..)) if !session.in_full => session.in_full = true,
                // The server refers to positions all the same. Whatever is read again gets its position again.
                Err(Trouble::Unplaced(unit, _)) if session.reread.insert(unit.clone()) => {
                    self.read_again(&unit).await?
                }
                Err(Trouble::TooLarge(error)) => {
                    if self.store.sync_state().await?.push.bytes() <= Budget::LEAST || request.pushed.is_empty() {
                        return Err(error);
                    }
                    self.amend(|state| state.push = state.push.quartered()).await?;
                }
                Err(Trouble::Passing(error, wait)) => {
                    // A server that says when to come again was reached well: it is busy, the link is not too narrow.
                    if wait.is_none() {
                        self.amend(give_way).await?;
                    }
                    session.tries += 1;
                    if session.tries >= TRIES_MAX {
                        return Err(error);
                    }
                    let wait = wait.unwrap_or(FIRST_WAIT * 2u32.pow(session.tries - 1));
                    self.clock.sleep(self.jittered(wait)).await;
                }
                Err(trouble) => return Err(trouble.into_error()),
            }
        }
    }

    /// Has a feed read again from its top downwards.
    async fn read_again(&self, unit: &UnitCode) -> Result<(), Error> {
        let right = self.store.exclusive().await?;
        let feed = self.store.feeds().await?.into_iter().find(|feed| feed.unit == *unit);
        let again = feed.map(|feed| Write::Feed(FeedState { missing_below: feed.top, ..feed }));
        Ok(self.store.commit(&right, again.into_iter().collect()).await?)
    }

    /// Forgets the positions of all changes, on disk, and what only one store knows of them: they wait again, and their records say so.
    async fn forget_positions(&self) -> Result<(), Error> {
        let forms = self.form_set().await?;
        let right = self.store.exclusive().await?;
        let unsettled = self.store.unsettled().await?;
        let records: BTreeSet<RecordId> = unsettled.iter().filter_map(|row| row.record).collect();
        let mut writes = vec![Write::ForgetPositions];
        for record in records {
            let mut rows = self.store.rows_of_records(&[record]).await?;
            let forgotten = |row: &&mut ChangeRow| row.state.is_of_one_store();
            rows.iter_mut().filter(forgotten).for_each(|row| row.state = ChangeState::Waiting);
            writes.push(Write::Record(record_row(&assemble(&rows)?, &forms, rows.iter().map(|row| &row.state))));
        }
        Ok(self.store.commit(&right, writes).await?)
    }

    /// Changes the sync state on disk.
    async fn amend(&self, change: impl FnOnce(&mut SyncState)) -> Result<(), Error> {
        let right = self.store.exclusive().await?;
        let old = self.store.sync_state().await?;
        let mut new = old.clone();
        change(&mut new);
        if new != old {
            self.store.commit(&right, vec![Write::Sync(new)]).await?;
        }
        Ok(())
    }

    /// The duration, made longer or shorter by up to a half, so that devices that failed together do not come back together.
    pub(super) fn jittered(&self, duration: Duration) -> Duration {
        let share = (self.random().next() % 1_001) as u32;
        duration / 2 + duration * share / 1_000
    }
}

fn give_way(state: &mut SyncState) {
    state.push = state.push.quartered();
    state.pull = state.pull.quartered();
}
