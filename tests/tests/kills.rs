//! Promises 1, 2 and 4 under SIGKILL: the demonstration's year is played while the server is killed again and again.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use cairn_server::config::PlaceConfig;
use cairn_server::demo::{Play, Stage, plan::Plan};
use cairn_server::store::Engine;
use cairn_tests::{Server, on_both, place, run_on};

/// How often the server is killed, at least.
const KILLS: u32 = 50;

/// Kills and starts the server, until told to stop, at moments drawn from `seed`.
fn torment(place: &PlaceConfig, first: Server, stop: &AtomicBool, kills: &AtomicU32, mut seed: u64) -> Server {
    let address = first.address();
    let mut server = first;
    while !stop.load(Ordering::SeqCst) {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis(20 + (seed >> 33) % 400));
        server.kill();
        kills.fetch_add(1, Ordering::SeqCst);
        server = Server::start(place, &address);
    }
    server
}

on_both![a_server_killed_all_year_loses_nothing_that_it_acknowledged];

async fn a_server_killed_all_year_loses_nothing_that_it_acknowledged(engine: Engine) {
    let home = tempfile::tempdir().unwrap();
    let place = place(engine, &home.path().join("server"));
    let server = Server::start(&place, "127.0.0.1:0");
    let stage = Stage {
        url: server.url.parse().unwrap(),
        store: place.open().await.unwrap(),
        devices: home.path().join("devices"),
    };
    let plan = Plan::new(50);
    let mut play = Play::begin(&plan, &stage).await.unwrap();

    let stop = Arc::new(AtomicBool::new(false));
    let kills = Arc::new(AtomicU32::new(0));
    let tormentor = {
        let (place, stop, kills) = (place.clone(), Arc::clone(&stop), Arc::clone(&kills));
        std::thread::spawn(move || torment(&place, server, &stop, &kills, 1))
    };
    play.year(&|_| {}).await.unwrap();
    // Whatever an author's device believes to be on the server must be there, although the server was killed meanwhile.
    let during = play.acknowledged_and_lost().await.unwrap();
    let settled = play.settle(&|_| {}).await.unwrap();
    stop.store(true, Ordering::SeqCst);
    let server = tormentor.join().unwrap();

    let checked = play.check().await.unwrap();
    assert_eq!(checked.differences(), 0, "{:?}\n{:?}", checked.totals, checked.wrong);
    assert_eq!(during, Vec::new(), "acknowledged and lost");
    assert_eq!(play.acknowledged_and_lost().await.unwrap(), Vec::new(), "acknowledged and lost");
    assert!(settled.conflicts > 0 && settled.duplicates >= 10 && !settled.held.is_empty());
    let kills = kills.load(Ordering::SeqCst);
    assert!(kills >= KILLS, "only {kills} kills");
    println!("{kills} kills, {} records, totals right", checked.records);
    let verified = run_on(&place, &["verify", "--json"]).well();
    println!("{}", verified.stdout.trim());
    drop(server);
}
