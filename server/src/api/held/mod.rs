//! Held changes: a person decides about each.

pub(super) mod admit;
pub(super) mod list;
pub(super) mod read;
pub(super) mod reject;

use serde::Serialize;
use sync_core::{
    gate::Reason,
    id::{ChangeHash, RecordId, UnitCode, Username},
};
use utoipa::ToSchema;

use super::Moment;
use crate::store::held_read::WaitingChange;

/// A change that is or was held.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"change": "77ab…", "unit": "markam", "record": "0b5e6a31-6c2d-8f0e-9a41-22d0c8b1f7aa",
    "username": "doctor-09", "device": "9f2c41d07be3a856", "received": "2021-04-01T00:00:00.000Z", "reason": "no_permission",
    "sentence": "the author has no right to write this here (any more)", "detail": "values of a record in this unit",
    "state": "waiting", "decided_by": null, "decided": null, "note": null}))]
pub(super) struct HeldShown {
    #[schema(value_type = String)]
    change: ChangeHash,
    /// The unit that it was sent for.
    #[schema(value_type = String)]
    unit: UnitCode,
    /// Its record, if that is known.
    #[schema(value_type = Option<String>, format = "uuid")]
    record: Option<RecordId>,
    /// Whose it is, if that is known.
    #[schema(value_type = Option<String>)]
    username: Option<Username>,
    device: Option<String>,
    received: Moment,
    /// Why it is held, as a word that does not change, and for people.
    reason: &'static str,
    sentence: String,
    detail: String,
    /// `waiting`, `admitted` or `rejected`.
    state: &'static str,
    decided_by: Option<String>,
    decided: Option<Moment>,
    /// Of a rejected one, what its author was told.
    note: Option<String>,
}

impl From<WaitingChange> for HeldShown {
    fn from(held: WaitingChange) -> Self {
        Self {
            change: held.hash,
            unit: held.unit,
            record: held.record,
            username: held.username,
            device: held.device,
            received: Moment::of_ms(held.received_ms),
            reason: held.reason.word(),
            sentence: Reason::from(held.reason).to_string(),
            detail: held.detail,
            state: held.state.word(),
            decided_by: held.decided_by,
            decided: held.decided_ms.map(Moment::of_ms),
            note: held.note.filter(|note| !note.is_empty()),
        }
    }
}

/// What became of a held change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"change": "77ab…", "outcome": "accepted"}))]
pub(super) struct DecisionResponse {
    #[schema(value_type = String)]
    change: ChangeHash,
    /// `accepted` or `rejected`; `parked` or `held` if it cannot be let in until something else is here.
    outcome: &'static str,
}
