//! What earlier versions wrote is read by this one: their stores are opened and brought up to date, their devices bring in their work,
//! their requests are answered and their answers understood.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::Path,
};

use cairn_client::{
    HttpTransport,
    engine::Seed,
    store::RecordFilter,
    transport::{ENROL_PATH, Ear as _, Enrolled, SYNC_PATH, ServerUrl},
};
use cairn_server::store::Engine;
use cairn_tests::{
    Server,
    figures::Rig,
    golden::{
        self, ADMINISTRATOR, AFTER, BEFORE, BUNDLE, Golden, LIVE, PASSWORD, PHONE, Phone, StillClock, contains,
        described, described_device,
        line::{Echo, Line, Said},
    },
    http, on_both, run_on,
};
use serde_json::{Value as Json, json};

/// Whose figures these are.
static RIG: Rig = Rig::new("golden", "What earlier versions wrote and sent is read by this one");

on_both![
    a_store_of_every_version_says_what_it_said_and_takes_in_the_work_of_its_devices,
    requests_of_every_version_are_answered_as_they_should_be,
];

async fn phone_of(golden: &Golden, folder: &Path, url: &ServerUrl, number: u8) -> Phone<Line> {
    golden.device(PHONE, folder);
    Phone::open(folder, Line::new("phone", url, &Said::default()), &StillClock::default(), number).await
}

async fn a_store_of_every_version_says_what_it_said_and_takes_in_the_work_of_its_devices(engine: Engine) {
    for golden in Golden::all() {
        let home = tempfile::tempdir().unwrap();
        let (version, expected) = (golden.version(), golden.expected());
        let token = expected["token"].as_str().unwrap();
        let place = golden.server(engine, &home.path().join("server")).await;
        let verified = run_on(&place, &["verify", "--json"]).well().json();
        assert_eq!(verified["differences"], json!([]), "{version}");
        let server = Server::start(&place, "127.0.0.1:0");
        contains(&described(&server.url, token), &expected["server"], &version);
        let ask = |path: &str, body: Json| {
            http(&server.url, "POST", path, Some(token), "application/json", body.to_string().as_bytes())
        };
        let (status, proof) = ask("/api/v1/audit/verification", json!({}));
        let proof: Json = serde_json::from_slice(&proof).unwrap();
        assert_eq!((status, &proof["ok"]), (200, &json!(true)), "{version}: {proof}");
        let (status, _) = ask("/api/v1/session", json!({"username": ADMINISTRATOR, "password": PASSWORD}));
        assert_eq!(status, 201, "{version}: the console's password");

        let url: ServerUrl = server.url.parse().unwrap();
        let phone = phone_of(&golden, &home.path().join("phone"), &url, 101).await;
        contains(&described_device(&phone).await, &expected["phone"], &version);
        let synced = phone.sync().await;
        contains(&serde_json::to_value(&synced).unwrap(), &expected["phone_sync"], &version);
        contains(&described(&server.url, token), &expected["server_after"], &version);
        contains(&described_device(&phone).await, &expected["phone_after"], &version);
        let name = format!("changes that a device of {version} brought in, on {engine:?}");
        RIG.add(&[(&name, u64::from(synced.pushed))]);
        let again = phone.sync().await;
        assert_eq!((again.pushed, again.pulled), (0, 0), "{version}: all arrived once");
        run_on(&place, &["verify"]).well();
    }
}

async fn requests_of_every_version_are_answered_as_they_should_be(engine: Engine) {
    for golden in Golden::all() {
        let home = tempfile::tempdir().unwrap();
        let (version, expected) = (golden.version(), golden.expected());
        let place = golden.server(engine, home.path()).await;
        let server = Server::start(&place, "127.0.0.1:0");
        let before = golden.exchanges(BEFORE);
        let answers = golden::replayed(&before, &server.url);
        contains(&json!(answers), &expected["replayed"], &version);
        // Nothing that was stored is stored again: the same position, and another word.
        let mut duplicates = 0;
        for (exchange, answer) in before.iter().zip(&answers).filter(|(exchange, _)| exchange.is_sync()) {
            let words = answer["outcomes"].as_array().unwrap();
            for (then, now) in golden::outcomes(&exchange.response).iter().zip(words) {
                if let Some(position) = then.strip_prefix("accepted ") {
                    assert_eq!(now, &json!(format!("duplicate {position}")), "{version}");
                    duplicates += 1;
                }
            }
        }
        assert!(duplicates > 15, "{version}: {duplicates}");
        run_on(&place, &["verify"]).well();
        let name = format!("requests of {version} that were repeated, on {engine:?}");
        RIG.add(&[(&name, before.len() as u64)]);

        // What the phone sent later is new to this store the first time.
        let after = golden.exchanges(AFTER);
        let (enrolment, syncs): (Vec<_>, Vec<_>) = after.into_iter().partition(|exchange| exchange.path == ENROL_PATH);
        for exchange in syncs {
            assert_eq!(exchange.path, SYNC_PATH);
            let (first, second) = (exchange.repeat(&server.url), exchange.repeat(&server.url));
            assert_eq!((first.0, second.0), (200, 200), "{version}");
            let (then, first, second) =
                (golden::outcomes(&exchange.response), golden::outcomes(&first.1), golden::outcomes(&second.1));
            assert_eq!(first, then, "{version}");
            let repeated: Vec<String> = then.iter().map(|word| word.replace("accepted", "duplicate")).collect();
            assert_eq!(second, repeated, "{version}");
        }
        let [enrolment] = enrolment.as_slice() else { panic!("{version}: one enrolment") };
        let (status, answer) = enrolment.repeat(&server.url);
        assert_eq!(status, enrolment.status, "{version}: {}", String::from_utf8_lossy(&answer));
        let keys = |answer: &[u8]| {
            serde_json::from_slice::<BTreeMap<String, Json>>(answer).unwrap().into_keys().collect::<Vec<_>>()
        };
        let (now, then) = (keys(&answer), keys(&enrolment.response));
        assert!(then.iter().all(|key| now.contains(key)), "{version}: {now:?}");
    }
}

