//! Which statements of a sync stay within one shard when feeds are spread over many machines: those that say their org unit. The
//! statements are caught while devices sync in every way there is; `server/docs/scale.md` explains what else there is.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex},
};

use sync_core::record::{Record, Value};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use crate::{
    AppState,
    auth::Role,
    store::Engine,
    testing::{Hand, Worker, World, operator},
};

/// Spread by org unit.
const BY_UNIT: [&str; 8] =
    ["changes", "feeds", "month_totals", "attention", "records", "tallies", "worker_month_totals", "worker_tallies"];
/// Spread by what they are looked up by: the device, the actor, the hash of a change.
const BY_KEY: [(&str, &[&str]); 8] = [
    ("actors", &["actor"]),
    ("also_told", &["hash"]),
    ("decisions", &["device"]),
    ("devices", &["id", "token_hash"]),
    ("held", &["hash"]),
    ("parked", &["hash", "device"]),
    ("parked_on", &["hash", "missing"]),
    ("refused", &["device", "hash"]),
];
/// Small, seldom written, and on every machine.
const EVERYWHERE: [&str; 6] = ["audit", "forms", "grants", "org_units", "store_meta", "users"];
/// What touches a feed's tables without saying the org unit, and is no part of a sync: it is asked when something that a change
/// builds on is missing and when somebody decides about a held change, and by servers of themselves, by the clock.
const EXCEPTIONS: [&str; 3] = [MISSING, ELSEWHERE[0], ELSEWHERE[1]];
const MISSING: &str = "SELECT hash, org_unit, record, position FROM changes WHERE hash IN";
const ELSEWHERE: [&str; 2] = [
    "SELECT DISTINCT o.missing FROM parked_on o JOIN changes c ON c.hash = o.missing",
    "SELECT org_unit, head, digest FROM feeds ORDER BY org_unit",
];

/// Catches every statement that the store runs on this thread.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<BTreeSet<String>>>);

impl Subscriber for Statements {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut statement = Statement::default();
        event.record(&mut statement);
        let whole = if statement.whole.is_empty() { statement.summary } else { statement.whole };
        let words: Vec<&str> = whole.split_whitespace().collect();
        self.0.lock().unwrap().insert(words.join(" "));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// A statement as it is logged: cut short, and whole if that is longer.
#[derive(Default)]
struct Statement {
    summary: String,
    whole: String,
}

impl Visit for Statement {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => self.summary = value.into(),
            "db.statement" => self.whole = value.into(),
            _ => {}
        }
    }
}

/// A doctor writes, and writes again; a reviewer reads from the top and from below, comments, loses rows and repairs them.
async fn a_day(world: &World) -> (Worker, Hand, Vec<Record>) {
    let doctor = world.worker("doctor-03", Role::Recorder, "changdu").await;
    let boss = world.worker("boss", Role::Reviewer, "changdu").await;
    let (mut writing, mut reading) = (Hand::of(world, &doctor), Hand::of(world, &boss));
    let mut records = Vec::new();
    for time in 1..=40 {
        let (record, change) = doctor.outreach(["markam", "riwoqe"][time as usize % 2], time, time);
        writing.write(&record, &change);
        records.push(record);
    }
    writing.sync().await;
    reading.sync().await;
    for time in 41..=44 {
        let record = &mut records[time as usize - 1 - 36];
        let comment = record.comment("好", boss.pen(time)).unwrap();
        reading.write(record, &comment);
    }
    reading.sync().await;
    writing.sync().await;
    // An answer that was lost: the same once more.
    let again = records[1].clone().comment("好", doctor.pen(45)).unwrap();
    for _ in 0..2 {
        world.push(&doctor, "markam", &[&again]).await;
    }
    reading.sync().await;
    let whole = reading.rows.values().filter(|row| row.unit.as_str() == "markam" && !row.own);
    let gone: Vec<_> = whole.map(|row| row.hash).step_by(3).collect();
    for hash in &gone {
        let row = reading.rows.remove(hash).unwrap();
        let feed = reading.feeds.get_mut(&row.unit).unwrap();
        feed.held = feed.held.minus(hash);
    }
    let (_, last) = doctor.outreach("markam", 1, 99);
    let (_, other) = doctor.outreach("riwoqe", 1, 99);
    world.push(&doctor, "markam", &[&last]).await;
    world.push(&doctor, "riwoqe", &[&other]).await;
    reading.sync().await;
    assert_eq!(reading.stored().len(), 47);
    (doctor, reading, records)
}

