//! `GET /api/v1/duplicates`: pairs of records that look like one event, logged twice.

use axum::{Json, extract::State};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use sync_core::id::{Day, FormId, RecordId, UnitCode, Username};
use utoipa::ToSchema;

use super::{ApiState, Moment, Problem, caller::Caller, page::Page, parameters::Parameters};
use crate::store::duplicates::{self, Pair, PairPage, PairPosition, Twin};

/// Pairs of one page.
const PAIRS: usize = 100;

/// Two records that look alike: of one unit, form and day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PossibleDuplicate {
    #[schema(value_type = String)]
    unit: UnitCode,
    #[schema(value_type = String)]
    form: FormId,
    #[schema(value_type = String, format = Date)]
    on: Day,
    /// Both.
    records: [TwinShown; 2],
}

/// One of two records that look alike.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TwinShown {
    #[schema(value_type = String, format = "uuid")]
    id: RecordId,
    #[schema(value_type = String)]
    worker: Username,
    /// When it was written, by the device's clock.
    created: Moment,
    /// By the form's fields.
    #[schema(value_type = Object)]
    values: serde_json::Value,
}

/// Possible duplicates
///
/// Pairs of records of the same unit, form and day, neither of them void, whose numbers are equal or within 5 %, whose yes and no
/// agree, and of whose texts at least one agrees; by the units' codes, then by day. Pairs that somebody has told apart are left out.
/// A page has at most 100 pairs, and tells what was found among the next 2,000 records: it may be empty and yet have a `next`.
#[utoipa::path(
    get,
    path = "/api/v1/duplicates",
    operation_id = "list_duplicates",
    tag = "records",
    params(
        ("unit" = String, Query, description = "A unit's code: it and all below it"),
        ("from" = String, Query, description = "The first day of the event", format = Date),
        ("to" = String, Query, description = "The last day of the event", format = Date),
        ("told_apart" = Option<bool>, Query, description = "`true`: those that somebody has told apart, instead"),
        ("after" = Option<String>, Query, description = "The `next` of the page before"),
    ),
    responses((status = 200, description = "A page", body = Page<PossibleDuplicate>))
)]
pub(super) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    query: Parameters,
) -> Result<Json<Page<PossibleDuplicate>>, Problem> {
    let code: UnitCode = query.required("unit")?;
    let days: (Day, Day) = (query.required("from")?, query.required("to")?);
    let told_apart = query.word("told_apart", &[("true", true), ("false", false)])?.unwrap_or(false);
    let after = query.text("after");
    let mut tx = state.store.read().await?;
    let unit = caller.unit(&mut tx, "unit", &code).await?;
    let (pairs, next) = if told_apart {
        let after = after.map(|text| read_cursor(text, pair_of)).transpose()?.unwrap_or_default();
        let (pairs, next) = duplicates::told_apart_pairs(&mut tx, &unit.path, days, after).await?;
        (pairs, next.map(|pair| write_cursor(pair, "")))
    } else {
        let after = after.map(|text| read_cursor(text, position_of)).transpose()?;
        let PairPage { pairs, next } =
            duplicates::alike_pairs(&mut tx, &unit.path, days, after.as_ref(), PAIRS).await?;
        (pairs, next.map(|PairPosition { unit, on, pair }| write_cursor(pair, &format!("{on}{unit}"))))
    };
    Ok(Json(Page { items: pairs.into_iter().map(shown).collect(), next }))
}

fn shown(Pair { on, unit, form, one, other }: Pair) -> PossibleDuplicate {
    let twin = |Twin { id, worker, created_ms, values }| {
        let created = Moment::of_ms(created_ms);
        TwinShown { id, worker, created, values }
    };
    PossibleDuplicate { unit, form, on, records: [one, other].map(twin) }
}

fn read_cursor<T>(text: &str, read: impl Fn(&[u8]) -> Option<T>) -> Result<T, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let place = bytes.as_deref().and_then(read);
    place.ok_or_else(|| Problem::parameter("after", "is not a `next` that was given before"))
}

/// The names of two records.
fn pair_of(bytes: &[u8]) -> Option<[[u8; 16]; 2]> {
    let (one, other) = bytes.split_at_checked(16)?;
    Some([one.try_into().ok()?, other.try_into().ok()?])
}

/// The names of two records, the day and the unit.
fn position_of(bytes: &[u8]) -> Option<PairPosition> {
    let (pair, place) = bytes.split_at_checked(32)?;
    let (on, unit) = std::str::from_utf8(place).ok()?.split_at_checked(10)?;
    Some(PairPosition { pair: pair_of(pair)?, on: on.parse().ok()?, unit: unit.parse().ok()? })
}

