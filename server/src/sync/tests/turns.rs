//! What one device sends is stored some at a time, so that what others send has its turn in between.

use sync_core::wire::Outcome;
use tokio::task::yield_now;

use crate::{
    auth::Role,
    store::Engine,
    testing::{Hand, World, on_both},
};

on_both![a_large_request_is_stored_in_several_turns];

/// Records of the large request.
const RECORDS: i64 = 1_280;

/// A request of 10,000 changes held up everybody else for a second: it was stored in one transaction.
async fn a_large_request_is_stored_in_several_turns(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam-hospital").await;
    let mut hand = Hand::of(&world, &doctor);
    for seen in 0..RECORDS {
        let (record, change) = doctor.outreach("markam-hospital", seen, 1_616_000_000_000 + seen);
        hand.write(&record, &change);
    }
    let (request, pushed) = hand.request();
    let first_seen = async {
        loop {
            let stored = world.count("SELECT COUNT(*) FROM changes").await;
            if stored > 0 {
                return stored;
            }
            yield_now().await;
        }
    };
    let (reply, stored) = tokio::join!(hand.send(&request), first_seen);
    assert!(stored < RECORDS, "whoever looks sees nothing, and then all of them");
    let response = hand.open(&reply);
    assert_eq!(response.head.outcomes.len(), pushed.len());
    let place = |(at, outcome): (usize, &Outcome)| *outcome == Outcome::Accepted { position: at as u64 + 1 };
    assert!(response.head.outcomes.iter().enumerate().all(place), "one behind the other, as they were sent");
    world.is_right().await;
}
