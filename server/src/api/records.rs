//! `GET /api/v1/records`: the records that the user may see, page by page.

use axum::{Json, extract::State};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use sync_core::id::{Day, FormId, RecordId, UnitCode, Username};
use utoipa::ToSchema;

use super::{
    ApiState, Moment, Problem,
    caller::Caller,
    page::Page,
    parameters::Parameters,
    record_filter::{self, RecordFilters},
};
use crate::store::{
    record_list,
    record_read::{ListPosition, ReadRow},
};

const LIMIT_DEFAULT: usize = 50;
const LIMIT_MAX: usize = 200;
/// A record as it stands in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ListedRecord {
    #[schema(value_type = String, format = "uuid")]
    id: RecordId,
    #[schema(value_type = String)]
    unit: UnitCode,
    #[schema(value_type = String)]
    form: FormId,
    form_version: i64,
    #[schema(value_type = String)]
    worker: Username,
    /// When it was written, by the device's clock.
    created: Moment,
    /// The day of the event; null without a valid one.
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<Day>,
    /// `open`, `approved`, `changed`, `returned` or `void`.
    status: String,
    /// By the form's fields.
    #[schema(value_type = Object)]
    values: serde_json::Value,
    /// The fields in which values disagree.
    #[schema(value_type = Vec<String>)]
    conflicts: serde_json::Value,
    /// What breaks a rule of the form.
    #[schema(value_type = Vec<Object>)]
    faults: serde_json::Value,
    comments: i64,
    changes: i64,
    /// How many of its changes wait for a decision.
    held: i64,
}

