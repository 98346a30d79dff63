//! `POST /api/v1/setup`: the first administrator.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use sync_core::{
    id::{UnitCode, Username},
    replica::{CatalogUnit, UnitKind},
};
use utoipa::ToSchema;

use super::{WhoAmI, who};
use crate::{
    admin::{self, AdminError, FirstAdministrator},
    api::{ApiState, Problem, body::JsonBody, guesses::Peer},
    auth::Password,
    clock,
};

/// The code that the server printed, and who the first administrator is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "7Q2MX-0KD4T", "username": "admin-01", "name": "扎西", "password": "牦牛 crosses the pass",
    "unit": {"code": "changdu", "kind": "prefecture", "name": "昌都市"}}))]
pub(in crate::api) struct SetUpRequest {
    code: String,
    /// The name to log in with: 1 to 48 of a-z, 0-9, `.` and `-`; permanent.
    #[schema(min_length = 1, max_length = 48, pattern = "^[a-z0-9.-]+$")]
    username: String,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// 10 to 200 characters, without the username.
    #[schema(value_type = String, format = Password, min_length = 10, max_length = 200)]
    password: Password,
    /// The root of the tree of org units, where there is none yet.
    unit: Option<FirstUnit>,
}

/// The root of a tree of org units.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct FirstUnit {
    /// 1 to 48 of a-z, 0-9, `.` and `-`; permanent.
    #[schema(min_length = 1, max_length = 48, pattern = "^[a-z0-9.-]+$")]
    code: String,
    /// `prefecture`, `county`, `clinic`, `school` or `other`.
    #[schema(pattern = "^(prefecture|county|clinic|school|other)$")]
    kind: String,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

/// Makes the first administrator
///
/// With the one-time code that `cairn-server serve` prints while nobody administers its store. They administer every root of the
/// tree.
#[utoipa::path(
    post,
    path = "/api/v1/setup",
    operation_id = "set_up",
    tag = "session",
    request_body = SetUpRequest,
    responses(
        (status = 201, description = "Made: they can log in", body = WhoAmI),
        (status = 400, description = "`code_unknown`: it is not the one printed last; `id_invalid`; `name_invalid`; \
            `password_invalid`; `word_unknown`"),
        (status = 409, description = "`set_up_already`; `unit_missing`: name the first; `user_exists`; `unit_exists`"),
        (status = 429, description = "`attempts_exceeded`; see Retry-After"),
    )
)]
pub(in crate::api) async fn handle(
    State(state): State<ApiState>,
    peer: Peer,
    JsonBody(request): JsonBody<SetUpRequest>,
) -> Result<(StatusCode, Json<WhoAmI>), Problem> {
    state.guesses.take(peer, None)?;
    let SetUpRequest { code, username, name, password, unit } = request;
    let username: Username = username.parse().map_err(AdminError::Id)?;
    let unit = unit.map(read_unit).transpose()?;
    let first = FirstAdministrator { username, name: &name, password, unit };
    let made = admin::set_up(&state.store, &state.passwords, &code, first, clock::now()).await?;
    state.guesses.give_back(peer, None);
    tracing::info!(user = %made.username, "the first administrator was made");
    Ok((StatusCode::CREATED, Json(who(&state, made.username, None, None).await?)))
}

fn read_unit(FirstUnit { code, kind, name }: FirstUnit) -> Result<CatalogUnit, AdminError> {
    let code: UnitCode = code.parse()?;
    Ok(CatalogUnit { code, parent: None, kind: read_kind(&kind)?, name })
}

/// The kind of this word.
pub(in crate::api) fn read_kind(word: &str) -> Result<UnitKind, AdminError> {
    let words = UnitKind::ALL.map(UnitKind::word);
    UnitKind::from_word(word).ok_or_else(|| AdminError::word("kind of org unit", word, &words))
}
