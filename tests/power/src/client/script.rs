//! What is played on a device's store: it is made and enrolled, its user logs, edits, drafts; it syncs, meets what others wrote, a server
//! that was restored, and the loss of a role; and enough strokes for the write-ahead log to begin anew.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use cairn_client::{
    Engine, MemoryStore, SqliteStore, Store as _,
    engine::{Answers, KeptDraft, NewRecord},
};
use cairn_server::{
    admin,
    auth::{By, Role},
};
use serde_json::{Map, Value as Json, json};
use sync_core::{
    id::{ClockMs, DraftId, RecordId},
    replica::{ChangeState, UnitKind},
};

use super::Fact;
use crate::{
    disk::State,
    ledger::{Fact as _, Ledger, Stopped},
    near::{Center, Line, NOW, Ticks, folder, phone, put, server},
    tape::{Plan, Tape, Watch, Wrong, files_of},
};

/// Where people log.
pub(super) const UNIT: &str = "markam-hospital";
/// Whose device it is.
pub(super) const USER: &str = "doctor-01";
/// Who else logs.
const OTHER: &str = "doctor-02";

/// A device whose disk is looked at.
pub type Device = Engine<SqliteStore, Line, Ticks>;

/// A part of the script, by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A store is made where there is none, enrolled, and hears of forms.
    Made,
    /// Its user logs, edits and drafts.
    Written,
    /// It syncs, and hears what others wrote.
    Synced,
}

impl Phase {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Made, Self::Written, Self::Synced];
}

/// Where a part of the script begins.
#[derive(Clone)]
pub struct Prepared {
    files: State,
    center: Arc<Vec<u8>>,
    other: MemoryStore,
    facts: Vec<Fact>,
    record: Option<RecordId>,
}

/// A device, the tape beneath its store, and the server that it speaks to.
pub struct Script {
    folder: tempfile::TempDir,
    far: tempfile::TempDir,
    /// What it has promised.
    pub ledger: Ledger<Fact>,
    line: Line,
    other: MemoryStore,
    device: Option<Arc<Device>>,
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

fn fields(seen: u32, notes: &str) -> Map<String, Json> {
    let fields = json!({"on": "2021-03-15", "place": "嘎托镇", "patients_seen": seen, "notes": notes});
    fields.as_object().cloned().unwrap_or_default()
}

pub(super) fn outreach(seen: u32) -> NewRecord {
    let answers = Answers::Sent(fields(seen, ""));
    NewRecord { form: "clinic.outreach".into(), unit: Some(UNIT.into()), answers, allow_faults: false }
}

fn word(error: cairn_client::Error) -> String {
    error.code().to_owned()
}

/// A server with its people, in a file.
async fn staged(file: &Path) -> Center {
    let center = Center::open(file).await.expect("a store");
    admin::make_ready(center.store()).await.expect("a store");
    let kind = UnitKind::Clinic;
    admin::add_unit(center.store(), &by(), name(UNIT), None, kind, "单位").await.expect("a unit");
    for user in [USER, OTHER] {
        let added = admin::add_user(center.store(), &by(), name(user), "医生", Role::Recorder, name(UNIT)).await;
        added.expect("a user");
    }
    center
}

/// A code for a device of somebody.
pub(super) async fn code(line: &Line, user: &str) -> String {
    let made =
        line.at_center(async |center| admin::make_enrolment_code(center.store(), &by(), &name(user), 24).await).await;
    made.expect("a server whose disk is well").0.reveal()
}

impl Script {
    /// A script on a disk that is empty, or as it was prepared.
    ///
    /// # Panics
    /// When there is no server.
    pub async fn on(prepared: Option<&Prepared>, wrong: Option<Wrong>, plan: Plan) -> Self {
        let (folder, far) = (folder(), folder());
        let file = far.path().join("far.sqlite");
        let (mut other, mut record, mut facts) = (MemoryStore::default(), None, Vec::new());
        let center = match prepared {
            Some(prepared) => {
                put(&prepared.files, folder.path());
                std::fs::write(&file, &*prepared.center).expect("room");
                (other, record) = (prepared.other.copied(), prepared.record);
                facts.clone_from(&prepared.facts);
                Center::open(&file).await.expect("a store")
            }
            None => staged(&file).await,
        };
        let (tape, watch) = Tape::watch(folder.path(), wrong, plan);
        let line = Line::keeping(center, tape.clone()).await;
        let told = facts.iter().map(|fact| (fact.key(), fact.clone())).collect();
        let ledger = Ledger::after(tape, facts);
        Self { folder, far, ledger, line, other, device: None, record, told, _watch: watch }
    }

