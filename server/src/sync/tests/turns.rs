//! What one device sends is stored some at a time, so that what others send has its turn in between.

use std::collections::BTreeSet;

use sync_core::wire::Outcome;
use tokio::task::yield_now;

use crate::{
    auth::Role,
    store::Engine,
    testing::{Hand, World, on_both},
};

on_both![a_large_request_is_stored_in_turns_that_are_shorter_beside_others];

/// Records of the large request.
const RECORDS: i64 = 1_280;

/// A request of 10,000 changes held up everybody else for a second: it was stored in one transaction.
async fn a_large_request_is_stored_in_turns_that_are_shorter_beside_others(engine: Engine) {
    let alone = seen_while_a_large_request_is_stored(&World::new(engine).await).await;
    assert!(!alone.is_empty(), "whoever looks sees nothing, and then all of them");
    assert!(alone.iter().all(|stored| stored % 128 == 0), "{alone:?}");
    let world = World::new(engine).await;
    let _another = world.app.syncs.clone().acquire_owned().await.unwrap();
    let beside = seen_while_a_large_request_is_stored(&world).await;
    assert!(beside.iter().all(|stored| stored % 32 == 0), "{beside:?}");
    assert!(beside.iter().any(|stored| stored % 128 != 0), "turns are as long as if there were nobody: {beside:?}");
}

/// How many changes are there, whenever somebody looks before all of them are.
async fn seen_while_a_large_request_is_stored(world: &World) -> BTreeSet<i64> {
    let doctor = world.worker("doctor-03", Role::Recorder, "markam-hospital").await;
    let mut hand = Hand::of(world, &doctor);
    for seen in 0..RECORDS {
        let (record, change) = doctor.outreach("markam-hospital", seen, 1_616_000_000_000 + seen);
        hand.write(&record, &change);
    }
    let (request, pushed) = hand.request();
    let look = async {
        let mut seen = BTreeSet::new();
        loop {
            let stored = world.count("SELECT COUNT(*) FROM changes").await;
            if stored == RECORDS {
                return seen;
            }
            seen.extend((stored > 0).then_some(stored));
            yield_now().await;
        }
    };
    let (reply, seen) = tokio::join!(hand.send(&request), look);
    let response = hand.open(&reply);
    assert_eq!(response.head.outcomes.len(), pushed.len());
    let place = |(at, outcome): (usize, &Outcome)| *outcome == Outcome::Accepted { position: at as u64 + 1 };
    assert!(response.head.outcomes.iter().enumerate().all(place), "one behind the other, as they were sent");
    world.is_right().await;
    seen
}
