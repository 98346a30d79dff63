//! Acknowledged means never lost: the server comes back from an old backup, and the devices give back what it forgot.

use crate::{
    AppState,
    auth::Role,
    store::{Engine, Store},
    testing::{Hand, World, empty, on_both},
};

on_both![what_a_restored_server_forgot_comes_back_from_its_devices, a_device_that_lost_some_of_its_rows_is_repaired,];

async fn what_a_restored_server_forgot_comes_back_from_its_devices(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let reader = world.worker("reader-01", Role::Observer, "markam").await;
    let (mut writing, mut reading) = (Hand::of(&world, &doctor), Hand::of(&world, &reader));
    for time in 1..=20 {
        let (record, change) = doctor.outreach("markam", time, time);
        writing.write(&record, &change);
        if time == 10 {
            writing.sync().await;
            reading.sync().await;
            world.store.backup(&world.path("backup.db")).await.unwrap();
        }
    }
    writing.sync().await;
    reading.sync().await;
    let total = world.total("people_benefited").await;
    assert_eq!(reading.stored().len(), 20);

    let mut world = world;
    let backup = Store::open_file(&world.path("backup.db")).await.unwrap();
    // On SQLite the file is put in the store's place; on PostgreSQL it is copied into a new database.
    let restored = match engine {
        Engine::Sqlite => backup,
        Engine::Postgres => {
            let (url, _folder) = empty(engine);
            let target = Store::open(&url).await.unwrap();
            backup.copy_into(&target).await.unwrap();
            target.close().await;
            Store::open(&url).await.unwrap()
        }
    };
    assert_ne!(restored.epoch(), world.store.epoch());
    assert_eq!(restored.author_key(), world.store.author_key());
    world.app = AppState::start(restored.clone());
    world.store = restored;
    assert_eq!(world.count("SELECT COUNT(*) FROM changes").await, 10);

    // The one who only reads comes first: it gives back what others wrote, and says whose it is.
    reading.moved_to(&world);
    reading.sync().await;
    assert_eq!(world.count("SELECT COUNT(*) FROM changes").await, 20);
    assert_eq!(world.count("SELECT COUNT(*) FROM held").await, 0);
    writing.moved_to(&world);
    let (record, change) = doctor.outreach("markam", 100, 100);
    writing.write(&record, &change);
    writing.sync().await;
    reading.sync().await;
    assert_eq!(world.total("people_benefited").await, total + 100);
    assert_eq!(writing.stored(), reading.stored());
    for hand in [&writing, &reading] {
        assert_eq!(hand.feed("markam").held, hand.feed("markam").digest);
    }
    world.is_right().await;
}

async fn a_device_that_lost_some_of_its_rows_is_repaired(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let mut hand = Hand::of(&world, &doctor);
    for time in 1..=40 {
        let (record, change) = doctor.outreach("markam", time, time);
        hand.write(&record, &change);
    }
    hand.sync().await;
    let gone: Vec<_> = hand.rows.keys().step_by(3).copied().collect();
    for hash in &gone {
        hand.rows.remove(hash);
        hand.outbox.retain(|h| h != hash);
        let feed = hand.feeds.get_mut("markam").unwrap();
        feed.held = feed.held.minus(hash);
    }
    let (record, change) = doctor.outreach("markam", 1, 99);
    hand.write(&record, &change);
    hand.sync().await;
    assert_eq!(hand.stored().len(), 41);
    assert_eq!(hand.feed("markam").held, hand.feed("markam").digest);
}
