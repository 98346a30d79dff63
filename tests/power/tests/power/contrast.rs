//! Disks and stores that are known to be wrong: the rig catches each. Left alone, it would prove nothing.

use std::path::Path;

use cairn_power::{
    client,
    ledger::Acknowledged,
    near::{folder, put},
    play::{Found, Quest},
    server,
    tape::{Plan, Tape, Wrong, files_of},
};
use sqlx::{
    Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};

use crate::cuts::{client_cut, runtime, server_cut};

/// States within which each is caught.
const STATES: usize = 1_200;
const QUEST: Quest = Quest { states: STATES, seed: 1, ends_at_first: true };

fn server_found(wrong: Option<Wrong>, acknowledged: Acknowledged) -> Found {
    let runtime = runtime();
    let mut script = server::Script::on(None, wrong, Plan::Never);
    runtime.block_on(script.play(5)).unwrap();
    server_cut(&runtime, &script, QUEST, acknowledged)
}

fn client_found(wrong: Option<Wrong>, acknowledged: Acknowledged) -> Found {
    let runtime = runtime();
    let mut script = runtime.block_on(client::Script::on(None, wrong, Plan::Never));
    runtime.block_on(script.play(20)).unwrap();
    client_cut(&runtime, &script, QUEST, acknowledged)
}

fn is_caught(what: &str, found: Found, by: &[&str]) {
    let Some(first) = found.wrong.first() else { panic!("{what} went through {} states unseen", found.states) };
    println!("{what}, within {} states: {first}", found.states);
    assert!(by.iter().any(|by| first.contains(by)), "{what} is caught, but for another reason: {first}");
}

/// Stamps a test for each variant and store.
macro_rules! caught {
    ($($test:ident: $found:ident($wrong:expr, $acknowledged:ident) by $($by:literal),+;)+) => {$(
        #[test]
        fn $test() {
            is_caught(stringify!($test), $found($wrong, Acknowledged::$acknowledged), &[$($by),+]);
        }
    )+};
}

caught! {
    a_server_on_a_disk_that_does_not_sync_its_log: server_found(Some(Wrong::LogNotSynced), Afterwards)
        by "acknowledged and not there";
    a_server_on_a_disk_that_does_not_sync_its_database: server_found(Some(Wrong::DatabaseNotSynced), Afterwards)
        by "acknowledged and not there", "does not open", "integrity_check", "cannot be";
    a_server_on_a_disk_that_does_not_sync_its_folder: server_found(Some(Wrong::FolderNotSynced), Afterwards)
        by "acknowledged and not there";
    a_server_with_synchronous_normal: server_found(Some(Wrong::HardlySynced), Afterwards)
        by "acknowledged and not there";
    a_server_that_answers_before_its_commit: server_found(None, Before)
        by "acknowledged and not there";
    a_device_on_a_disk_that_does_not_sync_its_log: client_found(Some(Wrong::LogNotSynced), Afterwards)
        by "saved and not there";
    a_device_on_a_disk_that_does_not_sync_its_database: client_found(Some(Wrong::DatabaseNotSynced), Afterwards)
        by "saved and not there", "does not open", "integrity_check", "cannot be";
    a_device_on_a_disk_that_does_not_sync_its_folder: client_found(Some(Wrong::FolderNotSynced), Afterwards)
        by "saved and not there";
    a_device_with_synchronous_normal: client_found(Some(Wrong::HardlySynced), Afterwards)
        by "saved and not there";
    a_device_that_says_saved_before_its_commit: client_found(None, Before)
        by "saved and not there";
}

/// What a connection that asks for FULL gets: 2 is FULL, 1 NORMAL.
async fn synchronous(wrong: Option<Wrong>) -> i64 {
    let folder = folder();
    let (_tape, _watch) = Tape::watch(folder.path(), wrong, Plan::Never);
    let options = SqliteConnectOptions::new().filename(folder.path().join("any.sqlite")).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options.synchronous(SqliteSynchronous::Full)).await.unwrap();
    sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut connection).await.unwrap()
}

#[test]
fn synchronous_normal_is_what_it_says() {
    let runtime = runtime();
    assert_eq!(runtime.block_on(synchronous(None)), 2);
    assert_eq!(runtime.block_on(synchronous(Some(Wrong::HardlySynced))), 1);
}

/// Changes a database behind everybody's back.
async fn tampered(file: &Path, statement: &'static str) {
    let mut connection = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await.unwrap();
    let done = sqlx::query(statement).execute(&mut connection).await.unwrap();
    assert!(done.rows_affected() > 0, "{statement}");
    connection.close().await.unwrap();
}

#[test]
fn half_of_what_a_server_wrote_is_seen() {
    let runtime = runtime();
    let mut script = server::Script::on(None, None, Plan::Never);
    runtime.block_on(script.play(1)).unwrap();
    let (end, files) = (script.ledger.tape().now(), files_of(script.folder()));
    let (_, phones) = script.phones.last().unwrap();
    let check =
        async |folder: &Path| server::check(folder, &script.ledger.at(end, Acknowledged::Afterwards), phones).await;
    let sound = folder();
    put(&files, sound.path());
    assert_eq!(runtime.block_on(check(sound.path())), Ok(()));
    for (statement, seen) in [
        ("DELETE FROM records WHERE id = (SELECT MIN(id) FROM records)", "has no row"),
        ("DELETE FROM changes WHERE position = 2", "position 2"),
        ("UPDATE tallies SET value = value + 1", "should be"),
        ("DELETE FROM grants", "acknowledged and not there"),
    ] {
        let place = folder();
        put(&files, place.path());
        runtime.block_on(tampered(&place.path().join(server::FILE), statement));
        let found = runtime.block_on(check(place.path())).unwrap_err();
        println!("{statement}: {found}");
        assert!(found.contains(seen) || found.contains("tables are not what its changes say"), "{statement}: {found}");
    }
}

#[test]
fn half_of_what_a_device_wrote_is_seen() {
    let runtime = runtime();
    let mut script = runtime.block_on(client::Script::on(None, None, Plan::Never));
    runtime.block_on(script.play_phase(client::Phase::Made)).unwrap();
    runtime.block_on(script.play_phase(client::Phase::Written)).unwrap();
    let (end, files, centers) = (script.ledger.tape().now(), files_of(script.folder()), script.centers());
    let (_, center) = centers.last().unwrap();
    let check =
        async |folder: &Path| client::check(folder, &script.ledger.at(end, Acknowledged::Afterwards), center).await;
    let sound = folder();
    put(&files, sound.path());
    assert_eq!(runtime.block_on(check(sound.path())), Ok(()));
    for (statement, seen) in [
        ("DELETE FROM records WHERE id = (SELECT MIN(id) FROM records)", "changes and no summary"),
        ("DELETE FROM changes WHERE record = (SELECT MIN(record) FROM changes)", "summary and no changes"),
        ("UPDATE records SET fields = '{}'", "a summary is"),
        ("DELETE FROM drafts", "saved and not there"),
        ("DELETE FROM identity", "saved and not there"),
    ] {
        let place = folder();
        put(&files, place.path());
        runtime.block_on(tampered(&place.path().join(cairn_client::SqliteStore::FILE), statement));
        let found = runtime.block_on(check(place.path())).unwrap_err();
        println!("{statement}: {found}");
        assert!(found.contains(seen), "{statement}: {found}");
    }
}
