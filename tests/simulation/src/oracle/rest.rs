//! In the end everything works again, everybody syncs, and an administrator decides about all that is held. Then the world must
//! come to rest, and be the same everywhere.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::{
    id::ChangeHash,
    replica::{ChangeRow, ChangeState},
};

use crate::{
    phone::Phone,
    violation::{Violation, holds},
    world::World,
};

/// Rounds in which everybody syncs until nothing moves any more.
const ROUNDS_MAX: usize = 14;
/// Changes that build on each other, each held until the one beneath it was let in.
const CHAIN_MAX: usize = 200;
/// Syncs of one device within one round, while others are still in the way.
const WAIT_MS: i64 = 400_000;

impl World {
    /// Lets everything work, and everybody sync, until nothing moves.
    pub(crate) fn come_to_rest(&mut self) -> Result<(), Violation> {
        self.center.disarm();
        for phone in &mut self.phones {
            phone.disk.disarm();
            phone.ahead = None;
        }
        // What is still on its way arrives.
        self.pass(WAIT_MS)?;
        let mut before = Vec::new();
        for _ in 0..ROUNDS_MAX {
            for at in 0..self.phones.len() {
                self.begin_sync(at)?;
                // One behind the other, and sometimes at once.
                let pause = i64::try_from(self.dice.below(3_000)).unwrap_or(0);
                self.pass(pause)?;
            }
            self.pass(WAIT_MS)?;
            // What builds on what was let in is held in its turn.
            for _ in 0..CHAIN_MAX {
                let held = self.held();
                for hash in &held {
                    self.judge(*hash, false)?;
                }
                if held.is_empty() {
                    break;
                }
            }
            let now = self.standing();
            if now == before {
                return Ok(());
            }
            before = now;
        }
        holds!("the world comes to rest", !self.is_watched, "{}", self.unrest());
        Ok(())
    }

    /// Where everybody stands.
    fn standing(&self) -> Vec<(String, usize)> {
        let mut standing: Vec<(String, usize)> = Vec::new();
        for (at, phone) in self.phones.iter().enumerate() {
            let rows = phone.rows();
            let stored = rows.iter().filter(|row| row.state == ChangeState::Stored).count();
            let unsettled = rows.len() - stored;
            standing.push((format!("{at}: {unsettled}"), stored));
        }
        let state = self.center.state();
        standing.push((format!("server: {}", state.kept.len()), state.stored.len()));
        standing
    }

    fn unrest(&self) -> String {
        let word = |phone: &Phone| {
            let error = phone.last.as_ref().and_then(|report| report.error.as_ref());
            format!("{} {:?} {:?}", phone.token, error, phone.last.as_ref().map(|report| report.answered_all))
        };
        self.phones.iter().map(word).collect::<Vec<_>>().join("; ")
    }

    /// All the same everywhere, and nothing left over.
    pub(crate) fn check_rest(&mut self) -> Result<(), Violation> {
        self.check_acknowledged()?;
        self.check_tables()?;
        for at in 0..self.phones.len() {
            self.check_disk(at)?;
            self.check_converged(at)?;
        }
        self.check_given_back()?;
        let state = self.center.state();
        for (id, hashes) in &state.of_record {
            let Some(record) = state.record(*id) else { continue };
            let changes: BTreeSet<ChangeHash> = hashes.iter().copied().collect();
            self.check_shown("server", &changes, &record.view())?;
        }
        let conflicts = state.rows.values().filter(|row| !row.conflicts.is_empty()).count();
        let records = state.rows.len();
        self.sometimes.saw("records in the end", records);
        self.sometimes.saw("records with values that disagree", conflicts);
        Ok(())
    }

    /// A device has all of every feed that its user reads, and nothing waits on it.
    fn check_converged(&self, at: usize) -> Result<(), Violation> {
        let Some(phone) = self.phones.get(at) else { return Ok(()) };
        let state = self.center.state();
        let report = phone.last.as_ref();
        let is_well = report.is_some_and(|report| report.error.is_none() && report.answered_all);
        holds!("the last sync of all is well", is_well, "device {at}: {report:?}");
        for unit in self.read_by(at) {
            let here = self.stored_on(at, &unit);
            let there: BTreeSet<ChangeHash> =
                state.feeds.get(&unit).map(|feed| feed.entries.iter().copied().collect()).unwrap_or_default();
            let (lacks, has) = (there.difference(&here).count(), here.difference(&there).count());
            holds!(
                "everybody has the same changes",
                (lacks, has) == (0, 0),
                "device {at} lacks {lacks} of {unit}, has {has} more"
            );
        }
        for row in phone.rows() {
            let is_placed = row.record.is_some() || !self.is_readable(at, &row) || self.is_without(&row.hash);
            holds!("no change is without what it builds on", is_placed, "device {at}: {}", row.hash);
            self.check_receipt(at, &row)?;
        }
        Ok(())
    }

    /// What a device says of a change is what the server says.
    fn check_receipt(&self, at: usize, row: &ChangeRow) -> Result<(), Violation> {
        let state = self.center.state();
        let (in_feed, kept) = (state.stored.get(&row.hash), state.kept.get(&row.hash));
        let is_true = match &row.state {
            ChangeState::Waiting => false,
            ChangeState::Stored => in_feed.is_some() || !self.is_readable(at, row),
            ChangeState::Parked | ChangeState::Held(_) => {
                kept.is_some() && (self.model.is_kept_out(&row.hash) || self.is_without(&row.hash))
            }
            ChangeState::Refused(_) => self.model.is_kept_out(&row.hash),
        };
        let positions = row.position.is_none() || in_feed.is_none_or(|stored| Some(stored.position) == row.position);
        holds!("receipts are true", is_true, "device {at}: {} is {:?} here", row.hash, row.state);
        holds!("positions are true", positions, "device {at}: {} is at {:?} here", row.hash, row.position);
        Ok(())
    }

    /// Whether what a change builds on is nowhere any more: the server and every device that had it were restored from backups of
    /// before. What is left of it waits on the server.
    fn is_without(&self, hash: &ChangeHash) -> bool {
        let state = self.center.state();
        let is_somewhere = |hash: &ChangeHash| {
            let is_on = |phone: &Phone| phone.rows().iter().any(|row| row.hash == *hash);
            state.stored.contains_key(hash) || state.kept.contains_key(hash) || self.phones.iter().any(is_on)
        };
        let past = self.model.written.get(hash).map(|written| &written.past);
        self.model.restores > 0 && past.is_some_and(|past| !past.iter().all(is_somewhere))
    }

    fn is_readable(&self, at: usize, row: &ChangeRow) -> bool {
        self.phones.get(at).is_some_and(|phone| self.model.rights.reads(&phone.user, &phone.token, &row.unit))
    }

    /// Everything that is on a living device is on the server.
    fn check_given_back(&self) -> Result<(), Violation> {
        let state = self.center.state();
        let mut lost: BTreeMap<ChangeHash, usize> = BTreeMap::new();
        for (at, phone) in self.phones.iter().enumerate() {
            for row in phone.rows() {
                let is_there = state.stored.contains_key(&row.hash)
                    || self.model.is_kept_out(&row.hash)
                    || state.kept.contains_key(&row.hash) && self.is_without(&row.hash);
                // What others wrote, and is no longer to be read here, is not this device's to give.
                if !is_there && (row.own || self.is_readable(at, &row)) {
                    lost.insert(row.hash, at);
                }
            }
        }
        holds!("nothing typed is lost", lost.is_empty(), "{lost:?} are on devices only");
        Ok(())
    }
}
