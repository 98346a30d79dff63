//! `GET /api/v1/refused`: what was refused, and why.

use axum::{Json, extract::State};
use serde::Serialize;
use sync_core::{
    gate::Reason,
    id::{ChangeHash, UnitCode, Username},
};
use utoipa::ToSchema;

use super::{ApiState, Moment, Problem, caller::Caller, page::Page, parameters::Parameters};
use crate::store::refused::{self, Refusal};

const LIMIT_DEFAULT: usize = 50;
const LIMIT_MAX: usize = 200;

/// A note of a refused change. Its bytes are on its device alone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"change": "77ab…", "unit": "markam", "username": "doctor-09", "device": "9f2c41d07be3a856",
    "received": "2021-04-01T00:00:00.000Z", "reason": "bad_counter", "sentence": "the change's operations are misnumbered",
    "detail": "", "bytes": 212}))]
pub(super) struct RefusedShown {
    #[schema(value_type = String)]
    change: ChangeHash,
    /// The unit that it was sent for.
    #[schema(value_type = String)]
    unit: UnitCode,
    /// Whose device sent it.
    #[schema(value_type = Option<String>)]
    username: Option<Username>,
    device: String,
    received: Moment,
    /// Why it was refused, as a word that does not change, and for people.
    reason: &'static str,
    sentence: String,
    detail: String,
    bytes: i64,
}

impl From<Refusal> for RefusedShown {
    fn from(refusal: Refusal) -> Self {
        Self {
            change: refusal.hash,
            unit: refusal.unit,
            username: refusal.username,
            device: refusal.device,
            received: Moment::of_ms(refusal.received_ms),
            reason: refusal.reason.word(),
            sentence: Reason::from(refusal.reason).to_string(),
            detail: refusal.detail,
            bytes: refusal.bytes,
        }
    }
}

/// Refused changes
///
/// Sent for the caller's units; newest first. The newest 1,000 of each device are remembered.
#[utoipa::path(
    get,
    path = "/api/v1/refused",
    operation_id = "list_refused",
    tag = "held",
    params(
        ("after" = Option<String>, Query, description = "The `next` of the page before"),
        ("limit" = Option<u16>, Query, description = "1 to 200; 50 if left out", minimum = 1, maximum = 200),
    ),
    responses((status = 200, description = "A page", body = Page<RefusedShown>))
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    query: Parameters,
) -> Result<Json<Page<RefusedShown>>, Problem> {
    let limit = query.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let after = query.text("after").map(read_cursor).transpose()?;
    let after = after.unwrap_or((i64::MAX, ChangeHash([0; 32]), ""));
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let unplaced = caller.by().reaches_a_root();
    let mut tx = state.store.read().await?;
    let refused = refused::page(&mut tx, caller.username(), unplaced, after, wanted).await?;
    Ok(Json(Page::of(refused, limit, |last| format!("{}.{}.{}", last.received_ms, last.hash, last.device))))
}

fn read_cursor(text: &str) -> Result<(i64, ChangeHash, &str), Problem> {
    let mut parts = text.splitn(3, '.');
    let mut read = || Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?));
    read().ok_or_else(|| Problem::parameter("after", "is not a `next` that was given before"))
}
