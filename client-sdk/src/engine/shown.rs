//! A record as it is shown: names instead of actors, and all that disagrees or waits.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use sync_core::{
    form::Fault,
    gate::Reason,
    id::{ChangeHash, ClockMs, Day, FormId, RecordId, UnitCode, Username},
    record::{Act, Status, Verdict},
    replica::Receipt,
};

/// A value, and who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ShownValue {
    /// The value, as natural JSON.
    pub value: Json,
    /// Who wrote it; `None` when the server has not told.
    pub author: Option<Username>,
    /// When, by the author's clock.
    pub time_ms: ClockMs,
    /// In which change.
    pub change: ChangeHash,
}

/// A field in which people who did not know of each other wrote different values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ShownConflict {
    /// `field`, or `group.entry.field`.
    pub field: String,
    /// Every value; the last is the one shown until a person chooses.
    pub values: Vec<ShownValue>,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ShownComment {
    /// What it says.
    pub text: String,
    /// Whose it is.
    pub author: Option<Username>,
    /// When, by the author's clock.
    pub time_ms: ClockMs,
}

/// A verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ShownReview {
    /// The verdict.
    pub verdict: Verdict,
    /// Why; may be empty.
    pub reason: String,
    /// For a void duplicate: the record that counts instead.
    pub duplicate_of: Option<RecordId>,
    /// Whose it is.
    pub author: Option<Username>,
    /// When, by the author's clock.
    pub time_ms: ClockMs,
}

/// An attachment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ShownAttachment {
    /// SHA-256 of the content, hexadecimal.
    pub content: String,
    /// The file's name.
    pub name: String,
    /// The media type.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
}

/// A change about which the server has said something other than *stored*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Unsettled {
    /// The record; `None` while an earlier change is missing here.
    pub record: Option<RecordId>,
    /// The change.
    pub change: ChangeHash,
    /// `parked`, `held` or `refused`.
    pub state: &'static str,
    /// Why, where there is a reason.
    pub reason: Option<Reason>,
}

/// All that a record says, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ShownRecord {
    /// The record.
    pub id: RecordId,
    /// Its org unit.
    pub unit: UnitCode,
    /// Its form.
    pub form: FormId,
    /// Its form's version.
    pub form_version: u32,
    /// Who did the work.
    pub worker: Username,
    /// The device's clock at its creation.
    pub created_ms: ClockMs,
    /// The day of the event, if a valid one is given.
    pub on: Option<Day>,
    /// Where it stands among reviewers.
    pub status: Status,
    /// Where it stands between this device and the server.
    #[serde(flatten)]
    pub receipt: Receipt,
    /// The values shown.
    pub values: Map<String, Json>,
    /// Where the values break the form's rules.
    pub faults: Vec<Fault>,
    /// Where values disagree, with all of them.
    pub conflicts: Vec<ShownConflict>,
    /// The comments, oldest first.
    pub comments: Vec<ShownComment>,
    /// The verdicts, oldest first.
    pub reviews: Vec<ShownReview>,
    /// The attachments.
    pub attachments: Vec<ShownAttachment>,
    /// Its changes that are parked, held or refused.
    pub unsettled: Vec<Unsettled>,
}

/// One change of a record's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ShownEvent {
    /// The change.
    pub change: ChangeHash,
    /// Who made it.
    pub author: Option<Username>,
    /// When, by the author's clock.
    pub time_ms: ClockMs,
    /// Where it stands: `waiting`, `stored`, `parked`, `held` or `refused`.
    pub state: &'static str,
    /// Its position in the feed, if known.
    pub position: Option<u64>,
    /// What it did; empty for a change that the server refused and that is no part of the record any more.
    pub acts: Vec<Act>,
}