    /// The folder of the store.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the server had, by places of the tape.
    #[must_use]
    pub fn centers(&self) -> Vec<(usize, Arc<Vec<u8>>)> {
        self.line.copies()
    }

    /// All of it.
    ///
    /// # Errors
    /// [`Stopped`], when something fails for good.
    pub async fn play(&mut self, strokes: u32) -> Result<(), Stopped> {
        self.play_phase(Phase::Made).await?;
        self.play_phase(Phase::Written).await?;
        self.play_phase(Phase::Synced).await?;
        self.open().await?;
        self.meet_a_restored_server().await?;
        self.strokes(strokes).await?;
        self.create(6).await?;
        self.lose_a_role().await?;
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
                let code = code(&self.line, USER).await;
                self.enrol(&code).await?;
                self.sync().await?;
            }
            Phase::Written => {
                for seen in [40, 2] {
                    self.create(seen).await?;
                }
                self.edit(41).await?;
                self.strokes(3).await?;
                self.finish().await?;
            }
            Phase::Synced => {
                self.sync().await?;
                self.others_write().await;
                self.edit(42).await?;
                self.sync().await?;
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
            Phase::Written => &[Phase::Made],
            Phase::Synced => &[Phase::Made, Phase::Written],
        };
        let mut script = Self::on(None, None, Plan::Never).await;
        for phase in before {
            script.play_phase(*phase).await.expect("nothing fails");
        }
        let files = files_of(script.folder());
        let (_, center) = script.centers().pop()?;
        let facts = script.ledger.facts();
        Some(Prepared { files, center, other: script.other, facts, record: script.record })
    }

    /// Ends the device's program.
    pub async fn close(&mut self) {
        if let Some(device) = self.device.take() {
            device.store().close().await;
        }
    }

    fn device(&self) -> Arc<Device> {
        self.device.clone().expect("the store is open")
    }

    async fn open(&mut self) -> Result<(), Stopped> {
        let (folder, line) = (self.folder.path().to_owned(), self.line.clone());
        let mut opened = None;
        let open = async || {
            let store = SqliteStore::open(&folder).await.map_err(|error| error.code().to_owned())?;
            opened = Some(Arc::new(Engine::open(store, line.clone(), Ticks::default()).expect("random numbers")));
            Ok(Vec::new())
        };
        self.ledger.step("open", Vec::new(), open).await?;
        self.device = opened;
        Ok(())
    }

    async fn enrol(&mut self, code: &str) -> Result<(), Stopped> {
        let device = self.device();
        let line = self.line.clone();
        let mut tried = code.to_owned();
        let enrol = async || {
            let enrolled = device.enrol(&server(), &tried, "手机").await;
            if enrolled.is_err() {
                // The first one may be used up.
                tried = self::code(&line, USER).await;
            }
            Ok(vec![Fact::Enrolled(enrolled.map_err(word)?.device)])
        };
        self.ledger.step("enrol", Vec::new(), enrol).await
    }

    /// Syncs; what its receipts say then is promised, even if something went wrong after they came.
    async fn sync(&mut self) -> Result<(), Stopped> {
        let (device, begun) = (self.device(), self.ledger.tape().now());
        let sync = async || {
            let report = device.sync().await.map_err(word)?;
            report.error.map_or(Ok(Vec::new()), |error| Err(word(error)))
        };
        let synced = self.ledger.step("sync", Vec::new(), sync).await;
        if let Ok(rows) = device.store().rows_of_feed(&name(UNIT)).await {
            let mut facts = if synced.is_ok() { vec![Fact::Catalog] } else { Vec::new() };
            for row in rows {
                facts.push(Fact::Change(row.hash));
                if row.state == ChangeState::Stored {
                    facts.push(Fact::Receipt(row.hash, row.unit, row.position));
                }
            }
            facts.retain(|fact| self.told.insert(fact.key(), fact.clone()).as_ref() != Some(fact));
            self.ledger.promise(begun, facts);
        }
        synced
    }

    async fn create(&mut self, seen: u32) -> Result<(), Stopped> {
        let device = self.device();
        let mut made = None;
        let create = async || {
            let saved = device.create(&outreach(seen)).await.map_err(word)?;
            made = Some(saved.id);
            Ok(vec![Fact::Change(saved.change)])
        };
        self.ledger.step("create", Vec::new(), create).await?;
        self.record = self.record.or(made);
        Ok(())
    }

