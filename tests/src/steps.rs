//! Each step of a change's way, on one thread: made on a phone, encoded, decoded, judged, read and projected. `benches/micro.rs` times
//! them, and the program `steps` takes them one by one for whoever counts instructions.

use std::{borrow::Cow, collections::BTreeMap, hint::black_box};

use sync_core::{
    crdt::{Change, ChangeParts},
    form::Form,
    gate::{self, Unguarded},
    id::ActorKey,
    merge::{self, Candidate},
    record::{Edit, Ledger, Pen, Record, Value, View},
    wire::{self, OutChange, OutGroup, OutRequest},
};

use crate::{open::Open, stock};

const OF_A_FRAME: usize = 100;
const ACTOR: ActorKey = ActorKey([7; 8]);

/// Records, and all that the steps begin with.
pub struct Way {
    facts: Open,
    form: Form,
    made: Vec<(Record, Change)>,
    births: Vec<(Change, ChangeParts)>,
    edits: Vec<Change>,
    views: Vec<View>,
    frames: Vec<Vec<u8>>,
    candidates: Vec<Candidate>,
}

/// What it is, and what takes it for all records.
pub type Step<'a> = (&'static str, Box<dyn Fn() + 'a>);

impl Way {
    /// Everything for so many records.
    ///
    /// # Panics
    /// When the core does not take what it has made.
    #[must_use]
    pub fn of(records: usize) -> Self {
        let form = stock::form();
        let made: Vec<_> = (0..records).map(|n| create(&form, n)).collect();
        let births: Vec<_> = made.iter().map(|(_, change)| (change.clone(), change.parts().expect("parts"))).collect();
        let candidate = |(change, parts): &(Change, ChangeParts)| Candidate {
            admitted: true,
            ..Candidate::new(change.clone(), parts.clone().into())
        };
        Self {
            facts: Open::with(form.clone()),
            edits: made.iter().map(|(record, _)| edit(&mut record.clone())).collect(),
            views: made.iter().map(|(record, _)| record.view()).collect(),
            frames: births.chunks(OF_A_FRAME).map(frame).collect(),
            candidates: births.iter().map(candidate).collect(),
            form,
            made,
            births,
        }
    }

    /// All steps, in the order of the way.
    #[must_use]
    pub fn steps(&self) -> Vec<Step<'_>> {
        let Self { facts, form, made, births, edits, views, frames, candidates } = self;
        vec![
            ("create a record", Box::new(move || each(0..made.len(), |n| create(form, n)))),
            ("edit a record, with a copy of it", Box::new(move || each(made, |(record, _)| edit(&mut record.clone())))),
            ("spell out a change", Box::new(move || each(births, |(change, _)| change.parts()))),
            ("build a change", Box::new(move || each(births, |(_, parts)| Change::build(parts)))),
            ("read a stored change", Box::new(move || each(births, |(change, _)| Change::from_store(change.raw())))),
            ("encode a change, of a frame", Box::new(move || each(births.chunks(OF_A_FRAME), frame))),
            (
                "decode a change, of a frame",
                Box::new(move || {
                    each(frames, |frame| {
                        wire::open_request(frame).expect("a frame").rebuild(&|_, _| None).expect("changes")
                    });
                }),
            ),
            (
                "check at the gate",
                Box::new(move || {
                    each(births, |(change, parts)| {
                        gate::check_bounds(parts).expect("within bounds");
                        gate::check(&Ledger::default(), parts, change.raw().len()).expect("a birth")
                    });
                }),
            ),
            ("begin a record", Box::new(move || each(births, |(change, parts)| Record::begin(change, parts)))),
            (
                "put a record of two changes together",
                Box::new(move || {
                    each(births.iter().zip(edits), |((birth, _), edit)| {
                        Record::from_changes([birth, edit]).expect("a record")
                    });
                }),
            ),
            ("view a record", Box::new(move || each(made, |(record, _)| record.view()))),
            (
                "project a record, with a copy of what it says",
                Box::new(move || {
                    each(made.iter().zip(views), |((record, _), view)| {
                        merge::project(record, view.clone(), Some(form))
                    });
                }),
            ),
            (
                "judge and project a new record",
                Box::new(move || {
                    let row = |record: Cow<'_, Record>, view| merge::project(&record, view, Some(form));
                    each(candidates.chunks(OF_A_FRAME), |some| {
                        merge::judge(&Unguarded, facts, BTreeMap::new(), some, row)
                    });
                }),
            ),
        ]
    }
}

fn each<T, R>(of: impl IntoIterator<Item = T>, mut take: impl FnMut(T) -> R) {
    of.into_iter().for_each(|one| drop(black_box(take(one))));
}

fn create(form: &Form, n: usize) -> (Record, Change) {
    let (unit, worker) = ("markam".parse().expect("a code"), "doctor-03".parse().expect("a name"));
    stock::record(form, n, &unit, &worker, ACTOR)
}

/// Sets one field, later than all records were made.
fn edit(record: &mut Record) -> Change {
    let edit = Edit::Set("patients_seen".parse().expect("a key"), Value::Integer(1_000));
    record.edit(&[edit], Pen { actor: ACTOR, time: stock::created(1_000) }).expect("an edit")
}

fn frame(changes: &[(Change, ChangeParts)]) -> Vec<u8> {
    let change = |(change, parts): &(Change, ChangeParts)| OutChange {
        position: None,
        hash: change.hash(),
        parts: parts.clone(),
    };
    let changes = changes.iter().map(change).collect();
    let group = OutGroup { unit: "markam".parse().expect("a code"), changes, known: Vec::new() };
    wire::encode_request(&OutRequest { head: Default::default(), groups: vec![group] })
}
