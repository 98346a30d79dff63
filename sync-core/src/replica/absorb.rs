//! What a response means.

use alloc::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    vec::Vec,
};

use super::row::{ChangeRow, ChangeState, FeedState, SyncState, VouchedRun, Write, assemble, record_row};
use crate::{
    form::FormSet,
    gate,
    id::{ChangeHash, ClockMs, RecordId, UnitCode},
    limits::VOUCHED_CHANGES,
    merge::bucket_of,
    record::{Record, RecordError},
    replica::Catalog,
    wire::{FeedAnswer, InBundle, InChange, InGroup, InResponse, Outcome, RepairAnswer, ResponseHead, Voucher},
};

/// What the engine read from its store to understand a response.
#[derive(Clone, Debug, Default)]
pub struct Lookup {
    /// Rows of the changes that [`involved`] named, as far as there are any; all rows of every record that one of them belongs
    /// to; all rows that belong to no record yet; and all rows of each feed for which the response has a repair answer. Also the
    /// device's own rows of each feed that [`unsure`] names, and, if the response comes from another epoch than the state knows, the
    /// rows that are parked, held or refused; with all rows of their records.
    pub rows: BTreeMap<ChangeHash, ChangeRow>,
}

/// What to do with a response.
#[derive(Clone, Debug, Default)]
pub struct Absorbed {
    /// To be committed as one.
    pub writes: Vec<Write>,
    /// The state after that.
    pub state: SyncState,
    /// The feeds after that.
    pub feeds: Vec<FeedState>,
    /// Changes received that were new here.
    pub pulled: u32,
    /// Changes received that this device's own gate refuses: the server is broken, or lies. They are not stored.
    pub rejected: u32,
    /// Outcomes, by change.
    pub outcomes: Vec<(ChangeHash, Outcome)>,
    /// There is more to ask for at once.
    pub more: bool,
    /// The catalog changed.
    pub catalog: bool,
}

/// The changes whose rows are needed to absorb `response`, which answers for `pushed`.
#[must_use]
pub fn involved(response: &InResponse, pushed: &[ChangeHash]) -> BTreeSet<ChangeHash> {
    let mut names = involved_in(&response.groups);
    names.extend(pushed);
    names.extend(response.head.decisions.iter().map(|d| d.hash));
    names
}

/// The changes whose rows are needed to take in these.
#[must_use]
pub fn involved_in(groups: &[InGroup]) -> BTreeSet<ChangeHash> {
    let mut names = BTreeSet::new();
    for change in groups.iter().flat_map(|g| &g.changes) {
        names.insert(change.change.hash());
        names.extend(change.parts.deps.iter().copied());
    }
    names
}

/// The feeds that cannot be compared with the server's, for the device may not read them, and that may have to be given back as a
/// whole: those that are gone when another epoch answers, and those that go while it is not certain that the server has them.
#[must_use]
pub fn unsure(state: &SyncState, feeds: &[FeedState], response: &InResponse) -> Vec<UnitCode> {
    let is_other = state.epoch.is_some_and(|known| known != response.head.epoch);
    let catalog = response.head.catalog.as_ref().and_then(|(_, json)| serde_json::from_str::<Catalog>(json).ok());
    let followed = catalog.map(|catalog| catalog.feeds());
    let goes = |feed: &FeedState| {
        let is_told = |(unit, answer): &(UnitCode, FeedAnswer)| *unit == feed.unit && *answer == FeedAnswer::Gone;
        response.head.feeds.iter().any(is_told) || followed.as_ref().is_some_and(|units| !units.contains(&feed.unit))
    };
    let may_differ = |feed: &&FeedState| (is_other && feed.gone) || ((is_other || feed.suspect) && goes(feed));
    feeds.iter().filter(may_differ).map(|feed| feed.unit.clone()).collect()
}

