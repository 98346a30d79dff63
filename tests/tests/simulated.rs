//! The shipped server is given what the simulated one was given, in the same order, and makes the same of it: its queue, its
//! statements and its tables on SQLite, where the simulation has maps. So the thousands of worlds speak for the server, too.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use cairn_server::{
    AppState, admin,
    auth::{self, By, Role},
    ingest::Push,
    store::{
        Store,
        devices::{Device, DeviceId},
        pages,
    },
};
use cairn_simulation::{
    place::{self, FORMS, GRANTS, MALLORY, PEOPLE, UNITS},
    run::{Journal, journal},
    server::{Act, Input},
    step::Plan,
};
use sync_core::{
    gate::Roles,
    id::{ChangeHash, ClockMs, UnitCode, Username},
    wire::Outcome,
};
use tempfile::TempDir;

/// The shipped server, its people and devices under the names of the simulation.
struct Shipped {
    folder: TempDir,
    app: AppState,
    /// The devices, by the simulation's tokens.
    devices: BTreeMap<String, Device>,
    granted: BTreeMap<(Username, UnitCode), Roles>,
    backup: Option<Backup>,
    files: usize,
}

struct Backup {
    file: PathBuf,
    revoked: BTreeSet<String>,
    granted: BTreeMap<(Username, UnitCode), Roles>,
}

fn by() -> By {
    By::operator(ClockMs(1_614_556_800_000))
}

fn words(roles: Roles) -> Vec<Role> {
    let Roles { recorder, reviewer, administrator, observer } = roles;
    let all = [
        (recorder, Role::Recorder),
        (reviewer, Role::Reviewer),
        (administrator, Role::Administrator),
        (observer, Role::Observer),
    ];
    all.into_iter().filter(|(has, _)| *has).map(|(_, role)| role).collect()
}

impl Shipped {
    async fn new(devices: usize) -> Self {
        let memory = PathBuf::from("/dev/shm");
        let folder = match memory.is_dir() {
            true => tempfile::tempdir_in(memory).unwrap(),
            false => tempfile::tempdir().unwrap(),
        };
        let store = Store::open_file(&folder.path().join("0")).await.unwrap();
        let app = AppState::start(store);
        let (granted, backup, files) = (BTreeMap::new(), None, 1);
        let mut shipped = Self { folder, app, devices: BTreeMap::new(), granted, backup, files };
        let store = &shipped.app.store;
        for (code, parent, kind) in UNITS {
            admin::add_unit(store, &by(), place::name(code), parent.map(place::name), kind, code).await.unwrap();
        }
        for json in FORMS {
            admin::add_form(store, &by(), json).await.unwrap();
        }
        for (user, unit, roles) in GRANTS {
            let (user, unit): (Username, UnitCode) = (place::name(user), place::name(unit));
            let is_known = shipped.granted.keys().any(|(known, _)| *known == user);
            for role in words(roles) {
                match is_known {
                    true => admin::add_grant(store, &by(), &user, &unit, role).await.unwrap(),
                    false => {
                        drop(admin::add_user(store, &by(), user.clone(), "医生", role, unit.clone()).await.unwrap())
                    }
                }
            }
            shipped.granted.insert((user, unit), roles);
        }
        let known = PEOPLE.into_iter().take(devices).enumerate().map(|(at, user)| (place::token(at), user));
        for (token, user) in known.chain([(MALLORY.into(), MALLORY)]) {
            let user: Username = place::name(user);
            let (code, _) = admin::make_enrolment_code(store, &by(), &user, 24).await.unwrap();
            // Any point of the curve is a public key: its base point, for one.
            let key = format!("58{}", "66".repeat(31));
            let enrolled = auth::enrol(store, &code.reveal(), "手机", &key, by().at()).await.unwrap();
            let device = Device { id: DeviceId::new(enrolled.device), user, revoked: false, seen: None };
            shipped.devices.insert(token, device);
        }
        shipped
    }

