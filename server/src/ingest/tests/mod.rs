//! What the tests of ingest share, and which there are.

mod forgery;
mod groups;
mod kept;
mod outcomes;
mod random;
mod rights;

use sync_core::{
    gate::{Reason, ReasonCode},
    wire::Outcome,
};

/// The positions of outcomes that are all `accepted`.
fn accepted(outcomes: &[Outcome]) -> Vec<u64> {
    let position = |outcome: &Outcome| match outcome {
        Outcome::Accepted { position } => *position,
        other => panic!("not accepted: {other:?}"),
    };
    outcomes.iter().map(position).collect()
}

/// The code for which a change was held.
fn held(outcome: &Outcome) -> ReasonCode {
    match outcome {
        Outcome::Held(Reason { code, .. }) => *code,
        other => panic!("not held: {other:?}"),
    }
}

/// The code for which a change was refused.
fn refused(outcome: &Outcome) -> ReasonCode {
    match outcome {
        Outcome::Refused(Reason { code, .. }) => *code,
        other => panic!("not refused: {other:?}"),
    }
}
