//! Durable ingest: changes a second, from eight devices at once, into SQLite with `synchronous=FULL`. Beside it the same work
//! without the store, so that the figure can be told from the machine's.
//!
//! `cargo bench -p cairn-server --bench ingest [-- FOLDER]`; FOLDER is on the disk to be measured, by default the temporary one.

use std::{collections::BTreeMap, path::PathBuf, time::Instant};

use cairn_server::{
    AppState, admin,
    auth::{self, By, Role},
    clock,
    ingest::Push,
    store::{
        Store,
        devices::{self, Device},
    },
};
use sync_core::{
    crdt::Change,
    form::{Form, FormSet},
    gate::{Roles, Standing, Unguarded},
    id::{ActorKey, ChangeHash, ClockMs, UnitCode, Username},
    merge::{self, Candidate, Facts, Fate},
    record::{Edit, Header, Pen, Record, Value, Values},
    replica::UnitKind,
    wire::{InChange, Outcome},
};

const DEVICES: usize = 8;
const PUSHES: usize = 20;
const RECORDS: usize = 100;
/// A public key from RFC 8032, section 7.1.
const PUBLIC_KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

type Error = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let folder = std::env::args().skip(1).find(|arg| !arg.starts_with('-')).map(PathBuf::from);
    let folder = match folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let store = Store::open_file(&folder.path().join("cairn.db")).await?;
    admin::make_ready(&store).await?;
    let unit: UnitCode = "markam".parse()?;
    let by = By::operator(clock::now());
    admin::add_unit(&store, &by, unit.clone(), None, UnitKind::County, "芒康县").await?;
    let app = AppState::start(store.clone());
    let mut hands = Vec::new();
    for number in 0..DEVICES {
        hands.push(Hand::enrol(&store, &unit, number).await?);
    }
    let mut records: Vec<Vec<Record>> = Vec::new();
    let mut births = Vec::new();
    for hand in &hands {
        let (made, pushes) = hand.new_records()?;
        records.push(made);
        births.push(pushes);
    }
    alone(&unit, births.iter().flatten())?;
    run("new records", &app, &hands, births).await?;
    let mut edits = Vec::new();
    for (hand, records) in hands.iter().zip(&mut records) {
        edits.push(hand.edits(records)?);
    }
    run("edits", &app, &hands, edits).await?;
    let begun = Instant::now();
    let verified = store.verify().await?;
    println!("verify: {} changes, {:?}, clean: {}", verified.changes, begun.elapsed(), verified.is_clean());
    if verified.is_clean() { Ok(()) } else { Err("the tables are wrong".into()) }
}

/// Every device pushes its batches, one behind the other; the devices at the same time.
async fn run(what: &str, app: &AppState, hands: &[Hand], pushes: Vec<Vec<Vec<InChange>>>) -> Result<(), Error> {
    let begun = Instant::now();
    let mut running = Vec::new();
    for (hand, pushes) in hands.iter().zip(pushes) {
        let (app, device, unit) = (app.clone(), hand.device.clone(), hand.unit.clone());
        running.push(tokio::spawn(async move {
            let mut accepted = 0;
            for changes in pushes {
                let changes = changes.into_iter().map(|change| (unit.clone(), change)).collect();
                let push = Push {
                    device: device.clone(),
                    contact: None,
                    changes,
                    vouched: BTreeMap::new(),
                    authors: Vec::new(),
                };
                let outcomes = app.ingest.push(push).await?;
                accepted += outcomes.iter().filter(|o| matches!(o, Outcome::Accepted { .. })).count();
            }
            Ok::<_, Error>(accepted)
        }));
    }
    let mut accepted = 0;
    for task in running {
        accepted += task.await??;
    }
    report(what, accepted, begun);
    Ok(())
}

/// The same judging, one push at a time on one thread, with nothing stored.
fn alone<'a>(unit: &UnitCode, pushes: impl Iterator<Item = &'a Vec<InChange>>) -> Result<(), Error> {
    let mut forms = FormSet::new();
    forms.insert(outreach()?)?;
    let facts = Open { unit: unit.clone(), forms };
    let begun = Instant::now();
    let mut accepted = 0;
    for push in pushes {
        let candidate =
            |c: &InChange| Candidate { parts: c.parts.clone(), change: c.change.clone(), doubt: None, admitted: true };
        let candidates: Vec<Candidate> = push.iter().map(candidate).collect();
        let judged = merge::judge(&Unguarded, &facts, BTreeMap::new(), &candidates);
        for (record, view) in judged.records.values().zip(judged.views.values()) {
            let form = facts.forms.get(&record.header().form, record.header().form_version);
            let row = merge::project(record, view, form);
            accepted += usize::from(row.contribution.is_some());
        }
    }
    report("judge and project alone", accepted, begun);
    Ok(())
}