    async fn take(&mut self, input: Input) {
        match input {
            Input::Push { token, changes, vouched, authors, said } => {
                let device = self.devices[&token].clone();
                let push = Push { device, contact: None, changes, vouched, authors };
                let outcomes = self.app.ingest.push(push).await.unwrap();
                let here: Vec<String> = outcomes.iter().map(word).collect();
                let there: Vec<String> = said.iter().map(|(_, outcome)| word(outcome)).collect();
                assert_eq!(here, there, "of {said:?} of {token}");
            }
            Input::Act(act, outcome) => self.act(act, outcome).await,
            Input::BackUp => {
                let file = self.file();
                self.app.store.backup(&file).await.unwrap();
                let revoked = self.devices.iter().filter(|(_, d)| d.revoked).map(|(token, _)| token.clone()).collect();
                self.backup = Some(Backup { file, revoked, granted: self.granted.clone() });
            }
            Input::Restore => {
                let file = self.file();
                let backup = self.backup.as_ref().unwrap();
                fs::copy(&backup.file, &file).unwrap();
                self.granted = backup.granted.clone();
                for (token, device) in &mut self.devices {
                    device.revoked = backup.revoked.contains(token);
                }
                self.open(&file).await;
            }
            Input::Restart => {
                let file = self.folder.path().join(self.opened());
                self.open(&file).await;
            }
        }
    }

    /// The name of a file that is yet to be made.
    fn file(&mut self) -> PathBuf {
        self.files += 1;
        self.folder.path().join(format!("{}", self.files))
    }

    fn opened(&self) -> String {
        fs::read_to_string(self.folder.path().join("opened")).unwrap_or_else(|_| "0".into())
    }

    async fn open(&mut self, file: &std::path::Path) {
        fs::write(self.folder.path().join("opened"), file.file_name().unwrap().to_str().unwrap()).unwrap();
        let old = std::mem::replace(&mut self.app, AppState::start(Store::open_file(file).await.unwrap()));
        old.store.close().await;
    }

    async fn act(&mut self, act: Act, outcome: Option<Outcome>) {
        let store = &self.app.store;
        match act {
            Act::Grant(user, unit, roles) => {
                let before = self.granted.insert((user.clone(), unit.clone()), roles).unwrap_or_default();
                for role in words(before) {
                    admin::remove_grant(store, &by(), &user, &unit, role).await.unwrap();
                }
                for role in words(roles) {
                    admin::add_grant(store, &by(), &user, &unit, role).await.unwrap();
                }
            }
            Act::Revoke(token) => {
                if let Some(device) = self.devices.get_mut(&token) {
                    admin::revoke_device(store, &by(), device.id.as_str()).await.unwrap();
                    device.revoked = true;
                }
            }
            Act::Admit(hash) => {
                let here = admin::admit_held(store, &self.app.ingest, &by(), hash).await.unwrap();
                assert_eq!(Some(word(&here)), outcome.as_ref().map(word), "{hash} was let in");
            }
            Act::Reject(hash) => {
                admin::reject_held(store, &self.app.ingest, &by(), hash, "no").await.unwrap();
            }
        }
    }

    async fn feed(&self, unit: &UnitCode) -> BTreeSet<ChangeHash> {
        let mut tx = self.app.store.read().await.unwrap();
        pages::names(&mut tx, unit, 0, 100_000).await.unwrap().into_iter().map(|(_, hash)| hash).collect()
    }
}

/// What is said of a change, positions aside: what waits for several changes may be taken up in another order.
fn word(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Held(reason) | Outcome::Refused(reason) => format!("{} {}", outcome.word(), reason.code.word()),
        _ => outcome.word().to_owned(),
    }
}

/// What came of one seed: how much was pushed, and how often the server was restored.
#[derive(Default)]
struct Played {
    pushes: usize,
    restores: usize,
}

async fn play(plan: &Plan, Journal { inputs, feeds }: Journal, played: &mut Played) {
    let mut shipped = Shipped::new(plan.devices).await;
    for input in inputs {
        played.pushes += usize::from(matches!(input, Input::Push { .. }));
        played.restores += usize::from(matches!(input, Input::Restore));
        shipped.take(input).await;
    }
    for (unit, changes) in feeds {
        assert_eq!(shipped.feed(&unit).await, changes, "seed {}, {unit}", plan.seed);
    }
    let verified = shipped.app.store.verify().await.unwrap();
    assert!(verified.is_clean(), "seed {}: {:?}", plan.seed, verified.differences);
}

#[test]
fn the_shipped_server_makes_of_a_simulated_world_what_the_simulated_one_makes() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut played = Played::default();
    for seed in 1..=60 {
        let plan = Plan::of(seed, 250);
        // Worlds are played outside the runtime: they turn their futures themselves.
        let journal = journal(&plan).unwrap_or_else(|violation| panic!("seed {seed}: {violation}"));
        runtime.block_on(play(&plan, journal, &mut played));
    }
    let Played { pushes, restores } = played;
    assert!(pushes > 1_500 && restores > 20, "{pushes} pushes, {restores} restores: too quiet");
}