/// Works out what a response means.
///
/// # Errors
/// [`RecordError`] when a stored record cannot be put together.
pub fn absorb(
    state: &SyncState,
    feeds: &[FeedState],
    forms: &FormSet,
    pushed: &[ChangeHash],
    lookup: Lookup,
    response: &InResponse,
    clock: ClockMs,
) -> Result<Absorbed, RecordError> {
    let mut work = Work::new(state, feeds, lookup);
    let head = &response.head;
    work.heed_epoch(head.epoch);
    let mut catalog_forms = None;
    if let Some((revision, json)) = &head.catalog
        && let Ok(catalog) = serde_json::from_str::<Catalog>(json)
        && let Ok(set) = catalog.form_set()
    {
        work.take_catalog(*revision, json, &catalog);
        catalog_forms = Some(set);
    }
    for (hash, outcome) in pushed.iter().zip(&head.outcomes) {
        work.settle(hash, outcome);
        work.out.outcomes.push((*hash, outcome.clone()));
    }
    for decision in &head.decisions {
        work.settle(&decision.hash, &decision.outcome);
        work.out.state.decisions_after = decision.number;
    }
    work.out.writes.extend(head.authors.iter().cloned().map(Write::Author));
    for group in &response.groups {
        for change in &group.changes {
            work.receive(&group.unit, change);
        }
    }
    let runs = response.groups.iter().flat_map(|group| group.changes.chunks(VOUCHED_CHANGES));
    work.runs = runs.zip(&head.vouchers).map(|(run, voucher)| vouched(run, *voucher)).collect();
    work.place_orphans()?;
    for (unit, answer) in &head.feeds {
        work.turn_page(unit, answer);
    }
    for answer in &head.repairs {
        work.compare(answer);
    }
    work.check_quiet(feeds, pushed, head);
    work.out.more |= head.more_decisions;
    work.out.state.unanswered = false;
    work.out.state.last_sync = Some(clock);
    work.out.state.skew_ms = head.clock.0.saturating_sub(clock.0);
    work.finish(catalog_forms.as_ref().unwrap_or(forms))
}

/// Takes in a bundle that somebody carried by hand: what is not here yet is kept as if this device had made it, and waits for the
/// server. `lookup` is as for a response with the bundle's changes. The feeds of what comes back are none.
///
/// # Errors
/// [`RecordError`] when a stored record cannot be put together.
pub fn take_in(state: &SyncState, forms: &FormSet, lookup: Lookup, bundle: &InBundle) -> Result<Absorbed, RecordError> {
    let mut work = Work::new(state, &[], lookup);
    for group in &bundle.groups {
        for change in &group.changes {
            let waiting = ChangeRow { state: ChangeState::Waiting, own: true, ..row_of(&group.unit, change) };
            if let Entry::Vacant(place) = work.rows.entry(waiting.hash) {
                place.insert(waiting);
                work.received.insert(change.change.hash(), change);
                work.changed.insert(change.change.hash());
                work.out.pulled += 1;
            }
        }
    }
    work.place_orphans()?;
    work.finish(forms)
}

fn row_of(unit: &UnitCode, received: &InChange) -> ChangeRow {
    ChangeRow {
        hash: received.change.hash(),
        record: None,
        unit: unit.clone(),
        actor: received.parts.actor,
        position: received.position,
        state: ChangeState::Stored,
        own: false,
        raw: received.change.raw().to_vec(),
    }
}

struct Work<'a> {
    feeds: BTreeMap<UnitCode, FeedState>,
    rows: BTreeMap<ChangeHash, ChangeRow>,
    /// The rows of each record.
    of_record: BTreeMap<RecordId, Vec<ChangeHash>>,
    /// What was received, as it was read: nothing of it is read again from its row.
    received: BTreeMap<ChangeHash, &'a InChange>,
    /// Rows to be written.
    changed: BTreeSet<ChangeHash>,
    /// Records whose summaries are to be written.
    touched: BTreeSet<RecordId>,
    /// Records as they are after this response.
    fresh: BTreeMap<RecordId, Record>,
    /// What the response vouches for.
    runs: Vec<VouchedRun>,
    out: Absorbed,
}