fn write_cursor(pair: [[u8; 16]; 2], place: &str) -> String {
    let bytes: Vec<u8> = pair.into_iter().flatten().chain(place.bytes()).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use crate::{
        auth::Role,
        testing::{Desk, World, on_both, problem},
    };

    on_both![what_looks_alike_is_listed_until_somebody_has_decided, pages_go_on_behind_what_was_found];

    const MARCH: &str = "/api/v1/duplicates?unit=changdu&from=2021-03-01&to=2021-03-31";

    async fn what_looks_alike_is_listed_until_somebody_has_decided(engine: crate::store::Engine) {
        let world = World::new(engine).await;
        let desk = Desk::with(&world, "reviewer-01", Role::Reviewer, "changdu").await;
        let doctor = world.worker("doctor-03", Role::Recorder, "changdu").await;
        let other = world.worker("doctor-04", Role::Recorder, "changdu").await;
        let (one, first) = doctor.outreach("markam", 100, 1);
        let (two, second) = other.outreach("markam", 103, 2);
        let (three, third) = other.outreach("markam", 150, 3);
        let (_, far) = other.outreach("riwoqe", 100, 4);
        world.push(&doctor, "markam", &[&first]).await;
        world.push(&other, "markam", &[&second, &third, &far]).await;
        let ids = |page: Json| {
            let pair = |item: &Json| [item["records"][0]["id"].clone(), item["records"][1]["id"].clone()];
            page["items"].as_array().unwrap().iter().map(pair).collect::<Vec<_>>()
        };
        let found = ids(desk.got(MARCH).await);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains(&json!(one.id())) && found[0].contains(&json!(two.id())));
        assert_eq!(ids(desk.got("/api/v1/duplicates?unit=riwoqe&from=2021-03-01&to=2021-03-31").await).len(), 0);
        assert_eq!(ids(desk.got("/api/v1/duplicates?unit=markam&from=2021-03-16&to=2021-03-31").await).len(), 0);

        // Void as a duplicate it counts once; approved again, twice.
        let path = format!("/api/v1/records/{}/reviews", two.id());
        desk.posted(&path, json!({"verdict": "void", "reason": "the same", "duplicate_of": one.id()})).await;
        assert_eq!((ids(desk.got(MARCH).await).len(), world.total("people_benefited").await), (0, 350));
        let back = format!("/api/v1/records/{}/reviews", one.id());
        let back = desk.post(&back, json!({"verdict": "void", "reason": "x", "duplicate_of": two.id()})).await;
        assert_eq!(problem(back), (422, "duplicate_of_nothing".into()));
        desk.posted(&path, json!({"verdict": "approved"})).await;
        assert_eq!((ids(desk.got(MARCH).await).len(), world.total("people_benefited").await), (1, 453));

        let dismissals = "/api/v1/duplicates/dismissals";
        for records in [[two.id(), one.id()], [one.id(), two.id()]] {
            desk.posted(dismissals, json!({"records": records})).await;
        }
        assert_eq!(ids(desk.got(MARCH).await).len(), 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM audit WHERE act = 'records_told_apart'").await, 1);
        // Which two they are can be seen, and taken back.
        let told_apart = format!("{MARCH}&told_apart=true");
        assert_eq!(ids(desk.got(&told_apart).await), found);
        let take_back = format!("{dismissals}?one={}&other={}", two.id(), one.id());
        let gone = desk.ask("DELETE", &take_back, axum::body::Body::empty()).await;
        assert_eq!(gone.status(), 204);
        assert_eq!((ids(desk.got(MARCH).await), ids(desk.got(&told_apart).await)), (found, Vec::new()));
        assert_eq!(world.count("SELECT COUNT(*) FROM audit WHERE act = 'records_taken_together'").await, 1);
        let again = desk.ask("DELETE", &take_back, axum::body::Body::empty()).await;
        assert_eq!(again.status(), 404);

        let twice = desk.post(dismissals, json!({"records": [three.id(), three.id()]})).await;
        assert_eq!(problem(twice), (400, "parameter_invalid".into()));
        let stranger = Desk::with(&world, "reviewer-02", Role::Reviewer, "riwoqe").await;
        let unseen = stranger.post(dismissals, json!({"records": [one.id(), three.id()]})).await;
        assert_eq!(problem(unseen), (404, "record_unknown".into()));
        assert_eq!(problem(stranger.get(MARCH).await), (403, "unit_forbidden".into()));
        world.is_right().await;
    }

    async fn pages_go_on_behind_what_was_found(engine: crate::store::Engine) {
        let world = World::new(engine).await;
        let desk = Desk::with(&world, "reviewer-01", Role::Reviewer, "changdu").await;
        let doctor = world.worker("doctor-03", Role::Recorder, "changdu").await;
        // Sixteen of a kind are 120 pairs.
        let changes: Vec<_> = (0..16).map(|time| doctor.outreach("markam", 100, time).1).collect();
        world.push(&doctor, "markam", &changes.iter().collect::<Vec<_>>()).await;
        let first = desk.got(MARCH).await;
        assert_eq!(first["items"].as_array().unwrap().len(), 100);
        let second = desk.got(&format!("{MARCH}&after={}", first["next"].as_str().unwrap())).await;
        assert_eq!((second["items"].as_array().unwrap().len(), &second["next"]), (20, &Json::Null));
        assert_eq!(problem(desk.get(&format!("{MARCH}&after=x")).await), (400, "parameter_invalid".into()));
    }
}