fn report(what: &str, changes: usize, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    println!("{what}: {changes} changes in {seconds:.2} s, {:.0} a second", changes as f64 / seconds);
}

struct Open {
    unit: UnitCode,
    forms: FormSet,
}

impl Facts for Open {
    fn fate(&self, _: &ChangeHash) -> Option<Fate> {
        None
    }
    fn standing(&self, _: ActorKey, _: &UnitCode) -> Option<Standing> {
        let user = "doctor-00".parse().ok()?;
        Some(Standing { user, roles: Roles::default(), device_revoked: false })
    }
    fn has_unit(&self, unit: &UnitCode) -> bool {
        *unit == self.unit
    }
    fn forms(&self) -> &FormSet {
        &self.forms
    }
}

struct Hand {
    device: Device,
    unit: UnitCode,
    actor: ActorKey,
    form: Form,
}

impl Hand {
    async fn enrol(store: &Store, unit: &UnitCode, number: usize) -> Result<Self, Error> {
        let user: Username = format!("doctor-{number:02}").parse()?;
        let by = By::operator(clock::now());
        admin::add_user(store, &by, user.clone(), "医生", Role::Recorder, unit.clone()).await?;
        let (code, _) = admin::make_enrolment_code(store, &by, &user, admin::CODE_HOURS_DEFAULT).await?;
        let enrolled = auth::enrol(store, &code.reveal(), "手机", PUBLIC_KEY, clock::now()).await?;
        let device = devices::by_token(&mut store.read().await?, enrolled.token.hash()).await?;
        let device = device.ok_or("the device is not there")?;
        Ok(Self { device, unit: unit.clone(), actor: ActorKey([u8::try_from(number)? + 1; 8]), form: outreach()? })
    }

    fn new_records(&self) -> Result<(Vec<Record>, Vec<Vec<InChange>>), Error> {
        let (mut records, mut pushes) = (Vec::new(), Vec::new());
        for push in 0..PUSHES {
            let mut changes = Vec::new();
            for n in 0..RECORDS {
                let time = 1_620_000_000_000 + i64::try_from(push * RECORDS + n)? * 60_000;
                let values: Values = [
                    ("on".parse()?, Value::Text(format!("2021-{:02}-{:02}", 1 + push % 12, 1 + n % 28))),
                    ("place".parse()?, Value::Text("嘎托镇卫生院".into())),
                    ("patients_seen".parse()?, Value::Integer(i64::try_from(n)?)),
                    ("notes".parse()?, Value::Narrative("高血压复查".into())),
                ]
                .into();
                let header = Header {
                    form: self.form.id.clone(),
                    form_version: self.form.version,
                    unit: self.unit.clone(),
                    worker: self.device.user.clone(),
                    created: ClockMs(time),
                };
                let pen = Pen { actor: self.actor, time: ClockMs(time) };
                let (record, change) = Record::create(&self.form, header, &values, pen)?;
                records.push(record);
                changes.push(sent(change)?);
            }
            pushes.push(changes);
        }
        Ok((records, pushes))
    }

    fn edits(&self, records: &mut [Record]) -> Result<Vec<Vec<InChange>>, Error> {
        let mut pushes = Vec::new();
        for some in records.chunks_mut(RECORDS) {
            let mut changes = Vec::new();
            for (n, record) in some.iter_mut().enumerate() {
                let edit = Edit::Set("patients_seen".parse()?, Value::Integer(1_000 + i64::try_from(n)?));
                let pen = Pen { actor: self.actor, time: ClockMs(1_640_000_000_000) };
                changes.push(sent(record.edit(&[edit], pen)?)?);
            }
            pushes.push(changes);
        }
        Ok(pushes)
    }
}

fn outreach() -> Result<Form, Error> {
    Ok(Form::parse(include_str!("../forms/clinic.outreach.json"))?)
}

fn sent(change: Change) -> Result<InChange, Error> {
    Ok(InChange { position: None, parts: change.parts()?, change })
}
