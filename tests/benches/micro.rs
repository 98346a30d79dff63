//! What each step of a change's way costs, on one thread: made on a phone, encoded, decoded, judged, read and projected.
//!
//! `cargo bench -p cairn-tests --bench micro [-- STEP…]`; `CAIRN_RUNS` (5) says how often each is measured, over the same 400 records.

use std::{collections::BTreeMap, hint::black_box, time::Instant};

use cairn_tests::{
    bench::{Figure, Table, runs, words},
    open::Open,
    stock,
};
use sync_core::{
    crdt::{Change, ChangeParts},
    form::Form,
    gate::{self, Unguarded},
    id::ActorKey,
    merge::{self, Candidate},
    record::{Edit, Ledger, Pen, Record, Value},
    wire::{self, OutChange, OutGroup, OutRequest},
};

const RECORDS: usize = 400;
const OF_A_FRAME: usize = 100;
const ACTOR: ActorKey = ActorKey([7; 8]);

fn create(form: &Form, n: usize) -> (Record, Change) {
    let (unit, worker) = ("markam".parse().expect("a code"), "doctor-03".parse().expect("a name"));
    stock::record(form, n, &unit, &worker, ACTOR)
}

/// Sets one field.
fn edit(record: &mut Record) -> Change {
    let edit = Edit::Set("patients_seen".parse().expect("a key"), Value::Integer(1_000));
    record.edit(&[edit], Pen { actor: ACTOR, time: stock::created(RECORDS) }).expect("an edit")
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

/// The steps that were asked for, or all, and what they cost.
struct Steps {
    named: Vec<String>,
    table: Table,
}

impl Steps {
    /// Measures a step that is taken for all records at a time; the figure is of one.
    fn take(&mut self, step: &str, mut round: impl FnMut()) {
        if !self.named.is_empty() && !self.named.iter().any(|name| step.contains(name.as_str())) {
            return;
        }
        let mut measured = Vec::new();
        for _ in 0..runs() {
            let begun = Instant::now();
            round();
            measured.push(begun.elapsed().as_secs_f64() * 1e6 / RECORDS as f64);
        }
        self.table.add(Figure { name: step.into(), unit: "µs", measured, against: Vec::new() });
    }
}

fn main() {
    let mut steps = Steps { named: words(), table: Table::new("micro", "what each step of a change's way costs") };
    let form = stock::form();
    let facts = Open::with(form.clone());
    let spelled = |change: &Change| (change.clone(), change.parts().expect("parts"));
    let made: Vec<(Record, Change)> = (0..RECORDS).map(|n| create(&form, n)).collect();
    let births: Vec<(Change, ChangeParts)> = made.iter().map(|(_, change)| spelled(change)).collect();
    let edits: Vec<Change> = made.iter().map(|(record, _)| edit(&mut record.clone())).collect();
    let views: Vec<_> = made.iter().map(|(record, _)| record.view()).collect();
    let frames: Vec<Vec<u8>> = births.chunks(OF_A_FRAME).map(frame).collect();
    let candidate = |(change, parts): &(Change, ChangeParts)| Candidate {
        parts: parts.clone().into(),
        change: change.clone(),
        doubt: None,
        admitted: true,
    };
    let candidates: Vec<Candidate> = births.iter().map(candidate).collect();

    steps.take("create a record", || (0..RECORDS).for_each(|n| drop(black_box(create(&form, n)))));
    steps.take("edit a record, with a copy of it", || {
        made.iter().for_each(|(record, _)| drop(black_box(edit(&mut record.clone()))));
    });
    steps.take("spell out a change", || births.iter().for_each(|(change, _)| drop(black_box(change.parts()))));
    steps.take("build a change", || births.iter().for_each(|(_, parts)| drop(black_box(Change::build(parts)))));
    steps.take("read a stored change", || {
        births.iter().for_each(|(change, _)| drop(black_box(Change::from_store(change.raw()))));
    });
    steps.take("encode a change, of a frame", || {
        births.chunks(OF_A_FRAME).for_each(|some| drop(black_box(frame(some))));
    });
    steps.take("decode a change, of a frame", || {
        for frame in &frames {
            let opened = wire::open_request(frame).expect("a frame");
            black_box(opened.rebuild(&|_, _| None).expect("changes"));
        }
    });
    steps.take("check at the gate", || {
        for (change, parts) in &births {
            gate::check_bounds(parts).expect("within bounds");
            black_box(gate::check(&Ledger::default(), parts, change.raw().len()).expect("a birth"));
        }
    });
    steps.take("begin a record", || {
        births.iter().for_each(|(change, parts)| drop(black_box(Record::begin(change, parts))));
    });
    steps.take("put a record of two changes together", || {
        for ((birth, _), edit) in births.iter().zip(&edits) {
            black_box(Record::from_changes([birth, edit]).expect("a record"));
        }
    });
    steps.take("view a record", || made.iter().for_each(|(record, _)| drop(black_box(record.view()))));
    steps.take("project a record, with a copy of what it says", || {
        for ((record, _), view) in made.iter().zip(&views) {
            black_box(merge::project(record, view.clone(), Some(&form)));
        }
    });
    steps.take("judge and project a new record", || {
        let row = |record: Record, view| merge::project(&record, view, Some(&form));
        for some in candidates.chunks(OF_A_FRAME) {
            black_box(merge::judge(&Unguarded, &facts, BTreeMap::new(), some, row));
        }
    });
    steps.table.tell();
}
