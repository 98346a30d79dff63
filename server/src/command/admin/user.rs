//! `admin user` and `admin grant`.

use serde_json::json;
use sync_core::id::{UnitCode, Username};

use super::{read, read_role};
use crate::{
    admin::{self, UserWithGrants},
    auth::{By, Role},
    command::{
        Failure, Output,
        line::{GrantAct, UserAct},
    },
    store::Store,
};

pub(super) async fn run_user(store: &Store, by: &By, act: UserAct) -> Result<Output, Failure> {
    match act {
        UserAct::Add { username, name, on } => {
            let (username, role, unit) = (read(&username)?, read_role(&on.role)?, read(&on.unit)?);
            let added = admin::add_user(store, by, username, &name, role, unit).await?;
            let line = format!("added user {}, {} on {}", added.username, on.role, on.unit);
            Ok(Output::new(shown(&added), [line]))
        }
        UserAct::List => {
            let users = admin::list_users(store, by).await?;
            let json: Vec<_> = users.iter().map(shown).collect();
            let lines = users.iter().map(|UserWithGrants { username, name, grants }| {
                let grants: Vec<String> =
                    grants.iter().map(|(unit, role)| format!("{} on {unit}", role.word())).collect();
                format!("{username}\t{name}\t{}", grants.join(", "))
            });
            Ok(Output::new(json!({"users": json}), lines))
        }
    }
}

pub(super) async fn run_grant(store: &Store, by: &By, act: GrantAct) -> Result<Output, Failure> {
    let (username, on, is_new) = match act {
        GrantAct::Add { username, on } => (username, on, true),
        GrantAct::Remove { username, on } => (username, on, false),
    };
    let (user, role, unit): (Username, Role, UnitCode) = (read(&username)?, read_role(&on.role)?, read(&on.unit)?);
    let line = match is_new {
        true => {
            admin::add_grant(store, by, &user, &unit, role).await?;
            format!("{user} is now {} on {unit}", role.word())
        }
        false => {
            admin::remove_grant(store, by, &user, &unit, role).await?;
            format!("{user} is no longer {} on {unit}", role.word())
        }
    };
    Ok(Output::new(json!({"username": user, "unit": unit, "role": role.word(), "granted": is_new}), [line]))
}

fn shown(UserWithGrants { username, name, grants }: &UserWithGrants) -> serde_json::Value {
    let grants: Vec<_> = grants.iter().map(|(unit, role)| json!({"unit": unit, "role": role.word()})).collect();
    json!({"username": username, "name": name, "grants": grants})
}
