//! Templates of briefings that an administrator has changed.

use super::{ReadTx, StoreError, WriteTx, rows};

const FIND: &str = "SELECT source FROM briefing_templates WHERE kind = $1 AND language = $2";
const ALL: &str = "SELECT kind, language, changed_by, changed_ms FROM briefing_templates ORDER BY kind, language";
const PUT: &str = "INSERT INTO briefing_templates (kind, language, source, changed_by, changed_ms) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (kind, language) DO UPDATE SET source = excluded.source, \
                   changed_by = excluded.changed_by, changed_ms = excluded.changed_ms";
const REMOVE: &str = "DELETE FROM briefing_templates WHERE kind = $1 AND language = $2";

/// A template that was changed, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChangedTemplate {
    pub kind: String,
    pub language: String,
    /// Who; `None` for the operator.
    pub by: Option<String>,
    /// When, ms.
    pub at_ms: i64,
}

/// The text of a template, if it was changed.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn find(tx: &mut ReadTx, kind: &str, language: &str) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar(FIND).bind(kind).bind(language).fetch_optional(tx.conn()).await?)
}

/// Every template that was changed.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn all(tx: &mut ReadTx) -> Result<Vec<ChangedTemplate>, StoreError> {
    let found: Vec<(String, String, Option<String>, i64)> = sqlx::query_as(ALL).fetch_all(tx.conn()).await?;
    let read = |(kind, language, by, at_ms)| ChangedTemplate { kind, language, by, at_ms };
    Ok(found.into_iter().map(read).collect())
}

/// Keeps the text of a template.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn put(tx: &mut WriteTx, changed: &ChangedTemplate, source: &str) -> Result<(), StoreError> {
    let query = sqlx::query(PUT).bind(changed.kind.as_str()).bind(changed.language.as_str()).bind(rows::text(source));
    query.bind(changed.by.as_deref()).bind(changed.at_ms).execute(tx.conn()).await?;
    Ok(())
}

/// Forgets the text of a template; returns whether there was one.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn remove(tx: &mut WriteTx, kind: &str, language: &str) -> Result<bool, StoreError> {
    Ok(sqlx::query(REMOVE).bind(kind).bind(language).execute(tx.conn()).await?.rows_affected() == 1)
}
