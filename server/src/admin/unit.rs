//! The tree of org units. Moving a unit moves everything below it, and with it the reach of every role: whoever loses a role
//! by that keeps their work, and what they send later is held for the unit's new administrator.

use serde_json::json;
use sync_core::{
    id::UnitCode,
    replica::{CatalogUnit, UnitKind},
};

use super::{AdminError, read_name};
use crate::{
    auth::By,
    store::{
        ReadTx, Store, WriteTx,
        audit::{self, Deed},
        meta,
        relocation::{self, NamedRole},
        unit::{self, PlacedUnit, UnitPath},
    },
};

/// Adds an org unit, at the root or below `parent`.
///
/// # Errors
/// [`AdminError`]: the name is none, the code is taken, or there is no such parent within reach.
pub async fn add_unit(
    store: &Store,
    by: &By,
    code: UnitCode,
    parent: Option<UnitCode>,
    kind: UnitKind,
    name: &str,
) -> Result<PlacedUnit, AdminError> {
    let unit = CatalogUnit { code, parent, kind, name: name.to_owned() };
    store
        .act(by, async |tx| {
            let placed = add(tx, by, unit).await?;
            meta::revise_catalog(tx).await?;
            Ok(placed)
        })
        .await
}

/// Adds one unit of possibly many; the catalog is revised by the caller.
pub(super) async fn add(tx: &mut WriteTx, by: &By, unit: CatalogUnit) -> Result<PlacedUnit, AdminError> {
    let name = read_unit_name(&unit.code, &unit.name)?.to_owned();
    let path = match &unit.parent {
        Some(parent) => within_reach(tx, by, parent).await?.path.below(&unit.code),
        None if by.reaches_a_root() => UnitPath::root(&unit.code),
        None => return Err(AdminError::UnitForbidden(unit.code)),
    };
    let placed = PlacedUnit { unit: CatalogUnit { name, ..unit }, path };
    if !unit::add(tx, &placed).await? {
        return Err(AdminError::UnitExists(placed.unit.code));
    }
    let CatalogUnit { code, parent, kind, .. } = &placed.unit;
    let detail = json!({"parent": parent, "kind": kind});
    audit::note(tx, by, Deed::new("unit_added", code).within(code).with(detail)).await?;
    Ok(placed)
}

/// Gives a unit another name; its code never changes.
///
/// # Errors
/// [`AdminError`]: the name is none, or there is no such unit within reach.
pub async fn rename_unit(store: &Store, by: &By, code: &UnitCode, name: &str) -> Result<PlacedUnit, AdminError> {
    let name = read_unit_name(code, name)?;
    store
        .act(by, async |tx| {
            let mut placed = within_reach(tx, by, code).await?;
            unit::rename(tx, code, name).await?;
            audit::note(tx, by, Deed::new("unit_renamed", code).within(code)).await?;
            meta::revise_catalog(tx).await?;
            name.clone_into(&mut placed.unit.name);
            Ok(placed)
        })
        .await
}

/// Moves a unit, and everything below it, below another.
///
/// # Errors
/// [`AdminError`]: there is no such unit; `by` does not reach both where it was and where it goes; or it would lie below
/// itself.
pub async fn move_unit(store: &Store, by: &By, code: &UnitCode, parent: &UnitCode) -> Result<PlacedUnit, AdminError> {
    store
        .act(by, async |tx| {
            let (mut placed, path) = place_of_move(tx, by, code, parent).await?;
            unit::relocate(tx, &placed, parent, &path).await?;
            let detail = json!({"from": placed.unit.parent, "to": parent});
            audit::note(tx, by, Deed::new("unit_moved", code).within(code).with(detail)).await?;
            meta::revise_catalog(tx).await?;
            placed.unit.parent = Some(parent.clone());
            Ok(PlacedUnit { path, ..placed })
        })
        .await
}

/// What a move would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedMove {
    /// The unit that it would leave.
    pub from: Option<UnitCode>,
    /// Units that would move.
    pub units: i64,
    /// Records that lie in them.
    pub records: i64,
    /// Roles that somebody would have on the unit, and does not have now.
    pub gains: Vec<NamedRole>,
    /// Roles that somebody has on the unit, and would not have any more.
    pub loses: Vec<NamedRole>,
}

/// What moving a unit below another would change; nothing is.
///
/// # Errors
/// As of [`move_unit`].
pub async fn plan_move(store: &Store, by: &By, code: &UnitCode, parent: &UnitCode) -> Result<PlannedMove, AdminError> {
    let mut tx = store.read().await?;
    let (placed, path) = place_of_move(&mut tx, by, code, parent).await?;
    let (now, then) = (relocation::reaching(&mut tx, &placed.path).await?, relocation::reaching(&mut tx, &path).await?);
    let only = |of: &[NamedRole], not: &[NamedRole]| of.iter().filter(|role| !not.contains(role)).cloned().collect();
    Ok(PlannedMove {
        units: relocation::units(&mut tx, &placed.path).await?,
        records: relocation::records(&mut tx, &placed.path).await?,
        gains: only(&then, &now),
        loses: only(&now, &then),
        from: placed.unit.parent,
    })
}

/// A unit that may be moved below another, and the path that it would have there.
async fn place_of_move(
    tx: &mut ReadTx,
    by: &By,
    code: &UnitCode,
    parent: &UnitCode,
) -> Result<(PlacedUnit, UnitPath), AdminError> {
    let placed = within_reach(tx, by, code).await?;
    // Whoever runs what it leaves must agree to lose it.
    if let Some(left) = &placed.unit.parent {
        within_reach(tx, by, left).await?;
    }
    let above = within_reach(tx, by, parent).await?;
    if placed.path.covers(&above.path) {
        return Err(AdminError::UnitBelowItself(code.clone()));
    }
    let path = above.path.below(code);
    Ok((placed, path))
}

/// Every unit, each behind the one above it.
///
/// # Errors
/// [`AdminError::Store`].
pub async fn list_units(store: &Store) -> Result<Vec<PlacedUnit>, AdminError> {
    Ok(unit::all(&mut store.read().await?).await?)
}

fn read_unit_name<'a>(code: &UnitCode, name: &'a str) -> Result<&'a str, AdminError> {
    read_name(name).map_err(|rule| AdminError::Name { of: format!("org unit `{code}`"), rule })
}

async fn within_reach(tx: &mut ReadTx, by: &By, code: &UnitCode) -> Result<PlacedUnit, AdminError> {
    let placed = unit::find(tx, code).await?.ok_or_else(|| AdminError::UnitUnknown(code.clone()))?;
    if by.reaches(&placed.path) { Ok(placed) } else { Err(AdminError::UnitForbidden(code.clone())) }
}
