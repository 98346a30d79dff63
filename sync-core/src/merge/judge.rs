//! What becomes of each change of a batch.

use alloc::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    vec::Vec,
};

use crate::{
    crdt::{Change, ChangeParts, Engine},
    form::FormSet,
    gate::{self, Barrier, Effect, Reason, ReasonCode, Standing},
    id::{ActorKey, ChangeHash, RecordId, UnitCode},
    record::{Header, Ledger, Record, RecordError, View},
};

/// A change to be judged.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The change, spelled out.
    pub parts: Arc<ChangeParts>,
    /// The chunk.
    pub change: Change,
    /// Why whoever stands behind its actor is not trusted to have written it: to be held for that, whatever their rights. `None`
    /// if they are.
    pub doubt: Option<ReasonCode>,
    /// An administrator has admitted it: doubts and rights were decided by a person, structure still counts.
    pub admitted: bool,
    /// What it begins, if somebody has worked that out already.
    pub beginning: Option<Beginning>,
}

impl Candidate {
    /// A change whose author is trusted and whom nobody has decided about.
    #[must_use]
    pub fn new(change: Change, parts: Arc<ChangeParts>) -> Self {
        Self { parts, change, doubt: None, admitted: false, beginning: None }
    }
}

/// What a record's first change makes: worked out of the change alone, so at any time before it is judged, and beside other judging.
#[derive(Clone)]
pub struct Beginning(Arc<Begun>);

struct Begun {
    effect: Effect,
    record: Record,
    view: View,
}

impl Beginning {
    /// Of a change that begins a record. Of any other, of one that the gate refuses, or with which the engine fails, nothing: what is wrong
    /// with it is found when it is judged.
    pub fn of<B: Barrier>(barrier: &B, change: &Change, parts: &ChangeParts) -> Option<Self> {
        if !parts.deps.is_empty() || gate::check_bounds(parts).is_err() {
            return None;
        }
        let effect = gate::check(&Ledger::default(), parts, change.raw().len()).ok()?;
        let begun = barrier.guard(|| Record::begin(change, parts).map(|record| (record.view(), record)));
        let (view, record) = begun.ok()?.ok()?;
        Some(Self(Arc::new(Begun { effect, record, view })))
    }
}

impl core::fmt::Debug for Beginning {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Beginning").field(&self.0.record.id()).finish()
    }
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
pub struct Judged<T> {
    /// One for each candidate, in their order.
    pub sentences: Vec<Sentence>,
    /// What was kept of the records that changed.
    pub changed: BTreeMap<RecordId, T>,
}

/// Judges a batch of changes, each alone: one that is refused takes no other with it.
///
/// `records` holds the records, as stored, of every candidate whose dependencies are stored. Candidates stand behind those of
/// the same batch that they build on; one that does not is parked.
///
/// `keep` gets each record that changed, as it is now, and what it says, read for the proof already. A record is large in memory, and
/// but for a [`Beginning`] it is gone before the next one is judged.
pub fn judge<B: Barrier, T>(
    barrier: &B,
    facts: &impl Facts,
    mut records: BTreeMap<RecordId, Record>,
    candidates: &[Candidate],
    mut keep: impl FnMut(Cow<'_, Record>, View) -> T,
) -> Judged<T> {
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
        if let Some((record, view)) = judge_record(barrier, facts, before.as_ref(), candidates, &batch, &mut sentences)
        {
            changed.insert(id, keep(record, view));
        }
    }
    let refused = || Sentence::Refused(ReasonCode::EngineFailed.into());
    let sentences = sentences.into_iter().map(|s| s.unwrap_or_else(refused)).collect();
    Judged { sentences, changed }
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

/// Judges the changes of one record. First all of them in place; if anything of the engine's fails, again from the beginning, each on
/// a copy, to find the one that breaks it.
fn judge_record<'a, B: Barrier>(
    barrier: &B,
    facts: &impl Facts,
    before: Option<&'a Record>,
    candidates: &'a [Candidate],
    batch: &[usize],
    sentences: &mut [Option<Sentence>],
) -> Option<(Cow<'a, Record>, View)> {
    for careful in [false, true] {
        let mut record = before.map(Cow::Borrowed);
        let (mut engine, mut view) = (None, None);
        let mut sound = true;
        for &index in batch {
            let candidate = &candidates[index];
            let sentence = match weigh(facts, record.as_deref(), candidate) {
                Some(sentence) => sentence,
                None => match enter(barrier, &mut record, &mut engine, candidate, careful) {
                    Ok((id, read)) => {
                        view = Some(read);
                        Sentence::Accepted { record: id }
                    }
                    Err(_) if !careful => {
                        sound = false;
                        break;
                    }
                    Err(sentence) => sentence,
                },
            };
            sentences[index] = Some(sentence);
        }
        if !sound {
            continue;
        }
        return record.zip(view);
    }
    None
}

