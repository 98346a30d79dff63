//! Promise 2, the second half: a server that comes back from an old backup gets back what it forgot.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

use std::{path::Path, sync::Mutex};

use cairn_server::{
    config::PlaceConfig,
    demo::{Play, Settled, Stage, plan::Plan},
    store::Engine,
};
use cairn_tests::{Server, both::address, on_both, place, run, run_on};

on_both![devices_give_back_what_a_server_restored_from_a_backup_forgot];

/// Puts the backup in the store's place, as the documentation says.
fn restore(place: PlaceConfig, backup: &Path) -> PlaceConfig {
    if place.database.is_none() {
        for file in std::fs::read_dir(&place.data).unwrap() {
            std::fs::remove_file(file.unwrap().path()).unwrap();
        }
        std::fs::copy(backup, place.data.join("cairn.sqlite")).unwrap();
        return place;
    }
    let (from, to) = (format!("sqlite://{}", backup.display()), address(Engine::Postgres, &place.data));
    run("cairn-server", ["migrate-store", "--from", &from, "--to", &to]).well();
    PlaceConfig { database: Some(to), ..place }
}

async fn devices_give_back_what_a_server_restored_from_a_backup_forgot(engine: Engine) {
    let home = tempfile::tempdir().unwrap();
    let place = place(engine, &home.path().join("server"));
    let backup = home.path().join("halfway.sqlite");
    let server = Server::start(&place, "127.0.0.1:0");
    let mut stage = Stage {
        url: server.url.parse().unwrap(),
        store: place.open().await.unwrap(),
        devices: home.path().join("devices"),
    };
    let plan = Plan::new(9);
    let mut play = Play::begin(&plan, &stage).await.unwrap();
    let taken = Mutex::new(None);
    play.year(&|said| {
        if said.starts_with("2021-09") {
            let ended = run_on(&place, &["backup", backup.to_str().unwrap(), "--json"]);
            *taken.lock().unwrap() = Some(ended);
        }
    })
    .await
    .unwrap();
    taken.into_inner().unwrap().expect("the year has a September").well();
    play.settle(&|_| {}).await.unwrap();
    let before = play.check().await.unwrap();
    assert_eq!(before.differences(), 0, "{:?}", before.wrong);

    // The server is lost, and its operator does what the documentation says: put the backup in its place and start.
    let listen = server.address();
    server.kill();
    let devices = play.leave();
    stage.store.close().await;
    let place = restore(place, &backup);
    let _server = Server::start(&place, &listen);
    stage.store = place.open().await.unwrap();
    let mut play = Play::resume(&plan, &stage, devices);

    // Nobody does anything on a device. The administrator's own acts since September were forgotten with the rest.
    play.administer_again().await.unwrap();
    let mut settled = Settled::default();
    play.gather(&mut settled).await.unwrap();
    play.gather(&mut settled).await.unwrap();
    let after = play.check().await.unwrap();
    assert_eq!(after.differences(), 0, "{:?}\n{:?}", after.totals, after.wrong);
    assert_eq!(after.state, before.state);
    run_on(&place, &["verify"]).well();
}
