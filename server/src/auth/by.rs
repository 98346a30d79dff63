//! Who does an administrator's act, when, and how far their right reaches.

use std::fmt;

use sync_core::id::{ClockMs, Username};

use crate::store::unit::UnitPath;

/// What the operator is called where a username is expected; no user can have it.
pub const OPERATOR: &str = "operator";

/// Who does an administrator's act, when, and how far their right reaches.
#[derive(Clone, Debug)]
pub struct By {
    at: ClockMs,
    user: Option<(Username, Vec<UnitPath>)>,
}

impl By {
    /// The operator: whoever may run commands on the server's own machine. Reaches everything.
    #[must_use]
    pub fn operator(at: ClockMs) -> Self {
        Self { at, user: None }
    }

    /// A user, whose right reaches the units at `tops` and all below them.
    #[must_use]
    pub fn user(user: Username, tops: Vec<UnitPath>, at: ClockMs) -> Self {
        Self { at, user: Some((user, tops)) }
    }

    /// The user; `None` for the operator.
    #[must_use]
    pub fn username(&self) -> Option<&Username> {
        self.user.as_ref().map(|(user, _)| user)
    }

    /// When, by the server's clock.
    #[must_use]
    pub fn at(&self) -> ClockMs {
        self.at
    }

    /// Whether their right reaches the unit at `path`.
    #[must_use]
    pub fn reaches(&self, path: &UnitPath) -> bool {
        self.user.as_ref().is_none_or(|(_, tops)| tops.iter().any(|top| top.covers(path)))
    }

    /// Whether their right reaches everything, whatever there is.
    #[must_use]
    pub fn reaches_all(&self) -> bool {
        self.user.is_none()
    }

    /// Whether their right reaches a whole tree.
    #[must_use]
    pub fn reaches_a_root(&self) -> bool {
        self.user.as_ref().is_none_or(|(_, tops)| tops.iter().any(UnitPath::is_root))
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.username().map_or(OPERATOR, |user| user.as_str()))
    }
}
