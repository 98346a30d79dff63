//! What the device knows besides records: forms, org units, and where its user may do what.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use sync_core::{
    form::{Form, FormSet, Labels, Reading},
    gate::Roles,
    id::{FormId, UnitCode},
    record::{Edit, Record},
    replica::{Catalog, CatalogUnit, UnitKind},
};

use super::Engine;
use crate::{Clock, Error, Store, Transport, store::StoreError};

/// A form, in its newest version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FormInfo {
    /// Its name.
    pub id: FormId,
    /// Its version.
    pub version: u32,
    /// What people call it.
    pub title: Labels,
    /// Its fields, the day first, in the order in which they are asked: key, type and whether an answer is required.
    pub fields: Vec<FieldInfo>,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FieldInfo {
    /// The name in the record.
    pub key: String,
    /// The type's name.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Whether an answer is required.
    pub required: bool,
}

/// An org unit, as the user sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct UnitInfo {
    /// Its code.
    pub code: UnitCode,
    /// The unit above.
    pub parent: Option<UnitCode>,
    /// Its kind.
    pub kind: UnitKind,
    /// Its name.
    pub name: String,
    /// The user's roles there, granted there or above.
    pub roles: Roles,
}

/// The catalog, with its forms at hand.
pub(super) struct Known {
    pub(super) catalog: Catalog,
    pub(super) forms: FormSet,
}

impl Known {
    pub(super) fn latest(&self, form: &str) -> Result<&Form, Error> {
        let unknown = || Error::UnknownForm { form: form.chars().take(80).collect() };
        let id: FormId = form.parse().map_err(|_| unknown())?;
        self.forms.latest(&id).ok_or_else(unknown)
    }

    pub(super) fn unit(&self, code: &str) -> Result<&CatalogUnit, Error> {
        let found = self.catalog.units.iter().find(|u| u.code.as_str() == code);
        found.ok_or_else(|| Error::UnknownUnit { unit: code.chars().take(80).collect() })
    }

    /// The unit and all below it.
    pub(super) fn subtree(&self, code: &str) -> Result<Vec<UnitCode>, Error> {
        let mut found = vec![self.unit(code)?.code.clone()];
        // Parents stand first.
        for unit in &self.catalog.units {
            if unit.parent.as_ref().is_some_and(|parent| found.contains(parent)) && !found.contains(&unit.code) {
                found.push(unit.code.clone());
            }
        }
        Ok(found)
    }

    pub(super) fn roles(&self, unit: &UnitCode) -> Roles {
        self.catalog.roles_on(unit)
    }

    /// The form of a record, in the record's own version.
    pub(super) fn form_of(&self, record: &Record) -> Result<&Form, Error> {
        let header = record.header();
        let missing = || Error::FormMissing { form: header.form.clone(), version: header.form_version };
        self.forms.get(&header.form, header.form_version).ok_or_else(missing)
    }

    /// The edits of a record that a person means by what they entered.
    pub(super) fn edits(&self, record: &Record, answers: &Map<String, Json>) -> Result<Vec<Edit>, Error> {
        let edits = self.form_of(record)?.edits(&record.view().values, answers, Reading::Entered);
        edits.map_err(Error::Faults)
    }

    /// Where the user records when nothing is said: the only facility where that is permitted.
    pub(super) fn own_unit(&self) -> Result<UnitCode, Error> {
        let writes = |unit: &&CatalogUnit| may_write(self.roles(&unit.code));
        let units: Vec<&CatalogUnit> = self.catalog.units.iter().filter(writes).collect();
        let facilities: Vec<&CatalogUnit> =
            units.iter().copied().filter(|u| !matches!(u.kind, UnitKind::Prefecture | UnitKind::County)).collect();
        match (facilities.as_slice(), units.as_slice()) {
            ([only], _) | ([], [only]) => Ok(only.code.clone()),
            _ => Err(Error::UnitNeeded { choices: units.iter().map(|u| u.code.clone()).take(20).collect() }),
        }
    }
}

/// Whether the roles let somebody write values.
pub(super) fn may_write(roles: Roles) -> bool {
    roles.recorder || roles.reviewer || roles.administrator
}

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    pub(super) async fn known(&self) -> Result<Known, Error> {
        let json = self.store.catalog().await?.ok_or(Error::NoCatalog)?;
        let damaged = StoreError::Damaged { what: "the catalog" };
        let catalog: Catalog = serde_json::from_str(&json).map_err(|_| damaged.clone())?;
        let forms = catalog.form_set().map_err(|_| damaged)?;
        Ok(Known { catalog, forms })
    }

    /// The forms as far as any are known.
    pub(super) async fn form_set(&self) -> Result<FormSet, Error> {
        match self.known().await {
            Ok(known) => Ok(known.forms),
            Err(Error::NoCatalog) => Ok(FormSet::new()),
            Err(error) => Err(error),
        }
    }

    /// The newest version of every form, by name.
    ///
    /// # Errors
    /// [`Error::NoCatalog`] before the first sync.
    pub async fn forms(&self) -> Result<Vec<FormInfo>, Error> {
        self.identity().await?;
        let info = |form: &Form| FormInfo {
            id: form.id.clone(),
            version: form.version,
            title: form.title.clone(),
            fields: form
                .all_fields()
                .map(|f| FieldInfo { key: f.key.to_string(), kind: f.kind.field_type().name(), required: f.required })
                .collect(),
        };
        Ok(self.known().await?.forms.iter_latest().map(info).collect())
    }

    /// The newest version of a form, to ask its questions by.
    ///
    /// # Errors
    /// [`Error::UnknownForm`].
    pub async fn form(&self, form: &str) -> Result<Form, Error> {
        self.identity().await?;
        Ok(self.known().await?.latest(form)?.clone())
    }

    /// The form of an existing record, in the record's own version.
    ///
    /// # Errors
    /// [`Error::NoSuchRecord`], [`Error::FormMissing`].
    pub async fn form_of(&self, record: sync_core::id::RecordId) -> Result<Form, Error> {
        let missing = || Error::NoSuchRecord { name: record.to_string() };
        let summary = self.store.record(record).await?.ok_or_else(missing)?;
        let (form, version) = (summary.form, summary.form_version);
        self.form_set().await?.get(&form, version).cloned().ok_or(Error::FormMissing { form, version })
    }

    /// The org units that the user has to do with, parents first.
    ///
    /// # Errors
    /// [`Error::NoCatalog`] before the first sync.
    pub async fn units(&self) -> Result<Vec<UnitInfo>, Error> {
        self.identity().await?;
        let known = self.known().await?;
        let info = |u: &CatalogUnit| UnitInfo {
            code: u.code.clone(),
            parent: u.parent.clone(),
            kind: u.kind,
            name: u.name.clone(),
            roles: known.roles(&u.code),
        };
        Ok(known.catalog.units.iter().map(info).collect())
    }
}
