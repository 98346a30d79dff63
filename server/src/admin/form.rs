//! Forms. A version that the store knows never changes: records name it, and devices hold it.

use sync_core::form::Form;

use super::AdminError;
use crate::{
    auth::By,
    store::{
        Store, WriteTx,
        audit::{self, Deed},
        form, meta,
    },
};

/// Adds a version of a form; returns whether it was new. One that is known with the same content is left alone.
///
/// # Errors
/// [`AdminError`]: the definition breaks a rule, or the version is known with different content.
pub async fn add_form(store: &Store, by: &By, json: &str) -> Result<(Form, bool), AdminError> {
    let form = Form::parse(json)?;
    let is_new = store.act(by, async |tx| add(tx, by, &form).await).await?;
    Ok((form, is_new))
}

/// Every version of every form, by id and version.
///
/// # Errors
/// [`AdminError::Store`].
pub async fn list_forms(store: &Store) -> Result<Vec<Form>, AdminError> {
    Ok(form::all(&mut store.read().await?).await?)
}

async fn add(tx: &mut WriteTx, by: &By, form: &Form) -> Result<bool, AdminError> {
    if form::add(tx, form).await? {
        let detail = serde_json::json!({"version": form.version});
        audit::note(tx, by, Deed::new("form_added", &form.id).with(detail)).await?;
        meta::revise_catalog(tx).await?;
        return Ok(true);
    }
    match form::find(tx, &form.id, form.version).await? {
        Some(known) if known == *form => Ok(false),
        _ => Err(AdminError::FormVersionExists { form: form.id.clone(), version: form.version }),
    }
}
