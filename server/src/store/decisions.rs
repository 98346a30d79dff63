//! What a device is told later of changes that it was told were parked or held: numbered for each device, never forgotten.

use sync_core::{
    gate::{Reason, ReasonCode},
    id::ChangeHash,
    wire::{Decision, Outcome},
};

use super::{
    ReadTx, StoreError, WriteTx,
    devices::DeviceId,
    rows::{self, Insert},
};

const AFTER: &str = "SELECT number, hash, outcome, position, reason, detail FROM decisions \
                     WHERE device = $1 AND number > $2 ORDER BY number LIMIT $3";
const NUMBERS: &str = "UPDATE devices SET last_decision = last_decision + $2 WHERE id = $1 RETURNING last_decision";
const ADD: Insert = Insert {
    head: "INSERT INTO decisions (device, number, hash, outcome, position, reason, detail) VALUES",
    columns: 7,
    tail: "",
};

/// The decisions of a device behind number `after`, oldest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn after(tx: &mut ReadTx, device: &DeviceId, after: u64, limit: usize) -> Result<Vec<Decision>, StoreError> {
    type Row = (i64, Vec<u8>, String, Option<i64>, Option<i64>, Option<String>);
    let query = sqlx::query_as(AFTER).bind(device.as_str()).bind(rows::number(after)).bind(rows::number(limit as u64));
    let found: Vec<Row> = query.fetch_all(tx.conn()).await?;
    let read = |(number, hash, word, position, reason, detail): Row| {
        let reason = || -> Result<Reason, StoreError> {
            let number = reason.and_then(|n| u16::try_from(n).ok());
            let code = number.ok_or_else(|| StoreError::damaged("a decision without a reason"))?;
            Ok(Reason::new(ReasonCode::from_number(code), detail.as_deref().unwrap_or("")))
        };
        let outcome = match (word.as_str(), position) {
            ("accepted", Some(position)) => Outcome::Accepted { position: rows::unsigned(position)? },
            ("held", _) => Outcome::Held(reason()?),
            ("refused", _) => Outcome::Refused(reason()?),
            _ => return Err(StoreError::damaged("a decision's outcome")),
        };
        Ok(Decision { number: rows::unsigned(number)?, hash: rows::hash(&hash)?, outcome })
    };
    found.into_iter().map(read).collect()
}

/// Notes decisions for a device, in this order. Outcomes that decide nothing are left out.
pub(crate) async fn add(
    tx: &mut WriteTx,
    device: &DeviceId,
    decided: &[(ChangeHash, Outcome)],
) -> Result<(), StoreError> {
    let decided: Vec<_> = decided.iter().filter_map(|(hash, outcome)| Some((hash, columns(outcome)?))).collect();
    let query = sqlx::query_scalar(NUMBERS).bind(device.as_str()).bind(rows::number(decided.len() as u64));
    let last: Option<i64> = query.fetch_optional(tx.conn()).await?;
    // A device of a store that this one was restored from may be unknown here; then there is nobody to tell.
    let Some(last) = last else { return Ok(()) };
    let first = last - rows::number(decided.len() as u64) + 1;
    let numbered: Vec<_> = (first..).zip(decided).collect();
    ADD.rows(tx, &numbered, |q, (number, (hash, columns))| {
        let q = q.bind(device.as_str().to_owned()).bind(*number).bind(hash.0.to_vec()).bind(columns.word);
        q.bind(columns.position).bind(columns.reason).bind(columns.detail.clone())
    })
    .await
}

struct Columns {
    word: &'static str,
    position: Option<i64>,
    reason: Option<i64>,
    detail: Option<String>,
}

fn columns(outcome: &Outcome) -> Option<Columns> {
    let word = |word| Columns { word, position: None, reason: None, detail: None };
    let with = |columns, reason: &Reason| Columns {
        reason: Some(reason.code.number().into()),
        detail: Some(rows::text(&reason.detail)),
        ..columns
    };
    match outcome {
        Outcome::Accepted { position } | Outcome::Duplicate { position } => {
            Some(Columns { position: Some(rows::number(*position)), ..word("accepted") })
        }
        Outcome::Held(reason) => Some(with(word("held"), reason)),
        Outcome::Refused(reason) => Some(with(word("refused"), reason)),
        Outcome::Parked => None,
    }
}