/// Records
///
/// Newest first by the time of writing, which never changes: whoever follows `next` meets each record once, even while records
/// are edited. One request examines so many records and no more, and a page of very large ones is shorter: where few of many records
/// fulfil all filters, a page may hold fewer than `limit`, or none, and yet have a `next`. Only without `next` is the list at its end.
#[utoipa::path(
    get,
    path = "/api/v1/records",
    operation_id = "list_records",
    tag = "records",
    params(
        RecordFilters,
        ("after" = Option<String>, Query, description = "The `next` of the page before"),
        ("limit" = Option<u16>, Query, description = "1 to 200; 50 if left out", minimum = 1, maximum = 200),
    ),
    responses(
        (status = 200, description = "A page", body = Page<ListedRecord>, example = json!({
            "items": [{"id": "0b5e6a31-6c2d-8f0e-9a41-22d0c8b1f7aa", "unit": "markam-hospital", "form": "clinic.outreach",
                "form_version": 1, "worker": "doctor-03", "created": "2021-03-15T08:30:00.250Z", "on": "2021-03-15",
                "status": "open", "values": {"on": "2021-03-15", "place": "嘎托镇", "patients_seen": 41},
                "conflicts": ["patients_seen"], "faults": [], "comments": 0, "changes": 3, "held": 0}],
            "next": "AAABeDG…",
        })),
        (status = 403, description = "`unit_forbidden`: the caller has no role on `unit`"),
        (status = 404, description = "`unit_unknown`: there is no `unit` of this code"),
    )
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    query: Parameters,
) -> Result<Json<Page<ListedRecord>>, Problem> {
    let after = query.text("after").map(read_cursor).transpose()?.unwrap_or(ListPosition::START);
    let limit = query.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let mut tx = state.store.read().await?;
    let filter = record_filter::read(&mut tx, &caller, &query).await?;

    let page = record_list::page(&mut tx, &filter, after, limit).await?;
    Ok(Json(Page { items: page.rows.into_iter().map(listed).collect(), next: page.next.map(write_cursor) }))
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
    use crate::{
        auth::Role,
        testing::{Desk, World, on_both, problem},
    };
    use sync_core::record::{Edit, Value};

    on_both![records_are_found_by_worker_comment_and_text, possible_duplicates_are_found_among_all_that_is_listed];

    async fn possible_duplicates_are_found_among_all_that_is_listed(engine: crate::store::Engine) {
        let world = World::new(engine).await;
        let desk = Desk::with(&world, "reviewer-01", Role::Reviewer, "changdu").await;
        let doctor = world.worker("doctor-03", Role::Recorder, "changdu").await;
        let mut ids = Vec::new();
        // Of the same day and form, each with other numbers than all others; two of them alike.
        for (time, seen) in [(1, 100), (2, 1_000), (3, 10_000), (4, 98), (5, 100_000)] {
            let (record, change) = doctor.outreach("markam", seen, time);
            world.push(&doctor, "markam", &[&change]).await;
            ids.push(record.id());
        }
        // Alike, and in another unit.
        world.push(&doctor, "riwoqe", &[&doctor.outreach("riwoqe", 100, 6).1]).await;
        let march = "unit=changdu&from=2021-03-01&to=2021-03-31";
        let walk = async |limit: usize| {
            let (mut found, mut after) = (Vec::new(), String::new());
            loop {
                let query = format!("/api/v1/records?{march}&has=duplicate&limit={limit}&after={after}");
                let page = desk.got(&query).await;
                found.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
                match page["next"].as_str() {
                    Some(next) => next.clone_into(&mut after),
                    None => return found,
                }
            }
        };
        for limit in [1, 2, 3, 50] {
            assert_eq!(walk(limit).await, [serde_json::json!(ids[3]), serde_json::json!(ids[0])], "{limit}");
        }
        let table =
            desk.ask("GET", &format!("/api/v1/records.csv?{march}&has=duplicate"), axum::body::Body::empty()).await;
        let table = http_body_util::BodyExt::collect(table.into_body()).await.unwrap().to_bytes();
        assert_eq!(table.split(|byte| *byte == b'\n').count(), 1 + 2 + 1);
        let pair = serde_json::json!({"records": [ids[0], ids[3]]});
        desk.posted("/api/v1/duplicates/dismissals", pair).await;
        assert_eq!(walk(50).await.len(), 0);
        let boundless = desk.get("/api/v1/records?has=duplicate&unit=markam&from=2021-03-01").await;
        assert_eq!(problem(boundless), (400, "parameter_missing".into()));
    }

    async fn records_are_found_by_worker_comment_and_text(engine: crate::store::Engine) {
        let world = World::new(engine).await;
        let desk = Desk::with(&world, "reviewer-01", Role::Reviewer, "changdu").await;
        let mut ids = Vec::new();
        for (time, name) in [(1, "doctor-03"), (2, "doctor-04")] {
            let worker = world.worker(name, Role::Recorder, "markam").await;
            let (mut record, first) = worker.outreach("markam", time, time);
            let place = Edit::Set("place".parse().unwrap(), Value::Text(format!("\"{name}\" 100%_村")));
            let second = record.edit(&[place], worker.pen(5)).unwrap();
            world.push(&worker, "markam", &[&first, &second]).await;
            ids.push(record.id().to_string());
        }
        let path = format!("/api/v1/records/{}/comments", ids[1]);
        desk.posted(&path, serde_json::json!({"text": "好"})).await;
        let march = "unit=changdu&from=2021-03-01&to=2021-03-31&text=";
        for (query, expected) in [
            ("worker=doctor-03".to_owned(), vec![&ids[0]]),
            ("worker=doctor-05".to_owned(), vec![]),
            ("has=comment".to_owned(), vec![&ids[1]]),
            (format!("{march}100%25_%E6%9D%91"), vec![&ids[1], &ids[0]]),
            (format!("{march}%22doctor-04%22"), vec![&ids[1]]),
            (format!("{march}1__%25"), vec![]),
            (format!("{march}%22doctor-04%22&worker=doctor-03"), vec![]),
        ] {
            let page = desk.got(&format!("/api/v1/records?{query}")).await;
            let found: Vec<_> = page["items"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
            assert_eq!(found, expected, "{query}");
        }
        let boundless = desk.get("/api/v1/records?text=x&unit=markam&from=2021-03-01").await;
        assert_eq!(problem(boundless), (400, "parameter_missing".into()));
        let long = format!("/api/v1/records?{march}{}", "x".repeat(101));
        assert_eq!(problem(desk.get(&long).await), (400, "parameter_invalid".into()));
    }

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
