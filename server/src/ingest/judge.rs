//! The merge itself: all of one job's processor work, on a thread where it blocks nobody.

use std::collections::BTreeMap;

use sync_core::{
    crdt::Change,
    gate::Barrier,
    id::RecordId,
    merge::{self, Candidate, Judged, Projection, Sentence},
    record::Record,
};
use tokio::task;

use super::{barrier::Unwinding, facts::LookedUp};
use crate::store::{StoreError, changes::Chunks};

/// What became of a job's candidates.
#[derive(Debug)]
pub(super) struct Judgement {
    /// One for each candidate.
    pub sentences: Vec<Sentence>,
    /// The rows of the records that changed.
    pub rows: BTreeMap<RecordId, Projection>,
    pub facts: LookedUp,
}

/// Puts the records together from their stored chunks, judges the candidates, and computes the rows of what changed.
pub(super) async fn judge(
    candidates: Vec<Candidate>,
    facts: LookedUp,
    stored: Chunks,
) -> Result<Judgement, StoreError> {
    let work = move || {
        let records = stored.into_iter().filter_map(|(id, chunks)| Some((id, assemble(id, &chunks)?))).collect();
        let Judged { sentences, records } = merge::judge(&Unwinding, &facts, records, &candidates);
        let rows = records.into_iter().map(|(id, record)| (id, row_of(&record, &facts))).collect();
        Judgement { sentences, rows, facts }
    };
    task::spawn_blocking(work).await.map_err(|e| StoreError::damaged(format_args!("a merge was cut short: {e}")))
}

/// A stored record. One that cannot be put together is left out, so what is written to it is parked until it is repaired,
/// and nothing else suffers.
fn assemble(id: RecordId, chunks: &[Vec<u8>]) -> Option<Record> {
    let read = || -> Result<Record, String> {
        let changes: Result<Vec<_>, _> = chunks.iter().map(|raw| Change::from_store(raw)).collect();
        Record::from_changes(&changes.map_err(|e| e.to_string())?).map_err(|e| e.to_string())
    };
    match Unwinding.guard(read) {
        Ok(Ok(record)) => Some(record),
        Ok(Err(error)) => {
            tracing::error!(record = %id, error, "a stored record is damaged: run `cairn-server verify`");
            None
        }
        Err(_) => {
            tracing::error!(record = %id, "the merge engine fails on a stored record: run `cairn-server verify`");
            None
        }
    }
}

fn row_of(record: &Record, facts: &LookedUp) -> Projection {
    let header = record.header();
    let form = facts.directory.forms().get(&header.form, header.form_version);
    merge::project(record, &record.view(), form)
}
