//! Logging in, and what concerns how one does.

pub(super) mod begin_second_factor;
pub(super) mod change_password;
pub(super) mod confirm_second_factor;
pub(super) mod log_in;
pub(super) mod log_out;
pub(super) mod remove_second_factor;
pub(super) mod set_password;
pub(super) mod set_up;
pub(super) mod setup_state;
pub(super) mod who_am_i;

use serde::Serialize;
use sync_core::id::Username;
use utoipa::ToSchema;

use super::{ApiState, Moment, Problem};
use crate::{
    auth::Role,
    store::{people, people::PlacedGrant},
};

/// Who one is, and what one may do where.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"username": "admin-01", "name": "扎西", "expires": "2026-01-02T20:00:00.000Z",
    "grants": [{"unit": "changdu", "role": "administrator"}]}))]
pub(super) struct WhoAmI {
    #[schema(value_type = String)]
    username: Username,
    name: String,
    grants: Vec<GrantShown>,
    /// When the session ends at the latest; null for a program.
    expires: Option<Moment>,
}

/// A role on a unit and everything below it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GrantShown {
    pub unit: String,
    #[schema(value_type = Role)]
    pub role: &'static str,
}

async fn who(
    state: &ApiState,
    username: Username,
    grants: Option<&[PlacedGrant]>,
    expires: Option<Moment>,
) -> Result<WhoAmI, Problem> {
    let mut tx = state.store.read().await?;
    let name = people::name_of(&mut tx, &username).await?.unwrap_or_default();
    let own = match grants {
        Some(grants) => grants.to_vec(),
        None => people::grants_of(&mut tx, &username).await?,
    };
    let grants = own.iter().map(|grant| GrantShown { unit: grant.unit.to_string(), role: grant.role.word() }).collect();
    Ok(WhoAmI { username, name, grants, expires })
}
