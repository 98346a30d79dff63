//! Devices and a server in one process: the shipped router at the other end of the line, and clocks that wait for nobody.

use core::{
    sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst},
    time::Duration,
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use cairn_client::{
    Clock, Engine, MemoryStore, Transport, TransportError,
    transport::{EnrolRequest, Enrolled, Problem, Reply, SYNC_PATH, ServerUrl, Traffic},
};
use cairn_server::{
    AppState,
    auth::{self, EnrolError},
    store::{Store, StoreError},
    sync,
};
use http_body_util::BodyExt;
use sync_core::{id::ClockMs, wire};
use tokio::sync::Mutex as Turns;
use tower::ServiceExt;

use crate::tape::Tape;

/// When all this happens, ms.
pub const NOW: i64 = 1_614_556_800_000;

/// A server's store, and all of the server that shares it.
#[derive(Debug)]
pub struct Center {
    file: PathBuf,
    /// What it runs on.
    pub app: AppState,
    router: Router,
}

impl Center {
    /// Opens the store in a file, as the server does when it starts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        let app = AppState::start(Store::open_file(file).await?);
        let router = sync::routes(app.clone());
        Ok(Self { file: file.to_owned(), app, router })
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.app.store
    }

    async fn answer(&self, token: &str, body: Vec<u8>) -> Result<Reply, TransportError> {
        let lost = |error: String| TransportError::Unreachable(error);
        let request = Request::post(SYNC_PATH)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, wire::CONTENT_TYPE)
            .body(Body::from(body))
            .map_err(|error| lost(error.to_string()))?;
        let response = self.router.clone().oneshot(request).await.map_err(|error| match error {})?;
        let (parts, body) = response.into_parts();
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.map(str::to_owned);
        let body = body.collect().await.map_err(|error| lost(error.to_string()))?.to_bytes().to_vec();
        Ok(Reply { status: parts.status.as_u16(), content_type, retry_after: None, body })
    }
}

/// A line to a server. Clones are the same one.
#[derive(Clone)]
pub struct Line {
    center: Arc<Turns<Option<Center>>>,
    traffic: Arc<(AtomicU64, AtomicU64)>,
    kept: Option<Arc<Keeper>>,
}

/// Keeps what the server has after each request, by the place on a device's tape.
struct Keeper {
    tape: Arc<Tape>,
    copies: Mutex<Vec<(usize, Arc<Vec<u8>>)>>,
}

impl Line {
    /// A line to a server.
    #[must_use]
    pub fn to(center: Option<Center>) -> Self {
        Self { center: Arc::new(Turns::new(center)), traffic: Arc::default(), kept: None }
    }

    /// The same, and after each request what the server has is kept beside the place on a device's tape.
    pub async fn keeping(center: Center, tape: Arc<Tape>) -> Self {
        let keeper = Keeper { tape, copies: Mutex::default() };
        let line = Self { kept: Some(Arc::new(keeper)), ..Self::to(Some(center)) };
        line.keep().await;
        line
    }

    /// Puts another server at the other end, and gives back the one that was there.
    pub async fn turn_to(&self, center: Option<Center>) -> Option<Center> {
        core::mem::replace(&mut *self.center.lock().await, center)
    }

    /// Works on the server.
    ///
    /// # Panics
    /// When there is none.
    pub async fn at_center<T>(&self, work: impl AsyncFnOnce(&Center) -> T) -> T {
        let center = self.center.lock().await;
        work(center.as_ref().expect("there is a server")).await
    }

    /// Keeps what the server has by now: all of it in one file, from which it goes on.
    pub async fn keep(&self) {
        let Some(keeper) = &self.kept else { return };
        let mut place = self.center.lock().await;
        let Some(center) = place.take() else { return };
        center.app.store.close().await;
        let file = center.file.clone();
        drop(center);
        let copy = (keeper.tape.now(), Arc::new(std::fs::read(&file).expect("a store")));
        keeper.copies.lock().unwrap_or_else(PoisonError::into_inner).push(copy);
        *place = Some(Center::open(&file).await.expect("a server whose disk is well"));
    }

    /// What was kept, in order.
    #[must_use]
    pub fn copies(&self) -> Vec<(usize, Arc<Vec<u8>>)> {
        let copies = |keeper: &Arc<Keeper>| keeper.copies.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.kept.as_ref().map(copies).unwrap_or_default()
    }
}

impl Transport for Line {
    async fn enrol(&self, _: &ServerUrl, request: &EnrolRequest) -> Result<Enrolled, TransportError> {
        let enrolled = {
            let center = self.center.lock().await;
            let Some(center) = &*center else { return Err(TransportError::Unreachable("nobody is there".into())) };
            let EnrolRequest { code, device_name, public_key } = request;
            auth::enrol(center.store(), code, device_name, public_key, ClockMs(NOW)).await
        };
        self.keep().await;
        let refused = |error: EnrolError| {
            let code = match &error {
                EnrolError::Store(error) => error.code(),
                EnrolError::CodeUsed => "code_used",
                _ => "enrolment_refused",
            };
            TransportError::Refused(Problem { status: 500, code: Some(code.into()), detail: error.to_string() })
        };
        let enrolled = enrolled.map_err(refused)?;
        Ok(Enrolled {
            device: enrolled.device,
            token: enrolled.token.reveal().to_owned(),
            username: enrolled.username,
            name: enrolled.name,
            server_key: "00".repeat(32),
        })
    }

    async fn sync(&self, _: &ServerUrl, token: &str, body: Vec<u8>) -> Result<Reply, TransportError> {
        let sent = body.len() as u64;
        let reply = {
            let center = self.center.lock().await;
            let Some(center) = &*center else { return Err(TransportError::Unreachable("nobody is there".into())) };
            center.answer(token, body).await?
        };
        self.keep().await;
        self.traffic.0.fetch_add(sent, SeqCst);
        self.traffic.1.fetch_add(reply.body.len() as u64, SeqCst);
        Ok(reply)
    }

    fn traffic(&self) -> Traffic {
        Traffic { sent: self.traffic.0.load(SeqCst), received: self.traffic.1.load(SeqCst) }
    }
}

/// A clock that moves when it is looked at, and when somebody waits.
#[derive(Clone, Debug)]
pub struct Ticks(Arc<AtomicI64>);

impl Default for Ticks {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(NOW)))
    }
}

impl Clock for Ticks {
    fn now(&self) -> ClockMs {
        ClockMs(self.0.fetch_add(1, SeqCst))
    }

    fn offset_minutes(&self) -> i32 {
        480
    }

    async fn sleep(&self, duration: Duration) {
        self.0.fetch_add(duration.as_millis() as i64, SeqCst);
        tokio::task::yield_now().await;
    }
}

/// A device that has its rows in memory: its disk is not what is looked at.
pub type Phone = Engine<MemoryStore, Line, Ticks>;

/// A device on these rows.
///
/// # Panics
/// Without random numbers.
#[must_use]
pub fn phone(store: MemoryStore, line: &Line) -> Phone {
    Engine::open(store, line.clone(), Ticks::default()).expect("random numbers")
}

/// The address of the server at the other end of a line.
///
/// # Panics
/// Never.
#[must_use]
pub fn server() -> ServerUrl {
    "http://server".parse().expect("an address")
}

/// Where stores are put: in memory, where there is such a place.
///
/// # Panics
/// When there is no room.
#[must_use]
pub fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder")
}

/// Puts files into a folder.
///
/// # Panics
/// When they cannot be written.
pub fn put(files: &crate::disk::State, folder: &Path) {
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes).expect("room");
    }
}
