//! One answer: read, understood, committed as one.

use std::collections::BTreeSet;

use sync_core::{
    id::RecordId,
    replica::{Absorbed, FeedState, Lookup, SyncState, absorb, involved, unsure},
    wire::{self, InResponse, WireError},
};

use super::{
    Engine,
    exchange::Trouble,
    outgoing::{Request, is_open},
    sync::Session,
};
use crate::{Clock, Error, Store, Transport, transport::TransportError};

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// Takes the answer to `request` into the store. Tells whether to ask for more at once.
    pub(super) async fn take(&self, session: &mut Session, request: &Request, frame: &[u8]) -> Result<bool, Trouble> {
        let opened = match wire::open_response(frame) {
            Err(WireError::NotAFrame) => {
                return Err(Error::from(TransportError::NotAServer("an answer of another kind".into())).into());
            }
            opened => opened.map_err(Error::from)?,
        };
        let right = self.store.exclusive().await?;
        let places = self.store.at_positions(&opened.references()).await?;
        let response = opened.rebuild(&|unit, position| places.get(&(unit.clone(), position)).copied());
        let response = response.map_err(|error| match error {
            WireError::StaleReference { ref unit, .. } => Trouble::Unplaced(unit.clone(), error.into()),
            WireError::DigestMismatch => Trouble::StaleReference(error.into()),
            other => Trouble::Lasting(other.into()),
        })?;
        if response.head.outcomes.len() != request.pushed.len() {
            return Err(Error::SenselessAnswer("not one outcome for each change").into());
        }
        let mut state = self.store.sync_state().await?;
        let feeds = self.store.feeds().await?;
        let forms = self.form_set().await?;
        let lookup = self.look_up(&state, &feeds, &response, request).await?;
        let before = (state.clone(), feeds.clone());
        grow_budgets(&mut state, request, &response);
        let absorbed = absorb(&state, &feeds, &forms, &request.pushed, lookup, &response, self.clock.now());
        let mut absorbed = absorbed.map_err(Error::from)?;
        self.store.commit(&right, core::mem::take(&mut absorbed.writes)).await?;
        drop(right);

        absorbed.outcomes.iter().for_each(|(_, outcome)| session.report.count(outcome));
        session.report.pulled += absorbed.pulled;
        session.report.rejected += absorbed.rejected;
        if before.0.epoch.is_some_and(|known| known != response.head.epoch) {
            session.met_another();
        }
        for feed in absorbed.feeds.iter().filter(|f| response.head.repairs.iter().any(|answer| answer.unit == f.unit)) {
            session.compared(feed);
        }
        let open = absorbed.feeds.iter().any(|feed| is_open(feed, |unit| session.gave_up_on(unit)));
        let more = absorbed.more || request.cut || open;
        session.idle = if more && !gets_on(&before, &absorbed) { session.idle + 1 } else { 0 };
        session.diverged(&absorbed.feeds);
        Ok(more)
    }

    /// Reads all that [`Lookup`] asks for.
    async fn look_up(
        &self,
        state: &SyncState,
        feeds: &[FeedState],
        response: &InResponse,
        request: &Request,
    ) -> Result<Lookup, Error> {
        let names: Vec<_> = involved(response, &request.pushed).into_iter().collect();
        let mut rows = self.store.rows(&names).await?;
        if state.epoch.is_some_and(|known| known != response.head.epoch) {
            rows.extend(self.store.unsettled().await?);
        }
        for unit in unsure(state, feeds, response) {
            let of_feed = self.store.rows_of_feed(&unit).await?;
            rows.extend(of_feed.into_iter().filter(|row| row.own));
        }
        let records: BTreeSet<RecordId> = rows.iter().filter_map(|row| row.record).collect();
        rows.extend(self.store.rows_of_records(&records.into_iter().collect::<Vec<_>>()).await?);
        rows.extend(self.store.orphans().await?);
        for answer in &response.head.repairs {
            rows.extend(self.store.rows_of_feed(&answer.unit).await?);
        }
        Ok(Lookup { rows: rows.into_iter().map(|row| (row.hash, row)).collect() })
    }
}

/// A budget that was used up and got through may be twice as large.
fn grow_budgets(state: &mut SyncState, request: &Request, response: &InResponse) {
    if request.cut {
        state.push = state.push.doubled();
    }
    let bytes: usize = response.groups.iter().flat_map(|g| &g.changes).map(|c| c.change.raw().len()).sum();
    if bytes * 2 > state.pull.bytes() as usize {
        state.pull = state.pull.doubled();
    }
}

/// Whether an answer changed anything.
fn gets_on(before: &(SyncState, Vec<FeedState>), after: &Absorbed) -> bool {
    let (state, feeds) = before;
    let told = |s: &SyncState| (s.epoch, s.catalog, s.decisions_after);
    !after.outcomes.is_empty() || after.pulled > 0 || told(state) != told(&after.state) || *feeds != after.feeds
}
