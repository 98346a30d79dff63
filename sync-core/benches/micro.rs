//! What each step of a change's way costs, one thread, microseconds: made on a phone, encoded, decoded, judged, read and projected.
//!
//! `cargo bench -p sync-core --bench micro [-- STEP…]`; the median of `CAIRN_RUNS` (15) rounds over the same 400 records.

use std::{collections::BTreeMap, hint::black_box, time::Instant};

use sync_core::{
    crdt::{Change, ChangeParts},
    form::{Form, FormSet},
    gate::{self, Roles, Standing, Unguarded},
    id::{ActorKey, ChangeHash, ClockMs, UnitCode},
    merge::{self, Candidate, Facts, Fate},
    record::{Edit, Header, Ledger, Pen, Record, Value, Values},
    wire::{self, OutChange, OutGroup, OutRequest},
};

const RECORDS: usize = 400;
const OF_A_FRAME: usize = 100;
const ACTOR: ActorKey = ActorKey([7; 8]);
const NOTES: [&str; 4] =
    ["高血压筛查，发放药品", "关节痛患者较多，随访糖尿病患者三人", "路况差，推迟半天到达", "包虫病宣教"];

struct Open(FormSet);

impl Facts for Open {
    fn fate(&self, _: &ChangeHash) -> Option<Fate> {
        None
    }

    fn standing(&self, _: ActorKey, _: &UnitCode) -> Option<Standing> {
        let user = "doctor-03".parse().ok()?;
        Some(Standing { user, roles: Roles::default(), device_revoked: false })
    }

    fn has_unit(&self, _: &UnitCode) -> bool {
        true
    }

    fn forms(&self) -> &FormSet {
        &self.0
    }
}

fn form() -> Form {
    Form::parse(include_str!("../../server/forms/clinic.outreach.json")).expect("a form of the starter kit")
}

fn time(n: usize) -> ClockMs {
    ClockMs(1_620_000_000_000 + n as i64 * 61_000)
}

fn values(n: usize) -> Values {
    let value = |key: &str, value| (key.parse().expect("a key"), value);
    [
        value("on", Value::Text(format!("2021-{:02}-{:02}", 1 + n % 12, 1 + n % 28))),
        value("place", Value::Text("嘎托镇卫生院".into())),
        value("patients_seen", Value::Integer(n as i64)),
        value("referred", Value::Integer((n % 9) as i64)),
        value("notes", Value::Narrative(NOTES[n % 4].into())),
    ]
    .into()
}

fn create(form: &Form, n: usize) -> (Record, Change) {
    let header = Header {
        form: form.id.clone(),
        form_version: form.version,
        unit: "markam".parse().expect("a code"),
        worker: "doctor-03".parse().expect("a name"),
        created: time(n),
    };
    Record::create(form, header, &values(n), Pen { actor: ACTOR, time: time(n) }).expect("a record")
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

/// The middle of several rounds, for one of `of` things.
fn tell(step: &str, of: usize, mut round: impl FnMut()) {
    let named: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if !named.is_empty() && !named.iter().any(|name| step.contains(name.as_str())) {
        return;
    }
    let rounds = std::env::var("CAIRN_RUNS").ok().and_then(|text| text.parse().ok()).unwrap_or(15);
    let mut times: Vec<f64> = (0..rounds)
        .map(|_| {
            let begun = Instant::now();
            round();
            begun.elapsed().as_secs_f64() * 1e6 / of as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("| {step} | {:.1} |", times[times.len() / 2]);
}

fn main() {
    let form = form();
    let mut forms = FormSet::new();
    forms.insert(form.clone()).expect("one form");
    let facts = Open(forms);
    let made: Vec<(Record, Change)> = (0..RECORDS).map(|n| create(&form, n)).collect();
    let births: Vec<(Change, ChangeParts)> =
        made.iter().map(|(_, change)| (change.clone(), change.parts().expect("parts"))).collect();
    let edited: Vec<(Record, Change)> = made
        .iter()
        .map(|(record, _)| {
            let mut record = record.clone();
            let edit = Edit::Set("patients_seen".parse().expect("a key"), Value::Integer(1_000));
            let change = record.edit(&[edit], Pen { actor: ACTOR, time: time(0) }).expect("an edit");
            (record, change)
        })
        .collect();
    let edits: Vec<(Change, ChangeParts)> =
        edited.iter().map(|(_, change)| (change.clone(), change.parts().expect("parts"))).collect();
    let frames: Vec<Vec<u8>> = births.chunks(OF_A_FRAME).map(frame).collect();

    println!("| step | µs each |\n|---|---|");
    tell("create a record", RECORDS, || (0..RECORDS).for_each(|n| drop(black_box(create(&form, n)))));
    tell("edit a record (with a copy of it)", RECORDS, || {
        for (record, _) in &made {
            let edit = Edit::Set("patients_seen".parse().expect("a key"), Value::Integer(1_000));
            black_box(record.clone().edit(&[edit], Pen { actor: ACTOR, time: time(0) }).expect("an edit"));
        }
    });
    tell("spell out a change", RECORDS, || births.iter().for_each(|(change, _)| drop(black_box(change.parts()))));
    tell("build a change", RECORDS, || births.iter().for_each(|(_, parts)| drop(black_box(Change::build(parts)))));
    tell("read a stored change", RECORDS, || {
        births.iter().for_each(|(change, _)| drop(black_box(Change::from_store(change.raw()))));
    });
    tell("encode a frame, for one of its changes", RECORDS, || {
        births.chunks(OF_A_FRAME).for_each(|some| drop(black_box(frame(some))));
    });
    tell("decode a frame, for one of its changes", RECORDS, || {
        for frame in &frames {
            let opened = wire::open_request(frame).expect("a frame");
            black_box(opened.rebuild(&|_, _| None).expect("changes"));
        }
    });
    tell("check at the gate", RECORDS, || {
        for (change, parts) in &births {
            gate::check_bounds(parts).expect("within bounds");
            black_box(gate::check(&Ledger::default(), parts, change.raw().len()).expect("a birth"));
        }
    });
    tell("begin a record", RECORDS, || {
        births.iter().for_each(|(change, parts)| drop(black_box(Record::begin(change, parts))));
    });
    tell("put a record of two changes together", RECORDS, || {
        for (birth, edit) in births.iter().zip(&edits) {
            black_box(Record::from_changes([&birth.0, &edit.0]).expect("a record"));
        }
    });
    tell("view a record", RECORDS, || made.iter().for_each(|(record, _)| drop(black_box(record.view()))));
    tell("prove that a record can be saved", RECORDS, || {
        made.iter().for_each(|(record, _)| record.document().check_reloads().expect("it can"));
    });
    let views: Vec<_> = made.iter().map(|(record, _)| record.view()).collect();
    tell("project a record", RECORDS, || {
        for ((record, _), view) in made.iter().zip(&views) {
            black_box(merge::project(record, view.clone(), Some(&form)));
        }
    });
    let candidate = |(change, parts): &(Change, ChangeParts)| Candidate {
        parts: parts.clone().into(),
        change: change.clone(),
        doubt: None,
        admitted: true,
    };
    let candidates: Vec<Candidate> = births.iter().map(candidate).collect();
    tell("judge and project a new record", RECORDS, || {
        for some in candidates.chunks(OF_A_FRAME) {
            black_box(merge::judge(&Unguarded, &facts, BTreeMap::new(), some, |record, view| {
                merge::project(&record, view, Some(&form))
            }));
        }
    });
}
