//! A prefecture with twelve counties, two hundred facilities, four hundred workers, and what they logged in two years, with some of
//! everything that a reviewer meets.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use cairn_server::{
    AppState, admin,
    auth::{self, By, Password, PasswordHashes, Role},
    clock,
    ingest::Push,
    store::{
        Store,
        devices::{self, Device},
    },
};
use sync_core::{
    crdt::Change,
    form::{Form, Kind},
    id::{ActorKey, ClockMs, Day, UnitCode},
    record::{Edit, Header, Pen, Record, Value, Values, Verdict},
    replica::UnitKind,
    wire::{InChange, Outcome},
};

use crate::{Error, random::Random};

pub const ROOT: &str = "changdu";
pub const COUNTIES: usize = 12;
pub const FACILITIES: usize = 200;
const WORKERS_EACH: usize = 2;
const MONTHS: usize = 24;
/// 2024-01-01T08:00Z.
const BEGIN_MS: i64 = 1_704_096_000_000;
const DAY_MS: i64 = 86_400_000;
/// Whoever reads it all, at the API and in the console.
pub const READER: &str = "reader";
const PASSWORD: &str = "牦牛 crosses the pass";
/// A public key from RFC 8032, section 7.1.
const PUBLIC_KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// How often each form is used by the facilities that use it at all, of a hundred.
const FORMS: [(&str, &str, u64); 11] = [
    ("clinic.outpatient_day", "clinic", 50),
    ("clinic.outreach", "clinic", 20),
    ("clinic.surgery", "clinic", 15),
    ("clinic.training", "clinic", 10),
    ("clinic.rescue", "clinic", 4),
    ("clinic.new_technique", "clinic", 1),
    ("school.lecture", "school", 55),
    ("school.workshop", "school", 25),
    ("school.research_activity", "school", 10),
    ("school.online_training", "school", 9),
    ("school.book_donation", "school", 1),
];
const WORDS: [&str; 8] = ["嘎托镇", "如美镇", "措瓦乡", "内科", "外科", "高血压复查", "数学组", "语文组"];

pub fn county(at: usize) -> String {
    format!("county-{:02}", at % COUNTIES)
}

pub fn facility(at: usize) -> String {
    format!("{}-{:03}", if at % 4 == 3 { "school" } else { "clinic" }, at % FACILITIES)
}

pub fn worker(at: usize) -> String {
    format!("worker-{:03}", at % (FACILITIES * WORKERS_EACH))
}

pub fn kind_of(at: usize) -> (UnitKind, &'static str) {
    if at % 4 == 3 { (UnitKind::School, "school") } else { (UnitKind::Clinic, "clinic") }
}

/// Somebody with a device.
#[derive(Clone)]
pub struct Hand {
    device: Device,
    actor: ActorKey,
}

impl Hand {
    pub async fn enrol(store: &Store, user: &str, role: Role, unit: &str) -> Result<Self, Error> {
        let by = By::operator(clock::now());
        admin::add_user(store, &by, user.parse()?, "卓玛", role, unit.parse()?).await?;
        let (code, _) = admin::make_enrolment_code(store, &by, &user.parse()?, admin::CODE_HOURS_DEFAULT).await?;
        let enrolled = auth::enrol(store, &code.reveal(), "手机", PUBLIC_KEY, clock::now()).await?;
        let device = devices::by_token(&mut store.read().await?, enrolled.token.hash()).await?;
        let mut actor = [0; 8];
        getrandom::fill(&mut actor)?;
        Ok(Self { device: device.ok_or("the device is not there")?, actor: ActorKey(actor) })
    }

    pub fn pen(&self, time: i64) -> Pen {
        Pen { actor: self.actor, time: ClockMs(time) }
    }

    pub fn header(&self, form: &Form, unit: &UnitCode, created: i64) -> Header {
        Header {
            form: form.id.clone(),
            form_version: form.version,
            unit: unit.clone(),
            worker: self.device.user.clone(),
            created: ClockMs(created),
        }
    }
}

/// A facility and whoever writes there.
#[derive(Clone)]
struct Facility {
    unit: UnitCode,
    kind: &'static str,
    workers: Vec<Hand>,
    reviewer: Hand,
    lost: Hand,
}

