//! What a sync did.

use serde::{Serialize, Serializer, ser::SerializeMap};
use sync_core::wire::Outcome;

use crate::Error;

/// What a sync did. Whatever it did not do is kept, and done by the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SyncReport {
    /// Changes for which the server answered.
    pub pushed: u32,
    /// Of these: stored and merged.
    pub accepted: u32,
    /// Of these: there already.
    pub duplicate: u32,
    /// Of these: waiting on the server for an earlier change.
    pub parked: u32,
    /// Of these: waiting on the server for a person.
    pub held: u32,
    /// Of these: refused; kept here.
    pub refused: u32,
    /// Changes that came from the server and were new here.
    pub pulled: u32,
    /// Changes that came from the server and that this device does not take: the server is broken.
    pub rejected: u32,
    /// Requests made, those that failed included.
    pub requests: u32,
    /// Bytes sent, headers included.
    pub bytes_sent: u64,
    /// Bytes received, headers included.
    pub bytes_received: u64,
    /// Whether nothing waits any more: every change is answered for, and all that the server has is here.
    pub answered_all: bool,
    /// Why not, if something went wrong.
    #[serde(serialize_with = "code_and_message")]
    #[cfg_attr(feature = "typescript", ts(type = "{ code: string, message: string } | null"))]
    pub error: Option<Error>,
}

impl SyncReport {
    pub(super) fn count(&mut self, outcome: &Outcome) {
        self.pushed += 1;
        *match outcome {
            Outcome::Accepted { .. } => &mut self.accepted,
            Outcome::Duplicate { .. } => &mut self.duplicate,
            Outcome::Parked => &mut self.parked,
            Outcome::Held(_) => &mut self.held,
            Outcome::Refused(_) => &mut self.refused,
        } += 1;
    }

    /// Adds what another sync did. Whether all was answered, and what went wrong, is the later one's word.
    pub fn add(&mut self, later: Self) {
        self.pushed += later.pushed;
        self.accepted += later.accepted;
        self.duplicate += later.duplicate;
        self.parked += later.parked;
        self.held += later.held;
        self.refused += later.refused;
        self.pulled += later.pulled;
        self.rejected += later.rejected;
        self.requests += later.requests;
        self.bytes_sent += later.bytes_sent;
        self.bytes_received += later.bytes_received;
        self.answered_all = later.answered_all;
        self.error = later.error;
    }

    /// Whether the server was not reached, or could not answer.
    #[must_use]
    pub fn not_reached(&self) -> bool {
        self.error.as_ref().is_some_and(Error::is_passing)
    }
}

/// An error as programs read it: `{"code", "message"}`, or `null`.
pub(crate) fn code_and_message<S: Serializer>(error: &Option<Error>, s: S) -> Result<S::Ok, S::Error> {
    let Some(error) = error else { return s.serialize_none() };
    let mut map = s.serialize_map(Some(2))?;
    map.serialize_entry("code", error.code())?;
    map.serialize_entry("message", &error.to_string())?;
    map.end()
}
