//! The tree of org units.

use sync_core::{
    id::UnitCode,
    replica::{CatalogUnit, UnitKind},
};

use super::{AdminError, read_name};
use crate::store::{
    Store, meta,
    unit::{self, PlacedUnit, UnitPath},
};

/// Adds an org unit, at the root or below `parent`.
///
/// # Errors
/// [`AdminError`]: the name is none, the code is taken, or there is no such parent.
pub async fn add_unit(
    store: &Store,
    code: UnitCode,
    parent: Option<UnitCode>,
    kind: UnitKind,
    name: &str,
) -> Result<PlacedUnit, AdminError> {
    let name = read_name(name).map_err(|rule| AdminError::Name { of: format!("org unit `{code}`"), rule })?;
    let unit = CatalogUnit { code, parent, kind, name: name.to_owned() };
    store
        .write(async |tx| {
            let path = match &unit.parent {
                None => UnitPath::root(&unit.code),
                Some(parent) => {
                    let above = unit::find(tx, parent).await?;
                    above.ok_or_else(|| AdminError::UnitUnknown(parent.clone()))?.path.below(&unit.code)
                }
            };
            let placed = PlacedUnit { unit, path };
            if !unit::add(tx, &placed).await? {
                return Err(AdminError::UnitExists(placed.unit.code));
            }
            meta::revise_catalog(tx).await?;
            Ok(placed)
        })
        .await
}

/// Every unit, each behind the one above it.
///
/// # Errors
/// [`AdminError::Store`].
pub async fn list_units(store: &Store) -> Result<Vec<PlacedUnit>, AdminError> {
    Ok(unit::all(&mut store.read().await?).await?)
}
