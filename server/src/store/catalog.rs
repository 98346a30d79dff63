//! Org units, forms and rights as the merge sees them, and the catalog that a device gets.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use sha2::{Digest as _, Sha256};
use sync_core::{
    form::FormSet,
    gate::Roles,
    id::{UnitCode, Username},
    replica::{Catalog, Grant},
};

use super::{
    ReadTx, StoreError, form, meta, people,
    people::PlacedGrant,
    unit::{self, PlacedUnit, UnitPath},
};

/// Users whose catalogs are kept in memory.
const CATALOGS_MAX: usize = 10_000;

/// All org units and forms, as of one revision.
#[derive(Debug)]
pub struct Directory {
    revision: String,
    units: BTreeMap<UnitCode, PlacedUnit>,
    forms: FormSet,
    catalogs: Mutex<BTreeMap<Username, SharedCatalog>>,
}

/// A user's catalog as sent.
#[derive(Clone, Debug)]
pub struct SharedCatalog {
    /// Names the content: unchanged as long as this user's catalog is, never 0.
    pub revision: u64,
    /// The [`Catalog`], as JSON.
    pub json: Arc<str>,
}

impl Directory {
    /// The directory as it is in this transaction. Kept in memory while the store's own revision says that it is current.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn current(tx: &mut ReadTx) -> Result<Arc<Self>, StoreError> {
        let revision = meta::read(tx, "catalog_revision").await?;
        let revision = revision.ok_or_else(|| StoreError::damaged("there is no catalog revision"))?;
        if let Some(kept) = tx.kept_directory().filter(|kept| kept.revision == revision) {
            return Ok(kept);
        }
        let units = unit::all(tx).await?.into_iter().map(|placed| (placed.unit.code.clone(), placed)).collect();
        let mut forms = FormSet::new();
        for form in form::all(tx).await? {
            forms.insert(form).map_err(StoreError::damaged)?;
        }
        let directory = Arc::new(Self { revision, units, forms, catalogs: Mutex::default() });
        tx.keep_directory(&directory);
        Ok(directory)
    }

    /// The forms.
    #[must_use]
    pub fn forms(&self) -> &FormSet {
        &self.forms
    }

    /// The org unit of this code.
    #[must_use]
    pub fn unit(&self, code: &UnitCode) -> Option<&PlacedUnit> {
        self.units.get(code)
    }

    /// How many units there are.
    pub(super) fn unit_count(&self) -> usize {
        self.units.len()
    }

    /// The units at and below any of `tops`, each behind the one above it.
    #[must_use]
    pub(crate) fn below(&self, tops: &[UnitPath]) -> Vec<&PlacedUnit> {
        let is_below = |unit: &&PlacedUnit| tops.iter().any(|top| top.covers(&unit.path));
        let mut below: Vec<&PlacedUnit> = self.units.values().filter(is_below).collect();
        below.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        below
    }

    /// The roles that `grants` give on a unit: those granted there and above; none on a unit that does not exist.
    #[must_use]
    pub fn roles_on(&self, grants: &[PlacedGrant], unit: &UnitCode) -> Roles {
        let Some(placed) = self.units.get(unit) else { return Roles::default() };
        let here = grants.iter().filter(|grant| grant.path.covers(&placed.path));
        here.fold(Roles::default(), |roles, grant| roles.and(grant.role.alone()))
    }

    /// The catalog of a user.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn catalog(
        &self,
        tx: &mut ReadTx,
        user: &Username,
        grants: &[PlacedGrant],
    ) -> Result<SharedCatalog, StoreError> {
        if let Some(kept) = self.kept().get(user) {
            return Ok(kept.clone());
        }
        let name = people::name_of(tx, user).await?.unwrap_or_default();
        let json = serde_json::to_string(&self.assemble(user, name, grants)).map_err(StoreError::damaged)?;
        let revision = Sha256::digest(json.as_bytes()).iter().take(8).fold(0, |n, byte| n << 8 | u64::from(*byte));
        let catalog = SharedCatalog { revision: revision.max(1), json: json.into() };
        let mut kept = self.kept();
        if kept.len() >= CATALOGS_MAX {
            kept.clear();
        }
        kept.insert(user.clone(), catalog.clone());
        Ok(catalog)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, BTreeMap<Username, SharedCatalog>> {
        self.catalogs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn assemble(&self, user: &Username, name: String, grants: &[PlacedGrant]) -> Catalog {
        let mut roles: BTreeMap<&UnitCode, Roles> = BTreeMap::new();
        for grant in grants {
            let here = roles.entry(&grant.unit).or_default();
            *here = here.and(grant.role.alone());
        }
        let seen = |placed: &&PlacedUnit| {
            grants.iter().any(|grant| grant.path.covers(&placed.path) || placed.path.covers(&grant.path))
        };
        let mut units: Vec<&PlacedUnit> = self.units.values().filter(seen).collect();
        units.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Catalog {
            user: user.clone(),
            name,
            grants: roles.into_iter().map(|(unit, roles)| Grant { unit: unit.clone(), roles }).collect(),
            units: units.into_iter().map(|placed| placed.unit.clone()).collect(),
            forms: self.forms.iter().cloned().collect(),
        }
    }
}

/// The grants of many users.
pub(crate) async fn grants_of(
    tx: &mut ReadTx,
    users: BTreeSet<Username>,
) -> Result<BTreeMap<Username, Vec<PlacedGrant>>, StoreError> {
    let mut grants = BTreeMap::new();
    for user in users {
        let placed = people::grants_of(tx, &user).await?;
        grants.insert(user, placed);
    }
    Ok(grants)
}