    async fn edit(&mut self, seen: u32) -> Result<(), Stopped> {
        let device = self.device();
        let record = self.record.expect("there is a record");
        let answers = [("patients_seen".to_owned(), seen.to_string())];
        let edit = async || match device.edit_typed(record, &answers, false).await {
            Ok(saved) => Ok(vec![Fact::Change(saved.change)]),
            // It was done, and nobody heard of it.
            Err(error) if error.code() == "nothing_to_write" => Ok(Vec::new()),
            Err(error) => Err(word(error)),
        };
        self.ledger.step("edit", Vec::new(), edit).await
    }

    /// A draft is kept at so many strokes.
    async fn strokes(&mut self, strokes: u32) -> Result<(), Stopped> {
        let device = self.device();
        let id = DraftId::of_random([7; 16]);
        for stroke in 0..strokes {
            let answers = fields(stroke, &"高原反应".repeat(1 + stroke as usize % 7));
            let fact = Fact::Draft(id, answers.clone());
            let (form, unit) = ("clinic.outreach".to_owned(), Some(UNIT.to_owned()));
            let kept = KeptDraft { id: Some(id), record: None, form, unit, answers };
            let keep = async || {
                device.keep_draft(&kept).await.map_err(word)?;
                Ok(vec![fact.clone()])
            };
            self.ledger.step("keep a draft", vec![fact.clone()], keep).await?;
        }
        Ok(())
    }

    /// One draft becomes a record, another is thrown away.
    async fn finish(&mut self) -> Result<(), Stopped> {
        let device = self.device();
        let (id, other) = (DraftId::of_random([8; 16]), DraftId::of_random([9; 16]));
        for id in [id, other] {
            let answers = fields(5, "");
            let fact = Fact::Draft(id, answers.clone());
            let (form, unit) = ("clinic.outreach".to_owned(), Some(UNIT.to_owned()));
            let kept = KeptDraft { id: Some(id), record: None, form, unit, answers };
            let keep = async || {
                device.keep_draft(&kept).await.map_err(word)?;
                Ok(vec![fact.clone()])
            };
            self.ledger.step("keep a draft", vec![fact.clone()], keep).await?;
        }
        let finish = async || {
            let saved = device.finish_draft(id, false).await.map_err(word)?;
            Ok(vec![Fact::Finished(id, Some(saved.change)), Fact::Change(saved.change)])
        };
        self.ledger.step("finish a draft", vec![Fact::Finished(id, None)], finish).await?;
        let drop = async || {
            device.drop_draft(other).await.map_err(word)?;
            Ok(vec![Fact::Dropped(other)])
        };
        self.ledger.step("drop a draft", vec![Fact::Dropped(other)], drop).await
    }

    /// Somebody else logs, and writes to the field that is edited here.
    async fn others_write(&mut self) {
        let other = phone(self.other.clone(), &self.line);
        if self.other.identity().await.expect("memory").is_none() {
            let code = code(&self.line, OTHER).await;
            other.enrol(&server(), &code, "手机").await.expect("a server whose disk is well");
        }
        other.sync().await.expect("a server whose disk is well");
        other.create(&outreach(9)).await.expect("memory takes it");
        if let Some(record) = self.record {
            let answers = [("patients_seen".to_owned(), "43".to_owned())];
            other.edit_typed(record, &answers, false).await.expect("memory takes it");
        }
        let report = other.sync().await.expect("a server whose disk is well");
        assert_eq!(report.error, None);
    }

    /// The server goes on from a backup that lacks what was sent last: positions are forgotten, and the device gives it back.
    async fn meet_a_restored_server(&mut self) -> Result<(), Stopped> {
        let file: PathBuf = self.far.path().join("restored.sqlite");
        self.line.at_center(async |center| center.store().backup(&file).await).await.expect("a backup");
        self.edit(50).await?;
        self.sync().await?;
        let restored = Center::open(&file).await.expect("a backup opens");
        if let Some(old) = self.line.turn_to(Some(restored)).await {
            old.store().close().await;
        }
        self.line.keep().await;
        // Every receipt is in doubt until the device has met it, also those that are the same afterwards.
        self.told.clear();
        self.sync().await
    }

    /// The user may not log there any more; nothing of it goes.
    async fn lose_a_role(&mut self) -> Result<(), Stopped> {
        let removed = self
            .line
            .at_center(async |center| {
                admin::remove_grant(center.store(), &by(), &name(USER), &name(UNIT), Role::Recorder).await
            })
            .await;
        removed.expect("a server whose disk is well");
        self.line.keep().await;
        self.sync().await
    }
}