fn vouched(run: &[InChange], voucher: Voucher) -> VouchedRun {
    VouchedRun { voucher, changes: run.iter().map(|change| (change.change.hash(), change.parts.actor)).collect() }
}

impl<'a> Work<'a> {
    fn new(state: &SyncState, feeds: &[FeedState], lookup: Lookup) -> Self {
        let mut of_record: BTreeMap<RecordId, Vec<ChangeHash>> = BTreeMap::new();
        for row in lookup.rows.values() {
            if let Some(record) = row.record {
                of_record.entry(record).or_default().push(row.hash);
            }
        }
        Self {
            feeds: feeds.iter().map(|f| (f.unit.clone(), f.clone())).collect(),
            rows: lookup.rows,
            of_record,
            received: BTreeMap::new(),
            changed: BTreeSet::new(),
            touched: BTreeSet::new(),
            fresh: BTreeMap::new(),
            runs: Vec::new(),
            out: Absorbed { state: state.clone(), ..Absorbed::default() },
        }
    }

    /// Another epoch: the store was restored from a backup, or is another one. What it answered for earlier counts no more.
    fn heed_epoch(&mut self, epoch: u64) {
        if self.out.state.epoch.is_some_and(|known| known != epoch) {
            self.out.state.decisions_after = 0;
            self.out.state.catalog = 0;
            self.out.more = true;
            self.out.writes.push(Write::ForgetPositions);
            for row in self.rows.values_mut() {
                row.position = None;
                if row.state.is_of_one_store() {
                    row.state = ChangeState::Waiting;
                    self.touched.extend(row.record);
                }
            }
            self.feeds.values_mut().filter(|f| f.met).for_each(|f| f.suspect = true);
            let gone: Vec<UnitCode> = self.feeds.values().filter(|f| f.gone).map(|f| f.unit.clone()).collect();
            gone.iter().for_each(|unit| self.give_back_own(unit));
        }
        self.out.state.epoch = Some(epoch);
    }

    /// What this device wrote where its user may not read any more cannot be compared, so it is sent again as a whole; with what
    /// others wrote in the same records, without which it would wait there for what it builds on.
    fn give_back_own(&mut self, unit: &UnitCode) {
        let Some(feed) = self.feeds.get_mut(unit) else { return };
        let is_written =
            |row: &&ChangeRow| row.own && row.unit == *unit && !matches!(row.state, ChangeState::Refused(_));
        let records: BTreeSet<RecordId> = self.rows.values().filter(is_written).filter_map(|row| row.record).collect();
        let is_theirs = |row: &ChangeRow| row.own || row.record.is_some_and(|record| records.contains(&record));
        let stored = |row: &&mut ChangeRow| row.unit == *unit && row.state == ChangeState::Stored && is_theirs(row);
        for row in self.rows.values_mut().filter(stored) {
            // What this very response speaks of is on the server.
            if self.changed.insert(row.hash) {
                row.state = ChangeState::Waiting;
                feed.held = feed.held.minus(&row.hash);
                self.touched.extend(row.record);
                self.out.more = true;
            }
        }
    }

    /// The user may not read a feed any more. What was to be compared cannot be.
    fn lose(&mut self, unit: &UnitCode) {
        let Some(feed) = self.feeds.get_mut(unit) else { return };
        let is_news = !core::mem::replace(&mut feed.gone, true);
        if is_news && feed.suspect {
            self.give_back_own(unit);
        }
    }

