//! How SQLite finds the changes and records that a sync asks for: by a key of few, never by reading all that an org unit has. It keeps no
//! statistics here, and takes the first column of any index for as good a key as another.

use sqlx::{AssertSqlSafe, Row as _};

use crate::{
    store::{Engine, changes, records, rows::Listing},
    testing::World,
};

/// The steps of SQLite's plan for a list of so many.
async fn plan(world: &World, listing: &Listing, items: usize) -> Vec<String> {
    let mut tx = world.store.read().await.unwrap();
    let explain = format!("EXPLAIN QUERY PLAN {}", listing.sql(Engine::Sqlite, items));
    let steps = sqlx::query(AssertSqlSafe(explain)).fetch_all(tx.conn()).await.unwrap();
    steps.iter().map(|step| step.get("detail")).collect()
}

fn reads_a_unit(steps: &[String]) -> bool {
    let by_index = ["SEARCH changes USING INDEX ", "SEARCH records USING INDEX "];
    steps.iter().any(|step| !by_index.iter().any(|by| step.starts_with(by)) || step.ends_with("(org_unit=?)"))
}

#[tokio::test]
async fn few_are_found_without_reading_all_of_an_org_unit() {
    let world = World::new(Engine::Sqlite).await;
    for items in (0..=8).map(|power| 1 << power) {
        for listing in changes::LISTINGS.into_iter().chain(records::LISTINGS) {
            let steps = plan(&world, listing, items).await;
            assert!(!steps.is_empty() && !reads_a_unit(&steps), "{} of {items}: {steps:?}", listing.head);
        }
    }
    assert!(reads_a_unit(&plan(&world, changes::OF_OTHERS, 4).await), "it could be asked here too");
}
