//! A central store of maps, around the code that ships: what the integration tests of this crate merge into.

use std::{
    cell::Cell,
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use sync_core::{
    crdt::{Change, ChangeParts},
    form::{Form, FormSet},
    gate::{Barrier, Panicked, Reason, Roles, Standing},
    id::{ActorKey, ChangeHash, ClockMs, FieldKey, RecordId, UnitCode},
    merge::{self, Candidate, Facts, Fate, Sentence},
    record::{Header, Pen, Record, Value, Values, View},
};

pub const RECORDER: Roles = Roles { recorder: true, reviewer: false, administrator: false, observer: false };
pub const REVIEWER: Roles = Roles { recorder: false, reviewer: true, administrator: false, observer: false };

/// A form with a field of every kind.
pub fn form() -> Form {
    Form::parse(include_str!("every_kind.json")).unwrap()
}

pub fn key(name: &str) -> FieldKey {
    name.parse().unwrap()
}

pub fn actor(n: u8) -> ActorKey {
    ActorKey([n; 8])
}

pub fn pen(n: u8, time: i64) -> Pen {
    Pen { actor: actor(n), time: ClockMs(time) }
}

/// A record of [`form`] by worker `n`.
pub fn begin(n: u8, time: i64) -> (Record, Change) {
    let header = Header {
        form: form().id.clone(),
        form_version: 1,
        unit: "markam".parse().unwrap(),
        worker: format!("worker-{n}").parse().unwrap(),
        created: ClockMs(time),
    };
    let values = Values::from([
        (key("on"), Value::Text("2021-05-01".into())),
        (key("place"), Value::Text("嘎托镇".into())),
        (key("seen"), Value::Integer(12)),
        (key("visits"), Value::Tally(3)),
        (key("notes"), Value::Narrative("高血压筛查".into())),
    ]);
    Record::create(&form(), header, &values, pen(n, time)).unwrap()
}

pub fn candidate(parts: &ChangeParts) -> Candidate {
    Candidate::new(Change::build(parts), parts.clone().into())
}

pub fn candidate_of(change: &Change) -> Candidate {
    Candidate::new(change.clone(), change.parts().unwrap().into())
}

/// Catches panics, and counts how often it was asked to.
#[derive(Default)]
pub struct Wall {
    pub panics: Cell<u32>,
    pub guarded: Cell<u32>,
}

impl Barrier for Wall {
    fn guard<T>(&self, work: impl FnOnce() -> T) -> Result<T, Panicked> {
        self.guarded.set(self.guarded.get() + 1);
        catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
            self.panics.set(self.panics.get() + 1);
            Panicked
        })
    }
}

pub struct Center {
    forms: FormSet,
    fates: BTreeMap<ChangeHash, Fate>,
    pub records: BTreeMap<RecordId, Record>,
    parked: Vec<Candidate>,
    pub standings: BTreeMap<ActorKey, Standing>,
    pub wall: Wall,
}

impl Facts for Center {
    fn fate(&self, hash: &ChangeHash) -> Option<Fate> {
        self.fates.get(hash).cloned()
    }
    fn standing(&self, actor: ActorKey, _: &UnitCode) -> Option<Standing> {
        self.standings.get(&actor).cloned()
    }
    fn has_unit(&self, unit: &UnitCode) -> bool {
        unit.as_str() == "markam"
    }
    fn forms(&self) -> &FormSet {
        &self.forms
    }
}

impl Center {
    /// A store that knows workers 1 to 9 as recorders and 10 to 19 as reviewers.
    pub fn new() -> Self {
        let mut forms = FormSet::new();
        forms.insert(form()).unwrap();
        let standing = |n: u8| {
            let roles = if n < 10 { RECORDER } else { REVIEWER };
            (actor(n), Standing { user: format!("worker-{n}").parse().unwrap(), roles, device_revoked: false })
        };
        Self {
            forms,
            fates: BTreeMap::new(),
            records: BTreeMap::new(),
            parked: Vec::new(),
            standings: (1..20).map(standing).collect(),
            wall: Wall::default(),
        }
    }

    /// Judges a batch, and afterwards whatever was parked, until nothing moves. Sentences are of the batch alone.
    pub fn take(&mut self, batch: &[Candidate]) -> Vec<Sentence> {
        let sentences = self.judge(batch);
        loop {
            let waiting = std::mem::take(&mut self.parked);
            let moved = self.judge(&waiting).iter().any(|s| !matches!(s, Sentence::Parked));
            if !moved {
                return sentences;
            }
        }
    }

    fn judge(&mut self, batch: &[Candidate]) -> Vec<Sentence> {
        let judged = merge::judge(&self.wall, self, self.records.clone(), batch, |record, _| record.into_owned());
        for (candidate, sentence) in batch.iter().zip(&judged.sentences) {
            let hash = candidate.change.hash();
            match sentence {
                Sentence::Accepted { record } => {
                    let position = self.fates.len() as u64;
                    self.fates.insert(hash, Fate::Stored { record: *record, position });
                }
                Sentence::Parked => {
                    if self.fates.insert(hash, Fate::Parked).is_none_or(|f| f == Fate::Parked)
                        && !self.parked.iter().any(|c| c.change.hash() == hash)
                    {
                        self.parked.push(candidate.clone());
                    }
                }
                Sentence::Held(reason) => {
                    self.fates.insert(hash, Fate::Held(reason.clone()));
                }
                Sentence::Known(_) | Sentence::Repeated(_) | Sentence::Refused(_) => {}
            }
        }
        self.records.extend(judged.changed);
        judged.sentences
    }

    pub fn views(&self) -> BTreeMap<RecordId, View> {
        self.records.iter().map(|(id, r)| (*id, r.view())).collect()
    }
}

/// The reason that a sentence gives.
pub fn reason(sentence: &Sentence) -> Option<&Reason> {
    match sentence {
        Sentence::Held(reason) | Sentence::Refused(reason) => Some(reason),
        _ => None,
    }
}
