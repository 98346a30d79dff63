//! A central store of maps around the code that ships, with a scene in it: what changes of strangers are judged in.

use std::{
    cell::{Cell, OnceCell},
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    str::FromStr,
    sync::LazyLock,
};

use sync_core::{
    crdt::{Change, ChangeParts},
    form::{Form, FormSet},
    gate::{Barrier, Panicked, Roles, Standing},
    id::{ActorKey, ChangeHash, ClockMs, FieldKey, RecordId, UnitCode},
    merge::{self, Candidate, Facts, Fate, Sentence},
    record::{Edit, Header, Pen, Record, Value, Values, Verdict, View},
};

/// The feed of the scene.
pub const UNIT: &str = "markam";
/// The clock of the scene's first change: 2021-05-01T00:00Z.
pub const CLOCK_MS: i64 = 1_619_827_200_000;

const RECORDER: Roles = Roles { recorder: true, reviewer: false, administrator: false, observer: false };
const REVIEWER: Roles = Roles { recorder: false, reviewer: true, administrator: false, observer: false };

/// A form with a field of every kind.
#[must_use]
pub fn form() -> &'static Form {
    static FORM: LazyLock<Form> = LazyLock::new(|| {
        let json = include_str!("../../../../sync-core/tests/harness/every_kind.json");
        Form::parse(json).expect("a form of this repository")
    });
    &FORM
}

/// A name of some kind that is known to be good.
pub(crate) fn name<T: FromStr<Err: core::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a good name")
}

/// The actor of worker `n`.
#[must_use]
pub fn actor(n: u8) -> ActorKey {
    ActorKey([n; 8])
}

/// Worker `n`, writing so many minutes after the scene begins.
pub(crate) fn pen(n: u8, minutes: i64) -> Pen {
    Pen { actor: actor(n), time: ClockMs(CLOCK_MS + minutes * 60_000) }
}

/// A record of [`form`] by worker `n`, begun so many minutes after the scene.
#[must_use]
pub fn begin(n: u8, minutes: i64) -> (Record, Change) {
    let Pen { time, .. } = pen(n, minutes);
    let header = Header {
        form: form().id.clone(),
        form_version: 1,
        unit: name(UNIT),
        worker: name(&format!("worker-{n}")),
        created: time,
    };
    let entry = Values::from([(name::<FieldKey>("role"), Value::Text("护士".into()))]);
    let values = Values::from([
        (name("on"), Value::Text("2021-05-01".into())),
        (name("place"), Value::Text("嘎托镇".into())),
        (name("seen"), Value::Integer(12)),
        (name("visits"), Value::Tally(3)),
        (name("notes"), Value::Narrative("高血压筛查".into())),
        (name("helpers"), Value::Group([("a".to_owned(), entry)].into())),
    ]);
    Record::create(form(), header, &values, pen(n, minutes)).expect("a good record")
}

/// A change to be judged.
pub(crate) fn candidate(parts: &ChangeParts, change: &Change) -> Candidate {
    Candidate::new(change.clone(), parts.clone().into())
}

/// Catches panics, and counts them.
#[derive(Clone, Debug, Default)]
pub struct Wall {
    /// Panics that were caught.
    pub panics: Cell<u32>,
}

impl Barrier for Wall {
    fn guard<T>(&self, work: impl FnOnce() -> T) -> Result<T, Panicked> {
        catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
            self.panics.set(self.panics.get() + 1);
            Panicked
        })
    }
}

/// A record that is stored, and what is shown of it, which is read once.
pub struct Stored {
    /// The record.
    pub record: Record,
    view: OnceCell<View>,
}

impl Stored {
    /// What is shown of it.
    pub fn view(&self) -> &View {
        self.view.get_or_init(|| self.record.view())
    }
}

/// The store: workers 1 to 9 are recorders, 10 to 19 reviewers. A copy shares the records, which are written nowhere.
#[derive(Clone)]
pub struct Center {
    fates: BTreeMap<ChangeHash, Fate>,
    /// The records.
    pub records: BTreeMap<RecordId, Rc<Stored>>,
    parked: Vec<Candidate>,
    /// What the merge engine is kept behind.
    pub wall: Wall,
}

impl Facts for Center {
    fn fate(&self, hash: &ChangeHash) -> Option<Fate> {
        self.fates.get(hash).cloned()
    }
    fn standing(&self, actor: ActorKey, _: &UnitCode) -> Option<Standing> {
        let n = actor.0[0];
        let roles = if n < 10 { RECORDER } else { REVIEWER };
        let known = (1..20).contains(&n) && actor == crate::center::actor(n);
        known.then(|| Standing { user: name(&format!("worker-{n}")), roles, device_revoked: n == 7 })
    }
    fn has_unit(&self, unit: &UnitCode) -> bool {
        unit.as_str() == UNIT
    }
    fn forms(&self) -> &FormSet {
        static FORMS: LazyLock<FormSet> = LazyLock::new(|| {
            let mut forms = FormSet::new();
            forms.insert(form().clone()).expect("a good form");
            forms
        });
        &FORMS
    }
}

impl Center {
    fn empty() -> Self {
        Self { fates: BTreeMap::new(), records: BTreeMap::new(), parked: Vec::new(), wall: Wall::default() }
    }

