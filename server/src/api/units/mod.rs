//! The tree of org units.

pub(super) mod add;
pub(super) mod change;
pub(super) mod import;
pub(super) mod list;
pub(super) mod preview_move;

use serde::Serialize;
use utoipa::ToSchema;

use crate::store::unit::PlacedUnit;

/// An org unit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"code": "markam", "parent": "changdu", "kind": "county", "name": "芒康县", "path": "/changdu/markam/"}))]
pub(super) struct UnitShown {
    code: String,
    /// The unit above; null for the root of a tree.
    parent: Option<String>,
    /// `prefecture`, `county`, `clinic`, `school` or `other`.
    kind: &'static str,
    name: String,
    /// The codes from the root down to it.
    path: String,
}

impl From<PlacedUnit> for UnitShown {
    fn from(PlacedUnit { unit, path }: PlacedUnit) -> Self {
        Self {
            code: unit.code.to_string(),
            parent: unit.parent.map(|parent| parent.to_string()),
            kind: unit.kind.word(),
            name: unit.name,
            path: path.to_string(),
        }
    }
}
