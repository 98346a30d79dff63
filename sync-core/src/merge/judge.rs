//! What becomes of each change of a batch.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use crate::{
    crdt::{Change, ChangeParts, DocumentError},
    form::FormSet,
    gate::{self, Barrier, Effect, Reason, ReasonCode, Standing},
    id::{ActorKey, ChangeHash, RecordId, UnitCode},
    record::{Header, Ledger, Record, RecordError},
};

/// A change to be judged.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The change, spelled out.
    pub parts: ChangeParts,
    /// The chunk.
    pub change: Change,
    /// An administrator has admitted it: rights were decided by a person, structure still counts.
    pub admitted: bool,
}

/// What the store already knows of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// In a feed.
    Stored {
        /// The record it belongs to.
        record: RecordId,
        /// Its position.
        position: u64,
    },
    /// Waits for an earlier change.
    Parked,
    /// Waits for a person.
    Held(Reason),
    /// Was refused for good by a person.
    Rejected(Reason),
}

/// What the server looked up for a batch.
pub trait Facts {
    /// What is known of a change: of every candidate, and of every dependency of one.
    fn fate(&self, hash: &ChangeHash) -> Option<Fate>;
    /// How the person behind `actor` stands to `unit`.
    fn standing(&self, actor: ActorKey, unit: &UnitCode) -> Option<Standing>;
    /// Whether there is such an org unit.
    fn has_unit(&self, unit: &UnitCode) -> bool;
    /// The forms.
    fn forms(&self) -> &FormSet;
}

/// What becomes of one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sentence {
    /// To be stored and given the next position of its record's feed.
    Accepted {
        /// The record it belongs to.
        record: RecordId,
    },
    /// Known already.
    Known(Fate),
    /// The same change stands earlier in the batch, at this index: nothing more to do, and its outcome holds.
    Repeated(usize),
    /// To be stored until what it builds on is here.
    Parked,
    /// To be stored until a person decides.
    Held(Reason),
    /// Not to be stored.
    Refused(Reason),
}

/// The verdict on a batch.
pub struct Judged {
    /// One for each candidate, in their order.
    pub sentences: Vec<Sentence>,
    /// The records that changed, as they are now.
    pub records: BTreeMap<RecordId, Record>,
}

/// Judges a batch of changes, each alone: one that is refused takes no other with it.
///
/// `records` holds the records, as stored, of every candidate whose dependencies are stored. Candidates stand behind those of
/// the same batch that they build on; one that does not is parked.
pub fn judge<B: Barrier>(
    barrier: &B,
    facts: &impl Facts,
    mut records: BTreeMap<RecordId, Record>,
    candidates: &[Candidate],
) -> Judged {
    let mut sentences: Vec<Option<Sentence>> = Vec::with_capacity(candidates.len());
    let mut home: BTreeMap<ChangeHash, RecordId> = BTreeMap::new();
    let mut seen: BTreeMap<ChangeHash, usize> = BTreeMap::new();
    let mut batches: BTreeMap<RecordId, Vec<usize>> = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        let hash = candidate.change.hash();
        if let Some(first) = seen.get(&hash) {
            sentences.push(Some(Sentence::Repeated(*first)));
            continue;
        }
        seen.insert(hash, index);
        let (sentence, record) = place(facts, &home, candidate, &hash);
        if let Some(record) = record {
            home.insert(hash, record);
            batches.entry(record).or_default().push(index);
        }
        sentences.push(sentence);
    }
    let mut changed = BTreeMap::new();
    for (id, batch) in batches {
        let before = records.remove(&id);
        if let Some(record) = judge_record(barrier, facts, before, candidates, &batch, &mut sentences) {
            changed.insert(id, record);
        }
    }
    let refused = || Sentence::Refused(ReasonCode::EngineFailed.into());
    Judged { sentences: sentences.into_iter().map(|s| s.unwrap_or_else(refused)).collect(), records: changed }
}

