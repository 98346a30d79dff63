//! What every store has before anybody does anything: the starter kit of forms, and the server's own key.

use sync_core::form::Form;

use super::AdminError;
use crate::{
    auth::ServerKey,
    store::{Store, StoreError, form, meta},
};

macro_rules! starter_kit {
    ($($id:literal),+ $(,)?) => {
        /// The forms that ship with the server, as JSON.
        pub const STARTER_KIT: &[&str] = &[$(include_str!(concat!("../../forms/", $id, ".json"))),+];
    };
}

starter_kit![
    "clinic.new_technique",
    "clinic.outpatient_day",
    "clinic.outreach",
    "clinic.rescue",
    "clinic.surgery",
    "clinic.training",
    "community.certification",
    "community.livestock",
    "community.project",
    "school.book_donation",
    "school.lecture",
    "school.online_training",
    "school.research_activity",
    "school.workshop",
];

/// Gives a store what it lacks of these; any number of processes may do so at any time. A shipped form whose version the
/// store knows is left as it is there.
///
/// # Errors
/// [`AdminError`].
pub async fn make_ready(store: &Store) -> Result<ServerKey, AdminError> {
    let forms = STARTER_KIT.iter().map(|json| Form::parse(json)).collect::<Result<Vec<_>, _>>()?;
    let mut tx = store.read().await?;
    let mut missing = Vec::new();
    for form in &forms {
        if form::find(&mut tx, &form.id, form.version).await?.is_none() {
            missing.push(form);
        }
    }
    let known = meta::read(&mut tx, meta::SERVER_KEY_SECRET).await?;
    drop(tx);
    let secret = match known {
        Some(secret) if missing.is_empty() => secret,
        _ => add_missing(store, &missing).await?,
    };
    ServerKey::from_secret(&secret).ok_or_else(|| StoreError::damaged("the server's key").into())
}

async fn add_missing(store: &Store, missing: &[&Form]) -> Result<String, AdminError> {
    let drawn = ServerKey::draw_secret().map_err(StoreError::NoRandomness)?;
    store
        .write(async |tx| {
            let mut added = false;
            for form in missing {
                added |= form::add(tx, form).await?;
            }
            if added {
                meta::revise_catalog(tx).await?;
            }
            meta::keep_first(tx, meta::SERVER_KEY_SECRET, &drawn).await?;
            let secret = meta::read(tx, meta::SERVER_KEY_SECRET).await?;
            secret.ok_or_else(|| StoreError::damaged("the server's key").into())
        })
        .await
}
