//! `GET /api/v1/records?unit=&form=&from=&to=&status=&has=&after=&limit=`: the records that the user may see, page by page.
//!
//! ```text
//! GET /api/v1/records?unit=markam&has=conflict&limit=1
//!
//! 200 {"records": [{"id": "0b5e6a…", "unit": "markam-hospital", "form": "clinic.outreach", "form_version": 1,
//!                   "worker": "doctor-03", "created": "2021-03-15T08:30:00.250Z", "on": "2021-03-15", "status": "open",
//!                   "values": {"on": "2021-03-15", "place": "…", "patients_seen": 41}, "conflicts": ["patients_seen"],
//!                   "faults": [], "comments": 0, "changes": 3, "held": 0}],
//!      "next": "AAABeDG…"}
//! ```
//!
//! Every parameter may be left out. `unit` stands for itself and all below it; `from` and `to` are days of the event, both
//! included, and leave out records without a valid day; `status` is `open`, `approved`, `changed`, `returned` or `void`; `has`
//! is `conflict`, `fault` or `held`. Newest first by the time of writing, which never changes: whoever follows `next` (as
//! `after`) until it is null meets each record once, even while records are edited. `limit` is 1 to 200, 50 if left out; a page
//! of very large records is shorter.
//!
//! | status | code | when |
//! |---|---|---|
//! | 400 | `parameter_invalid`, `query_malformed` | the query is wrong; the detail names the parameter |
//! | 401 | `token_missing`, `token_unknown` | |
//! | 403 | `unit_forbidden` | the user has no role on the unit |
//! | 404 | `unit_unknown` | there is no such unit |

use axum::{Json, extract::State};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use sync_core::{
    id::{Day, FormId, RecordId, UnitCode, Username},
    record::Status,
};

use super::{ApiState, Moment, Problem, parameters::Parameters, summary::visible_unit};
use crate::{
    auth::Principal,
    store::record_read::{self, Has, ListPosition, ReadRow, RecordFilter},
};

const LIMIT_DEFAULT: usize = 50;
const LIMIT_MAX: usize = 200;
/// Records read at once: what bounds memory when records are as large as they can be.
const CHUNK: usize = 25;
/// Bytes of values after which a page ends early.
const PAGE_BYTES: usize = 4 << 20;

const STATUSES: [Status; 5] = [Status::Open, Status::Approved, Status::Changed, Status::Returned, Status::Void];
const HAS: [(&str, Has); 3] = [("conflict", Has::Conflict), ("fault", Has::Fault), ("held", Has::Held)];

#[derive(Debug, Serialize)]
pub(super) struct RecordsResponse {
    records: Vec<ListedRecord>,
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct ListedRecord {
    id: RecordId,
    unit: UnitCode,
    form: FormId,
    form_version: i64,
    worker: Username,
    created: Moment,
    on: Option<Day>,
    status: String,
    values: serde_json::Value,
    conflicts: serde_json::Value,
    faults: serde_json::Value,
    comments: i64,
    changes: i64,
    held: i64,
}

pub(super) async fn handle(
    State(state): State<ApiState>,
    principal: Principal,
    query: Parameters,
) -> Result<Json<RecordsResponse>, Problem> {
    query.only(&["unit", "form", "from", "to", "status", "has", "after", "limit"])?;
    let unit: Option<UnitCode> = query.optional("unit")?;
    let mut filter = RecordFilter {
        reader: principal.username.clone(),
        below: None,
        form: query.optional("form")?,
        from: query.optional("from")?,
        to: query.optional("to")?,
        status: query.word("status", &STATUSES.map(|s| (s.word(), s)))?,
        has: query.word("has", &HAS)?,
    };
    let after = query.text("after").map(read_cursor).transpose()?.unwrap_or(ListPosition::START);
    let limit = read_limit(&query)?;
    let mut tx = state.store.read().await?;
    if let Some(code) = unit {
        filter.below = Some(visible_unit(&mut tx, &principal, &code).await?.path);
    }

    let (mut rows, mut bytes, mut at): (Vec<ReadRow>, usize, ListPosition) = (Vec::new(), 0, after);
    let mut more = true;
    while more && rows.len() < limit && bytes < PAGE_BYTES {
        let wanted = CHUNK.min(limit - rows.len());
        // One more than wanted, to know whether there is one.
        let mut chunk = record_read::page(&mut tx, &filter, at, wanted as i64 + 1).await?;
        more = chunk.len() > wanted;
        chunk.truncate(wanted);
        bytes += chunk.iter().map(|row| row.bytes).sum::<usize>();
        at = chunk.last().map_or(at, |row| row.position);
        rows.append(&mut chunk);
    }
    Ok(Json(RecordsResponse { records: rows.into_iter().map(listed).collect(), next: more.then(|| write_cursor(at)) }))
}

fn read_limit(query: &Parameters) -> Result<usize, Problem> {
    let limit = query.optional::<usize>("limit")?.unwrap_or(LIMIT_DEFAULT);
    match limit {
        1..=LIMIT_MAX => Ok(limit),
        _ => Err(Problem::parameter("limit", format_args!("{limit} is not 1 to {LIMIT_MAX}"))),
    }
}

fn read_cursor(text: &str) -> Result<ListPosition, Problem> {
    let bad = || Problem::parameter("after", "is not a `next` that was given before");
    let bytes: [u8; 24] = URL_SAFE_NO_PAD.decode(text).ok().and_then(|b| b.try_into().ok()).ok_or_else(bad)?;
    let (mut time, mut id) = ([0; 8], [0; 16]);
    time.copy_from_slice(&bytes[..8]);
    id.copy_from_slice(&bytes[8..]);
    Ok(ListPosition { created_ms: i64::from_be_bytes(time), id })
}

fn write_cursor(at: ListPosition) -> String {
    let bytes: Vec<u8> = at.created_ms.to_be_bytes().into_iter().chain(at.id).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

fn listed(row: ReadRow) -> ListedRecord {
    ListedRecord {
        id: row.id,
        unit: row.unit,
        form: row.form,
        form_version: row.form_version,
        worker: row.worker,
        created: Moment::of_ms(row.position.created_ms),
        on: row.on,
        status: row.status,
        values: row.values,
        conflicts: row.conflicts,
        faults: row.faults,
        comments: row.comments,
        changes: row.changes,
        held: row.held,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back() {
        for at in [ListPosition::START, ListPosition { created_ms: -5, id: [7; 16] }] {
            assert_eq!(read_cursor(&write_cursor(at)).unwrap(), at);
        }
        for bad in ["x", "昌都", "AAAA", &"A".repeat(33), &"A".repeat(31)] {
            assert_eq!(read_cursor(bad).unwrap_err().code(), "parameter_invalid", "{bad}");
        }
    }
}
