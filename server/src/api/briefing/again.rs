//! `POST /api/v1/briefing`: a briefing made again, as it was.

use std::{fmt::Display, str::FromStr};

use axum::{Json, extract::State};
use serde::Deserialize;
use sync_core::id::UnitCode;
use utoipa::ToSchema;

use super::{make, period, shown::BriefingShown};
use crate::{
    api::{ApiState, Moment, Problem, body::JsonBody, caller::Caller},
    briefing::{Asked, Earlier, Language},
};

/// What to make again: what was asked for, and what of it was made from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"unit": "changdu", "from": "2021-03-01", "to": "2022-02-28", "language": "zh",
    "positions": [{"unit": "markam-hospital", "position": 412}], "at": "2022-03-01T02:00:00.000Z", "epoch": "5f0c6a2b9d31e874"}))]
pub(in crate::api) struct AgainRequest {
    unit: String,
    /// The first day that counts.
    #[schema(format = Date)]
    from: String,
    /// The last day that counts.
    #[schema(format = Date)]
    to: String,
    /// `zh`, `en` or `bo`.
    #[schema(value_type = Language)]
    language: String,
    worker: Option<String>,
    /// The briefing's `made.positions`. Feeds that are left out count as empty.
    positions: Vec<AgainPosition>,
    /// The briefing's `made.at`: it says so again, and tells what was held by then. Now, if left out.
    at: Option<String>,
    /// The briefing's `made.epoch`: if given, it must be this store's.
    epoch: Option<String>,
}

/// A position in a unit's feed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AgainPosition {
    unit: String,
    position: u64,
}

/// A briefing, made again
///
/// From the changes up to the positions of an earlier one alone: the same numbers and events, whatever came since. Names of units,
/// labels and the template are those of today, and units that were moved lie where they lie today. It takes longer than to make
/// one as of now; one that would be made from more than 200,000 changes is refused.
#[utoipa::path(
    post,
    path = "/api/v1/briefing",
    operation_id = "make_briefing_again",
    tag = "briefings",
    request_body = AgainRequest,
    responses(
        (status = 200, description = "The briefing", body = BriefingShown),
        (status = 400, description = "`position_elsewhere`: a unit that does not lie below; `position_twice`"),
        (status = 404, description = "`user_unknown`: nobody of this username has a role or records there"),
        (status = 409, description = "`position_unknown`: the feed has not come so far; `epoch_unknown`: made in another store, or \
            before this one was restored from a backup"),
        (status = 422, description = "`template_faulty`: the template fails on these facts; `briefing_too_large`"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    JsonBody(request): JsonBody<AgainRequest>,
) -> Result<Json<BriefingShown>, Problem> {
    let code: UnitCode = read("unit", &request.unit)?;
    let period = period(read("from", &request.from)?, read("to", &request.to)?)?;
    let language: Language = read("language", &request.language)?;
    let worker = request.worker.as_deref().map(|worker| read("worker", worker)).transpose()?;
    let position = |AgainPosition { unit, position }| Ok((read("positions", &unit)?, position));
    let epoch = request.epoch.as_deref().map(|epoch| u64::from_str_radix(epoch, 16));
    let earlier = Earlier {
        positions: request.positions.into_iter().map(position).collect::<Result<_, Problem>>()?,
        at: request.at.as_deref().map(|at| read("at", at)).transpose()?.map(|Moment(at)| at),
        epoch: epoch.transpose().map_err(|e| Problem::parameter("epoch", e))?,
    };
    let asked = async |tx: &mut _| {
        let unit = caller.unit(tx, "unit", &code).await?;
        Ok(Asked { unit, period, language, worker: worker.clone() })
    };
    let (asked, made) = make(&state, asked, Some(earlier)).await?;
    Ok(Json(BriefingShown::of(asked, made)))
}

fn read<T: FromStr<Err: Display>>(name: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|e| Problem::parameter(name, e))
}
