//! What a device needs to know besides records: who its user is, what they may do where, and the forms.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    form::{Form, FormError, FormSet},
    gate::Roles,
    id::{UnitCode, Username},
};

/// The kind of an org unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum UnitKind {
    /// A prefecture: the root of a tree.
    Prefecture,
    /// A county.
    County,
    /// A facility for patients.
    Clinic,
    /// A facility for pupils.
    School,
    /// Any other facility.
    Other,
}

impl UnitKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Prefecture, Self::County, Self::Clinic, Self::School, Self::Other];

    /// The word in commands, APIs and stores.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Prefecture => "prefecture",
            Self::County => "county",
            Self::Clinic => "clinic",
            Self::School => "school",
            Self::Other => "other",
        }
    }

    /// The kind of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == word)
    }
}

/// An org unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogUnit {
    /// Its permanent code.
    pub code: UnitCode,
    /// The unit above.
    pub parent: Option<UnitCode>,
    /// Its kind.
    pub kind: UnitKind,
    /// Its name, as people write it.
    pub name: String,
}

/// Roles on an org unit and everything below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The unit.
    pub unit: UnitCode,
    /// The roles.
    pub roles: Roles,
}

/// All of that, as of one revision.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Catalog {
    /// The user's login name.
    pub user: Username,
    /// The user's name, as people write it.
    pub name: String,
    /// The user's grants.
    pub grants: Vec<Grant>,
    /// The granted units, those above and those below; parents first.
    pub units: Vec<CatalogUnit>,
    /// The forms, every version that is in use.
    pub forms: Vec<Form>,
}

impl Catalog {
    /// The forms as a set.
    ///
    /// # Errors
    /// [`FormError`] when the server sent a form that breaks the rules.
    pub fn form_set(&self) -> Result<FormSet, FormError> {
        let mut set = FormSet::new();
        self.forms.iter().try_for_each(|f| set.insert(f.clone()))?;
        Ok(set)
    }

    /// The user's roles on a unit: those granted there and above.
    #[must_use]
    pub fn roles_on(&self, unit: &UnitCode) -> Roles {
        let parents: BTreeMap<_, _> = self.units.iter().map(|u| (&u.code, u.parent.as_ref())).collect();
        let mut roles = Roles::default();
        let mut at = Some(unit);
        // A tree's depth is bounded by its size: a cycle, which no server sends, ends all the same.
        for _ in 0..=self.units.len() {
            let Some(code) = at else { break };
            roles = self.grants.iter().filter(|g| g.unit == *code).fold(roles, |r, g| r.and(g.roles));
            at = parents.get(code).copied().flatten();
        }
        roles
    }

    /// The feeds to follow: the granted units and all below them, ascending.
    #[must_use]
    pub fn feeds(&self) -> Vec<UnitCode> {
        let mut feeds: Vec<_> =
            self.units.iter().filter(|u| self.roles_on(&u.code).any()).map(|u| u.code.clone()).collect();
        feeds.sort_unstable();
        feeds.dedup();
        feeds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_unit_has_one_word_and_a_word_one_kind() {
        let words = UnitKind::ALL.map(UnitKind::word);
        assert_eq!(words, ["prefecture", "county", "clinic", "school", "other"]);
        assert_eq!(words.map(UnitKind::from_word), UnitKind::ALL.map(Some));
        assert_eq!(UnitKind::from_word("hospital"), None);
    }
}
