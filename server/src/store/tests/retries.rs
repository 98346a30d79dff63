//! On PostgreSQL: what the database takes back is done again, and whoever asked for it does not notice.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU32, Ordering},
};

use sync_core::id::UnitCode;
use tokio::sync::Barrier;

use crate::{
    store::{Engine, LostCommit, StoreError, WriteTx, feeds, meta},
    testing::{Cluster, World},
};

/// Ends every connection to this database but the one that says it.
const END_ALL: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// Ends the connection in the midst of the first commit of a row that says so.
const DIE_ONCE: &str = "
    CREATE SEQUENCE commits;
    CREATE FUNCTION die_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('commits') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON store_meta DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.key = 'fatal') EXECUTE FUNCTION die_once();
";

async fn kept(world: &World, key: &str) -> Option<String> {
    meta::read(&mut world.store.read().await.unwrap(), key).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn work_whose_connection_is_lost_is_done_again() {
    let world = World::new(Engine::Postgres).await;
    let tries = AtomicU32::new(0);
    let work = async |tx: &mut WriteTx| {
        meta::keep_first(tx, "one", "1").await?;
        if tries.fetch_add(1, Ordering::Relaxed) == 0 {
            sqlx::query("SELECT pg_terminate_backend(pg_backend_pid())").execute(tx.conn()).await?;
        }
        meta::keep_first(tx, "two", "2").await
    };
    world.store.write(work).await.unwrap();
    assert_eq!(tries.into_inner(), 2);
    assert_eq!((kept(&world, "one").await, kept(&world, "two").await), (Some("1".into()), Some("2".into())));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_broke_while_nobody_used_them_are_replaced() {
    let world = World::new(Engine::Postgres).await;
    for turn in ["one", "two", "three"] {
        Cluster::get().sql(&world.url, END_ALL);
        let work = async |tx: &mut WriteTx| meta::keep_first(tx, turn, "1").await;
        world.store.write(work).await.unwrap();
        Cluster::get().sql(&world.url, END_ALL);
        assert_eq!(kept(&world, turn).await.as_deref(), Some("1"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_is_lost_is_repeated_only_where_that_does_no_harm() {
    for (lost_commit, runs) in [(LostCommit::Report, 1), (LostCommit::Repeat, 2)] {
        let world = World::new(Engine::Postgres).await;
        Cluster::get().sql(&world.url, DIE_ONCE);
        let tries = AtomicU32::new(0);
        let work = async |tx: &mut WriteTx| {
            tries.fetch_add(1, Ordering::Relaxed);
            meta::keep_first(tx, "fatal", "1").await
        };
        let done = world.store.run_tx(lost_commit, work).await;
        assert_eq!(done.is_ok(), lost_commit == LostCommit::Repeat, "{done:?}");
        assert_eq!(kept(&world, "fatal").await.is_some(), done.is_ok());
        assert_eq!(tries.into_inner(), runs);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_wait_for_each_other_one_begins_anew() {
    let world = World::new(Engine::Postgres).await;
    let (met, tries) = (Barrier::new(2), AtomicU32::new(0));
    let unit = |code: &str| BTreeSet::from([code.parse::<UnitCode>().unwrap()]);
    let lock = async |first: &str, second: &str| {
        let work = async |tx: &mut WriteTx| {
            feeds::lock(tx, &unit(first)).await?;
            if tries.fetch_add(1, Ordering::Relaxed) < 2 {
                met.wait().await;
            }
            feeds::lock(tx, &unit(second)).await?;
            Ok::<_, StoreError>(())
        };
        world.store.write(work).await.unwrap();
    };
    tokio::join!(lock("markam", "riwoqe"), lock("riwoqe", "markam"));
    assert_eq!(tries.into_inner(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_for_good_is_said_at_once() {
    let world = World::new(Engine::Postgres).await;
    let tries = AtomicU32::new(0);
    let work = async |tx: &mut WriteTx| {
        tries.fetch_add(1, Ordering::Relaxed);
        Ok::<_, StoreError>(sqlx::query("SELECT nonsense").execute(tx.conn()).await?)
    };
    assert_eq!(world.store.write(work).await.unwrap_err().code(), "database_failed");
    assert_eq!(tries.into_inner(), 1);
}
