//! `GET /api/v1/records.csv`: the records of the list as a table, written while it is read.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::Response,
};
use futures_util::stream;
use serde_json::Value as Json;

use super::{ApiState, Moment, Problem, caller::Caller, parameters::Parameters, records};
use crate::store::{
    Store, StoreError,
    catalog::Directory,
    record_read::{self, ListPosition, ReadRow, RecordFilter},
};

/// Records read at once: what bounds memory when records are as large as they can be.
const CHUNK: usize = 25;
/// The columns that every record has.
const COLUMNS: [&str; 11] =
    ["id", "unit", "form", "form_version", "worker", "created", "on", "status", "conflicts", "faults", "comments"];
/// Tells spreadsheets that this is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// What spreadsheets take for the beginning of a formula, in their full width, too.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Records as a table
///
/// CSV with the filters and the order of the list, all pages in one. With `form` each field of its newest version has a column;
/// without, the values stand together in one, as JSON. Cells that a spreadsheet would take for a formula begin with `'`. A table
/// that is cut off, because the server fails, ends without the end of its transfer: it is never shorter in silence.
#[utoipa::path(
    get,
    path = "/api/v1/records.csv",
    operation_id = "export_records",
    tag = "records",
    params(
        ("unit" = Option<String>, Query, description = "A unit's code: it and all below it"),
        ("form" = Option<String>, Query, description = "A form's id: all its versions"),
        ("from" = Option<String>, Query, description = "The first day of the event", format = Date),
        ("to" = Option<String>, Query, description = "The last day of the event", format = Date),
        ("status" = Option<String>, Query, description = "`open`, `approved`, `changed`, `returned` or `void`"),
        ("has" = Option<String>, Query, description = "`conflict`, `fault`, `held` or `comment`"),
        ("worker" = Option<String>, Query, description = "Who did the work"),
        ("text" = Option<String>, Query, description = "What stands somewhere in the values; as in the list"),
    ),
    responses(
        (status = 200, description = "The table", content_type = "text/csv", body = String),
        (status = 403, description = "`unit_forbidden`: the caller has no role on `unit`"),
        (status = 404, description = "`unit_unknown`: there is no `unit` of this code"),
    )
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    query: Parameters,
) -> Result<Response, Problem> {
    let mut tx = state.store.read().await?;
    let filter = records::read_filter(&mut tx, &caller, &query).await?;
    let directory = Directory::current(&mut tx).await?;
    drop(tx);
    let form = filter.form.as_ref().and_then(|id| directory.forms().latest(id));
    let fields = form.map(|form| form.fields.iter().map(|field| field.key.to_string()).collect());
    let table = Table { store: state.store, filter, fields, at: None, is_over: false };
    let rows = stream::try_unfold(table, async |mut table| {
        let next = table.next().await.inspect_err(|error| tracing::error!(%error, "a table was cut off"))?;
        Ok::<_, StoreError>(next.map(|bytes| (bytes, table)))
    });
    let mut response = Response::new(Body::from_stream(Box::pin(rows)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"records.csv\""));
    Ok(response)
}

/// A table that is being written.
struct Table {
    store: Store,
    filter: RecordFilter,
    /// The columns of the values; `None` is one for all of them.
    fields: Option<Vec<String>>,
    /// Behind which record it goes on; `None` before the head is written.
    at: Option<ListPosition>,
    is_over: bool,
}

impl Table {
    /// The next lines; `None` after the last.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(at) = self.at else {
            self.at = Some(ListPosition::START);
            let own: Vec<&str> = match &self.fields {
                Some(fields) => fields.iter().map(String::as_str).collect(),
                None => vec!["values"],
            };
            let head = written([COLUMNS.iter().copied().chain(own).map(str::to_owned).collect()])?;
            return Ok(Some([BYTE_ORDER_MARK.as_bytes(), &head].concat()));
        };
        if self.is_over {
            return Ok(None);
        }
        let mut tx = self.store.read().await?;
        let rows = record_read::page(&mut tx, &self.filter, at, CHUNK as i64).await?;
        self.is_over = rows.len() < CHUNK;
        self.at = rows.last().map(|row| row.position).or(self.at);
        if rows.is_empty() {
            return Ok(None);
        }
        written(rows.iter().map(|row| self.cells(row))).map(Some)
    }

    fn cells(&self, row: &ReadRow) -> Vec<String> {
        let mut cells = vec![
            row.id.to_string(),
            row.unit.to_string(),
            row.form.to_string(),
            row.form_version.to_string(),
            row.worker.to_string(),
            Moment::of_ms(row.position.created_ms).to_string(),
            row.on.map(|day| day.to_string()).unwrap_or_default(),
            row.status.clone(),
            row.conflicts.as_array().map_or(0, Vec::len).to_string(),
            row.faults.as_array().map_or(0, Vec::len).to_string(),
            row.comments.to_string(),
        ];
        match &self.fields {
            Some(fields) => cells.extend(fields.iter().map(|field| shown(row.values.get(field)))),
            None => cells.push(row.values.to_string()),
        }
        cells
    }
}

