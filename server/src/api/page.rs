//! Lists come in pages, all alike.

use serde::Serialize;
use utoipa::ToSchema;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// What is listed.
    pub items: Vec<T>,
    /// What to give as `after` for the following page; null behind the last.
    pub next: Option<String>,
}
