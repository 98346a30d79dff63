//! `GET /api/v1/held`: what waits for an administrator.

use axum::{Json, extract::State};
use sync_core::id::{ChangeHash, UnitCode, Username};

use super::HeldShown;
use crate::{
    api::{ApiState, Problem, caller::Caller, page::Page, parameters::Parameters},
    store::{
        held::HeldState,
        held_read::{self, HeldFilter},
    },
};

const LIMIT_DEFAULT: usize = 50;
const LIMIT_MAX: usize = 200;
const STATES: [HeldState; 3] = [HeldState::Waiting, HeldState::Admitted, HeldState::Rejected];

/// Held changes
///
/// Of the caller's units, oldest first. Those that wait for a decision, unless `state` says otherwise.
#[utoipa::path(
    get,
    path = "/api/v1/held",
    operation_id = "list_held",
    tag = "held",
    params(
        ("unit" = Option<String>, Query, description = "A unit's code: it and all below it"),
        ("user" = Option<String>, Query, description = "Those of one user"),
        ("state" = Option<String>, Query, description = "`waiting`, `admitted` or `rejected`; `waiting` if left out"),
        ("after" = Option<String>, Query, description = "The `next` of the page before"),
        ("limit" = Option<u16>, Query, description = "1 to 200; 50 if left out", minimum = 1, maximum = 200),
    ),
    responses(
        (status = 200, description = "A page", body = Page<HeldShown>),
        (status = 403, description = "`unit_forbidden`: the caller does not administer `unit`"),
        (status = 404, description = "`unit_unknown`: there is no `unit` of this code"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    query: Parameters,
) -> Result<Json<Page<HeldShown>>, Problem> {
    let unit: Option<UnitCode> = query.optional("unit")?;
    let mut filter = HeldFilter {
        reader: caller.username().clone(),
        unplaced: caller.by().reaches_a_root(),
        below: None,
        state: query.word("state", &STATES.map(|s| (s.word(), s)))?.unwrap_or(HeldState::Waiting),
        user: query.optional::<Username>("user")?,
    };
    let limit = query.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let after = query.text("after").map(read_cursor).transpose()?.unwrap_or((i64::MIN, ChangeHash([0; 32])));
    let mut tx = state.store.read().await?;
    if let Some(code) = unit {
        filter.below = Some(caller.unit(&mut tx, "unit", &code).await?.path);
    }
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let held = held_read::page(&mut tx, &filter, after, wanted).await?;
    Ok(Json(Page::of(held, limit, |last| format!("{}.{}", last.received_ms, last.hash))))
}

fn read_cursor(text: &str) -> Result<(i64, ChangeHash), Problem> {
    let parts = text.split_once('.').and_then(|(ms, hash)| Some((ms.parse().ok()?, hash.parse().ok()?)));
    parts.ok_or_else(|| Problem::parameter("after", "is not a `next` that was given before"))
}
