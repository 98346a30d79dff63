//! Promise 2, the second half: a server that comes back from an old backup gets back what it forgot.

use std::sync::Mutex;

use cairn_server::{
    config::PlaceConfig,
    demo::{Play, Settled, Stage, plan::Plan},
};
use cairn_tests::{Server, run};

#[tokio::test(flavor = "multi_thread")]
async fn devices_give_back_what_a_server_restored_from_a_backup_forgot() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("server");
    let backup = home.path().join("halfway.sqlite");
    std::fs::create_dir_all(&data).unwrap();
    let server = Server::start(&PlaceConfig::in_dir(&data), "127.0.0.1:0");
    let mut stage = Stage {
        url: server.url.parse().unwrap(),
        store: PlaceConfig::in_dir(&data).open().await.unwrap(),
        devices: home.path().join("devices"),
    };
    let plan = Plan::new(9);
    let mut play = Play::begin(&plan, &stage).await.unwrap();
    let taken = Mutex::new(None);
    play.year(&|said| {
        if said.starts_with("2021-09") {
            let data = data.to_str().unwrap();
            let ended = run("cairn-server", ["backup", backup.to_str().unwrap(), "--json", "--data", data]);
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
    let address = server.address();
    server.kill();
    let devices = play.leave();
    stage.store.close().await;
    for file in std::fs::read_dir(&data).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    std::fs::copy(&backup, data.join("cairn.sqlite")).unwrap();
    let _server = Server::start(&PlaceConfig::in_dir(&data), &address);
    stage.store = PlaceConfig::in_dir(&data).open().await.unwrap();
    let mut play = Play::resume(&plan, &stage, devices);

    // Nobody does anything on a device. The administrator's own acts since September were forgotten with the rest.
    play.administer_again().await.unwrap();
    let mut settled = Settled::default();
    play.gather(&mut settled).await.unwrap();
    play.gather(&mut settled).await.unwrap();
    let after = play.check().await.unwrap();
    assert_eq!(after.differences(), 0, "{:?}\n{:?}", after.totals, after.wrong);
    assert_eq!(after.state, before.state);
    run("cairn-server", ["verify", "--data", data.to_str().unwrap()]).well();
}
