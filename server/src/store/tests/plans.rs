//! How SQLite finds the changes that a sync asks for: by a key of few, never by reading all that an org unit has. It keeps no
//! statistics here, and takes the first column of any index for as good a key as another.

use sqlx::{AssertSqlSafe, Row as _};

use crate::{
    store::{Engine, changes::LISTINGS, rows::Listing},
    testing::World,
};

/// The steps of SQLite's plan for a list of so many.
async fn plan(world: &World, listing: &Listing, items: usize) -> Vec<String> {
    let mut tx = world.store.read().await.unwrap();
    let explain = format!("EXPLAIN QUERY PLAN {}", listing.sql(Engine::Sqlite, items));
    let steps = sqlx::query(AssertSqlSafe(explain)).fetch_all(tx.conn()).await.unwrap();
    steps.iter().map(|step| step.get("detail")).collect()
}

fn reads_a_feed(steps: &[String]) -> bool {
    steps.iter().any(|step| !step.starts_with("SEARCH changes USING INDEX ") || step.ends_with("(org_unit=?)"))
}

#[tokio::test]
async fn few_changes_are_found_without_reading_a_feed() {
    let world = World::new(Engine::Sqlite).await;
    let (asked, not_asked) = LISTINGS;
    for items in (0..=8).map(|power| 1 << power) {
        for listing in asked {
            let steps = plan(&world, listing, items).await;
            assert!(!steps.is_empty() && !reads_a_feed(&steps), "{} of {items}: {steps:?}", listing.head);
        }
    }
    assert!(reads_a_feed(&plan(&world, not_asked, 4).await), "it could be asked here too");
}