/// The sentence that needs no engine; `None` if the change may be entered.
fn weigh(facts: &impl Facts, record: Option<&Record>, candidate: &Candidate) -> Option<Sentence> {
    let Candidate { parts, change, .. } = candidate;
    // Its place in this batch was settled before; what was refused since takes what builds on it along into parking.
    let known = |hash| record.is_some_and(|r| r.ledger().index_of(hash).is_some());
    if !parts.deps.iter().all(known) {
        return Some(Sentence::Parked);
    }
    let empty = Ledger::default();
    let ledger = record.map_or(&empty, Record::ledger);
    let checked;
    let effect = match &candidate.beginning {
        Some(Beginning(begun)) if record.is_none() => &begun.effect,
        _ => match gate::check(ledger, parts, change.raw().len()) {
            Ok(effect) => {
                checked = effect;
                &checked
            }
            Err(reason) if reason.code.refuses() => return Some(Sentence::Refused(reason)),
            Err(reason) => return Some(Sentence::Held(reason)),
        },
    };
    let Some(header) = effect.birth.as_ref().or(record.map(Record::header)) else { return Some(Sentence::Parked) };
    may_be_stored(facts, effect, header, candidate).err().map(Sentence::Held)
}

/// Applies a change and reads the record: nothing may be accepted that cannot be shown, or written to. When that fails, a careful entry
/// leaves the record as it was; a hasty one does not.
fn enter<'a, B: Barrier>(
    barrier: &B,
    record: &mut Option<Cow<'a, Record>>,
    engine: &mut Option<Engine>,
    Candidate { parts, change, beginning, .. }: &'a Candidate,
    careful: bool,
) -> Result<(RecordId, View), Sentence> {
    if let (None, Some(Beginning(begun))) = (&record, beginning) {
        *record = Some(Cow::Borrowed(&begun.record));
        return Ok((begun.record.id(), begun.view.clone()));
    }
    let mut next = if careful { record.clone() } else { record.take() };
    // What it has failed on is not used again.
    let mut taken = engine.take();
    let entered = barrier.guard(|| {
        match &mut next {
            Some(record) => record.to_mut().take(change, parts)?,
            None => next = Some(Cow::Owned(Record::begin(change, parts)?)),
        }
        let entered = next.as_ref().ok_or(RecordError::NoBeginning)?;
        // What is stored is an Automerge document, so Automerge has a say. A beginning refers to nothing but itself, and the gate knows
        // all that the engine asks of one.
        if !parts.deps.is_empty() {
            match &mut taken {
                Some(engine) => engine.take([change])?,
                None => taken = Some(Engine::of(entered.document())?),
            }
        }
        Ok::<_, RecordError>((entered.id(), entered.view()))
    });
    match entered {
        Ok(Ok(entered)) => {
            (*record, *engine) = (next, taken);
            Ok(entered)
        }
        Ok(Err(error)) => Err(Sentence::Refused(Reason::new(ReasonCode::EngineFailed, error))),
        Err(_) => Err(Sentence::Refused(ReasonCode::EngineFailed.into())),
    }
}

fn may_be_stored(
    facts: &impl Facts,
    effect: &Effect,
    header: &Header,
    Candidate { parts, doubt, admitted, .. }: &Candidate,
) -> Result<(), Reason> {
    // Before all else, so that nobody decides about a unit or a form in the belief that the author is who it seems.
    if let (Some(doubt), false) = (doubt, admitted) {
        return Err((*doubt).into());
    }
    if !facts.has_unit(&header.unit) {
        return Err(ReasonCode::UnknownUnit.into());
    }
    if effect.birth.is_some() && facts.forms().get(&header.form, header.form_version).is_none() {
        return Err(ReasonCode::UnknownForm.into());
    }
    if *admitted { Ok(()) } else { gate::permit(effect, header, facts.standing(parts.actor, &header.unit).as_ref()) }
}
