//! Making a folder anew: the story is told, the stores are put away, and then the phone syncs with a copy of the server's store.

use std::path::Path;

use cairn_client::{transport::ENROL_PATH, transport::ServerUrl};
use cairn_server::{config::PlaceConfig, store::Engine};
use serde_json::{Value as Json, json};
use sync_core::wire;

use super::{
    AFTER, BEFORE, BUNDLE, DESK, EXPECTED, Exchange, Golden, LIVE, PHONE, SERVER, SERVER_SQL,
    described::{described, described_device},
    line::{Echo, Line, Said},
    phone::{Phone, StillClock},
    story::{Story, Told},
};
use crate::{Server, both::address, place, run};

/// Makes all that is kept of this version, in `folder`.
///
/// # Panics
/// When anything is not as it should be.
pub async fn make(folder: &Path) {
    std::fs::create_dir_all(folder).expect("a writable folder");
    let golden = Golden::at(folder);
    let work = tempfile::tempdir().expect("a temporary folder");
    let work = work.path();
    let Told { phone, live, token, codes } = first_part(&golden, work).await;
    golden.keep(LIVE, &live);
    let copy = phone.engine.save_copy().await.expect("a copy");
    golden.keep(BUNDLE, &copy.bytes);
    let phone_shows = described_device(&phone).await;
    let phone_knows = json!({
        "forms": phone.engine.forms().await.expect("forms"),
        "units": phone.engine.units().await.expect("units"),
    });
    phone.engine.store().close().await;
    golden.keep(PHONE, &file(&work.join("phone")));
    golden.keep(DESK, &file(&work.join("desk-new")));
    golden.keep(SERVER_SQL, dumped(&work.join("server")).as_bytes());

    // From here on, the copies are changed and the kept ones are not.
    let place = golden.server(Engine::Sqlite, &work.join("again")).await;
    let server = Server::start(&place, "127.0.0.1:0");
    let server_tells = described(&server.url, &token);
    let url: ServerUrl = server.url.parse().expect("an address");
    let (said, clock) = (Said::default(), StillClock::default());
    golden.device(PHONE, &work.join("phone-again"));
    let phone = Phone::open(&work.join("phone-again"), Line::new("phone", &url, &said), &clock, 101).await;
    let report = phone.sync().await;
    let server_tells_after = described(&server.url, &token);
    let phone_shows_after = described_device(&phone).await;
    // A device that enrols, for the requests and answers alone.
    let new = Phone::open(&work.join("new"), Line::new("new", &url, &said), &clock, 102).await;
    new.engine.enrol(&url, &codes[0], "doctor-03 · new").await.expect("a good code");
    let after = said.lock().expect("nobody failed").clone();
    keep_exchanges(&golden, AFTER, &after);
    drop(server);

    let place = golden.server(Engine::Sqlite, &work.join("replayed")).await;
    let server = Server::start(&place, "127.0.0.1:0");
    let before = golden.exchanges(BEFORE);
    let expected = json!({
        "token": token,
        "code": codes[1],
        "bundle_changes": copy.changes,
        "server": server_tells,
        "server_after": server_tells_after,
        "phone": phone_shows,
        "phone_knows": phone_knows,
        "phone_after": phone_shows_after,
        "phone_sync": {"pushed": report.pushed, "accepted": report.accepted, "duplicate": report.duplicate,
            "parked": report.parked, "held": report.held, "refused": report.refused},
        "desk": desk(&golden, &work.join("desk-again")).await,
        "replayed": replayed(&before, &server.url),
        "live_heard": 2,
        "migrations": migrations(),
    });
    golden.keep(EXPECTED, serde_json::to_string_pretty(&expected).expect("JSON").as_bytes());
}

/// Tells the story, and puts the server's store away.
async fn first_part(golden: &Golden, work: &Path) -> Told {
    let place = place(Engine::Sqlite, &work.join("server"));
    let server = Server::start(&place, "127.0.0.1:0");
    let store = place.open().await.expect("a store");
    let mut story = Story::new(server.url.parse().expect("an address"), store, work);
    let told = story.tell().await;
    let before = story.said.lock().expect("nobody failed").clone();
    keep_exchanges(golden, BEFORE, &before);
    server.kill();
    story.store.close().await;
    settle(&place).await;
    golden.keep(SERVER, &std::fs::read(place.data.join("cairn.sqlite")).expect("a store"));
    told
}

