//! `GET /api/v1/records.xlsx`: the records of the list as a workbook, written while it is read.

use axum::{extract::State, response::Response};
use zip::result::ZipError;

use super::{
    Format,
    rows::{Cell, Rows},
    workbook::Workbook,
};
use crate::{
    api::{ApiState, Problem, caller::Caller, parameters::Parameters, record_filter::RecordFilters},
    store::StoreError,
};

const MEDIA: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Records as a workbook
///
/// XLSX with the columns of the CSV table, the filters and the order of the list. Text stands in cells of text, so nothing is taken
/// for a formula; days are days, numbers are numbers (of more than 15 digits: text). A cell holds at most 32,767 characters: what is
/// longer is cut and ends with `…`. A sheet holds at most 1,048,576 rows: more go on in the next sheet. A workbook that is cut
/// off, because the server fails, cannot be opened: it is never shorter in silence.
#[utoipa::path(
    get,
    path = "/api/v1/records.xlsx",
    operation_id = "export_workbook",
    tag = "records",
    params(RecordFilters),
    responses(
        (status = 200, description = "The workbook", body = Vec<u8>,
            content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
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
    let book = Workbook::new(rows.head());
    Ok(super::table(rows, book, MEDIA, "attachment; filename=\"records.xlsx\""))
}

impl Format for Workbook {
    fn begin(&mut self, _: Vec<String>) -> Result<Vec<u8>, StoreError> {
        Ok(Vec::new())
    }

    fn rows(&mut self, rows: Vec<Vec<Cell>>) -> Result<Vec<u8>, StoreError> {
        rows.iter().try_for_each(|row| self.row(row)).map_err(unwritten)?;
        Ok(self.take())
    }

    fn end(&mut self) -> Result<Vec<u8>, StoreError> {
        Self::end(self).map_err(unwritten)?;
        Ok(self.take())
    }
}

fn unwritten(error: ZipError) -> StoreError {
    StoreError::damaged(format_args!("a workbook cannot be written: {error}"))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use axum::body::Body;
    use calamine::{Data, Reader, Xlsx};
    use http_body_util::BodyExt;
    use sync_core::record::{Edit, Value};

    use super::{super::rows::CHUNK, *};
    use crate::{
        auth::Role,
        testing::{Desk, World, on_both},
    };

    on_both![a_workbook_holds_what_the_list_shows_and_no_formula];

    async fn rows(desk: &Desk, query: &str) -> Vec<Vec<Data>> {
        let response = desk.ask("GET", &format!("/api/v1/records.xlsx?{query}"), Body::empty()).await;
        assert_eq!(response.headers()["content-type"], MEDIA);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let mut book = Xlsx::new(Cursor::new(body)).unwrap();
        assert!(book.worksheet_formula("records").unwrap().is_empty(), "there is a formula");
        book.worksheet_range("records").unwrap().rows().map(<[Data]>::to_vec).collect()
    }

    async fn a_workbook_holds_what_the_list_shows_and_no_formula(engine: crate::store::Engine) {
        let world = World::new(engine).await;
        let desk = Desk::with(&world, "reviewer-01", Role::Reviewer, "markam").await;
        let doctor = world.worker("doctor-03", Role::Recorder, "changdu").await;
        for time in 1..=CHUNK as i64 + 1 {
            let (mut record, first) = doctor.outreach("markam", time, time);
            let place = Value::Text(format!("=cmd(\"{time}\")"));
            let second = record.edit(&[Edit::Set("place".parse().unwrap(), place)], doctor.pen(time)).unwrap();
            world.push(&doctor, "markam", &[&first, &second]).await;
        }
        world.push(&doctor, "riwoqe", &[&doctor.outreach("riwoqe", 7, 7).1]).await;

        let found = rows(&desk, "form=clinic.outreach&unit=markam").await;
        assert_eq!(found.len(), CHUNK + 2, "what lies elsewhere is not in it");
        let column = |name: &str| found[0].iter().position(|head| *head == name).unwrap();
        assert_eq!(found[1][column("place")], Data::String(format!("=cmd(\"{}\")", CHUNK + 1)));
        assert_eq!(found[1][column("patients_seen")], Data::Float((CHUNK + 1) as f64));
        assert!(matches!(&found[1][column("on")], Data::DateTime(day) if day.as_f64() == 44_270.0));
        let page = desk.got("/api/v1/records?limit=200").await;
        let listed: Vec<&str> = page["items"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
        assert_eq!(found[1..].iter().map(|row| row[0].to_string()).collect::<Vec<_>>(), listed);
        assert_eq!(rows(&desk, "").await[0][11].to_string(), "values");
        assert_eq!(rows(&desk, "status=approved").await.len(), 1, "only the head");
        assert_eq!(desk.get("/api/v1/records.xlsx?unit=riwoqe").await.0, 403);
    }
}
