//! `GET /api/v1/audit`: what administrators have done.

use axum::{Json, extract::State};
use serde::Serialize;
use sync_core::id::Username;
use utoipa::ToSchema;

use super::{ApiState, Moment, Problem, caller::Caller, page::Page, parameters::Parameters};
use crate::{
    auth::OPERATOR,
    store::audit::{self, AuditFilter, Entry},
};

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 500;

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"number": 17, "time": "2021-03-15T08:30:00.000Z", "by": "admin-01", "act": "role_granted",
    "unit": "markam", "subject": "doctor-03", "detail": {"role": "recorder"}}))]
pub(super) struct EntryShown {
    number: i64,
    time: Moment,
    /// The username, or `operator` for whoever acted at the server's terminal.
    by: String,
    act: String,
    unit: Option<String>,
    /// To what: a username, a unit's code, a device's id, a change's hash.
    subject: String,
    #[schema(value_type = Object)]
    detail: serde_json::Value,
}

/// The audit log
///
/// Newest first. Administrators of a root see all of it; others their own acts, and those in their units.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    operation_id = "list_audit",
    tag = "audit",
    params(
        ("act" = Option<String>, Query, description = "Those of one kind: `role_granted`"),
        ("by" = Option<String>, Query, description = "Those of one user"),
        ("subject" = Option<String>, Query, description = "Those about one thing"),
        ("after" = Option<i64>, Query, description = "The `next` of the page before"),
        ("limit" = Option<u16>, Query, description = "1 to 500; 100 if left out", minimum = 1, maximum = 500),
    ),
    responses((status = 200, description = "A page", body = Page<EntryShown>))
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    query: Parameters,
) -> Result<Json<Page<EntryShown>>, Problem> {
    let by: Option<Username> = query.optional("by")?;
    let before: i64 = query.optional("after")?.unwrap_or(i64::MAX);
    let limit = query.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let filter = AuditFilter { act: query.text("act"), by: by.as_ref(), subject: query.text("subject") };
    let sees_all = caller.by().reaches_a_root();
    let mut tx = state.store.read().await?;
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX);
    let entries = audit::page(&mut tx, caller.username(), sees_all, &filter, before, wanted.saturating_add(1)).await?;
    Ok(Json(Page::of(entries, limit, |last| last.number.to_string())))
}

impl From<Entry> for EntryShown {
    fn from(entry: Entry) -> Self {
        Self {
            number: entry.number,
            time: Moment::of_ms(entry.at_ms),
            by: entry.by.unwrap_or_else(|| OPERATOR.to_owned()),
            act: entry.act,
            unit: entry.unit,
            subject: entry.subject,
            detail: serde_json::from_str(&entry.detail).unwrap_or_default(),
        }
    }
}
