//! What is played on a server's store: it is made, people and devices come, two of them write to one record at once, a role is taken
//! away, what comes late is held and let in; and enough of it all for the write-ahead log to begin anew.

use std::{collections::BTreeMap, path::Path};

use cairn_client::{
    MemoryStore, Store as _,
    engine::{Answers, NewRecord},
};
use cairn_server::{
    admin::{self, AdminError},
    auth::{By, Role},
    store::StoreError,
};
use serde_json::json;
use sync_core::{
    id::{ClockMs, RecordId, UnitCode, Username},
    replica::{ChangeState, UnitKind},
};

use super::Fact;
use crate::{
    disk::State,
    ledger::{Fact as _, Ledger, Stopped},
    near::{Center, Line, NOW, Phone, folder, phone, put, server},
    tape::{Plan, Tape, Watch, Wrong, files_of},
};

/// The store's file.
pub const FILE: &str = "cairn.sqlite";
/// Where people log.
pub(super) const UNIT: &str = "markam-hospital";
/// Who logs.
pub(super) const USERS: [&str; 2] = ["doctor-01", "doctor-02"];

const UNITS: [(&str, Option<&str>, UnitKind); 3] = [
    ("changdu", None, UnitKind::Prefecture),
    ("markam", Some("changdu"), UnitKind::County),
    (UNIT, Some("markam"), UnitKind::Clinic),
];

/// What the two devices have, at places of the tape.
pub type Phones = Vec<(usize, [MemoryStore; 2])>;

/// A part of the script, by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A store is made where there is none, and people come.
    Made,
    /// Pushes, with edits and a conflict.
    Pushed,
    /// A role is taken away, what comes late is held and let in, and the server starts anew.
    Acted,
}

impl Phase {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Made, Self::Pushed, Self::Acted];
}

/// Where a part of the script begins.
#[derive(Clone)]
pub struct Prepared {
    files: State,
    stores: [MemoryStore; 2],
    facts: Vec<Fact>,
    record: Option<RecordId>,
}

/// A server, two devices, and the tape beneath the server's store.
pub struct Script {
    folder: tempfile::TempDir,
    /// What it has promised.
    pub ledger: Ledger<Fact>,
    /// What the devices had, and when.
    pub phones: Phones,
    line: Line,
    stores: [MemoryStore; 2],
    engines: [Phone; 2],
    record: Option<RecordId>,
    /// What was promised last, so that nothing is promised twice.
    told: BTreeMap<String, Fact>,
    _watch: Watch,
}

pub(super) fn by() -> By {
    By::operator(ClockMs(NOW))
}

pub(super) fn name<T: core::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text} is a name"))
}

fn word(error: AdminError) -> String {
    error.code().to_owned()
}

/// What was done before is done: the first time nobody heard of it.
fn done_before(error: AdminError, code: &str) -> Result<(), String> {
    if error.code() == code { Ok(()) } else { Err(word(error)) }
}

pub(super) fn outreach(seen: u32, notes: &str) -> NewRecord {
    let fields = json!({"on": "2021-03-15", "place": "嘎托镇", "patients_seen": seen, "notes": notes});
    let answers = Answers::Sent(fields.as_object().cloned().unwrap_or_default());
    NewRecord { form: "clinic.outreach".into(), unit: Some(UNIT.into()), answers, allow_faults: false }
}

impl Script {
    /// A script on a disk that is empty, or as it was prepared.
    #[must_use]
    pub fn on(prepared: Option<&Prepared>, wrong: Option<Wrong>, plan: Plan) -> Self {
        let folder = folder();
        let (mut stores, mut record) = ([MemoryStore::default(), MemoryStore::default()], None);
        if let Some(prepared) = prepared {
            put(&prepared.files, folder.path());
            stores = prepared.stores.each_ref().map(MemoryStore::copied);
            record = prepared.record;
        }
        let (tape, watch) = Tape::watch(folder.path(), wrong, plan);
        let facts = prepared.map(|prepared| prepared.facts.clone()).unwrap_or_default();
        let line = Line::to(None);
        let engines = stores.each_ref().map(|store| phone(store.clone(), &line));
        let phones = vec![(0, stores.each_ref().map(MemoryStore::copied))];
        let told = facts.iter().map(|fact| (fact.key(), fact.clone())).collect();
        Self { folder, ledger: Ledger::after(tape, facts), phones, line, stores, engines, record, told, _watch: watch }
    }

