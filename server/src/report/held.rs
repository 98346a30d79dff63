//! What a held change would do to its record, in words that people read.

use sync_core::{
    crdt::Change,
    gate::{self, Barrier},
    id::{FormId, UnitCode, Username},
    record::{Act, Ledger, Record},
};

use crate::ingest::Unwinding;

/// What a held change would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// The unit of its record, as that says itself.
    pub unit: UnitCode,
    /// The form of its record.
    pub form: FormId,
    /// Whom its record names as worker.
    pub worker: Username,
    /// Whether a record begins with it.
    pub began: bool,
    /// What it would do.
    pub acts: Vec<Act>,
}

/// Tells what the change of the chunk `raw` would do to the record of these chunks, which are none for the beginning of a record.
/// It is looked at on top of what it builds on, whatever else was written since. `None` for one that cannot be read so: what it
/// builds on is missing, or it is malformed.
#[must_use]
pub fn foresee(raw: &[u8], stored: &[Vec<u8>]) -> Option<Foreseen> {
    Unwinding.guard(|| read(raw, stored)).ok().flatten()
}

fn read(raw: &[u8], stored: &[Vec<u8>]) -> Option<Foreseen> {
    let change = Change::from_store(raw).ok()?;
    let parts = change.parts().ok()?;
    let began = parts.deps.is_empty();
    let mut record = if began {
        gate::check(&Ledger::default(), &parts, raw.len()).ok()?;
        Record::begin(&change, &parts).ok()?
    } else {
        let stored: Vec<Change> = stored.iter().map(|raw| Change::from_store(raw)).collect::<Result<_, _>>().ok()?;
        let whole = Record::from_changes(&stored).ok()?;
        let deps = parts.deps.iter().map(|dep| whole.ledger().index_of(dep)).collect::<Option<Vec<_>>>()?;
        let beneath = whole.ledger().ancestors(&deps);
        Record::from_changes(stored.iter().zip(beneath).filter(|(_, is)| *is).map(|(change, _)| change)).ok()?
    };
    if !began {
        gate::check(record.ledger(), &parts, raw.len()).ok()?;
        record.take(&change, &parts).ok()?;
    }
    let event = record.history().ok()?.into_iter().find(|event| event.hash == change.hash())?;
    let header = record.header();
    let (unit, form, worker) = (header.unit.clone(), header.form.clone(), header.worker.clone());
    Some(Foreseen { unit, form, worker, began, acts: event.acts })
}
