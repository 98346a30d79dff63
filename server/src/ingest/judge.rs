//! The merge itself: all of one job's processor work, on threads where it blocks nobody.

use std::{borrow::Cow, collections::BTreeMap, num::NonZero, thread};

use sync_core::{
    crdt::Change,
    gate::Barrier,
    id::{ChangeHash, RecordId},
    merge::{self, Candidate, Facts, Fate, Judged, Projection, Sentence},
    record::{Record, View},
};
use tokio::task;

use super::{barrier::Unwinding, facts::LookedUp};
use crate::store::{StoreError, changes::Chunks};

/// Candidates for which another thread is worth starting.
const SHARD_CANDIDATES: usize = 32;
/// Threads at most.
const SHARDS_MAX: usize = 8;

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
        let shards = share_out(&candidates, &facts, thread::available_parallelism().map_or(1, NonZero::get));
        let (mut sentences, mut rows) = (vec![Sentence::Parked; candidates.len()], BTreeMap::new());
        let mut candidates: Vec<Option<Candidate>> = candidates.into_iter().map(Some).collect();
        let mut take = |shard: &[usize]| shard.iter().filter_map(|index| candidates[*index].take()).collect();
        let dealt: Vec<Vec<Candidate>> = shards.iter().map(|shard| take(shard)).collect();
        let judge = |candidates: Vec<Candidate>| judge_shard(&candidates, &facts, &stored);
        let judged: Vec<ShardJudged> = thread::scope(|scope| {
            let judge = &judge;
            let mut dealt = dealt.into_iter();
            let first = dealt.next()?;
            let others: Vec<_> = dealt.map(|candidates| scope.spawn(move || judge(candidates))).collect();
            let mut judged = vec![judge(first)];
            for other in others {
                judged.push(other.join().ok()?);
            }
            Some(judged)
        })?;
        for (shard, (passed, changed)) in shards.iter().zip(judged) {
            for (index, sentence) in shard.iter().zip(passed) {
                sentences[*index] = sentence;
            }
            rows.extend(changed);
        }
        Some(Judgement { sentences, rows, facts })
    };
    let judged = task::spawn_blocking(work).await.ok().flatten();
    judged.ok_or_else(|| StoreError::damaged("a merge was cut short"))
}

type ShardJudged = (Vec<Sentence>, BTreeMap<RecordId, Projection>);

fn judge_shard(candidates: &[Candidate], facts: &LookedUp, stored: &Chunks) -> ShardJudged {
    let mut records = BTreeMap::new();
    for dep in candidates.iter().flat_map(|candidate| &candidate.parts.deps) {
        if let Some(Fate::Stored { record, .. }) = facts.fate(dep)
            && !records.contains_key(&record)
            && let Some(assembled) = stored.get(&record).and_then(|chunks| assemble(record, chunks))
        {
            records.insert(record, assembled);
        }
    }
    let row = |record: Cow<'_, Record>, view: View| {
        let header = record.header();
        merge::project(&record, view, facts.directory.forms().get(&header.form, header.form_version))
    };
    let Judged { sentences, changed } = merge::judge(&Unwinding, facts, records, candidates, row);
    (sentences, changed)
}

/// Shares the candidates out to at most `threads` threads, so that those of one record stay together and in order. Records do
/// not know of each other, so each thread judges as if it were alone.
fn share_out(candidates: &[Candidate], facts: &LookedUp, threads: usize) -> Vec<Vec<usize>> {
    let all = || vec![(0..candidates.len()).collect()];
    let shards = threads.min(SHARDS_MAX).min(candidates.len() / SHARD_CANDIDATES);
    if shards < 2 {
        return all();
    }
    let mut homes: BTreeMap<ChangeHash, RecordId> = BTreeMap::new();
    let mut shared = vec![Vec::new(); shards];
    for (index, candidate) in candidates.iter().enumerate() {
        let hash = candidate.change.hash();
        let mut home = None;
        for dep in &candidate.parts.deps {
            let of = homes.get(dep).copied().or_else(|| match facts.fate(dep) {
                Some(Fate::Stored { record, .. }) => Some(record),
                _ => None,
            });
            match (of, home) {
                // What lies across records is told apart only where all of them are seen.
                (Some(of), Some(home)) if of != home => return all(),
                (Some(of), _) => home = Some(of),
                (None, _) => {}
            }
        }
        let home = home.unwrap_or_else(|| RecordId::of_first_change(&hash));
        homes.insert(hash, home);
        // The name is a hash: any of its bytes will do.
        shared[usize::from(home.as_bytes()[0]) % shards].push(index);
    }
    shared
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
