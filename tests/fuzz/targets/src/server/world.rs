//! A server to ask: the shipped router over a copy of the template, on one thread and a few beside it. It is made anew after so many
//! inputs; all since then are told when one breaks something, since an input may need those before it.

use std::{
    cell::RefCell,
    fs,
    mem::ManuallyDrop,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use cairn_server::{
    AppState, admin,
    api::{self, ApiState},
    live,
    store::Store,
    sync,
};
use http_body_util::BodyExt;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

use super::{
    answer::Answer,
    panics,
    template::{self, Keys, PASSWORD},
};

/// The template's file, as it is, and what opens its doors; made once in a process.
struct Template {
    bytes: Vec<u8>,
    keys: Keys,
    cookie: String,
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().thread_name(panics::THREADS).build().expect("a runtime")
}

/// A folder in memory where there is such a thing.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.expect("a temporary folder")
}

fn template() -> &'static Template {
    static MADE: OnceLock<Template> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = folder();
        let file = folder.path().join("template.db");
        // On a thread of its own, since whoever asks may be within a runtime.
        let make = || {
            runtime().block_on(async {
                let keys = template::make(&file).await.expect("the template can be made");
                let (store, router) = open(&file).await;
                let cookie = log_in(&router, &keys).await;
                store.close().await;
                (keys, cookie)
            })
        };
        let (keys, cookie) = std::thread::scope(|scope| scope.spawn(make).join()).expect("the template can be made");
        let bytes = fs::read(&file).expect("the template can be read");
        Template { bytes, keys, cookie }
    })
}

/// A copy of the template, served within the runtime of whoever asks.
pub struct Served {
    /// The store.
    pub store: Store,
    /// Its router.
    pub router: Router,
    _folder: TempDir,
}

impl Served {
    /// Makes a copy, and serves it.
    pub async fn new() -> Self {
        let folder = folder();
        let file = folder.path().join("cairn.db");
        fs::write(&file, &template().bytes).expect("the template can be copied");
        let (store, router) = open(&file).await;
        Self { store, router, _folder: folder }
    }
}

async fn open(file: &Path) -> (Store, Router) {
    let store = Store::open_file(file).await.expect("a store that can be opened");
    let key = admin::make_ready(&store).await.expect("a store that is ready");
    let app = AppState::start(store.clone());
    let router = api::router(ApiState::new(&app, &key)).merge(sync::routes(app.clone())).merge(live::routes(app));
    (store, api::with_manners(router))
}

async fn log_in(router: &Router, keys: &Keys) -> String {
    let post = |path: &str, body: serde_json::Value| {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "same-origin");
        request.body(Body::from(body.to_string())).expect("a request")
    };
    let set = post("/api/v1/password", serde_json::json!({"code": keys.code, "password": PASSWORD}));
    let answer = router.clone().oneshot(set).await.unwrap_or_else(|never| match never {});
    assert!(answer.status().is_success(), "{answer:?}");
    let session = post("/api/v1/session", serde_json::json!({"username": "boss", "password": PASSWORD}));
    let answer = router.clone().oneshot(session).await.unwrap_or_else(|never| match never {});
    let cookie = answer.headers().get(header::SET_COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    cookie.split(';').next().unwrap_or_default().to_owned()
}

thread_local! {
    // Not dropped with its thread: by then its runtime could not be ended any more. `end` does it.
    static WORLD: ManuallyDrop<RefCell<Option<World>>> = const { ManuallyDrop::new(RefCell::new(None)) };
}

/// Ends this thread's server, and takes its files away. What is asked next is asked of a new one.
pub fn end() {
    WORLD.with(|world| world.take());
}

/// A server to ask.
pub struct World {
    runtime: Runtime,
    store: Store,
    router: Router,
    since: Vec<Vec<u8>>,
    is_worn_out: bool,
    panics: u64,
    _folder: TempDir,
}

impl World {
    fn new() -> Self {
        panics::watch();
        let folder = folder();
        let file = folder.path().join("cairn.db");
        fs::write(&file, &template().bytes).expect("the template can be copied");
        let runtime = runtime();
        let (store, router) = runtime.block_on(open(&file));
        Self { runtime, store, router, since: Vec::new(), is_worn_out: false, panics: panics::seen(), _folder: folder }
    }

    /// Asks this thread's server; it is another one after `inputs` of them.
    pub(super) fn with(inputs: usize, data: &[u8], work: impl FnOnce(&mut Self)) {
        WORLD.with(|world| {
            let mut world = world.borrow_mut();
            if world.as_ref().is_some_and(|world| world.is_worn_out || world.since.len() >= inputs) {
                *world = None;
            }
            let here = world.get_or_insert_with(Self::new);
            here.since.push(data.to_vec());
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                work(here);
                assert_eq!(panics::seen(), here.panics, "a thread of the server panicked");
            }));
            if let Err(why) = done {
                here.tell();
                *world = None;
                std::panic::resume_unwind(why);
            }
        });
    }

    /// Keeps what this server was asked, for whoever looks for the reason.
    fn tell(&self) {
        if let Some(folder) = std::env::var_os("CAIRN_JOURNAL") {
            let folder = PathBuf::from(folder);
            let _ = fs::create_dir_all(&folder);
            for (number, input) in self.since.iter().enumerate() {
                let _ = fs::write(folder.join(format!("{number:05}")), input);
            }
        }
    }

    /// Has the next input asked of another server.
    pub(super) fn worn_out(&mut self) {
        self.is_worn_out = true;
    }

    /// The administrator's token.
    pub(super) fn token() -> String {
        format!("Bearer {}", template().keys.token)
    }

    /// The administrator's session.
    pub(super) fn cookie() -> &'static str {
        &template().cookie
    }

    /// The token of the device of worker `n`, as a header has it.
    #[must_use]
    pub fn device(n: u8) -> String {
        format!("Bearer {}", template().keys.devices[&n])
    }

    /// An input with the names of this store in the place of those that stand for them.
    pub(super) fn named(text: &str) -> String {
        template().keys.names.iter().fold(text.to_owned(), |text, (stands, name)| text.replace(stands, name))
    }

    /// Sends a request, and reads the answer to its end; a stream has none, and is not read.
    pub(super) fn ask(&mut self, request: Request<Body>) -> Answer {
        self.runtime.block_on(async {
            let (head, body) =
                self.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {}).into_parts();
            let kind = head
                .headers
                .get(header::CONTENT_TYPE)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned();
            let body = match kind.as_str() {
                "text/event-stream" => Vec::new(),
                _ => body.collect().await.expect("an answer comes to its end").to_bytes().to_vec(),
            };
            Answer { status: head.status, kind, body }
        })
    }

    /// Fails if any table of the store differs from what its changes say.
    pub(super) fn is_right(&mut self) {
        let verified = self.runtime.block_on(self.store.verify()).expect("a store that can be read");
        assert!(verified.is_clean(), "{:?}", verified.differences);
    }

    /// How many inputs this server was asked.
    pub(super) fn inputs(&self) -> usize {
        self.since.len()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.runtime.block_on(self.store.close());
    }
}