/// The record that a candidate belongs to, or the sentence if that can be passed at once.
fn place(
    facts: &impl Facts,
    home: &BTreeMap<ChangeHash, RecordId>,
    candidate: &Candidate,
    hash: &ChangeHash,
) -> (Option<Sentence>, Option<RecordId>) {
    match facts.fate(hash) {
        // Parked and admitted ones come back as candidates to be judged again.
        Some(Fate::Held(_)) if candidate.admitted => {}
        Some(Fate::Parked) | None => {}
        Some(fate) => return (Some(Sentence::Known(fate)), None),
    }
    if let Err(reason) = gate::check_bounds(&candidate.parts) {
        return (Some(Sentence::Refused(reason)), None);
    }
    let mut of: BTreeSet<RecordId> = BTreeSet::new();
    for dep in &candidate.parts.deps {
        let record = home.get(dep).copied().or_else(|| match facts.fate(dep) {
            Some(Fate::Stored { record, .. }) => Some(record),
            _ => None,
        });
        match record {
            Some(record) => of.insert(record),
            None => return (Some(Sentence::Parked), None),
        };
    }
    match of.len() {
        0 => (None, Some(RecordId::of_first_change(hash))),
        1 => (None, of.pop_first()),
        _ => (Some(Sentence::Refused(Reason::new(ReasonCode::BadDependencies, "of several records"))), None),
    }
}

/// Judges the changes of one record. First all of them with one proof at the end that the record can be saved and loaded; if
/// that fails, again with a proof after each, to find the one that breaks it.
fn judge_record<B: Barrier>(
    barrier: &B,
    facts: &impl Facts,
    before: Option<Record>,
    candidates: &[Candidate],
    batch: &[usize],
    sentences: &mut [Option<Sentence>],
) -> Option<Record> {
    for careful in [false, true] {
        let mut record = before.clone();
        let mut accepted = false;
        for &index in batch {
            let sentence = judge_one(barrier, facts, &mut record, &candidates[index], careful);
            accepted |= matches!(sentence, Sentence::Accepted { .. });
            sentences[index] = Some(sentence);
        }
        let record = record.filter(|_| accepted)?;
        let sound = careful || matches!(barrier.guard(|| record.document().check_reloads()), Ok(Ok(())));
        if sound {
            return Some(record);
        }
    }
    None
}

fn judge_one<B: Barrier>(
    barrier: &B,
    facts: &impl Facts,
    record: &mut Option<Record>,
    candidate: &Candidate,
    careful: bool,
) -> Sentence {
    let Candidate { parts, change, admitted } = candidate;
    // Its place in this batch was settled before; what was refused since takes what builds on it along into parking.
    let known = |hash| record.as_ref().is_some_and(|r| r.ledger().index_of(hash).is_some());
    if !parts.deps.iter().all(known) {
        return Sentence::Parked;
    }
    let empty = Ledger::default();
    let ledger = record.as_ref().map_or(&empty, Record::ledger);
    let effect = match gate::check(ledger, parts, change.raw().len()) {
        Ok(effect) => effect,
        Err(reason) if reason.code.refuses() => return Sentence::Refused(reason),
        Err(reason) => return Sentence::Held(reason),
    };
    let header = match (&effect.birth, record.as_ref()) {
        (Some(header), _) => header.clone(),
        (None, Some(record)) => record.header().clone(),
        (None, None) => return Sentence::Parked,
    };
    if let Err(reason) = may_be_stored(facts, &effect, &header, parts.actor, *admitted) {
        return Sentence::Held(reason);
    }
    let applied = barrier.guard(|| {
        let next = match record.as_ref() {
            Some(record) => {
                let mut next = record.clone();
                next.take(change, parts)?;
                next
            }
            None => Record::begin(change, parts)?,
        };
        // Reading is part of the proof: nothing may be accepted that cannot be shown.
        let _ = next.view();
        if careful {
            next.document().check_reloads()?;
        }
        Ok::<_, RecordError>(next)
    });
    match applied {
        Ok(Ok(next)) => {
            let id = next.id();
            *record = Some(next);
            Sentence::Accepted { record: id }
        }
        Ok(Err(RecordError::Document(DocumentError::DoesNotReload))) => {
            Sentence::Refused(ReasonCode::DoesNotReload.into())
        }
        Ok(Err(error)) => Sentence::Refused(Reason::new(ReasonCode::EngineFailed, error)),
        Err(_) => Sentence::Refused(ReasonCode::EngineFailed.into()),
    }
}

fn may_be_stored(
    facts: &impl Facts,
    effect: &Effect,
    header: &Header,
    actor: ActorKey,
    admitted: bool,
) -> Result<(), Reason> {
    if !facts.has_unit(&header.unit) {
        return Err(ReasonCode::UnknownUnit.into());
    }
    if effect.birth.is_some() && facts.forms().get(&header.form, header.form_version).is_none() {
        return Err(ReasonCode::UnknownForm.into());
    }
    if admitted { Ok(()) } else { gate::permit(effect, header, facts.standing(actor, &header.unit).as_ref()) }
}
