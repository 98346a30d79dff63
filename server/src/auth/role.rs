//! The four roles.

use sync_core::gate::Roles;
use utoipa::ToSchema;

/// What somebody is on an org unit and everything below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Role {
    /// Logs records.
    Recorder,
    /// Reviews them.
    Reviewer,
    /// Runs the unit.
    Administrator,
    /// Reads, and comments.
    Observer,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Recorder, Self::Reviewer, Self::Administrator, Self::Observer];

    /// The word in commands, APIs and stores.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Recorder => "recorder",
            Self::Reviewer => "reviewer",
            Self::Administrator => "administrator",
            Self::Observer => "observer",
        }
    }

    /// The role of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// This role, or `most` if that may do less. An administrator may do all that a reviewer may, a reviewer all that a
    /// recorder may, and a recorder all that an observer may.
    #[must_use]
    pub fn at_most(self, most: Self) -> Self {
        let rank = |role| match role {
            Self::Observer => 0,
            Self::Recorder => 1,
            Self::Reviewer => 2,
            Self::Administrator => 3,
        };
        if rank(self) <= rank(most) { self } else { most }
    }

    /// This role alone, as the gate counts roles.
    #[must_use]
    pub fn alone(self) -> Roles {
        let mut roles = Roles::default();
        match self {
            Self::Recorder => roles.recorder = true,
            Self::Reviewer => roles.reviewer = true,
            Self::Administrator => roles.administrator = true,
            Self::Observer => roles.observer = true,
        }
        roles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_narrows_what_its_user_may_and_never_widens_it() {
        assert_eq!(Role::Administrator.at_most(Role::Observer), Role::Observer);
        assert_eq!(Role::Recorder.at_most(Role::Reviewer), Role::Recorder);
        assert_eq!(Role::Reviewer.at_most(Role::Recorder), Role::Recorder);
        for role in Role::ALL {
            assert_eq!(role.at_most(Role::Administrator), role);
        }
    }

    #[test]
    fn each_role_has_its_word_and_its_right() {
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.word()), Some(role));
            let held = role.alone();
            let flags = [held.recorder, held.reviewer, held.administrator, held.observer];
            assert_eq!(flags.iter().filter(|f| **f).count(), 1);
        }
        assert_eq!(Role::from_word("Recorder"), None);
    }
}
