//! Org units, as a tree written into paths.

use std::fmt;

use sync_core::{
    id::UnitCode,
    replica::{CatalogUnit, UnitKind},
};

use super::{ReadTx, StoreError, WriteTx, feeds};

const FIND: &str = "SELECT code, parent, kind, name, path FROM org_units WHERE code = $1";
const ALL: &str = "SELECT code, parent, kind, name, path FROM org_units ORDER BY path";
const ADD: &str = "INSERT INTO org_units (code, parent, kind, name, path) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (code) DO NOTHING";
const RENAME: &str = "UPDATE org_units SET name = $2 WHERE code = $1";
const ADOPT: &str = "UPDATE org_units SET parent = $2 WHERE code = $1";
const RELOCATE: &str = "UPDATE org_units SET path = CAST($1 AS TEXT) || SUBSTR(path, CAST($2 AS INTEGER)) \
                        WHERE path >= $3 AND path < $4";

/// The way from the root of a tree down to one of its units: `/changdu/markam/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnitPath(String);

impl UnitPath {
    /// The path of a root.
    #[must_use]
    pub fn root(code: &UnitCode) -> Self {
        Self(format!("/{code}/"))
    }

    /// The path of a unit right below this one.
    #[must_use]
    pub fn below(&self, code: &UnitCode) -> Self {
        Self(format!("{}{code}/", self.0))
    }

    /// Whether it is the path of a root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.bytes().filter(|b| *b == b'/').count() == 2
    }

    /// Whether `other` is this unit, or anywhere below it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The first path that sorts behind this unit and all below it. Codes hold no slash, so theirs are exactly the paths
    /// from [`Self::as_str`] up to here.
    #[must_use]
    pub fn end(&self) -> String {
        let mut end = self.0.clone();
        end.pop();
        // The character behind the slash.
        end.push('0');
        end
    }

    /// The path as stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn from_store(text: String) -> Result<Self, StoreError> {
        let whole = text.len() > 2 && text.starts_with('/') && text.ends_with('/');
        if whole { Ok(Self(text)) } else { Err(StoreError::damaged("the path of an org unit")) }
    }
}

impl fmt::Display for UnitPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A unit and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedUnit {
    /// The unit.
    pub unit: CatalogUnit,
    /// Where it stands.
    pub path: UnitPath,
}

type Row = (String, Option<String>, String, String, String);

/// The unit of this code.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut ReadTx, code: &UnitCode) -> Result<Option<PlacedUnit>, StoreError> {
    let row: Option<Row> = sqlx::query_as(FIND).bind(code.as_str()).fetch_optional(tx.conn()).await?;
    row.map(placed).transpose()
}

/// Gives a unit another name.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn rename(tx: &mut WriteTx, code: &UnitCode, name: &str) -> Result<(), StoreError> {
    sqlx::query(RENAME).bind(code.as_str()).bind(name).execute(tx.conn()).await?;
    Ok(())
}

/// Puts a unit, and everything below it, below another.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn relocate(
    tx: &mut WriteTx,
    PlacedUnit { unit, path }: &PlacedUnit,
    parent: &UnitCode,
    to: &UnitPath,
) -> Result<(), StoreError> {
    sqlx::query(ADOPT).bind(unit.code.as_str()).bind(parent.as_str()).execute(tx.conn()).await?;
    // Paths are ASCII: bytes are characters.
    let behind = i64::try_from(path.as_str().len()).unwrap_or(i64::MAX).saturating_add(1);
    let query = sqlx::query(RELOCATE).bind(to.as_str()).bind(behind).bind(path.as_str()).bind(path.end());
    query.execute(tx.conn()).await?;
    Ok(())
}

/// Every unit, each behind the one above it.
///
/// # Errors
/// [`StoreError`].
pub async fn all(tx: &mut ReadTx) -> Result<Vec<PlacedUnit>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(ALL).fetch_all(tx.conn()).await?;
    rows.into_iter().map(placed).collect()
}

/// Adds a unit and its feed, which is empty; returns whether its code was free.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn add(tx: &mut WriteTx, PlacedUnit { unit, path }: &PlacedUnit) -> Result<bool, StoreError> {
    let query = sqlx::query(ADD)
        .bind(unit.code.as_str())
        .bind(unit.parent.as_ref().map(|p| p.as_str()))
        .bind(unit.kind.word())
        .bind(unit.name.as_str())
        .bind(path.as_str());
    let is_new = query.execute(tx.conn()).await?.rows_affected() == 1;
    if is_new {
        feeds::begin(tx, &unit.code).await?;
    }
    Ok(is_new)
}

fn placed((code, parent, kind, name, path): Row) -> Result<PlacedUnit, StoreError> {
    let unit = CatalogUnit {
        code: code.parse().map_err(StoreError::damaged)?,
        parent: parent.map(|p| p.parse()).transpose().map_err(StoreError::damaged)?,
        kind: UnitKind::from_word(&kind).ok_or_else(|| StoreError::damaged("the kind of an org unit"))?,
        name,
    };
    Ok(PlacedUnit { unit, path: UnitPath::from_store(path)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_whose_code_begins_alike_is_not_below() {
        let code = |text: &str| text.parse::<UnitCode>().unwrap();
        let root = UnitPath::root(&code("changdu"));
        let (markam, hospital) = (root.below(&code("markam")), root.below(&code("markam-hospital")));
        let deep = markam.below(&code("ward"));
        assert_eq!(deep.as_str(), "/changdu/markam/ward/");
        assert!(root.covers(&deep) && markam.covers(&deep) && markam.covers(&markam));
        assert!(!markam.covers(&hospital) && !deep.covers(&markam));
        // The range of the subtree holds exactly what is covered.
        for path in [&root, &markam, &hospital, &deep, &root.below(&code("markam.x")), &root.below(&code("markam0"))] {
            let in_range = path.as_str() >= markam.as_str() && *path.as_str() < *markam.end();
            assert_eq!(in_range, markam.covers(path), "{path}");
        }
    }
}
