//! Opening, committing, copying.

use std::collections::BTreeSet;

use crate::{
    auth::Role,
    store::{Engine, Store, StoreError, WriteTx, meta},
    testing::{World, empty, on_both},
};

on_both![
    a_store_keeps_its_epoch_and_its_key,
    many_processes_open_a_new_store_at_once,
    a_newer_store_is_left_alone,
    a_store_of_the_first_schema_is_brought_up_to_date,
    work_that_fails_or_is_dropped_leaves_nothing,
    a_part_is_taken_back_by_itself,
    a_backup_is_whole_and_never_overwrites,
];

async fn a_store_keeps_its_epoch_and_its_key(engine: Engine) {
    let world = World::new(engine).await;
    let (epoch, key) = (world.store.epoch(), *world.store.author_key());
    let beside = world.beside().await;
    assert_eq!((beside.epoch(), *beside.author_key()), (epoch, key));
    assert!(epoch != 0);
    beside.close().await;
    world.store.close().await;
    let again = world.beside().await;
    assert_eq!((again.epoch(), *again.author_key()), (epoch, key));
}

async fn many_processes_open_a_new_store_at_once(engine: Engine) {
    // Two are in each other's way once in some hundred times.
    let rounds = if engine == Engine::Sqlite { 100 } else { 1 };
    for _ in 0..rounds {
        let (url, _folder) = empty(engine);
        let mut opening = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let url = url.clone();
            opening.spawn(async move { Store::open(&url).await.unwrap().epoch() });
        }
        let epochs = opening.join_all().await;
        assert!(epochs.iter().all(|epoch| *epoch == epochs[0]), "{epochs:?}");
    }
}

#[tokio::test]
async fn a_file_may_have_any_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("昌都 ?mode=ro#%41.db");
    let first = Store::open_file(&path).await.unwrap();
    let (epoch, key) = (first.epoch(), *first.author_key());
    let beside = Store::open_file(&path).await.unwrap();
    assert_eq!((beside.epoch(), *beside.author_key()), (epoch, key));
    first.close().await;
    beside.close().await;
    assert!(path.exists() && epoch != 0);
    let again = Store::open_file(&path).await.unwrap();
    assert_eq!((again.epoch(), *again.author_key()), (epoch, key));
}

#[tokio::test]
async fn every_connection_to_sqlite_waits_for_the_disk() {
    let world = World::new(Engine::Sqlite).await;
    let mut write = world.store.begin_write().await.unwrap();
    let read = world.store.read().await.unwrap();
    let mut wal = Vec::new();
    for conn in [write.conn(), { read }.conn()] {
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *conn).await.unwrap();
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *conn).await.unwrap();
        let keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&mut *conn).await.unwrap();
        wal.push((mode, synchronous, keys));
    }
    assert_eq!(wal, vec![("wal".to_owned(), 2, 1); 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_connection_to_postgres_waits_for_the_disk() {
    let world = World::new(Engine::Postgres).await;
    let statement = "SELECT current_setting('synchronous_commit') || current_setting('transaction_isolation') \
                     || current_setting('transaction_read_only')";
    let mut write = world.store.begin_write().await.unwrap();
    let said: String = sqlx::query_scalar(statement).fetch_one(write.conn()).await.unwrap();
    assert_eq!(said, "onread committedoff");
    let mut read = world.store.read().await.unwrap();
    let said: String = sqlx::query_scalar(statement).fetch_one(read.conn()).await.unwrap();
    assert_eq!(said, "onrepeatable readon");
}

async fn a_store_of_the_first_schema_is_brought_up_to_date(engine: Engine) {
    let world = World::new(engine).await;
    for (name, unit) in [("doctor-03", "markam"), ("doctor-04", "changdu")] {
        let worker = world.worker(name, Role::Recorder, "changdu").await;
        let records = [(1, worker.outreach(unit, 5, 1)), (2, worker.outreach("riwoqe", 7, 2))];
        for (_, (_, change)) in &records {
            world.push(&worker, unit, &[change]).await;
        }
    }
    let by_worker = "SELECT CAST(SUM(value) AS BIGINT) FROM worker_tallies WHERE measure = 'people_benefited'";
    assert_eq!(world.count(by_worker).await, 24);
    assert_eq!(world.count("SELECT COUNT(*) FROM month_totals").await, 3);
    let later = engine.migrations().iter().skip(1).flat_map(|(_, statements)| statements.lines());
    let made: BTreeSet<_> = later.filter_map(|line| line.strip_prefix("CREATE ")).collect();
    let drop = |made: &&str| {
        let (what, name) = made.trim_start_matches("UNIQUE ").split_once(' ').unwrap();
        // The records stay, and their table is as good as the first.
        let name = name.split([' ', '(']).next().filter(|name| *name != "records")?;
        Some(format!("DROP {what} {name};"))
    };
    let mut statements: String = made.iter().filter_map(drop).collect();
    statements.push_str("ALTER TABLE devices DROP COLUMN app; DELETE FROM schema_migrations WHERE number > 1");
    let back = async |tx: &mut WriteTx| -> Result<(), StoreError> {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statements.clone())).execute(tx.conn()).await?;
        Ok(())
    };
    world.store.write(back).await.unwrap();
    let again = world.beside().await;
    assert_eq!(again.verify().await.unwrap().differences, []);
    assert_eq!(world.count(by_worker).await, 24);
    assert_eq!(world.count("SELECT COUNT(*) FROM month_totals").await, 3);
}

