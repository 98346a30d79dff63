//! Who may do what to a record. The one table of record rights.

use serde::{Deserialize, Serialize};

use super::{
    reason::{Reason, ReasonCode},
    structure::Effect,
};
use crate::{
    id::Username,
    record::{Header, Verdict},
};

/// The roles that somebody has on an org unit, granted there or above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Roles {
    /// Logs records.
    pub recorder: bool,
    /// Reviews them.
    pub reviewer: bool,
    /// Runs the unit: may do all that a reviewer may.
    pub administrator: bool,
    /// Reads, and comments.
    pub observer: bool,
}

impl Roles {
    /// Whether there is any role.
    #[must_use]
    pub fn any(self) -> bool {
        self.recorder || self.reviewer || self.administrator || self.observer
    }

    /// The roles of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            recorder: self.recorder || other.recorder,
            reviewer: self.reviewer || other.reviewer,
            administrator: self.administrator || other.administrator,
            observer: self.observer || other.observer,
        }
    }
}

/// How the author of a change stands to the record's unit, at the time the change arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The person behind the change's actor.
    pub user: Username,
    /// Their roles on the record's unit.
    pub roles: Roles,
    /// Whether the device that made the change was revoked.
    pub device_revoked: bool,
}

/// Whether the author may do `effect` to the record of `header`.
///
/// | touches | needs |
/// |---|---|
/// | a new record | recorder, reviewer or administrator, who names themselves as worker |
/// | values, attachments | recorder, reviewer or administrator |
/// | comments | any role |
/// | a verdict | reviewer or administrator; *void* also the record's own worker |
///
/// # Errors
/// The reason for holding the change.
pub fn permit(effect: &Effect, header: &Header, author: Option<&Standing>) -> Result<(), Reason> {
    let Some(author) = author else { return Err(ReasonCode::UnknownAuthor.into()) };
    if author.device_revoked {
        return Err(ReasonCode::DeviceRevoked.into());
    }
    let Roles { recorder, reviewer, administrator, .. } = author.roles;
    let writes = recorder || reviewer || administrator;
    let lacks = |what: &str| Err(Reason::new(ReasonCode::NoPermission, what));
    if effect.birth.is_some() {
        if !writes {
            return lacks("a new record in this unit");
        }
        if header.worker != author.user {
            return Err(ReasonCode::WorkerMismatch.into());
        }
    }
    let touched = effect.touched;
    if (touched.fields || touched.attachments) && !writes {
        return lacks("values of a record in this unit");
    }
    if touched.comments && !author.roles.any() {
        return lacks("a comment in this unit");
    }
    if touched.reviews {
        let own_void = effect.verdict == Some(Verdict::Void) && recorder && header.worker == author.user;
        if !(reviewer || administrator || own_void) {
            return lacks("a verdict in this unit");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::ClockMs, record::Touched};

    const WORKER: &str = "doctor-03";

    fn header() -> Header {
        Header {
            form: "clinic.outreach".parse().unwrap(),
            form_version: 1,
            unit: "markam".parse().unwrap(),
            worker: WORKER.parse().unwrap(),
            created: ClockMs(0),
        }
    }

    fn roles() -> [Roles; 5] {
        let none = Roles::default();
        [
            none,
            Roles { observer: true, ..none },
            Roles { recorder: true, ..none },
            Roles { reviewer: true, ..none },
            Roles { administrator: true, ..none },
        ]
    }

    /// Who may, of nobody, observer, recorder, reviewer, administrator; for one's own record and another's.
    #[test]
    fn every_part_of_a_record_is_for_those_in_the_table() {
        let none = Touched::default();
        // A part that is not named here fails to compile.
        let Touched { birth: _, fields: _, comments: _, reviews: _, attachments: _ } = none;
        let writers = [false, false, true, true, true];
        let reviewers = [false, false, false, true, true];
        let part = |touched, verdict, of_own, of_others| (touched, verdict, [of_own, of_others]);
        let reviews = Touched { reviews: true, ..none };
        for (touched, verdict, may) in [
            part(Touched { birth: true, fields: true, ..none }, None, writers, [false; 5]),
            part(Touched { fields: true, ..none }, None, writers, writers),
            part(Touched { attachments: true, ..none }, None, writers, writers),
            part(
                Touched { comments: true, ..none },
                None,
                [false, true, true, true, true],
                [false, true, true, true, true],
            ),
            part(reviews, Some(Verdict::Approved), reviewers, reviewers),
            part(reviews, Some(Verdict::Returned), reviewers, reviewers),
            part(reviews, Some(Verdict::Void), writers, reviewers),
            part(Touched { fields: true, ..reviews }, Some(Verdict::Approved), reviewers, reviewers),
        ] {
            let birth = touched.birth.then(header);
            let effect = Effect { birth, touched, verdict };
            for (user, may) in [WORKER, "doctor-04"].into_iter().zip(may) {
                for (roles, may) in roles().into_iter().zip(may) {
                    let standing = Standing { user: user.parse().unwrap(), roles, device_revoked: false };
                    let permitted = permit(&effect, &header(), Some(&standing));
                    assert_eq!(permitted.is_ok(), may, "{effect:?} by {user} as {roles:?}");
                    let revoked = Standing { device_revoked: true, ..standing };
                    assert_eq!(permit(&effect, &header(), Some(&revoked)).unwrap_err().code, ReasonCode::DeviceRevoked);
                }
            }
            assert_eq!(permit(&effect, &header(), None).unwrap_err().code, ReasonCode::UnknownAuthor);
        }
    }
}
