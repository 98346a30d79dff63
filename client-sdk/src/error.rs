//! Why an operation did not do what it was asked. Nothing that was saved before is touched by any of these.

use sync_core::{
    form::Fault,
    id::{DraftId, FormId, RecordId, UnitCode, Username},
    record::{RecordError, WriteError},
    wire::WireError,
};
use thiserror::Error;

use crate::{
    store::StoreError,
    transport::{ServerUrl, TransportError},
};

/// Why an operation failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server was not reached, or said no.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// No random bytes.
    #[error("this system gives no random numbers: {0}")]
    NoRandomness(String),

    /// The device has not enrolled.
    #[error("this device is not enrolled: ask an administrator for a code, then `cairn enrol URL CODE`")]
    NotEnrolled,
    /// The store is another user's.
    #[error(
        "this store belongs to {owner}, and the code was for {user}: use another store for {user}, with a new code"
    )]
    OtherUser {
        /// Whose the store is.
        owner: Username,
        /// Whose the code was.
        user: Username,
    },
    /// The store is another server's.
    #[error("this store belongs to the server {known}, and {asked} is not the same one: use another store")]
    OtherServer {
        /// The store's server.
        known: ServerUrl,
        /// The server that was asked.
        asked: ServerUrl,
    },
    /// The server does not take the token.
    #[error(
        "the server does not recognise this device (any more): ask an administrator for a new code; all work is kept here"
    )]
    NotRecognised,
    /// Another process syncs this store.
    #[error("another program is syncing this store already")]
    AlreadySyncing,

    /// The device has never been told what forms there are.
    #[error("this device does not know any forms yet: sync once")]
    NoCatalog,
    /// No such form.
    #[error("unknown form {form:?}: `cairn forms` lists them")]
    UnknownForm {
        /// What was asked for.
        form: String,
    },
    /// The record's form is not known here.
    #[error("form {form} version {version} is not known here: sync first")]
    FormMissing {
        /// The form.
        form: FormId,
        /// The version.
        version: u32,
    },
    /// No such org unit.
    #[error("unknown org unit {unit:?}: `cairn units` lists them")]
    UnknownUnit {
        /// What was asked for.
        unit: String,
    },
    /// It is not clear which org unit is meant.
    #[error("which org unit? Say one of: {}", .choices.iter().map(UnitCode::as_str).collect::<Vec<_>>().join(", "))]
    UnitNeeded {
        /// Where the user may record.
        choices: Vec<UnitCode>,
    },
    /// The user has no right to do this in that org unit.
    #[error("no permission here: {user} may not do this in {unit}")]
    NoPermissionHere {
        /// The user.
        user: Username,
        /// The unit.
        unit: UnitCode,
    },
    /// Values that the form does not accept.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Faults(Vec<Fault>),
    /// No such record.
    #[error("no such record: {name}")]
    NoSuchRecord {
        /// What was asked for.
        name: String,
    },
    /// Several records' names begin so.
    #[error("{name} is the beginning of several records' names: {}", .matches.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    AmbiguousRecord {
        /// What was asked for.
        name: String,
        /// Some of them.
        matches: Vec<RecordId>,
    },
    /// No such draft.
    #[error("there is no draft {draft}")]
    NoSuchDraft {
        /// What was asked for.
        draft: DraftId,
    },
    /// The draft became a record already.
    #[error("the draft {draft} is finished: it became the record {record}")]
    DraftFinished {
        /// The draft.
        draft: DraftId,
        /// The record.
        record: RecordId,
    },
    /// The change cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A stored record cannot be put together.
    #[error("a stored record cannot be read: {0}")]
    Record(#[from] RecordError),

    /// A file that is no copy of unsynced work, or a damaged one.
    #[error("this file is no copy that Cairn saved, or it is damaged: {0}")]
    BadCopy(WireError),
    /// A copy of somebody else's work, or for another server.
    #[error("this copy holds work of {user}, for the server where that person is enrolled: it can be taken in there")]
    CopyOfOther {
        /// Whose it is.
        user: Username,
    },

    /// The answer is a frame that cannot be read.
    #[error("the server's answer cannot be read: {0}")]
    BadAnswer(#[from] WireError),
    /// The answer is a frame that makes no sense.
    #[error("the server's answer makes no sense: {0}")]
    SenselessAnswer(&'static str),
    /// The server says again and again that there is more, and gives nothing.
    #[error("the sync does not get on: the server promises more and gives nothing")]
    NoProgress,
    /// Feeds that were compared with the server's twice and still differ.
    #[error("the copy here still differs from the server's after comparing twice, in: {}", .units.iter().map(UnitCode::as_str).collect::<Vec<_>>().join(", "))]
    Diverged {
        /// The feeds.
        units: Vec<UnitCode>,
    },
}

impl Error {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Store(error) => error.code(),
            Self::Transport(error) => error.code(),
            Self::NoRandomness(_) => "no_randomness",
            Self::NotEnrolled => "not_enrolled",
            Self::OtherUser { .. } => "other_user",
            Self::OtherServer { .. } => "other_server",
            Self::NotRecognised => "not_recognised",
            Self::AlreadySyncing => "already_syncing",
            Self::NoCatalog => "no_catalog",
            Self::UnknownForm { .. } => "unknown_form",
            Self::FormMissing { .. } => "form_missing",
            Self::UnknownUnit { .. } => "unknown_unit",
            Self::UnitNeeded { .. } => "unit_needed",
            Self::NoPermissionHere { .. } => "no_permission_here",
            Self::Faults(_) => "faults",
            Self::NoSuchRecord { .. } => "no_such_record",
            Self::AmbiguousRecord { .. } => "ambiguous_record",
            Self::NoSuchDraft { .. } => "no_such_draft",
            Self::DraftFinished { .. } => "draft_finished",
            Self::Write(WriteError::Nothing) => "nothing_to_write",
            Self::Write(WriteError::Field { .. }) => "field",
            Self::Write(WriteError::Gate(reason)) => reason.code.word(),
            Self::Write(_) => "cannot_write",
            Self::Record(_) => "record_unreadable",
            Self::BadCopy(_) => "bad_copy",
            Self::CopyOfOther { .. } => "copy_of_other",
            Self::BadAnswer(_) => "bad_answer",
            Self::SenselessAnswer(_) => "senseless_answer",
            Self::NoProgress => "no_progress",
            Self::Diverged { .. } => "diverged",
        }
    }

    /// Whether the server was not reached, or could not answer: the same may succeed later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Transport(error) if error.is_passing())
    }
}
