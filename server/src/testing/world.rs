//! A store in a temporary folder: changdu > markam > markam-hospital, changdu > riwoqe, two forms, and whoever a test adds.

use std::path::PathBuf;

use sync_core::{
    crdt::Change,
    form::Form,
    id::{ActorKey, ChangeHash, ClockMs, UnitCode, Username},
    record::{Header, Pen, Record, Value, Values},
    replica::{CatalogUnit, UnitKind},
    wire::{Author, InChange, Outcome},
};
use tempfile::TempDir;

use super::Cluster;
use crate::{
    AppState,
    auth::{By, Role, Token},
    ingest::Push,
    store::{
        Engine, Store, StoreError, Verified,
        devices::{Device, DeviceId},
        enrolled::{self, NewDevice},
        form as forms, meta, people,
        unit::{self, PlacedUnit, UnitPath},
    },
};

/// For PostgreSQL: what statements of tests use of SQLite's own.
const SQLITES_OWN: &str = "
    CREATE FUNCTION zeroblob(integer) RETURNS bytea LANGUAGE sql AS $$ SELECT decode(repeat('00', $1), 'hex') $$;
    CREATE FUNCTION randomblob(integer) RETURNS bytea LANGUAGE sql AS
        $$ SELECT substr(sha256(random()::text::bytea), 1, $1) $$;
    CREATE FUNCTION hex(bytea) RETURNS text LANGUAGE sql AS $$ SELECT upper(encode($1, 'hex')) $$;
";

/// One of the starter kit's forms.
pub(crate) fn form(id: &str) -> Form {
    let json = match id {
        "clinic.outreach" => include_str!("../../forms/clinic.outreach.json"),
        "clinic.outpatient_day" => include_str!("../../forms/clinic.outpatient_day.json"),
        "clinic.surgery" => include_str!("../../forms/clinic.surgery.json"),
        other => panic!("{other} is not used in tests"),
    };
    Form::parse(json).unwrap()
}

/// The address of a store that is yet to be made, and a folder that lasts as long as it is needed.
pub(crate) fn empty(engine: Engine) -> (String, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = match engine {
        Engine::Sqlite => Store::url_of_file(&folder.path().join("cairn.db")).unwrap(),
        Engine::Postgres => Cluster::get().database(),
    };
    (url, folder)
}

/// The operator, at the beginning of time.
pub(crate) fn operator() -> By {
    By::operator(ClockMs(0))
}

pub(crate) struct World {
    pub store: Store,
    pub app: AppState,
    /// The store's address.
    pub url: String,
    folder: TempDir,
}

/// Somebody with a device.
#[derive(Clone, Debug)]
pub(crate) struct Worker {
    pub device: Device,
    pub token: Token,
    pub user: Username,
    /// The actor of their device's process.
    pub actor: ActorKey,
}

impl World {
    pub(crate) async fn new(engine: Engine) -> Self {
        let (url, folder) = empty(engine);
        let store = Store::open(&url).await.unwrap();
        if engine == Engine::Postgres {
            let work = async |tx: &mut crate::store::WriteTx| -> Result<_, StoreError> {
                Ok(sqlx::raw_sql(SQLITES_OWN).execute(tx.conn()).await?)
            };
            store.write(work).await.unwrap();
        }
        let app = AppState::start(store.clone());
        let world = Self { store, app, url, folder };
        world.unit("changdu", None).await;
        world.unit("markam", Some("changdu")).await;
        world.unit("markam-hospital", Some("markam")).await;
        world.unit("riwoqe", Some("changdu")).await;
        world.form("clinic.outreach").await;
        world.form("clinic.outpatient_day").await;
        world
    }

    /// The same store as another process has it.
    pub(crate) async fn beside(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) async fn unit(&self, code: &str, parent: Option<&str>) {
        let code: UnitCode = code.parse().unwrap();
        let parent: Option<UnitCode> = parent.map(|p| p.parse().unwrap());
        self.change(async |tx| {
            let path = match &parent {
                Some(parent) => unit::find(tx, parent).await?.unwrap().path.below(&code),
                None => UnitPath::root(&code),
            };
            let unit = CatalogUnit { code, parent, kind: UnitKind::Other, name: "单位".into() };
            unit::add(tx, &PlacedUnit { unit: unit.clone(), path }).await
        })
        .await;
    }

