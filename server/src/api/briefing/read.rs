//! `GET /api/v1/briefing?unit=CODE&from=DATE&to=DATE&language=zh|en|bo`: a briefing (工作简报).

use axum::{Json, extract::State};

use super::{make, shown::BriefingShown};
use crate::{
    api::{ApiState, Problem, caller::Caller, parameters::Parameters},
    briefing::Language,
};

/// A briefing
///
/// What a unit and everything below it did in a period, or, with `worker`, what one worker did there: made on the server from a
/// template that an administrator can change, as blocks to be shown from top to bottom. Text in them is text, whatever it
/// looks like. Every number names the records that it counts, as the filters of the list of records (of those, the ones that are
/// in totals: `counted=true`). All numbers are of one moment; `made` says which, and how far each feed had come.
#[utoipa::path(
    get,
    path = "/api/v1/briefing",
    operation_id = "read_briefing",
    tag = "briefings",
    params(
        ("unit" = String, Query, description = "The unit's code"),
        ("from" = String, Query, description = "The first day that counts", format = Date),
        ("to" = String, Query, description = "The last day that counts", format = Date),
        ("language" = inline(Option<Language>), Query, description = "`zh` if left out"),
        ("worker" = Option<String>, Query, description = "Whose own year it is"),
    ),
    responses(
        (status = 200, description = "The briefing", body = BriefingShown, example = json!({
            "unit": "changdu", "from": "2021-03-01", "to": "2022-02-28", "language": "zh", "worker": null,
            "title": "昌都市 2021年3月—2022年2月 工作简报",
            "made": {"at": "2022-03-01T02:00:00.000Z", "epoch": "5f0c6a2b9d31e874",
                "positions": [{"unit": "markam-hospital", "position": 412}]},
            "blocks": [
                {"kind": "heading", "level": 1, "spans": [{"text": "昌都市 2021年3月—2022年2月 工作简报"}]},
                {"kind": "paragraph", "spans": [{"text": "义诊惠及人次 "}, {"text": "16,000", "strong": true, "records":
                    {"unit": "changdu", "from": "2021-03-01", "to": "2022-02-28", "measure": "people_benefited"}}]},
            ],
        })),
        (status = 404, description = "`user_unknown`: nobody of this username has a role or records there"),
        (status = 422, description = "`template_faulty`: the template fails on these facts; the detail says in which line"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    query: Parameters,
) -> Result<Json<BriefingShown>, Problem> {
    let (asked, made) = make(&state, async |tx| super::asked(tx, &caller, &query).await, None).await?;
    Ok(Json(BriefingShown::of(asked, made)))
}