    fn take_catalog(&mut self, revision: u64, json: &str, catalog: &Catalog) {
        let follow: BTreeSet<_> = catalog.feeds().into_iter().collect();
        for unit in &follow {
            let feed = self.feeds.entry(unit.clone()).or_insert_with(|| FeedState::new(unit.clone()));
            // What was read before the right was lost is behind by now.
            let is_back = core::mem::replace(&mut feed.gone, false);
            self.out.more |= is_back || !feed.met;
        }
        let lost: Vec<UnitCode> = self.feeds.keys().filter(|unit| !follow.contains(*unit)).cloned().collect();
        lost.iter().for_each(|unit| self.lose(unit));
        self.out.writes.push(Write::Catalog(json.into()));
        self.out.state.catalog = revision;
        self.out.catalog = true;
    }

    /// Takes the server's word on a change of this device's.
    fn settle(&mut self, hash: &ChangeHash, outcome: &Outcome) {
        let Some(row) = self.rows.get_mut(hash) else { return };
        let (state, position) = match outcome {
            Outcome::Accepted { position } | Outcome::Duplicate { position } => (ChangeState::Stored, Some(*position)),
            Outcome::Parked => (ChangeState::Parked, None),
            Outcome::Held(reason) => (ChangeState::Held(reason.clone()), None),
            Outcome::Refused(reason) => (ChangeState::Refused(reason.clone()), None),
        };
        // What is in the feed stays there; a late word from before changes nothing.
        if row.state == ChangeState::Stored && state != ChangeState::Stored {
            return;
        }
        let newly = row.state != ChangeState::Stored && state == ChangeState::Stored;
        row.state = state;
        row.position = position.or(row.position);
        let unit = row.unit.clone();
        self.touched.extend(row.record);
        self.changed.insert(*hash);
        if newly {
            let feed =
                self.feeds.entry(unit.clone()).or_insert_with(|| FeedState { gone: true, ..FeedState::new(unit) });
            feed.held = feed.held.plus(hash);
        }
    }

    fn receive(&mut self, unit: &UnitCode, received: &'a InChange) {
        let hash = received.change.hash();
        let fetched = hash_prefix(&hash);
        if let Some(feed) = self.feeds.get_mut(unit) {
            feed.fetch.retain(|f| *f != fetched);
        }
        if let Some(row) = self.rows.get_mut(&hash) {
            row.position = received.position.or(row.position);
            self.changed.insert(hash);
            if row.state != ChangeState::Stored {
                let position = row.position.unwrap_or(0);
                self.settle(&hash, &Outcome::Accepted { position });
            }
            return;
        }
        self.rows.insert(hash, row_of(unit, received));
        self.received.insert(hash, received);
        self.changed.insert(hash);
        self.out.pulled += 1;
        if let Some(feed) = self.feeds.get_mut(unit) {
            feed.held = feed.held.plus(&hash);
        }
    }

    /// Gives every row without a record to the one it belongs to, as far as all that it builds on is here.
    fn place_orphans(&mut self) -> Result<(), RecordError> {
        let orphans = self.rows.values().filter(|row| row.record.is_none());
        let max_op = |row: &ChangeRow| match self.received.get(&row.hash) {
            Some(received) => Ok(received.change.max_op()),
            None => row.change().map(|change| change.max_op()),
        };
        let counted = orphans.map(|row| Ok((max_op(row)?, row.hash)));
        let mut open: Vec<(u64, ChangeHash)> = counted.collect::<Result<_, RecordError>>()?;
        // A change's counters are above those of what it builds on, or the gate refuses it. So in this order each finds beneath it
        // what it needs, where otherwise a long chain would be gone through as often as it is long.
        open.sort_unstable();
        let mut open: Vec<ChangeHash> = open.into_iter().map(|(_, hash)| hash).collect();
        loop {
            let before = open.len();
            let mut still = Vec::new();
            for hash in open {
                if !self.place(&hash)? {
                    still.push(hash);
                }
            }
            open = still;
            if open.len() == before || open.is_empty() {
                return Ok(());
            }
        }
    }

