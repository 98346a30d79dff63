//! People: their names, roles, codes and tokens.

pub(super) mod add;
pub(super) mod add_grant;
pub(super) mod list;
pub(super) mod list_tokens;
pub(super) mod make_code;
pub(super) mod make_token;
pub(super) mod read;
pub(super) mod remove_grant;
pub(super) mod rename;
pub(super) mod reset_second_factor;
pub(super) mod revoke_token;

use serde::Serialize;
use sync_core::id::{UnitCode, Username};
use utoipa::ToSchema;

use super::session::GrantShown;
use crate::{
    admin::{AdminError, UserWithGrants},
    auth::Role,
};

/// A user and everything granted to them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"username": "doctor-03", "name": "医生 03", "grants": [{"unit": "markam", "role": "recorder"}]}))]
pub(super) struct UserShown {
    #[schema(value_type = String)]
    username: Username,
    name: String,
    grants: Vec<GrantShown>,
}

impl From<UserWithGrants> for UserShown {
    fn from(UserWithGrants { username, name, grants }: UserWithGrants) -> Self {
        let shown = |(unit, role): &(UnitCode, Role)| GrantShown { unit: unit.to_string(), role: role.word() };
        Self { username, name, grants: grants.iter().map(shown).collect() }
    }
}

/// The role of this word.
fn read_role(word: &str) -> Result<Role, AdminError> {
    Role::from_word(word).ok_or_else(|| AdminError::word("role", word, &Role::ALL.map(Role::word)))
}