/// Makes it all; returns how many changes were stored.
pub async fn make(store: &Store, app: &AppState, records: usize) -> Result<usize, Error> {
    let by = By::operator(clock::now());
    admin::add_unit(store, &by, ROOT.parse()?, None, UnitKind::Prefecture, "昌都市").await?;
    let (mut reviewers, mut lost) = (Vec::new(), Vec::new());
    for at in 0..COUNTIES {
        let code = county(at);
        admin::add_unit(store, &by, code.parse()?, Some(ROOT.parse()?), UnitKind::County, &code).await?;
        reviewers.push(Hand::enrol(store, &format!("reviewer-{at:02}"), Role::Reviewer, &code).await?);
        let mut one = Hand::enrol(store, &format!("lost-{at:02}"), Role::Recorder, &code).await?;
        admin::revoke_device(store, &by, one.device.id.as_str()).await?;
        one.device.revoked = true;
        lost.push(one);
    }
    let mut lanes: Vec<Vec<Facility>> = vec![Vec::new(); COUNTIES];
    for at in 0..FACILITIES {
        let (code, county) = (facility(at), county(at));
        let (kind, word) = kind_of(at);
        admin::add_unit(store, &by, code.parse()?, Some(county.parse()?), kind, &code).await?;
        let mut workers = Vec::new();
        for n in 0..WORKERS_EACH {
            workers.push(Hand::enrol(store, &worker(at * WORKERS_EACH + n), Role::Recorder, &code).await?);
        }
        let (reviewer, lost) = (reviewers[at % COUNTIES].clone(), lost[at % COUNTIES].clone());
        lanes[at % COUNTIES].push(Facility { unit: code.parse()?, kind: word, workers, reviewer, lost });
    }
    admin::add_user(store, &by, READER.parse()?, "德吉", Role::Administrator, ROOT.parse()?).await?;
    let (code, _) = admin::make_password_code(store, &by, &READER.parse()?, 1).await?;
    let password = Password::new(PASSWORD);
    admin::set_password_by_code(store, &PasswordHashes::default(), &code.reveal(), password, clock::now()).await?;
    eprintln!("`{READER}` reads it all with the password `{PASSWORD}`");
    let forms: Arc<Vec<Form>> =
        Arc::new(admin::STARTER_KIT.iter().map(|json| Form::parse(json)).collect::<Result<_, _>>()?);
    let stored = Arc::new(AtomicUsize::new(0));
    let mut running = Vec::new();
    for (number, lane) in lanes.into_iter().enumerate() {
        let (app, forms, stored) = (app.clone(), Arc::clone(&forms), Arc::clone(&stored));
        running.push(tokio::spawn(async move { walk(&app, lane, number, records, forms, &stored).await }));
    }
    for lane in running {
        lane.await??;
    }
    Ok(stored.load(Ordering::Relaxed))
}

/// What the facilities of one county log, month by month.
async fn walk(
    app: &AppState,
    lane: Vec<Facility>,
    number: usize,
    records: usize,
    forms: Arc<Vec<Form>>,
    stored: &AtomicUsize,
) -> Result<(), Error> {
    for month in 0..MONTHS {
        for (at, facility) in lane.iter().enumerate() {
            for who in 0..WORKERS_EACH {
                let turns = FACILITIES * WORKERS_EACH * MONTHS;
                let turn = (month * FACILITIES + number * FACILITIES / COUNTIES + at) * WORKERS_EACH + who;
                let count = records * (turn + 1) / turns - records * turn / turns;
                let (facility, forms) = (facility.clone(), Arc::clone(&forms));
                let logged = move || month_of(&facility, who, month, count, &forms, Random::of(turn as u64));
                for (hand, unit, changes) in tokio::task::spawn_blocking(logged).await?? {
                    let sent = changes.len();
                    let outcomes = app.ingest.push(push_of(&hand, &unit, changes)).await?;
                    if let Some(refused) = outcomes.iter().find(|outcome| matches!(outcome, Outcome::Refused(_))) {
                        return Err(format!("refused: {refused:?}").into());
                    }
                    let before = stored.fetch_add(sent, Ordering::Relaxed);
                    if before / 100_000 != (before + sent) / 100_000 {
                        eprintln!("{} changes", before + sent);
                    }
                }
            }
        }
    }
    Ok(())
}

type Batch = (Hand, UnitCode, Vec<InChange>);

pub fn push_of(hand: &Hand, unit: &UnitCode, changes: Vec<InChange>) -> Push {
    let changes = changes.into_iter().map(|change| (unit.clone(), change)).collect();
    Push { device: hand.device.clone(), contact: None, changes, vouched: BTreeMap::new(), authors: Vec::new() }
}