    fn rows_of(&self, record: &RecordId) -> impl Iterator<Item = &ChangeRow> {
        self.of_record.get(record).into_iter().flatten().filter_map(|hash| self.rows.get(hash))
    }

    fn place(&mut self, hash: &ChangeHash) -> Result<bool, RecordError> {
        let Some(row) = self.rows.get(hash) else { return Ok(true) };
        let (change, parts) = match self.received.get(hash) {
            Some(received) => (received.change.clone(), received.parts.clone()),
            None => {
                let change = row.change()?;
                let parts = change.parts()?.into();
                (change, parts)
            }
        };
        let mut record = None;
        for dep in &parts.deps {
            match self.rows.get(dep).and_then(|r| r.record) {
                Some(id) => record = Some(id),
                None => return Ok(false),
            }
        }
        let id = record.unwrap_or_else(|| RecordId::of_first_change(hash));
        if record.is_some() && !self.fresh.contains_key(&id) {
            self.fresh.insert(id, assemble(self.rows_of(&id))?);
        }
        let empty = crate::record::Ledger::default();
        let ledger = self.fresh.get(&id).map_or(&empty, Record::ledger);
        // The server judged it; a device that trusts no one checks the grammar all the same, and so never meets a change that
        // could break it.
        if gate::check(ledger, &parts, change.raw().len()).is_err() {
            self.out.rejected += 1;
            let unit = row.unit.clone();
            self.rows.remove(hash);
            self.changed.remove(hash);
            if let Some(feed) = self.feeds.get_mut(&unit) {
                feed.held = feed.held.minus(hash);
            }
            return Ok(true);
        }
        match self.fresh.get_mut(&id) {
            Some(record) => record.take(&change, &parts)?,
            None => {
                self.fresh.insert(id, Record::begin(&change, &parts)?);
            }
        }
        if let Some(row) = self.rows.get_mut(hash) {
            row.record = Some(id);
        }
        self.of_record.entry(id).or_default().push(*hash);
        self.changed.insert(*hash);
        self.touched.insert(id);
        Ok(true)
    }

    fn turn_page(&mut self, unit: &UnitCode, answer: &FeedAnswer) {
        if *answer == FeedAnswer::Gone {
            self.lose(unit);
        }
        let Some(feed) = self.feeds.get_mut(unit) else { return };
        match answer {
            FeedAnswer::Gone => {}
            FeedAnswer::Unrecognised => {
                feed.suspect = true;
                self.out.more = true;
            }
            FeedAnswer::Page { from, to, head, digest } => {
                if !feed.met {
                    *feed = FeedState { met: true, top: *to, missing_below: *from, digest: *digest, ..feed.clone() };
                } else if *from == feed.top {
                    feed.top = *to;
                    feed.digest = *digest;
                } else if *to == feed.missing_below {
                    feed.missing_below = *from;
                }
                let complete = feed.top == *head && feed.missing_below == 0 && feed.fetch.is_empty();
                if complete && feed.held != feed.digest {
                    feed.suspect = true;
                }
                self.out.more |= !complete || feed.suspect;
            }
        }
    }

    /// Checks the digests of the feeds about which the server is silent: it agrees with their cursors, so they end where they
    /// ended before. What was fetched by name, or lost on this device, would otherwise go unchecked until the next page.
    fn check_quiet(&mut self, before: &[FeedState], pushed: &[ChangeHash], head: &ResponseHead) {
        if before.is_empty() || self.out.writes.contains(&Write::ForgetPositions) {
            return;
        }
        let written: BTreeSet<_> = pushed.iter().filter_map(|hash| self.rows.get(hash)).map(|row| &row.unit).collect();
        for asked in before.iter().filter(|f| f.met && !f.suspect && !f.gone) {
            let told = head.feeds.iter().any(|(unit, _)| *unit == asked.unit);
            let Some(feed) = self.feeds.get_mut(&asked.unit) else { continue };
            let whole = feed.missing_below == 0 && feed.fetch.is_empty() && !feed.gone;
            if !told && whole && !written.contains(&asked.unit) && feed.held != feed.digest {
                feed.suspect = true;
                self.out.more = true;
            }
        }
    }