    /// Judges a batch, and afterwards whatever was parked, until nothing moves. Sentences are of the batch alone.
    pub fn take(&mut self, batch: &[Candidate]) -> Vec<Sentence> {
        let sentences = self.judge(batch);
        loop {
            let waiting = core::mem::take(&mut self.parked);
            if waiting.is_empty() || self.judge(&waiting).iter().all(|s| matches!(s, Sentence::Parked)) {
                return sentences;
            }
        }
    }

    fn judge(&mut self, batch: &[Candidate]) -> Vec<Sentence> {
        let judged = merge::judge(&self.wall, self, self.beneath(batch), batch, |record, _| record.into_owned());
        for (candidate, sentence) in batch.iter().zip(&judged.sentences) {
            let hash = candidate.change.hash();
            match sentence {
                Sentence::Accepted { record } => {
                    let position = self.fates.len() as u64;
                    self.fates.insert(hash, Fate::Stored { record: *record, position });
                }
                Sentence::Parked => {
                    self.fates.insert(hash, Fate::Parked);
                    self.parked.push(candidate.clone());
                }
                Sentence::Held(reason) => drop(self.fates.insert(hash, Fate::Held(reason.clone()))),
                Sentence::Known(_) | Sentence::Repeated(_) | Sentence::Refused(_) => {}
            }
        }
        let stored = |(id, record)| (id, Rc::new(Stored { record, view: OnceCell::new() }));
        self.records.extend(judged.changed.into_iter().map(stored));
        judged.sentences
    }

    /// The records that some changes build on.
    fn beneath(&self, batch: &[Candidate]) -> BTreeMap<RecordId, Record> {
        let mut beneath = BTreeMap::new();
        for dep in batch.iter().flat_map(|candidate| &candidate.parts.deps) {
            if let Some(Fate::Stored { record, .. }) = self.fates.get(dep)
                && let Some(stored) = self.records.get(record)
            {
                beneath.entry(*record).or_insert_with(|| stored.record.clone());
            }
        }
        beneath
    }

    /// Whether a change is in a feed.
    #[must_use]
    pub fn has(&self, hash: &ChangeHash) -> bool {
        matches!(self.fates.get(hash), Some(Fate::Stored { .. }))
    }

    /// Whether both show the same of the same records.
    #[must_use]
    pub fn shows_the_same(&self, other: &Self) -> bool {
        let same = |one: &Rc<Stored>, two: &Rc<Stored>| Rc::ptr_eq(one, two) || one.view() == two.view();
        self.records.len() == other.records.len()
            && self.records.iter().zip(&other.records).all(|((a, one), (b, two))| a == b && same(one, two))
    }
}

/// A center in which something has happened already, and what a device knows of that.
#[derive(Clone)]
pub struct Scene {
    /// The store.
    pub center: Center,
    /// The changes in the feed, position 1 first.
    pub feed: Vec<(ChangeHash, ChangeParts)>,
}

impl Scene {
    fn new() -> Self {
        let (mut record, first) = begin(1, 0);
        let mut theirs = record.clone();
        let mut changes = vec![first];
        let mut put = |change: Result<Change, _>| {
            changes.push(change.map_err(|_: sync_core::record::WriteError| ()).expect("a good edit"))
        };
        put(record.edit(&[Edit::Set(name("seen"), Value::Integer(40)), Edit::Count(name("visits"), 2)], pen(1, 1)));
        put(theirs.edit(&[Edit::Set(name("seen"), Value::Integer(41))], pen(2, 2)));
        put(theirs.edit(&[Edit::Set(name("notes"), Value::Narrative("高血压复查完毕".into()))], pen(2, 3)));
        put(record.comment("已核对", pen(11, 4)));
        put(record.review(Verdict::Approved, "", None, pen(10, 5)));
        changes.push(begin(3, 6).1);
        let feed: Vec<_> = changes.iter().map(|c| (c.hash(), c.parts().expect("a change of ours"))).collect();
        let batch: Vec<_> = feed.iter().zip(&changes).map(|((_, parts), change)| candidate(parts, change)).collect();
        let mut center = Center::empty();
        let sentences = center.take(&batch);
        assert!(sentences.iter().all(|s| matches!(s, Sentence::Accepted { .. })), "{sentences:?}");
        Self { center, feed }
    }

    /// The scene; made once in each thread, since each execution begins with a copy of it.
    pub fn with<T>(work: impl FnOnce(&Self) -> T) -> T {
        thread_local! {
            static SCENE: Scene = Scene::new();
        }
        SCENE.with(work)
    }

    /// The change at a position of the scene's feed, as a receiver knows it. Beyond the scene, and in other feeds, there is at
    /// every position up to 1,000 a change that nobody has seen: a frame may refer to it.
    #[must_use]
    pub fn known(&self, unit: &UnitCode, position: u64) -> Option<(ChangeHash, ActorKey)> {
        let index = usize::try_from(position).ok()?.checked_sub(1)?;
        if unit.as_str() == UNIT
            && let Some((hash, parts)) = self.feed.get(index)
        {
            return Some((*hash, parts.actor));
        }
        let mut hash = [unit.as_str().len() as u8; 32];
        hash[..8].copy_from_slice(&position.to_be_bytes());
        (position <= 1_000).then(|| (ChangeHash(hash), actor(1 + (position % 19) as u8)))
    }
}
