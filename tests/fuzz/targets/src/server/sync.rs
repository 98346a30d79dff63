//! The body of a `POST /sync/v1`, by an enrolled device. What is answered can be read; the engine fails on nothing that passed the gate;
//! and every so often the store is held against its own changes.

use axum::{
    body::Body,
    http::{Request, header},
};
use sync_core::{
    gate::ReasonCode,
    wire::{self, CONTENT_TYPE, Outcome},
};

use super::world::World;

/// Inputs that one server is asked.
const INPUTS: usize = 600;
/// So often the store is verified.
const VERIFIED_EVERY: usize = 200;
/// Whose device it is.
const WORKER: u8 = 2;

/// Syncs.
pub fn run(data: &[u8]) {
    World::with(INPUTS, data, |world| {
        let request = Request::post("/sync/v1")
            .header(header::AUTHORIZATION, World::device(WORKER))
            .header(header::CONTENT_TYPE, CONTENT_TYPE);
        let answer = world.ask(request.body(Body::from(data.to_vec())).expect("a request"));
        answer.must_be_good("a sync");
        assert_ne!(answer.code(), "unbuildable", "the engine could not build what the reader let through");
        if answer.status.is_success() {
            assert_eq!(answer.kind, CONTENT_TYPE);
            let sent = wire::open_request(data).map(|opened| opened.change_count());
            let said = wire::open_response(&answer.body)
                .unwrap_or_else(|error| panic!("an answer that cannot be read: {error}"));
            let outcomes = &said.head().outcomes;
            assert_eq!(Ok(outcomes.len()), sent, "one outcome a change");
            for outcome in outcomes {
                if let Outcome::Refused(reason) | Outcome::Held(reason) = outcome {
                    let broke = matches!(reason.code, ReasonCode::EngineFailed | ReasonCode::DoesNotReload);
                    assert!(!broke, "the gate let something reach the engine that breaks it: {reason:?}");
                }
            }
        }
        if world.inputs().is_multiple_of(VERIFIED_EVERY) {
            world.is_right();
        }
    });
}