    /// Compares a feed with the server's answer: what the server lacks goes back into the outbox, what is lacking here is
    /// asked for.
    fn compare(&mut self, answer: &RepairAnswer) {
        let Some(feed) = self.feeds.get_mut(&answer.unit) else { return };
        let buckets = usize::try_from(answer.buckets).unwrap_or(1).max(1);
        let theirs: BTreeMap<u32, &Vec<u64>> =
            answer.differing.iter().map(|(bucket, names)| (*bucket, names)).collect();
        let mut mine: BTreeSet<u64> = BTreeSet::new();
        let mut lost = Vec::new();
        let stored = self.rows.values().filter(|r| r.unit == answer.unit && r.state == ChangeState::Stored);
        for hash in stored.map(|r| &r.hash) {
            let Some(names) = u32::try_from(bucket_of(hash, buckets)).ok().and_then(|b| theirs.get(&b)) else {
                continue;
            };
            let name = hash_prefix(hash);
            mine.insert(name);
            if names.binary_search(&name).is_err() {
                lost.push(*hash);
            }
        }
        feed.fetch = theirs.values().flat_map(|names| names.iter().copied()).filter(|n| !mine.contains(n)).collect();
        for hash in &lost {
            // A row that this response has just settled is on the server, whatever the answer says of the time before.
            let settled = self.changed.contains(hash);
            if let (Some(row), false) = (self.rows.get_mut(hash), settled) {
                row.state = ChangeState::Waiting;
                row.position = None;
                feed.held = feed.held.minus(hash);
                self.touched.extend(row.record);
                self.changed.insert(*hash);
            }
        }
        feed.suspect = false;
        feed.met = true;
        feed.top = answer.head;
        feed.digest = answer.digest;
        feed.missing_below = 0;
        self.out.more = true;
    }

    /// Keeps the vouchers that may be needed one day: those of runs with changes of others, of which every change is here.
    fn keep_runs(&mut self) {
        for run in core::mem::take(&mut self.runs) {
            let rows: Option<Vec<_>> = run.changes.iter().map(|(hash, _)| self.rows.get(hash)).collect();
            if rows.is_some_and(|rows| rows.iter().any(|row| !row.own)) {
                self.out.writes.push(Write::Vouched(run));
            }
        }
    }

    fn finish(mut self, forms: &FormSet) -> Result<Absorbed, RecordError> {
        // In the order of the feed, so that what is given back one day goes run by run.
        let mut changed: Vec<&ChangeRow> = self.changed.iter().filter_map(|hash| self.rows.get(hash)).collect();
        changed.sort_by_key(|row| (&row.unit, row.position));
        self.out.writes.extend(changed.into_iter().cloned().map(Write::Change));
        self.keep_runs();
        for id in &self.touched {
            let rows: Vec<&ChangeRow> = self.rows_of(id).collect();
            let assembled;
            let record = match self.fresh.get(id) {
                Some(record) => record,
                None => {
                    assembled = assemble(rows.iter().copied())?;
                    &assembled
                }
            };
            let row = record_row(record, forms, rows.iter().map(|r| &r.state));
            self.out.writes.push(Write::Record(row));
        }
        self.out.feeds = self.feeds.into_values().collect();
        self.out.writes.extend(self.out.feeds.iter().cloned().map(Write::Feed));
        self.out.writes.push(Write::Sync(self.out.state.clone()));
        Ok(self.out)
    }
}

/// The first 8 bytes of a hash: enough to name it within one feed.
#[must_use]
pub fn hash_prefix(hash: &ChangeHash) -> u64 {
    let mut bytes = [0u8; 8];
    bytes.copy_from_slice(&hash.0[..8]);
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests;