/// A value as a cell.
fn shown(value: Option<&Json>) -> String {
    match value {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// A cell that no spreadsheet takes for a formula.
fn inert(cell: String) -> String {
    let is_number = cell.contains(|c: char| c.is_ascii_digit()) && cell.parse::<f64>().is_ok();
    if cell.starts_with(FORMULA) && !is_number { format!("'{cell}") } else { cell }
}

fn written(rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, StoreError> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        table.write_record(row.into_iter().map(inert)).map_err(StoreError::damaged)?;
    }
    table.into_inner().map_err(StoreError::damaged)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http_body_util::BodyExt;
    use sync_core::record::{Edit, Value};

    use super::*;
    use crate::{
        auth::Role,
        testing::{Desk, World, on_both},
    };

    on_both![a_table_holds_what_the_list_shows_and_nothing_that_a_spreadsheet_would_run];

    async fn table(desk: &Desk, query: &str) -> Vec<csv::StringRecord> {
        let response = desk.ask("GET", &format!("/api/v1/records.csv?{query}"), Body::empty()).await;
        assert_eq!(response.headers()["content-type"], "text/csv; charset=utf-8");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let text = std::str::from_utf8(&body).unwrap().strip_prefix(BYTE_ORDER_MARK).unwrap();
        csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes())
            .records()
            .map(Result::unwrap)
            .collect()
    }

    async fn a_table_holds_what_the_list_shows_and_nothing_that_a_spreadsheet_would_run(engine: crate::store::Engine) {
        let world = World::new(engine).await;
        let desk = Desk::with(&world, "reviewer-01", Role::Reviewer, "markam").await;
        let doctor = world.worker("doctor-03", Role::Recorder, "changdu").await;
        for time in 1..=2 * CHUNK as i64 {
            let (mut record, first) = doctor.outreach("markam", time, time);
            let place = Value::Text(format!("=cmd(\"{time}\"),\n村"));
            let second = record.edit(&[Edit::Set("place".parse().unwrap(), place)], doctor.pen(time)).unwrap();
            world.push(&doctor, "markam", &[&first, &second]).await;
        }
        let (_, elsewhere) = doctor.outreach("riwoqe", 7, 7);
        world.push(&doctor, "riwoqe", &[&elsewhere]).await;

        let rows = table(&desk, "form=clinic.outreach&unit=markam").await;
        assert_eq!(rows.len(), 1 + 2 * CHUNK, "what lies elsewhere is not in it");
        let column = |name: &str| rows[0].iter().position(|head| head == name).unwrap();
        assert_eq!(rows[1].len(), rows[0].len());
        assert_eq!(&rows[1][column("place")], format!("'=cmd(\"{}\"),\n村", 2 * CHUNK));
        assert_eq!(&rows[1][column("patients_seen")], (2 * CHUNK).to_string());
        let page = desk.got("/api/v1/records?limit=200").await;
        let listed: Vec<&str> = page["items"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
        assert_eq!(rows[1..].iter().map(|row| &row[0]).collect::<Vec<_>>(), listed);

        let all = table(&desk, "").await;
        assert_eq!((&all[0][11], all.len()), ("values", rows.len()));
        assert!(all[1][11].starts_with("{\""), "{}", &all[1][11]);
        assert_eq!(table(&desk, "status=approved").await.len(), 1, "only the head");
        assert_eq!(desk.get("/api/v1/records.csv?unit=riwoqe").await.0, 403);
    }

    #[test]
    fn only_numbers_may_begin_with_a_sign() {
        let cells =
            ["-5", "+3.5", "-1e3", "5", "村", "-5+cmd|' /C calc'!A0", "@x", "=1", "\tx", "－5", "-", "-inf", ""];
        let inert: Vec<String> = cells.iter().map(|cell| inert((*cell).to_owned())).collect();
        let expected =
            ["-5", "+3.5", "-1e3", "5", "村", "'-5+cmd|' /C calc'!A0", "'@x", "'=1", "'\tx", "'－5", "'-", "'-inf", ""];
        assert_eq!(inert, expected);
    }
}