async fn a_newer_store_is_left_alone(engine: Engine) {
    let world = World::new(engine).await;
    world.tamper("INSERT INTO schema_migrations (number) VALUES (99)").await;
    let error = Store::open(&world.url).await.unwrap_err();
    assert_eq!(error.code(), "schema_newer");
    let error = Store::open("mysql://user:secret@host/db").await.unwrap_err();
    assert_eq!(error.code(), "database_unsupported");
    assert!(!error.to_string().contains("secret"), "{error}");
}

async fn work_that_fails_or_is_dropped_leaves_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let write = async |tx: &mut WriteTx| meta::keep_first(tx, "test", "1").await;
    let failed: Result<(), StoreError> = world
        .store
        .write(async |tx| {
            write(tx).await?;
            Err(StoreError::Busy)
        })
        .await;
    assert_eq!(failed.unwrap_err().code(), "database_busy");
    let mut dropped = world.store.begin_write().await.unwrap();
    write(&mut dropped).await.unwrap();
    drop(dropped);
    let read = async || meta::read(&mut world.store.read().await.unwrap(), "test").await.unwrap();
    assert_eq!(read().await, None);
    world.store.write(write).await.unwrap();
    assert_eq!(read().await.as_deref(), Some("1"));
}

async fn a_part_is_taken_back_by_itself(engine: Engine) {
    let world = World::new(engine).await;
    let mut tx = world.store.begin_write().await.unwrap();
    for (key, keeps) in [("one", true), ("two", false), ("three", true)] {
        tx.begin_part().await.unwrap();
        meta::keep_first(&mut tx, key, "1").await.unwrap();
        if keeps { tx.keep_part().await.unwrap() } else { tx.undo_part().await.unwrap() }
    }
    tx.commit().await.unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM store_meta WHERE key IN ('one', 'two', 'three')").await, 2);
}

async fn a_backup_is_whole_and_never_overwrites(engine: Engine) {
    let world = World::new(engine).await;
    let worker = world.worker("doctor-03", Role::Recorder, "markam").await;
    let (_, change) = worker.outreach("markam", 5, 1);
    world.push(&worker, "markam", &[&change]).await;
    let path = world.path("copy 1.db");
    world.store.backup(&path).await.unwrap();
    assert_eq!(world.store.backup(&path).await.unwrap_err().code(), "file_exists");
    let nowhere = world.path("nowhere").join("copy.db");
    world.store.backup(&nowhere).await.unwrap_err();
    let partial =
        |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().path().extension() == Some("partial".as_ref());
    assert!(!std::fs::read_dir(path.parent().unwrap()).unwrap().any(partial));
    let copy = Store::open_file(&path).await.unwrap();
    assert_ne!(copy.epoch(), world.store.epoch());
    let verified = copy.verify().await.unwrap();
    assert!(verified.is_clean());
    assert_eq!((verified.feeds, verified.changes, verified.records), (1, 1, 1));
}
