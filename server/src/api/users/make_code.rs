//! `POST /api/v1/users/{username}/codes`: a one-time code for a user.

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use sync_core::id::Username;
use utoipa::ToSchema;

use crate::{
    admin,
    api::{ApiState, Moment, Problem, body::JsonBody, caller::Caller, path_name::PathName},
};

/// What the code is for.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum CodePurpose {
    /// To enrol one device.
    Device,
    /// To set a password for the console.
    Password,
}

/// What the code is for, and how long it lasts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"purpose": "device", "hours": 24}))]
pub(in crate::api) struct MakeCodeRequest {
    purpose: CodePurpose,
    /// 24 if left out.
    #[schema(minimum = 1, maximum = 168)]
    hours: Option<u32>,
}

/// A code, to be read out or shown to its user.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"code": "7Q2MX-0KD4T", "expires": "2021-03-16T08:30:00.000Z"}))]
pub(in crate::api) struct MakeCodeResponse {
    code: String,
    expires: Moment,
}

/// Makes a one-time code
///
/// It is seen only here.
#[utoipa::path(
    post,
    path = "/api/v1/users/{username}/codes",
    operation_id = "make_code",
    tag = "people",
    params(("username" = String, Path, description = "The username")),
    request_body = MakeCodeRequest,
    responses(
        (status = 201, description = "Made", body = MakeCodeResponse),
        (status = 400, description = "`hours_out_of_range`"),
        (status = 403, description = "`user_forbidden`: the user has roles on units that are not the caller's"),
        (status = 404, description = "`user_unknown`"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    caller: Caller,
    PathName(user): PathName<Username>,
    JsonBody(MakeCodeRequest { purpose, hours }): JsonBody<MakeCodeRequest>,
) -> Result<(StatusCode, Json<MakeCodeResponse>), Problem> {
    let hours = hours.unwrap_or(admin::CODE_HOURS_DEFAULT);
    let (code, expires) = match purpose {
        CodePurpose::Device => admin::make_enrolment_code(&state.store, &caller.by(), &user, hours).await?,
        CodePurpose::Password => admin::make_password_code(&state.store, &caller.by(), &user, hours).await?,
    };
    Ok((StatusCode::CREATED, Json(MakeCodeResponse { code: code.reveal(), expires: Moment(expires) })))
}
