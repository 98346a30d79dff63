//! Devices for the tests of this crate that are real but for their patience, and what people log on them.

use std::{collections::BTreeSet, time::Duration};

use cairn_client::{
    Clock, Engine, HttpTransport, Store, SystemClock, Transport, TransportError,
    engine::{Answers, NewRecord},
    transport::{Ear, EnrolRequest, Enrolled, Reply, ServerUrl, Traffic},
};
use cairn_server::{
    admin,
    auth::{By, Role},
    clock,
    store::{self, feeds, pages},
};
use serde_json::json;
use sync_core::{
    id::{ChangeHash, ClockMs, UnitCode},
    replica::ChangeState,
};

/// The machine's clock, but for waits before another try, which are short: whoever was killed is soon back.
#[derive(Clone, Copy, Debug)]
pub struct Hasty(pub u32);

impl Clock for Hasty {
    fn now(&self) -> ClockMs {
        SystemClock.now()
    }

    fn offset_minutes(&self) -> i32 {
        480
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration / self.0).await;
    }
}

/// HTTP that reaches the server by way of `address`, whatever the device believes.
pub struct Via {
    http: HttpTransport,
    address: ServerUrl,
}

impl Via {
    /// By way of `address`.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn new(http: HttpTransport, address: &str) -> Self {
        Self { http, address: address.parse().expect("an address") }
    }
}

impl Transport for Via {
    async fn enrol(&self, _: &ServerUrl, request: &EnrolRequest) -> Result<Enrolled, TransportError> {
        self.http.enrol(&self.address, request).await
    }

    async fn sync(&self, _: &ServerUrl, token: &str, body: Vec<u8>) -> Result<Reply, TransportError> {
        self.http.sync(&self.address, token, body).await
    }

    fn traffic(&self) -> Traffic {
        self.http.traffic()
    }
}

impl Ear for Via {
    async fn listen(&self, _: &ServerUrl, token: &str, heard: impl FnMut() + Send) -> Result<(), TransportError> {
        self.http.listen(&self.address, token, heard).await
    }
}

/// Who furnishes stores.
#[must_use]
pub fn operator() -> By {
    By::operator(clock::now())
}

/// An outreach clinic.
///
/// # Panics
/// Never.
#[must_use]
pub fn outreach(unit: &str, place: &str, seen: u64) -> NewRecord {
    let fields = json!({"on": "2021-05-01", "place": place, "patients_seen": seen});
    let answers = Answers::Sent(fields.as_object().expect("an object").clone());
    NewRecord { form: "clinic.outreach".into(), unit: Some(unit.into()), answers, allow_faults: false }
}

/// Adds somebody with one role.
///
/// # Panics
/// When it fails.
pub async fn add_user(store: &store::Store, name: &str, role: Role, unit: &str) {
    let (user, unit) = (name.parse().expect("a name"), unit.parse().expect("a code"));
    admin::add_user(store, &operator(), user, name, role, unit).await.expect("a user");
}

/// Enrols a device of somebody.
///
/// # Panics
/// When it fails.
pub async fn enrol<S: Store, T: Transport, C: Clock>(
    store: &store::Store,
    device: &Engine<S, T, C>,
    url: &str,
    user: &str,
) {
    let user = user.parse().expect("a name");
    let (code, _) = admin::make_enrolment_code(store, &operator(), &user, 1).await.expect("a code");
    device.enrol(&url.parse().expect("an address"), &code.reveal(), "phone").await.expect("an enrolled device");
}

/// Syncs until everything is answered: so often as may be needed when nobody is killed any more.
///
/// # Panics
/// When that is not enough.
pub async fn finish<S: Store, T: Transport, C: Clock>(device: &Engine<S, T, C>) {
    for _ in 0..20 {
        if device.sync().await.expect("a store that works").answered_all {
            return;
        }
    }
    panic!("{:?}", device.sync().await);
}

/// A change, and where it stands.
pub type Placed = (UnitCode, u64, ChangeHash);

/// Everything of which a device believes that it is on the server.
///
/// # Panics
/// When its store fails.
pub async fn stored_here(store: &impl Store) -> BTreeSet<Placed> {
    let mut all = BTreeSet::new();
    for feed in store.feeds().await.expect("the feeds") {
        let rows = store.rows_of_feed(&feed.unit).await.expect("the rows");
        let stored = rows.into_iter().filter(|row| row.state == ChangeState::Stored);
        all.extend(stored.map(|row| (row.unit, row.position.expect("a position"), row.hash)));
    }
    all
}

/// What the server's store holds, by its own word: each feed from its first position to its head.
///
/// # Panics
/// When it fails, or a feed has no change at a position.
pub async fn all_changes(store: &store::Store) -> BTreeSet<Placed> {
    let mut tx = store.read().await.expect("a store that is read");
    let mut all = BTreeSet::new();
    for (unit, feed) in feeds::all(&mut tx).await.expect("the feeds") {
        let names = pages::names(&mut tx, &unit, 0, usize::MAX >> 1).await.expect("the names");
        assert!(names.iter().map(|(position, _)| *position).eq(1..=feed.head), "{unit} has a gap");
        all.extend(names.into_iter().map(|(position, hash)| (unit.clone(), position, hash)));
    }
    all
}