/// Besides that, changes are parked, held, sent for the wrong feed, and decided about, and a server starts.
async fn everything(world: &World) {
    // What a server does when it starts.
    let _beside = AppState::start(world.store.clone());
    let (doctor, mut reading, mut records) = a_day(world).await;
    let edit = sync_core::record::Edit::Set("patients_seen".parse().unwrap(), Value::Integer(9));
    let edited = records[10].edit(&[edit], doctor.pen(150)).unwrap();
    let later = records[10].comment("好", doctor.pen(151)).unwrap();
    // The later one first: it is parked, and taken up.
    world.push(&doctor, "riwoqe", &[&later]).await;
    world.push(&doctor, "riwoqe", &[&edited]).await;
    // Somebody without the right: held, and admitted.
    let guest = world.worker("guest-01", Role::Observer, "markam").await;
    let (_, odd) = guest.outreach("markam", 1, 60);
    world.push(&guest, "markam", &[&odd]).await;
    world.app.ingest.admit(odd.hash(), &operator()).await.unwrap();
    let (_, stray) = doctor.outreach("markam", 1, 160);
    world.push(&doctor, "riwoqe", &[&stray]).await;
    world.push(&doctor, "riwoqe", &[&stray]).await;
    reading.sync().await;
    assert_eq!(reading.stored().len(), 51);
}

/// The tables that a statement touches.
fn tables(statement: &str) -> BTreeSet<&str> {
    let words: Vec<&str> = statement.split(' ').collect();
    let named = words.windows(3).filter(|three| match three[1] {
        "FROM" => three[0] != "DISTINCT",
        "JOIN" | "INTO" => true,
        _ => false,
    });
    let changed = words.first().filter(|word| **word == "UPDATE").and(words.get(1));
    named.map(|three| three[2]).chain(changed.copied()).map(|name| name.trim_matches(['(', ')', ','])).collect()
}

/// Whether a statement says the value of a column: compares it, or writes it.
fn says(statement: &str, column: &str) -> bool {
    let compared = [" = $", " IN ("].iter().any(|then| statement.contains(&format!("{column}{then}")));
    let listed = statement.split_once('(').and_then(|(head, rest)| Some((head, rest.split_once(')')?.0)));
    let written = listed.is_some_and(|(head, columns)| {
        head.starts_with("INSERT INTO") && columns.split(", ").any(|named| named == column)
    });
    compared || written
}

/// The statements that are run meanwhile.
async fn caught(work: impl AsyncFnOnce(&World)) -> BTreeSet<String> {
    let world = World::new(Engine::Postgres).await;
    let caught = Statements::default();
    // While there is only one dispatcher, what another test's thread logs first is taken to concern nobody, here neither.
    let _second = tracing::Dispatch::new(caught.clone());
    let catching = tracing::subscriber::set_default(caught.clone());
    work(&world).await;
    drop(catching);
    let statements = caught.0.lock().unwrap().clone();
    assert!(statements.len() > 40, "only {} statements were caught", statements.len());
    statements
}

/// Those of them that look into other shards than that of their feed or their key.
fn wide(statements: &BTreeSet<String>) -> BTreeSet<&str> {
    let is_wide = |statement: &&String| {
        tables(statement).into_iter().any(|table| match BY_KEY.iter().find(|(name, _)| *name == table) {
            _ if EVERYWHERE.contains(&table) => false,
            // A row may also be looked up by what another one says: the device behind an author.
            Some((_, keys)) => {
                !keys.iter().any(|key| says(statement, key) || statement.contains(&format!(".{key} = ")))
            }
            None => {
                assert!(BY_UNIT.contains(&table), "how is {table} to be spread? {statement}");
                !says(statement, "org_unit")
            }
        })
    };
    statements.iter().filter(is_wide).map(String::as_str).collect()
}

#[tokio::test]
async fn each_statement_of_a_sync_says_its_org_unit() {
    let statements = caught(async |world| drop(a_day(world).await)).await;
    let wide = wide(&statements);
    // What a server does by the clock may happen at the same time.
    let of_a_sync: Vec<_> = wide.iter().filter(|s| !ELSEWHERE.iter().any(|other| s.starts_with(other))).collect();
    assert!(of_a_sync.is_empty(), "read or written everywhere: {of_a_sync:?}");
}

#[tokio::test]
async fn whatever_else_looks_everywhere_is_named_and_explained() {
    let statements = caught(async |world| everything(world).await).await;
    let mut excepted = BTreeSet::new();
    for statement in wide(&statements) {
        let named = EXCEPTIONS.iter().find(|exception| statement.starts_with(**exception));
        excepted.insert(*named.unwrap_or_else(|| panic!("read or written everywhere: {statement}")));
    }
    assert_eq!(excepted.len(), EXCEPTIONS.len(), "these happen: {excepted:?}");
    let explained = include_str!("../../../docs/scale.md");
    for exception in EXCEPTIONS {
        assert!(explained.contains(exception), "server/docs/scale.md does not explain: {exception}");
    }
}
