//! Forms, every version of each, as they were added.

use sync_core::{form::Form, id::FormId};

use super::{ReadTx, StoreError, WriteTx};

const FIND: &str = "SELECT json FROM forms WHERE id = $1 AND version = $2";
const ALL: &str = "SELECT id, version, json FROM forms ORDER BY id, version";
const ADD: &str = "INSERT INTO forms (id, version, json) VALUES ($1, $2, $3) ON CONFLICT (id, version) DO NOTHING";

/// This version of this form.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut ReadTx, id: &FormId, version: u32) -> Result<Option<Form>, StoreError> {
    let query = sqlx::query_scalar(FIND).bind(id.as_str()).bind(i64::from(version));
    let json: Option<String> = query.fetch_optional(tx.conn()).await?;
    json.map(|json| Form::parse(&json).map_err(|e| StoreError::damaged(format_args!("form {id} {version}: {e}"))))
        .transpose()
}

/// Every version of every form, by id and version.
///
/// # Errors
/// [`StoreError`].
pub async fn all(tx: &mut ReadTx) -> Result<Vec<Form>, StoreError> {
    let rows: Vec<(String, i64, String)> = sqlx::query_as(ALL).fetch_all(tx.conn()).await?;
    let read = |(id, version, json): (String, i64, String)| {
        Form::parse(&json).map_err(|e| StoreError::damaged(format_args!("form {id} {version}: {e}")))
    };
    rows.into_iter().map(read).collect()
}

/// Adds a version of a form; returns whether there was none yet.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn add(tx: &mut WriteTx, form: &Form) -> Result<bool, StoreError> {
    let json = serde_json::to_string(form).map_err(StoreError::damaged)?;
    let query = sqlx::query(ADD).bind(form.id.as_str()).bind(i64::from(form.version)).bind(json);
    Ok(query.execute(tx.conn()).await?.rows_affected() == 1)
}
