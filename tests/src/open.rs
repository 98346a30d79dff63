//! Facts for benchmarks of judging: everybody may write everywhere, and nothing is known yet.

use sync_core::{
    form::{Form, FormSet},
    gate::{Roles, Standing},
    id::{ActorKey, ChangeHash, UnitCode},
    merge::{Facts, Fate},
};

/// Such facts, with the forms that records may have.
pub struct Open(FormSet);

impl Open {
    /// With one form.
    ///
    /// # Panics
    /// Never: a form does not contradict itself.
    #[must_use]
    pub fn with(form: Form) -> Self {
        let mut forms = FormSet::new();
        forms.insert(form).expect("one form");
        Self(forms)
    }
}

impl Facts for Open {
    fn fate(&self, _: &ChangeHash) -> Option<Fate> {
        None
    }

    fn standing(&self, _: ActorKey, _: &UnitCode) -> Option<Standing> {
        let user = "doctor-03".parse().ok()?;
        Some(Standing { user, roles: Roles::default(), device_revoked: false })
    }

    fn has_unit(&self, _: &UnitCode) -> bool {
        true
    }

    fn forms(&self) -> &FormSet {
        &self.0
    }
}
