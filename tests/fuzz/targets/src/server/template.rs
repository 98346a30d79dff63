//! The store that every world begins with: a small tree, people with devices, the records of the scene, what is held, what looks alike.

use std::{collections::BTreeMap, error::Error, path::Path};

use cairn_server::{
    AppState,
    admin::{self, TokenTerms},
    auth::{self, By, Role},
    clock,
    ingest::Push,
    store::{
        Store,
        devices::{self, Device},
    },
};
use sync_core::{
    crdt::{Change, ChangeParts},
    form::Form,
    id::{ClockMs, UnitCode},
    record::{Header, Pen, Record, Value, Values},
    replica::UnitKind,
    wire::{InChange, Outcome},
};

use crate::center::{CLOCK_MS, Scene, UNIT, actor};

type Made<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// A public key from RFC 8032, section 7.1.
const PUBLIC_KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const FORM: &str = include_str!("../../../../../sync-core/tests/harness/every_kind.json");
/// Of `boss`, who may do everything.
pub(super) const PASSWORD: &str = "seven grey yaks, no fence";

/// What those who ask need to know of the store.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    /// An administrator's API token.
    pub token: String,
    /// A code with which that administrator sets a password.
    pub code: String,
    /// The token of the device of each worker.
    pub devices: BTreeMap<u8, String>,
    /// What the placeholders of inputs stand for.
    pub names: Vec<(&'static str, String)>,
}

/// Makes the store.
pub(super) async fn make(file: &Path) -> Made<Keys> {
    let store = Store::open_file(file).await?;
    admin::make_ready(&store).await?;
    let by = By::operator(clock::now());
    let units = [
        ("changdu", None, UnitKind::Prefecture),
        (UNIT, Some("changdu"), UnitKind::County),
        ("markam-hospital", Some(UNIT), UnitKind::Clinic),
        ("riwoqe", Some("changdu"), UnitKind::County),
    ];
    for (code, parent, kind) in units {
        let parent = parent.map(str::parse).transpose()?;
        admin::add_unit(&store, &by, code.parse()?, parent, kind, code).await?;
    }
    admin::add_form(&store, &by, FORM).await?;
    admin::add_user(&store, &by, "boss".parse()?, "管理员", Role::Administrator, "changdu".parse()?).await?;
    let terms = TokenTerms { role: Role::Administrator, ..TokenTerms::default() };
    let (token, _) = admin::make_api_token(&store, &by, &"boss".parse()?, terms).await?;
    let (code, _) = admin::make_password_code(&store, &by, &"boss".parse()?, 24).await?;
    let app = AppState::start(store.clone());
    let mut hands: BTreeMap<u8, (Device, String)> = BTreeMap::new();
    for n in 1..=12 {
        let role = if n < 10 { Role::Recorder } else { Role::Reviewer };
        hands.insert(n, enrol(&store, &by, n, role).await?);
    }
    let scene = Scene::with(|scene| scene.feed.clone());
    for (_, parts) in &scene {
        let outcome = push(&app, &hands, UNIT, parts).await?;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    }
    for (n, unit, seen) in [(1, UNIT, 12), (2, UNIT, 12), (3, UNIT, 40), (3, "riwoqe", 5), (4, "riwoqe", 6)] {
        let change = outreach(n, unit, seen)?;
        push(&app, &hands, unit, &change.parts()?).await?;
    }
    let (token_of_worker, _) = admin::make_api_token(&store, &by, &"worker-1".parse()?, TokenTerms::default()).await?;
    drop(token_of_worker);
    let held = admin::list_held(&store).await?;
    let record = |at: usize| {
        scene.get(at).map(|(hash, _)| sync_core::id::RecordId::of_first_change(hash).to_string()).unwrap_or_default()
    };
    let tokens = admin::list_api_tokens(&store, &by, &"worker-1".parse()?).await?;
    let names = vec![
        ("<record>", record(0)),
        ("<other>", record(6)),
        ("<change>", scene.first().map(|(hash, _)| hash.to_string()).unwrap_or_default()),
        ("<held>", held.first().map(|held| held.hash.to_string()).unwrap_or_default()),
        ("<device>", hands[&5].0.id.to_string()),
        ("<token>", tokens.first().map(|token| token.id.clone()).unwrap_or_default()),
    ];
    store.close().await;
    let devices = hands.into_iter().map(|(n, (_, token))| (n, token)).collect();
    Ok(Keys { token: token.reveal().to_owned(), code: code.reveal(), devices, names })
}

async fn enrol(store: &Store, by: &By, n: u8, role: Role) -> Made<(Device, String)> {
    let user = format!("worker-{n}").parse()?;
    admin::add_user(store, by, user, "医生", role, UNIT.parse()?).await?;
    let (code, _) = admin::make_enrolment_code(store, by, &format!("worker-{n}").parse()?, 1).await?;
    let enrolled = auth::enrol(store, &code.reveal(), "手机", PUBLIC_KEY, clock::now()).await?;
    let device = devices::by_token(&mut store.read().await?, enrolled.token.hash()).await?;
    Ok((device.ok_or("the device is not there")?, enrolled.token.reveal().to_owned()))
}

async fn push(
    app: &AppState,
    hands: &BTreeMap<u8, (Device, String)>,
    unit: &str,
    parts: &ChangeParts,
) -> Made<Outcome> {
    let (device, _) = hands.get(&parts.actor.0[0]).ok_or("nobody has this actor")?;
    let unit: UnitCode = unit.parse()?;
    let change = InChange { position: None, parts: parts.clone().into(), change: Change::build(parts) };
    let push = Push {
        device: device.clone(),
        contact: None,
        changes: vec![(unit, change)],
        vouched: BTreeMap::new(),
        authors: Vec::new(),
    };
    Ok(app.ingest.push(push).await?.pop().ok_or("no outcome")?)
}

fn outreach(n: u8, unit: &str, seen: i64) -> Made<Change> {
    let json = admin::STARTER_KIT.iter().find(|json| json.contains("clinic.outreach")).ok_or("no such form")?;
    let form = Form::parse(json)?;
    let time = ClockMs(CLOCK_MS + i64::from(n) * 1_000);
    let header = Header {
        form: form.id.clone(),
        form_version: form.version,
        unit: unit.parse()?,
        worker: format!("worker-{n}").parse()?,
        created: time,
    };
    let values = Values::from([
        ("on".parse()?, Value::Text("2021-05-01".into())),
        ("place".parse()?, Value::Text("嘎托镇".into())),
        ("patients_seen".parse()?, Value::Integer(seen)),
    ]);
    Ok(Record::create(&form, header, &values, Pen { actor: actor(n), time })?.1)
}