    /// The folder of the store.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// All of it.
    ///
    /// # Errors
    /// [`Stopped`], when something fails for good.
    pub async fn play(&mut self, rounds: u32) -> Result<(), Stopped> {
        self.play_phase(Phase::Made).await?;
        self.play_phase(Phase::Pushed).await?;
        self.play_phase(Phase::Acted).await?;
        self.open().await?;
        self.rounds(rounds).await?;
        self.close().await;
        Ok(())
    }

    /// A part of it, from the opening to the closing.
    ///
    /// # Errors
    /// [`Stopped`], when something fails for good.
    pub async fn play_phase(&mut self, phase: Phase) -> Result<(), Stopped> {
        self.open().await?;
        match phase {
            Phase::Made => {
                self.stage().await?;
                self.enrol().await?;
            }
            Phase::Pushed => {
                self.log().await?;
                self.disagree().await?;
            }
            Phase::Acted => {
                self.take_away().await?;
                self.close().await;
                self.open().await?;
                self.rounds(2).await?;
            }
        }
        self.close().await;
        Ok(())
    }

    /// Plays what comes before a part.
    ///
    /// # Panics
    /// When something fails.
    pub async fn prepare(phase: Phase) -> Option<Prepared> {
        let before: &[Phase] = match phase {
            Phase::Made => return None,
            Phase::Pushed => &[Phase::Made],
            Phase::Acted => &[Phase::Made, Phase::Pushed],
        };
        let mut script = Self::on(None, None, Plan::Never);
        for phase in before {
            script.play_phase(*phase).await.expect("nothing fails");
        }
        let files = files_of(script.folder());
        Some(Prepared { files, stores: script.stores, facts: script.ledger.facts(), record: script.record })
    }

    /// Ends the server as its process ends.
    pub async fn close(&mut self) {
        if let Some(center) = self.line.turn_to(None).await {
            center.store().close().await;
        }
    }

    /// Keeps what the devices have by now.
    pub fn keep_phones(&mut self) {
        let now = self.ledger.tape().now();
        self.phones.push((now, self.stores.each_ref().map(MemoryStore::copied)));
    }

    async fn open(&mut self) -> Result<(), Stopped> {
        let (file, line) = (self.folder.path().join(FILE), self.line.clone());
        let open = async || {
            let center = Center::open(&file).await.map_err(|error: StoreError| error.code().to_owned())?;
            let epoch = center.store().epoch();
            line.turn_to(Some(center)).await;
            Ok(vec![Fact::Epoch(epoch)])
        };
        self.ledger.step("open", Vec::new(), open).await?;
        let ready = async || {
            line.at_center(async |center| {
                admin::make_ready(center.store()).await.map_err(word)?;
                let forms = admin::list_forms(center.store()).await.map_err(word)?;
                Ok(forms.iter().map(|form| Fact::Form(form.id.to_string())).collect())
            })
            .await
        };
        self.ledger.step("make ready", Vec::new(), ready).await
    }

    async fn stage(&mut self) -> Result<(), Stopped> {
        let line = self.line.clone();
        for (code, parent, kind) in UNITS {
            let code: UnitCode = name(code);
            let add = async || {
                let added = line
                    .at_center(async |center| {
                        admin::add_unit(center.store(), &by(), code.clone(), parent.map(name), kind, "单位").await
                    })
                    .await;
                added.map(drop).or_else(|error| done_before(error, "unit_exists"))?;
                Ok(vec![Fact::Unit(code.clone())])
            };
            self.ledger.step("add a unit", Vec::new(), add).await?;
        }
        for user in USERS {
            let (user, unit): (Username, UnitCode) = (name(user), name(UNIT));
            let add = async || {
                let added = line
                    .at_center(async |center| {
                        let (user, unit) = (user.clone(), unit.clone());
                        admin::add_user(center.store(), &by(), user, "医生", Role::Recorder, unit).await
                    })
                    .await;
                added.map(drop).or_else(|error| done_before(error, "user_exists"))?;
                Ok(vec![Fact::Grant(user.clone(), unit.clone(), Role::Recorder, true)])
            };
            self.ledger.step("add a user", Vec::new(), add).await?;
        }
        Ok(())
    }