    pub(crate) async fn form(&self, id: &str) {
        let form = form(id);
        self.change(async |tx| forms::add(tx, &form).await).await;
    }

    /// A user with a role, and a device of theirs.
    pub(crate) async fn worker(&self, name: &str, role: Role, unit: &str) -> Worker {
        let (user, unit): (Username, UnitCode) = (name.parse().unwrap(), unit.parse().unwrap());
        self.change(async |tx| {
            people::add(tx, &user, "医生", 0).await?;
            people::grant(tx, &user, &unit, role).await
        })
        .await;
        self.device(&user).await
    }

    /// One more device of a user.
    pub(crate) async fn device(&self, user: &Username) -> Worker {
        let token = Token::draw().unwrap();
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).unwrap();
        let actor = ActorKey(bytes);
        let id = format!("device-{actor}");
        let new =
            NewDevice { id: &id, username: user, name: "手机", token: token.hash(), public_key: [0; 32], now_ms: 0 };
        self.store.write(async |tx| enrolled::add(tx, &new).await).await.unwrap();
        let device = Device { id: DeviceId::new(id), user: user.clone(), revoked: false, seen: None };
        Worker { device, token, user: user.clone(), actor }
    }

    pub(crate) async fn revoke(&self, worker: &mut Worker) {
        let id = worker.device.id.clone();
        assert!(self.store.write(async |tx| enrolled::revoke(tx, id.as_str(), 1).await).await.unwrap());
        worker.device.revoked = true;
    }

    pub(crate) async fn withdraw(&self, worker: &Worker, role: Role, unit: &str) {
        self.withdraw_from(worker.user.as_str(), role, unit).await;
    }

    pub(crate) async fn grant(&self, name: &str, role: Role, unit: &str) {
        let (user, unit) = (name.parse().unwrap(), unit.parse().unwrap());
        self.change(async |tx| people::grant(tx, &user, &unit, role).await).await;
    }

    pub(crate) async fn withdraw_from(&self, name: &str, role: Role, unit: &str) {
        let (user, unit) = (name.parse().unwrap(), unit.parse().unwrap());
        self.change(async |tx| people::withdraw(tx, &user, &unit, role).await).await;
    }

    async fn change(&self, work: impl AsyncFnOnce(&mut crate::store::WriteTx) -> Result<bool, StoreError> + Clone) {
        let work = async |tx: &mut crate::store::WriteTx| {
            assert!(work(tx).await?, "nothing changed");
            meta::revise_catalog(tx).await
        };
        self.store.write(work).await.unwrap();
    }

    /// Pushes changes for a feed, past HTTP.
    pub(crate) async fn push(&self, worker: &Worker, unit: &str, changes: &[&Change]) -> Vec<Outcome> {
        self.give_back(worker, unit, changes, &[]).await
    }

    /// The same, with the store's word that those of `authors` wrote the changes of their actors.
    pub(crate) async fn give_back(
        &self,
        worker: &Worker,
        unit: &str,
        changes: &[&Change],
        authors: &[&Worker],
    ) -> Vec<Outcome> {
        let author = |change: &&Change| authors.iter().find(|author| Ok(author.actor) == change.actor()).copied();
        let vouched: Vec<_> = changes.iter().filter_map(|change| Some((*change, author(change)?))).collect();
        self.push_with(worker, unit, changes, authors, &vouched).await
    }

    /// The same; the device names `authors`, and has the store's word for who wrote each of `vouched`.
    pub(crate) async fn push_with(
        &self,
        worker: &Worker,
        unit: &str,
        changes: &[&Change],
        authors: &[&Worker],
        vouched: &[(&Change, &Worker)],
    ) -> Vec<Outcome> {
        self.app.ingest.push(Self::a_push(worker, unit, changes, authors, vouched)).await.unwrap()
    }

    /// What would be pushed so.
    pub(crate) fn a_push(
        worker: &Worker,
        unit: &str,
        changes: &[&Change],
        authors: &[&Worker],
        vouched: &[(&Change, &Worker)],
    ) -> Push {
        let change = |change: &&Change| {
            let parts = change.parts().unwrap();
            (unit.parse().unwrap(), InChange { position: None, parts: parts.into(), change: (*change).clone() })
        };
        Push {
            device: worker.device.clone(),
            contact: None,
            changes: changes.iter().map(change).collect(),
            vouched: vouched.iter().map(|(change, author)| (change.hash(), author.user.clone())).collect(),
            authors: authors.iter().map(|author| Author { actor: author.actor, user: author.user.clone() }).collect(),
        }
    }

    /// Notes when a user's devices were last seen.
    pub(crate) async fn see(&self, user: &str, at_ms: i64) {
        let work = async |tx: &mut crate::store::WriteTx| -> Result<(), StoreError> {
            let sql = "UPDATE devices SET last_seen_ms = $2 WHERE username = $1";
            sqlx::query(sql).bind(user).bind(at_ms).execute(tx.conn()).await?;
            Ok(())
        };
        self.store.write(work).await.unwrap();
    }

    pub(crate) async fn verified(&self) -> Verified {
        self.store.verify().await.unwrap()
    }

    /// Fails if any table differs from what the changes say.
    pub(crate) async fn is_right(&self) {
        assert_eq!(self.verified().await.differences, []);
    }

    /// The sum of a measure over everything.
    pub(crate) async fn total(&self, measure: &str) -> i64 {
        let mut tx = self.store.read().await.unwrap();
        let sql = "SELECT CAST(COALESCE(SUM(value), 0) AS BIGINT) FROM tallies WHERE measure = $1";
        sqlx::query_scalar(sql).bind(measure).fetch_one(tx.conn()).await.unwrap()
    }

    /// A single number from the store.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.store.read().await.unwrap().conn()).await.unwrap()
    }

    /// Changes the store behind everybody's back.
    pub(crate) async fn tamper(&self, sql: &'static str) {
        let work = async |tx: &mut crate::store::WriteTx| -> Result<u64, StoreError> {
            Ok(sqlx::query(sql).execute(tx.conn()).await?.rows_affected())
        };
        assert!(self.store.write(work).await.unwrap() > 0, "{sql}");
    }

    /// The decisions that a device has not heard of.
    pub(crate) async fn decisions(&self, worker: &Worker) -> Vec<(ChangeHash, Outcome)> {
        let mut tx = self.store.read().await.unwrap();
        let decisions = crate::store::decisions::after(&mut tx, &worker.device.id, 0, 1_000).await.unwrap();
        decisions.into_iter().map(|decision| (decision.hash, decision.outcome)).collect()
    }
}

impl Worker {
    pub(crate) fn pen(&self, time: i64) -> Pen {
        Pen { actor: self.actor, time: ClockMs(time) }
    }

    /// Begins a record of the outreach form.
    pub(crate) fn outreach(&self, unit: &str, seen: i64, time: i64) -> (Record, Change) {
        self.record("clinic.outreach", unit, &outreach_values(seen), time)
    }

    pub(crate) fn record(&self, form_id: &str, unit: &str, values: &Values, time: i64) -> (Record, Change) {
        let form = form(form_id);
        let header = Header {
            form: form.id.clone(),
            form_version: form.version,
            unit: unit.parse().unwrap(),
            worker: self.user.clone(),
            created: ClockMs(time),
        };
        Record::create(&form, header, values, self.pen(time)).unwrap()
    }
}

fn outreach_values(seen: i64) -> Values {
    let text = |text: &str| Value::Text(text.into());
    [
        ("on".parse().unwrap(), text("2021-03-15")),
        ("place".parse().unwrap(), text("嘎托镇")),
        ("patients_seen".parse().unwrap(), Value::Integer(seen)),
    ]
    .into()
}