/// Puts what lies in the log beside a store into its file, and frees what is free in it.
async fn settle(place: &PlaceConfig) {
    let file = place.data.join("cairn.sqlite");
    super::run_sql(&format!("sqlite://{}", file.display()), "VACUUM".into()).await;
    assert!(!place.data.join("cairn.sqlite-wal").exists(), "somebody has the store open");
}

fn file(folder: &Path) -> Vec<u8> {
    std::fs::read(folder.join(cairn_client::SqliteStore::FILE)).expect("a store")
}

fn keep_exchanges(golden: &Golden, name: &str, exchanges: &[Exchange]) {
    let kept: Vec<Json> = exchanges.iter().map(Exchange::to_json).collect();
    golden.keep(name, &serde_json::to_vec(&kept).expect("JSON"));
}

/// The store in `folder` as statements that make it on PostgreSQL 15 or later.
fn dumped(folder: &Path) -> String {
    let (from, to) = (format!("sqlite://{}", folder.join("cairn.sqlite").display()), address(Engine::Postgres, folder));
    run("cairn-server", ["migrate-store", "--from", &from, "--to", &to]).well();
    let dump = std::process::Command::new("pg_dump")
        .args(["--inserts", "--rows-per-insert=20", "--no-owner", "--no-privileges", "--dbname", &to])
        .output()
        .expect("pg_dump starts");
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let text = String::from_utf8(dump.stdout).expect("text");
    // Settings and commands of the program that dumped it, of which another version may know nothing.
    let strange =
        |line: &&str| ["SET ", "SELECT pg_catalog.set_config", "\\", "--"].iter().any(|word| line.starts_with(word));
    text.lines().filter(|line| !strange(line)).map(|line| format!("{line}\n")).collect()
}

/// What the desk shows that has heard what it once heard.
///
/// # Panics
/// When it does not take that in.
pub async fn desk(golden: &Golden, folder: &Path) -> Json {
    golden.device(DESK, folder);
    let before = golden.exchanges(BEFORE);
    // Its first sync alone: later ones answer for what it had written meanwhile.
    let first = before.iter().filter(|exchange| exchange.device == "desk" && exchange.is_sync());
    let desk = Phone::open(folder, Echo::of(first), &StillClock::default(), 103).await;
    let report = desk.sync().await;
    assert!(report.pulled > 0 && report.rejected == 0, "{report:?}");
    assert_eq!(desk.engine.transport().left(), 0);
    described_device(&desk).await
}

/// What a server answers today to requests that were once made: the status, and of syncs a word for each change.
///
/// # Panics
/// When an answer is no frame.
#[must_use]
pub fn replayed(exchanges: &[Exchange], url: &str) -> Vec<Json> {
    let once = |exchange: &Exchange| {
        let (status, answer) = exchange.repeat(url);
        let words = if exchange.path == ENROL_PATH || status != 200 { Vec::new() } else { outcomes(&answer) };
        json!({"device": exchange.device, "path": exchange.path, "status": status, "outcomes": words})
    };
    exchanges.iter().map(once).collect()
}

/// What an answer says of the changes that were pushed.
///
/// # Panics
/// When it is no frame.
#[must_use]
pub fn outcomes(answer: &[u8]) -> Vec<String> {
    let opened = wire::open_response(answer).expect("a frame");
    let word = |outcome: &wire::Outcome| match outcome {
        wire::Outcome::Accepted { position } | wire::Outcome::Duplicate { position } => {
            format!("{} {position}", outcome.word())
        }
        wire::Outcome::Held(reason) | wire::Outcome::Refused(reason) => {
            format!("{} {}", outcome.word(), reason.code.word())
        }
        wire::Outcome::Parked => outcome.word().to_owned(),
    };
    opened.head().outcomes.iter().map(word).collect()
}

/// The SHA-256 of every migration of this version, by its path.
fn migrations() -> Json {
    let hashed = super::migrations().into_iter().map(|(path, hash)| (path, Json::from(hash)));
    Json::Object(hashed.collect())
}
