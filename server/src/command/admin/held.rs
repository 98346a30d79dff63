//! `admin held`.

use serde_json::json;
use sync_core::wire::Outcome;

use super::read;
use crate::{
    admin,
    api::Moment,
    auth::By,
    command::{Failure, Output, line::HeldAct},
    ingest::Ingest,
    store::{Store, held_read::WaitingChange},
};

pub(super) async fn run(store: &Store, by: &By, act: HeldAct) -> Result<Output, Failure> {
    match act {
        HeldAct::List => {
            let held = admin::list_held(store).await?;
            let json: Vec<_> = held.iter().map(shown).collect();
            let lines = held.iter().map(|change| {
                let who = change.username.as_ref().map_or("-", |user| user.as_str());
                let WaitingChange { hash, unit, reason, detail, .. } = change;
                format!("{hash}\t{unit}\t{who}\t{}\t{detail}", reason.word())
            });
            Ok(Output::new(json!({"held": json}), lines))
        }
        HeldAct::Admit { hash } => {
            let hash = read(&hash)?;
            let outcome = admin::admit_held(store, &Ingest::start(store.clone()), by, hash).await?;
            let (word, line) = match &outcome {
                Outcome::Accepted { .. } | Outcome::Duplicate { .. } => ("accepted", format!("admitted {hash}")),
                Outcome::Parked => ("parked", format!("admitted {hash}; it waits for an earlier change")),
                Outcome::Held(reason) => ("held", format!("{hash} cannot be let in yet: {reason}")),
                Outcome::Refused(reason) => ("refused", format!("not admitted: {reason}")),
            };
            Ok(Output::new(json!({"change": hash, "outcome": word}), [line]))
        }
        HeldAct::Reject { hash, reason } => {
            let hash = read(&hash)?;
            admin::reject_held(store, &Ingest::start(store.clone()), by, hash, &reason).await?;
            Ok(Output::new(json!({"change": hash, "outcome": "rejected"}), [format!("rejected {hash}")]))
        }
    }
}

fn shown(change: &WaitingChange) -> serde_json::Value {
    json!({
        "change": change.hash,
        "unit": change.unit,
        "record": change.record,
        "username": change.username,
        "device": change.device,
        "received": Moment::of_ms(change.received_ms),
        "reason": change.reason,
        "detail": change.detail,
    })
}
