//! Verdicts, and what they make of a record.

use alloc::vec::Vec;

use serde::Serialize;

use super::ledger::Ledger;

/// What a reviewer says of a record, as it stood at the dependencies of the change that carries the verdict: those are the
/// heads that the verdict speaks of, so they need not be written down, and nothing needs locking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Verdict {
    /// It counts, and was looked at.
    Approved,
    /// The worker should look at it again.
    Returned,
    /// It does not count. History stays.
    Void,
}

impl Verdict {
    /// The word as written into records.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Returned => "returned",
            Self::Void => "void",
        }
    }

    /// The verdict of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Approved, Self::Returned, Self::Void].into_iter().find(|v| v.word() == word)
    }
}

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "RecordStatus"))]
pub enum Status {
    /// Nobody has given a verdict, or the worker has written since it was returned.
    Open,
    /// Approved as it is.
    Approved,
    /// Its values moved on after approval.
    Changed,
    /// Returned, and not written to since.
    Returned,
    /// It does not count.
    Void,
}

impl Status {
    /// The word in APIs and stores.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Changed => "changed",
            Self::Returned => "returned",
            Self::Void => "void",
        }
    }

    /// The status that `verdicts` (each with the index of the change that carries it) give.
    ///
    /// A verdict is answered by those that build on it. Of verdicts that do not know of each other, void goes before
    /// returned, and returned before approved.
    #[must_use]
    pub fn of(ledger: &Ledger, verdicts: &[(usize, Verdict)]) -> Self {
        let mut standing: Option<(Verdict, bool)> = None;
        let beneath: Vec<_> = verdicts.iter().map(|(at, _)| ledger.ancestors(&[*at])).collect();
        for (i, (at, verdict)) in verdicts.iter().enumerate() {
            let answered = beneath.iter().enumerate().any(|(j, seen)| j != i && seen[*at]);
            if answered {
                continue;
            }
            let moved_on = ledger.entries().iter().enumerate().any(|(k, e)| e.touched.fields && !beneath[i][k]);
            let rank = |v: Verdict| v as u8;
            standing = match standing {
                Some((other, moved)) if rank(other) > rank(*verdict) => Some((other, moved)),
                Some((other, moved)) if other == *verdict => Some((other, moved && moved_on)),
                _ => Some((*verdict, moved_on)),
            };
        }
        match standing {
            None | Some((Verdict::Returned, true)) => Self::Open,
            Some((Verdict::Approved, false)) => Self::Approved,
            Some((Verdict::Approved, true)) => Self::Changed,
            Some((Verdict::Returned, false)) => Self::Returned,
            Some((Verdict::Void, _)) => Self::Void,
        }
    }
}
