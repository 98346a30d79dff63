//! Who asks, and what they may see.

use sync_core::{
    gate::Roles,
    id::{ClockMs, Username},
};

use super::Token;
use crate::store::{Store, StoreError, people, people::PlacedGrant, token, unit::UnitPath};

/// A user who has shown an API token, and their rights as they are now.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The user.
    pub username: Username,
    /// What they may do where.
    pub grants: Vec<PlacedGrant>,
}

impl Principal {
    /// The holder of an API token; `None` if it is nobody's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_token(store: &Store, token: &Token, now: ClockMs) -> Result<Option<Self>, StoreError> {
        let mut tx = store.read().await?;
        let Some(username) = token::holder(&mut tx, token.hash(), now.0).await? else { return Ok(None) };
        let grants = people::grants_of(&mut tx, &username).await?;
        Ok(Some(Self { username, grants }))
    }

    /// The roles on the unit at `path`: those granted there and above.
    #[must_use]
    pub fn roles_on(&self, path: &UnitPath) -> Roles {
        let here = self.grants.iter().filter(|grant| grant.path.covers(path));
        here.fold(Roles::default(), |roles, grant| roles.and(grant.role.alone()))
    }

    /// Whether they may see the unit at `path`: any role will do.
    #[must_use]
    pub fn may_see(&self, path: &UnitPath) -> bool {
        self.roles_on(path).any()
    }

    /// The tops of all that they may see; none lies below another.
    #[must_use]
    pub fn visible(&self) -> Vec<UnitPath> {
        let mut paths: Vec<UnitPath> = self.grants.iter().map(|grant| grant.path.clone()).collect();
        // What lies below a path sorts behind it.
        paths.sort_unstable();
        paths.dedup_by(|next, kept| kept.covers(next));
        paths
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Role;

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
            username: "doctor-03".parse().unwrap(),
            grants: vec![
                grant(&["changdu", "markam", "hospital"], Role::Reviewer),
                grant(&["changdu", "riwoqe"], Role::Observer),
                grant(&["changdu", "markam"], Role::Recorder),
            ],
        };
        let hospital = principal.roles_on(&path(&["changdu", "markam", "hospital"]));
        assert!(hospital.recorder && hospital.reviewer && !hospital.observer && !hospital.administrator);
        assert!(principal.may_see(&path(&["changdu", "markam", "school"])));
        assert!(!principal.may_see(&path(&["changdu"])));
        assert!(!principal.may_see(&path(&["changdu", "markam-x"])));
        let tops: Vec<String> = principal.visible().iter().map(ToString::to_string).collect();
        assert_eq!(tops, ["/changdu/markam/", "/changdu/riwoqe/"]);
    }
}
