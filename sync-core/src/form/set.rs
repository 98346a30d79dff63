//! All the forms that a server or a device knows, each in all its versions: a record names the version it was made
//! with, and is read by that version for ever.

use alloc::collections::BTreeMap;

use super::{Form, FormError};
use crate::id::FormId;

/// All known forms. Every form in it has passed [`Form::check`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormSet {
    forms: BTreeMap<FormId, BTreeMap<u32, Form>>,
}

impl FormSet {
    /// A set without forms.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The form `id` in this version.
    #[must_use]
    pub fn get(&self, id: &FormId, version: u32) -> Option<&Form> {
        self.forms.get(id)?.get(&version)
    }

    /// The newest version of the form `id`: the one that new records are made with.
    #[must_use]
    pub fn latest(&self, id: &FormId) -> Option<&Form> {
        self.forms.get(id)?.last_key_value().map(|(_, form)| form)
    }

    /// Adds a form. One that is already here is fine, so a set can be told everything again.
    ///
    /// # Errors
    /// The first rule that the form breaks, or [`FormError::VersionExists`] if this version is already here with
    /// different content: records made with it would silently change their meaning. The set stays as it was.
    pub fn insert(&mut self, form: Form) -> Result<(), FormError> {
        form.check()?;
        match self.get(&form.id, form.version) {
            Some(known) if *known == form => Ok(()),
            Some(_) => Err(FormError::VersionExists { form: form.id, version: form.version }),
            None => {
                self.forms.entry(form.id.clone()).or_default().insert(form.version, form);
                Ok(())
            }
        }
    }

    /// Every version of every form, by id and version.
    pub fn iter(&self) -> impl Iterator<Item = &Form> {
        self.forms.values().flat_map(BTreeMap::values)
    }

    /// The newest version of every form, by id.
    pub fn iter_latest(&self) -> impl Iterator<Item = &Form> {
        self.forms.values().filter_map(|versions| versions.last_key_value().map(|(_, form)| form))
    }

    /// How many versions of forms are in the set.
    #[must_use]
    pub fn len(&self) -> usize {
        self.forms.values().map(BTreeMap::len).sum()
    }

    /// Whether no form is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec::Vec};

    fn form(id: &str, version: u32, title: &str) -> Form {
        let title = format!(r#"{{"zh":"{title}","bo":"{title}","en":"{title}"}}"#);
        serde_json::from_str(&format!(r#"{{"id":"{id}","version":{version},"title":{title},"fields":[]}}"#)).unwrap()
    }

    #[test]
    fn versions_are_kept_side_by_side_and_in_order() {
        let mut set = FormSet::new();
        assert!(set.is_empty());
        for (id, version) in [("b", 10), ("b", 9), ("a", 2), ("b", 1)] {
            set.insert(form(id, version, "t")).unwrap();
        }
        let names = |forms: Vec<&Form>| forms.iter().map(|f| format!("{}{}", f.id, f.version)).collect::<Vec<_>>();
        assert_eq!(names(set.iter().collect()), ["a2", "b1", "b9", "b10"]);
        assert_eq!(names(set.iter_latest().collect()), ["a2", "b10"]);
        assert_eq!(set.len(), 4);
        let b = "b".parse().unwrap();
        assert_eq!(set.latest(&b).unwrap().version, 10);
        assert_eq!(set.get(&b, 9).unwrap().version, 9);
        assert!(set.get(&b, 2).is_none());
        assert!(set.latest(&"c".parse().unwrap()).is_none());
    }

    #[test]
    fn a_version_never_changes_its_meaning() {
        let mut set = FormSet::new();
        set.insert(form("a", 1, "one")).unwrap();
        set.insert(form("a", 1, "one")).unwrap();
        let before = set.clone();
        assert_eq!(set.insert(form("a", 1, "two")).unwrap_err().code(), "form_version_exists");
        assert_eq!(set, before);
        set.insert(form("a", 2, "two")).unwrap();
    }

    #[test]
    fn forms_that_break_a_rule_stay_out() {
        let mut set = FormSet::new();
        assert_eq!(set.insert(form("a", 0, "t")).unwrap_err().code(), "form_version_zero");
        assert_eq!(set.insert(form("a", 1, " ")).unwrap_err().code(), "form_label_missing");
        assert!(set.is_empty());
    }
}