/// What one worker logs in a month, and what others make of it.
fn month_of(
    facility: &Facility,
    who: usize,
    month: usize,
    count: usize,
    forms: &[Form],
    mut random: Random,
) -> Result<Vec<Batch>, Error> {
    let (worker, other) = (&facility.workers[who], &facility.workers[(who + 1) % WORKERS_EACH]);
    let (mut own, mut twins, mut reviews, mut edits, mut held) = (vec![], vec![], vec![], vec![], vec![]);
    for _ in 0..count {
        let day = i64::try_from(month * 30)? + i64::try_from(random.below(30))?;
        // Most write on the same day, some weeks later.
        let late = if random.happens(50) { i64::try_from(random.below(30))? } else { 0 };
        let written = BEGIN_MS + (day + late) * DAY_MS + i64::try_from(random.below(36_000_000))?;
        let form = form_of(facility.kind, forms, &mut random)?;
        let mut values = values_of(form, BEGIN_MS + day * DAY_MS, &mut random)?;
        if random.happens(3) {
            values.remove("on");
        }
        let header = worker.header(form, &facility.unit, written);
        let (mut record, change) = Record::create(form, header, &values, worker.pen(written))?;
        own.push(sent(change)?);
        if random.happens(5) {
            let later = written + 3_600_000;
            let twin = other.header(form, &facility.unit, later);
            twins.push(sent(Record::create(form, twin, &values, other.pen(later))?.1)?);
        }
        if random.happens(2) {
            // Two edit without knowing of each other.
            let mut copy = record.clone();
            let set = |n| Ok::<_, Error>(Edit::Set("on".parse()?, Value::Text(day_of(BEGIN_MS + day * DAY_MS, n))));
            edits.push(sent(copy.edit(&[set(1)?], other.pen(written + 7_200_000))?)?);
            own.push(sent(record.edit(&[set(2)?], worker.pen(written + 7_200_000))?)?);
            continue;
        }
        let reviewed = written + 2 * DAY_MS;
        let verdict = match random.below(1_000) {
            0..120 => Some(Verdict::Approved),
            120..130 => Some(Verdict::Returned),
            130..135 => Some(Verdict::Void),
            _ => None,
        };
        if let Some(verdict) = verdict {
            let change = record.review(verdict, "请核对人数", None, facility.reviewer.pen(reviewed))?;
            reviews.push(sent(change)?);
        } else if random.happens(20) {
            reviews.push(sent(record.comment("请补充地点", facility.reviewer.pen(reviewed))?)?);
        } else if month + 1 == MONTHS && random.happens(5) {
            held.push(sent(record.comment("?", facility.lost.pen(reviewed))?)?);
        }
        if verdict == Some(Verdict::Approved) && random.happens(25) {
            let edit = Edit::Set("on".parse()?, Value::Text(day_of(BEGIN_MS + day * DAY_MS, 3)));
            edits.push(sent(record.edit(&[edit], other.pen(reviewed + DAY_MS))?)?);
        }
    }
    let unit = &facility.unit;
    let batch = |hand: &Hand, changes| (hand.clone(), unit.clone(), changes);
    let batches = [
        batch(worker, own),
        batch(other, twins),
        batch(&facility.reviewer, reviews),
        batch(other, edits),
        batch(&facility.lost, held),
    ];
    Ok(batches.into_iter().filter(|(_, _, changes)| !changes.is_empty()).collect())
}

pub fn day_of(ms: i64, before: u64) -> String {
    Day::of_clock(ClockMs(ms - i64::try_from(before).unwrap_or(0) * DAY_MS), 0).to_string()
}

pub fn form_of<'a>(kind: &str, forms: &'a [Form], random: &mut Random) -> Result<&'a Form, Error> {
    let mut at = random.below(100);
    for (id, _, weight) in FORMS.iter().filter(|(_, used, _)| *used == kind) {
        match at.checked_sub(*weight) {
            Some(rest) => at = rest,
            None => return forms.iter().find(|form| form.id.as_str() == *id).ok_or_else(|| "a form is missing".into()),
        }
    }
    Err("the forms' shares do not add up".into())
}

pub fn values_of(form: &Form, day_ms: i64, random: &mut Random) -> Result<Values, Error> {
    let mut values = Values::from([("on".parse()?, Value::Text(day_of(day_ms, 0)))]);
    for field in &form.fields {
        let value = match &field.kind {
            Kind::Text { .. } => Value::Text(format!("{}{}", random.of_many(&WORDS), random.below(40))),
            Kind::Narrative => Value::Narrative((*random.of_many(&WORDS)).to_owned()),
            Kind::Integer { min, max } => Value::Integer(i64::try_from(random.below(200))?.clamp(*min, *max)),
            Kind::Tally { max } => Value::Tally(i64::try_from(random.below(80))?.min(*max)),
            Kind::YesNo => Value::YesNo(random.happens(300)),
            Kind::Choice { options } => Value::Text(random.of_many(options).value.to_string()),
            Kind::Date => Value::Text(day_of(day_ms, 0)),
            Kind::Group { .. } => continue,
        };
        values.insert(field.key.clone(), value);
    }
    // Some leave out what must be answered.
    if random.happens(3) {
        values.retain(|key, _| key.as_str() == "on");
    }
    Ok(values)
}

pub fn sent(change: Change) -> Result<InChange, Error> {
    Ok(InChange { position: None, parts: change.parts()?.into(), change })
}
