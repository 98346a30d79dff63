//! `GET /api/v1/records.csv`: the records of the list as a table, written while it is read.

use axum::{extract::State, response::Response};

use super::{
    Format,
    rows::{Cell, Rows},
};
use crate::{
    api::{ApiState, Problem, caller::Caller, parameters::Parameters, record_filter::RecordFilters},
    store::StoreError,
};

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
    params(RecordFilters),
    responses(
        (status = 200, description = "The table", content_type = "text/csv", body = String),
        (status = 403, description = "`unit_forbidden`: the caller has no role on `unit`"),
        (status = 404, description = "`unit_unknown`: there is no `unit` of this code"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    query: Parameters,
) -> Result<Response, Problem> {
    let rows = Rows::asked(&state, &caller, &query).await?;
    Ok(super::table(rows, Csv, "text/csv; charset=utf-8", "attachment; filename=\"records.csv\""))
}

/// Comma-separated values, in UTF-8.
struct Csv;

impl Format for Csv {
    fn begin(&mut self, head: Vec<String>) -> Result<Vec<u8>, StoreError> {
        Ok([BYTE_ORDER_MARK.as_bytes(), &written([head])?].concat())
    }

    fn rows(&mut self, rows: Vec<Vec<Cell>>) -> Result<Vec<u8>, StoreError> {
        written(rows.into_iter().map(|row| row.into_iter().map(text).collect()))
    }

    fn end(&mut self) -> Result<Vec<u8>, StoreError> {
        Ok(Vec::new())
    }
}

fn text(cell: Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text,
        Cell::Number(number) => number.to_string(),
        Cell::YesNo(yes) => yes.to_string(),
        Cell::Day(day) => day.to_string(),
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

    use super::{super::rows::CHUNK, *};
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