#[tokio::test]
async fn answers_of_every_version_are_understood() {
    for golden in Golden::all() {
        let home = tempfile::tempdir().unwrap();
        let (version, expected) = (golden.version(), golden.expected());
        contains(&golden::desk(&golden, &home.path().join("desk")).await, &expected["desk"], &version);

        golden.device(PHONE, &home.path().join("phone"));
        let after = golden.exchanges(AFTER);
        let echo = Echo::of(after.iter().filter(|exchange| exchange.is_sync()));
        let phone = Phone::open(&home.path().join("phone"), echo, &StillClock::default(), 104).await;
        let report = phone.sync().await;
        contains(&serde_json::to_value(&report).unwrap(), &expected["phone_sync"], &version);
        contains(&described_device(&phone).await, &expected["phone_after"], &version);
        assert_eq!(phone.engine.transport().left(), 0, "{version}: every answer was asked for");

        let enrolments = after.iter().filter(|exchange| exchange.path == ENROL_PATH);
        for exchange in enrolments {
            serde_json::from_slice::<Enrolled>(&exchange.response).unwrap();
        }
    }
}

#[tokio::test]
async fn the_live_stream_of_every_version_is_heard() {
    for golden in Golden::all() {
        let said = golden.bytes(LIVE);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url: ServerUrl = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let speaker = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            while request.read_line(&mut line).unwrap() > 2 {
                line.clear();
            }
            stream.write_all(&said).unwrap();
        });
        let mut heard = 0;
        // It ends in the middle, as a connection does that is cut.
        let _ = HttpTransport::new().listen(&url, "token", || heard += 1).await;
        speaker.join().unwrap();
        assert_eq!(json!(heard), golden.expected()["live_heard"], "{}", golden.version());
    }
}

#[tokio::test]
async fn a_bundle_of_every_version_is_taken_in_and_brought_to_its_server() {
    for golden in Golden::all() {
        let home = tempfile::tempdir().unwrap();
        let (version, expected) = (golden.version(), golden.expected());
        let place = golden.server(Engine::Sqlite, &home.path().join("server")).await;
        let server = Server::start(&place, "127.0.0.1:0");
        let url: ServerUrl = server.url.parse().unwrap();
        let store = cairn_client::SqliteStore::open(home.path().join("new")).await.unwrap();
        let line = Line::new("new", &url, &Said::default());
        let new = cairn_client::Engine::with_seed(store, line, StillClock::default(), Seed([0x77; 16]));
        new.enrol(&url, expected["code"].as_str().unwrap(), "new").await.unwrap();
        new.sync().await.unwrap();
        let listed = new.count(&RecordFilter::default()).await.unwrap();
        let taken = new.take_in_copy(&golden.bytes(BUNDLE)).await.unwrap();
        // The one that the server refused is in the file, too, and no replica takes it.
        assert_eq!(
            (json!(taken.changes), taken.rejected),
            (expected["bundle_changes"].clone(), 1),
            "{version}: {taken:?}"
        );
        assert!(taken.taken_in > 3, "{version}: {taken:?}");
        assert!(new.count(&RecordFilter::default()).await.unwrap() > listed, "{version}: its records are shown");
        let report = new.sync().await.unwrap();
        assert!(report.answered_all && report.pushed == taken.taken_in, "{version}: {report:?}");
        assert_eq!(json!(report.accepted), expected["phone_sync"]["accepted"], "{version}: {report:?}");
        // Its own device brings the same: all of it is there.
        let phone = phone_of(&golden, &home.path().join("phone"), &url, 105).await;
        let report = phone.sync().await;
        assert_eq!(
            (report.accepted, json!(report.duplicate)),
            (0, expected["phone_sync"]["accepted"].clone()),
            "{version}"
        );
        run_on(&place, &["verify"]).well();
    }
}

/// A migration that was released has run on somebody's store: it never changes. What is new comes in a file of its own.
#[test]
fn no_released_migration_was_edited() {
    let now: BTreeMap<String, String> = golden::migrations().into_iter().collect();
    for golden in Golden::all() {
        let expected = golden.expected();
        let released = expected["migrations"].as_object().unwrap();
        assert!(released.len() >= 10, "{}", golden.version());
        for (path, hash) in released {
            let found = now.get(path).unwrap_or_else(|| panic!("{path} of {} is gone", golden.version()));
            assert_eq!(
                &json!(found),
                hash,
                "{path} was released with {}: write a new migration instead",
                golden.version()
            );
        }
    }
}
