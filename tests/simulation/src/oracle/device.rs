//! A device's promises.

use std::collections::{BTreeMap, BTreeSet};

use cairn_client::{Store, store::Summary};
use sync_core::{
    id::{ChangeHash, Digest, RecordId, UnitCode},
    replica::{ChangeRow, ChangeState, assemble, record_row},
};

use crate::{
    place, turn,
    violation::{Violation, holds},
    world::World,
};

impl World {
    /// What was called saved a moment ago is on the disk, and waits for the server.
    pub(crate) fn check_saved(&self, at: usize, change: &ChangeHash) -> Result<(), Violation> {
        let Some(phone) = self.phones.get(at) else { return Ok(()) };
        let rows = turn::at_once(phone.disk.rows(&[*change])).and_then(Result::ok).unwrap_or_default();
        let waits = rows.first().is_some_and(|row| row.own && row.state == ChangeState::Waiting);
        holds!("saved means saved", waits, "device {at} has no {change}");
        let built_on: BTreeSet<ChangeHash> = ancestors(rows.first(), phone);
        let seen = self.model.written.get(change).map(|written| &written.past);
        holds!(
            "a change builds on all that its author had",
            seen == Some(&built_on),
            "device {at}: {change} builds on {} changes, its author had {:?}",
            built_on.len(),
            seen.map(BTreeSet::len)
        );
        Ok(())
    }

    /// A device's disk: what was saved is there, and everything that is said of it is so.
    pub(crate) fn check_disk(&self, at: usize) -> Result<(), Violation> {
        let Some(phone) = self.phones.get(at) else { return Ok(()) };
        let rows: BTreeMap<ChangeHash, ChangeRow> = phone.rows().into_iter().map(|row| (row.hash, row)).collect();
        for change in &phone.saved.changes {
            holds!("saved means saved", rows.contains_key(change), "device {at} has lost {change}");
        }
        for (id, answers) in &phone.saved.drafts {
            let draft = turn::at_once(phone.disk.draft(*id)).and_then(Result::ok).flatten();
            let kept = draft.map(|draft| draft.answers);
            holds!("what was typed is kept at every stroke", kept.as_ref() == Some(answers), "device {at}, draft {id}");
        }
        for feed in turn::at_once(phone.disk.feeds()).and_then(Result::ok).unwrap_or_default() {
            let stored = rows.values().filter(|row| row.unit == feed.unit && row.state == ChangeState::Stored);
            let held: Digest = stored.map(|row| &row.hash).collect();
            holds!("cursors speak of what is here", held == feed.held, "device {at}, {}", feed.unit);
        }
        let mut records: BTreeMap<RecordId, Vec<&ChangeRow>> = BTreeMap::new();
        for row in rows.values() {
            holds!(
                "receipts are true",
                row.state != ChangeState::Stored || self.model.ever_stored.contains(&row.hash),
                "device {at}: {} is on no server",
                row.hash
            );
            // One whose beginning is still to come belongs to no record yet.
            if let Some(id) = row.record {
                records.entry(id).or_default().push(row);
            }
        }
        for (id, rows) in records {
            self.check_record(at, id, &rows)?;
        }
        Ok(())
    }

    /// A record's summary is the one that its changes give, and shows what people wrote.
    fn check_record(&self, at: usize, id: RecordId, rows: &[&ChangeRow]) -> Result<(), Violation> {
        let Some(phone) = self.phones.get(at) else { return Ok(()) };
        let record = assemble(rows.iter().copied());
        let Ok(record) = record else {
            holds!("a record can be put together", false, "device {at}: {id}: {:?}", record.err());
            return Ok(());
        };
        let forms = &self.center.state().forms;
        let rebuilt = Summary::from(&record_row(&record, forms, rows.iter().map(|row| &row.state)));
        let shown = turn::at_once(phone.disk.record(id)).and_then(Result::ok).flatten();
        holds!(
            "summaries are those of the changes",
            shown.as_ref() == Some(&rebuilt),
            "device {at}: {shown:?}, not {rebuilt:?}"
        );
        let taken = record.ledger().entries().iter().map(|entry| entry.hash).collect();
        self.check_shown(&format!("device {at}"), &taken, &record.view())
    }

    /// What a device has of a feed that its user reads, by where it stands.
    pub(crate) fn stored_on(&self, at: usize, unit: &UnitCode) -> BTreeSet<ChangeHash> {
        let rows = self.phones.get(at).map(|phone| turn::at_once(phone.disk.stored_in_feed(unit)));
        rows.flatten().and_then(Result::ok).unwrap_or_default().into_iter().collect()
    }

    /// The feeds that a device follows.
    pub(crate) fn read_by(&self, at: usize) -> Vec<UnitCode> {
        let Some(phone) = self.phones.get(at) else { return Vec::new() };
        place::units().filter(|unit| self.model.rights.reads(&phone.user, &phone.token, unit)).collect()
    }
}

/// The changes that a change builds on, by what the changes themselves say.
fn ancestors(row: Option<&ChangeRow>, phone: &crate::phone::Phone) -> BTreeSet<ChangeHash> {
    let Some(row) = row else { return BTreeSet::new() };
    let Some(record) = row.record else { return BTreeSet::new() };
    let rows: BTreeMap<ChangeHash, ChangeRow> = phone.rows_of(record).into_iter().map(|row| (row.hash, row)).collect();
    let (mut found, mut open) = (BTreeSet::new(), vec![row.hash]);
    while let Some(hash) = open.pop() {
        let Some(change) = rows.get(&hash).and_then(|row| row.change().ok()) else { continue };
        open.extend(change.deps().filter(|dep| found.insert(*dep)));
    }
    found
}
