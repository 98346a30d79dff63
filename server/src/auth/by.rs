//! Who does an administrator's act, when, and how far their right reaches.

use std::fmt;

use sync_core::id::{ClockMs, Username};

use super::{Principal, Role};
use crate::store::unit::UnitPath;

/// What the operator is called where a username is expected; no user can have it.
pub const OPERATOR: &str = "operator";

/// Who does an administrator's act, when, and how far their right reaches.
#[derive(Clone, Debug)]
pub struct By {
    at: ClockMs,
    user: Option<(Username, Vec<UnitPath>)>,
    right: Option<Right>,
}

/// By which roles somebody acts.
#[derive(Clone, Copy, Debug)]
pub struct Right {
    /// One of these is asked for.
    pub roles: &'static [Role],
    /// The most that what they have shown lets them do.
    pub most: Role,
}

impl By {
    /// The operator: whoever may run commands on the server's own machine. Reaches everything.
    #[must_use]
    pub fn operator(at: ClockMs) -> Self {
        Self { at, user: None, right: None }
    }

    /// A user, in what concerns themselves.
    #[must_use]
    pub fn oneself(user: Username, at: ClockMs) -> Self {
        Self { at, user: Some((user, Vec::new())), right: None }
    }

    /// A user who acts by one of `roles`, as far as they have them.
    #[must_use]
    pub fn role(principal: &Principal, roles: &'static [Role], at: ClockMs) -> Self {
        let user = Some((principal.username.clone(), principal.tops(roles)));
        Self { at, user, right: Some(Right { roles, most: principal.most }) }
    }

    /// By which roles a user acts; `None` for the operator, and for what concerns oneself.
    #[must_use]
    pub fn right(&self) -> Option<Right> {
        self.right
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

    /// The tops of the units that their right reaches; `None`: it reaches everything.
    #[must_use]
    pub fn tops(&self) -> Option<&[UnitPath]> {
        self.user.as_ref().map(|(_, tops)| tops.as_slice())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_reaches_all_and_a_user_what_lies_below_their_tops() {
        let at = ClockMs(1);
        let by = |tops: &[&str]| {
            let path = |codes: &&str| {
                let mut codes = codes.split('/').map(|code| code.parse().unwrap());
                let root = UnitPath::root(&codes.next().unwrap());
                codes.fold(root, |path, code| path.below(&code))
            };
            let tops = tops.iter().map(path).collect();
            By { at, user: Some(("admin-01".parse().unwrap(), tops)), right: None }
        };
        let reach = |by: &By| (by.reaches_all(), by.reaches_a_root());
        assert_eq!(reach(&By::operator(at)), (true, true));
        assert_eq!(reach(&by(&["changdu"])), (false, true));
        assert_eq!(reach(&by(&["changdu/markam"])), (false, false));
        assert_eq!(reach(&by(&["changdu/markam", "linzhi"])), (false, true));
        assert_eq!(reach(&By::oneself("admin-01".parse().unwrap(), at)), (false, false));
        let markam = &by(&["changdu/markam"]).tops().unwrap()[0].clone();
        assert!(by(&["changdu"]).reaches(markam) && By::operator(at).reaches(markam));
        assert!(!by(&["linzhi"]).reaches(markam));
    }
}