    async fn enrol(&mut self) -> Result<(), Stopped> {
        for (engine, user) in self.engines.iter().zip(USERS) {
            let line = self.line.clone();
            let enrol = async || {
                let code = line
                    .at_center(async |center| {
                        let made = admin::make_enrolment_code(center.store(), &by(), &name(user), 24).await;
                        made.map(|(code, _)| code.reveal()).map_err(word)
                    })
                    .await?;
                let identity = engine.enrol(&server(), &code, "手机").await.map_err(|error| error.code().to_owned())?;
                Ok(vec![Fact::Device(identity.device)])
            };
            self.ledger.step("enrol a device", Vec::new(), enrol).await?;
        }
        self.keep_phones();
        Ok(())
    }

    /// A device syncs; what its receipts say then is promised, even if something went wrong after they came.
    async fn sync(&mut self, device: usize) -> Result<(), Stopped> {
        self.keep_phones();
        let begun = self.ledger.tape().now();
        let engine = &self.engines[device];
        let sync = async || {
            let report = engine.sync().await.map_err(|error| error.code().to_owned())?;
            report.error.map_or(Ok(Vec::new()), |error| Err(error.code().to_owned()))
        };
        let synced = self.ledger.step("sync", Vec::new(), sync).await;
        let rows = self.stores[device].rows_of_feed(&name(UNIT)).await.expect("memory");
        let told = rows.into_iter().filter_map(|row| match (row.state, row.position) {
            (ChangeState::Stored, Some(position)) => Some(Fact::Placed(row.hash, row.unit, position)),
            (ChangeState::Held(_), _) => Some(Fact::Kept(row.hash)),
            _ => None,
        });
        let told = told.filter(|fact| self.told.insert(fact.key(), fact.clone()).as_ref() != Some(fact)).collect();
        self.ledger.promise(begun, told);
        self.keep_phones();
        synced
    }

    async fn log(&mut self) -> Result<(), Stopped> {
        self.sync(0).await?;
        for seen in [40, 2, 7] {
            let saved = self.engines[0].create(&outreach(seen, "")).await.expect("memory takes it");
            self.record.get_or_insert(saved.id);
        }
        self.set(0, 41).await;
        self.sync(0).await?;
        self.sync(1).await
    }

    /// Both write to the same field of one record before either hears of the other.
    async fn disagree(&mut self) -> Result<(), Stopped> {
        self.set(0, 42).await;
        self.set(1, 43).await;
        self.engines[1].create(&outreach(9, "高原反应")).await.expect("memory takes it");
        self.sync(0).await?;
        self.sync(1).await?;
        self.sync(0).await
    }

    async fn set(&self, device: usize, seen: u32) {
        let Some(record) = self.record else { return };
        let answers = [("patients_seen".to_owned(), seen.to_string())];
        self.engines[device].edit_typed(record, &answers, false).await.expect("memory takes it");
    }

    /// The second device's user loses the role; what was written before comes late, is held, and let in.
    async fn take_away(&mut self) -> Result<(), Stopped> {
        self.engines[1].create(&outreach(11, "")).await.expect("memory takes it");
        let (user, unit): (Username, UnitCode) = (name(USERS[1]), name(UNIT));
        let line = self.line.clone();
        let fact = |has| Fact::Grant(user.clone(), unit.clone(), Role::Recorder, has);
        let remove = async || {
            let removed = line
                .at_center(async |center| {
                    admin::remove_grant(center.store(), &by(), &user, &unit, Role::Recorder).await
                })
                .await;
            removed.or_else(|error| done_before(error, "grant_unknown"))?;
            Ok(vec![fact(false)])
        };
        self.ledger.step("take a role away", vec![fact(false)], remove).await?;
        self.sync(1).await?;
        let admit = async || {
            line.at_center(async |center| {
                let mut facts = Vec::new();
                for held in admin::list_held(center.store()).await.map_err(word)? {
                    admin::admit_held(center.store(), &center.app.ingest, &by(), held.hash).await.map_err(word)?;
                    facts.push(Fact::Kept(held.hash));
                }
                Ok(facts)
            })
            .await
        };
        self.ledger.step("admit what is held", Vec::new(), admit).await?;
        self.sync(1).await?;
        self.sync(0).await
    }

    /// One device goes on editing, each time with a sync: after so many the write-ahead log begins anew.
    async fn rounds(&mut self, rounds: u32) -> Result<(), Stopped> {
        for round in 0..rounds {
            self.set(0, 100 + round).await;
            self.sync(0).await?;
        }
        Ok(())
    }
}
