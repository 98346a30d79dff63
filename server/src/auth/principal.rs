//! Who asks, and what they may see.

use sync_core::id::{ClockMs, Username};

use super::{Role, Token};
use crate::store::{Store, StoreError, people, people::PlacedGrant, token, unit::UnitPath};

/// A user who has shown an API token, and their rights as they are now.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The user.
    pub username: Username,
    /// What they may do where.
    pub grants: Vec<PlacedGrant>,
    /// The most that what they have shown lets them do; the grants are narrowed to it.
    pub most: Role,
}

impl Principal {
    /// The holder of an API token; `None` if it is nobody's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_token(store: &Store, token: &Token, now: ClockMs) -> Result<Option<Self>, StoreError> {
        let mut tx = store.read().await?;
        let Some((username, most)) = token::holder(&mut tx, token.hash(), now.0).await? else { return Ok(None) };
        let grants = people::grants_of(&mut tx, &username).await?;
        Ok(Some(Self::narrowed(username, grants, most)))
    }

    /// A user with these grants, who can do no more anywhere than `most`.
    #[must_use]
    pub fn narrowed(username: Username, mut grants: Vec<PlacedGrant>, most: Role) -> Self {
        for grant in &mut grants {
            grant.role = grant.role.at_most(most);
        }
        Self { username, grants, most }
    }

    /// Whether they have any of `roles` on the unit at `path`.
    #[must_use]
    pub fn has_any(&self, roles: &[Role], path: &UnitPath) -> bool {
        self.grants.iter().any(|grant| roles.contains(&grant.role) && grant.path.covers(path))
    }

    /// Whether they have any of `roles` on any unit.
    #[must_use]
    pub fn has_any_somewhere(&self, roles: &[Role]) -> bool {
        self.grants.iter().any(|grant| roles.contains(&grant.role))
    }

    /// Whether they have any of `roles` on the root of a tree.
    #[must_use]
    pub fn has_any_on_root(&self, roles: &[Role]) -> bool {
        self.grants.iter().any(|grant| roles.contains(&grant.role) && grant.path.is_root())
    }

    /// The tops of all units on which they have any of `roles`; none lies below another.
    #[must_use]
    pub fn tops(&self, roles: &[Role]) -> Vec<UnitPath> {
        let here = self.grants.iter().filter(|grant| roles.contains(&grant.role));
        let mut paths: Vec<UnitPath> = here.map(|grant| grant.path.clone()).collect();
        // What lies below a path sorts behind it.
        paths.sort_unstable();
        paths.dedup_by(|next, kept| kept.covers(next));
        paths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_reach_down_and_never_up_or_sideways() {
        let path = |codes: &[&str]| {
            let mut codes = codes.iter().map(|c| c.parse().unwrap());
            let root = UnitPath::root(&codes.next().unwrap());
            codes.fold(root, |path, code| path.below(&code))
        };
        let grant = |codes: &[&str], role| PlacedGrant {
            unit: codes.last().unwrap().parse().unwrap(),
            path: path(codes),
            role,
        };
        let principal = Principal {
            most: Role::Administrator,
            username: "doctor-03".parse().unwrap(),
            grants: vec![
                grant(&["changdu", "markam", "hospital"], Role::Reviewer),
                grant(&["changdu", "riwoqe"], Role::Observer),
                grant(&["changdu", "markam"], Role::Recorder),
            ],
        };
        let has = |role, codes: &[&str]| principal.has_any(&[role], &path(codes));
        let hospital = ["changdu", "markam", "hospital"];
        assert!(has(Role::Recorder, &hospital) && has(Role::Reviewer, &hospital));
        assert!(!has(Role::Observer, &hospital) && !has(Role::Administrator, &hospital));
        let may_see = |codes: &[&str]| principal.has_any(&Role::ALL, &path(codes));
        assert!(may_see(&["changdu", "markam", "school"]));
        assert!(!may_see(&["changdu"]) && !may_see(&["changdu", "markam-x"]));
        assert!(principal.has_any_somewhere(&[Role::Observer]) && !principal.has_any_on_root(&Role::ALL));
        let tops = |roles: &[Role]| principal.tops(roles).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(tops(&Role::ALL), ["/changdu/markam/", "/changdu/riwoqe/"]);
        assert_eq!(tops(&[Role::Reviewer]), ["/changdu/markam/hospital/"]);
    }
}
