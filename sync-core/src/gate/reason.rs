//! Why a change is held or refused: a stable number on the wire, a stable word in APIs, a sentence for people.

use alloc::string::String;
use core::fmt;

use serde::{Serialize, Serializer};

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $word:literal, $sentence:literal;)*) => {
        /// The kinds of reason. Numbers below 100 hold a change for a person to decide; 100 and above refuse it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
        pub enum ReasonCode {
            $($(#[$doc])* $name,)*
            /// A number that this version does not know.
            Other(u16),
        }

        impl ReasonCode {
            /// Every reason that this version gives.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The number on the wire.
            #[must_use]
            pub fn number(self) -> u16 {
                match self {
                    $(Self::$name => $number,)*
                    Self::Other(number) => number,
                }
            }

            /// The reason with this number.
            #[must_use]
            pub fn from_number(number: u16) -> Self {
                match number {
                    $($number => Self::$name,)*
                    other => Self::Other(other),
                }
            }

            /// The word in APIs and logs.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                    Self::Other(_) => "other",
                }
            }

            /// A sentence for people.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self {
                    $(Self::$name => $sentence,)*
                    Self::Other(_) => "the server gave a reason that this version does not know",
                }
            }
        }
    };
}

reasons! {
    /// The author may not write this part of the record, or not in this org unit (any more).
    NoPermission = 1, "no_permission", "the author has no right to write this here (any more)";
    /// The device was revoked.
    DeviceRevoked = 2, "device_revoked", "the device was revoked before this arrived";
    /// The form, or this version of it, is not known.
    UnknownForm = 3, "unknown_form", "the form or its version is not known";
    /// The org unit is not known.
    UnknownUnit = 4, "unknown_unit", "the org unit is not known";
    /// The record names another worker than the one who wrote it.
    WorkerMismatch = 5, "worker_mismatch", "the record names a worker who did not write it";
    /// Two different changes carry the same author and number: a copied device, or a broken one.
    ActorReused = 6, "actor_reused", "another change was already made under the same author and number";
    /// The record has reached its limit of size.
    RecordFull = 7, "record_full", "the record has reached its largest permitted size";
    /// Nobody known stands behind the author of the change.
    UnknownAuthor = 8, "unknown_author", "nobody known stands behind the author of this change";
    /// The device has too many changes parked.
    TooManyParked = 9, "too_many_parked", "too many changes of this device already wait for earlier ones";
    /// A device of somebody other than the author brought the change, and no voucher of the server's proves who wrote it.
    UnprovenAuthor = 10, "unproven_author", "somebody else's device brought this, and nothing proves who wrote it";

    /// The change does nothing.
    Empty = 100, "empty", "the change does nothing";
    /// More operations or bytes than a change may have.
    TooLarge = 101, "too_large", "the change is larger than permitted";
    /// Dependencies that are not ascending, repeat, are too many, or belong to different records.
    BadDependencies = 102, "bad_dependencies", "the change's dependencies are malformed";
    /// `seq` is not the author's last plus one.
    BadSequence = 103, "bad_sequence", "the change's number is not the author's last plus one";
    /// `start_op` is not the highest counter among the dependencies plus one.
    BadCounter = 104, "bad_counter", "the change's operations are misnumbered";
    /// An operation refers to something that does not exist among the change's ancestors.
    BadReference = 105, "bad_reference", "the change refers to something that is not there";
    /// An operation that the layout of a record does not allow.
    BadStructure = 106, "bad_structure", "the change does not fit the layout of a record";
    /// A value of a kind or size that is not allowed at its place.
    BadValue = 107, "bad_value", "the change holds a value that is not allowed there";
    /// The first change's header is malformed.
    BadHeader = 108, "bad_header", "the record's header is malformed";
    /// The merge engine panicked on the change.
    EngineFailed = 109, "engine_failed", "the merge engine failed on the change";
    /// The record could not be saved and loaded again with the change in it. Servers do not say it any more: nobody saves a record as one
    /// document. The number stays taken.
    DoesNotReload = 110, "does_not_reload", "the record could not be loaded again with the change in it";
    /// A reviewer or administrator rejected the held change.
    Rejected = 111, "rejected", "an administrator rejected the change";
}

impl ReasonCode {
    /// Whether the reason refuses a change, rather than holding it.
    #[must_use]
    pub fn refuses(self) -> bool {
        self.number() >= 100
    }
}

impl Serialize for ReasonCode {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.word())
    }
}

/// Why a change was held or refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Reason {
    /// The kind of reason.
    pub code: ReasonCode,
    /// What and where, in English, at most 200 characters; may be empty. Never a value that somebody typed.
    pub detail: String,
}

impl Reason {
    /// A reason with its detail, cut to 200 characters.
    pub fn new(code: ReasonCode, detail: impl fmt::Display) -> Self {
        let detail = alloc::format!("{detail}");
        let end = detail.char_indices().nth(200).map_or(detail.len(), |(i, _)| i);
        Self { code, detail: detail[..end].into() }
    }
}

impl From<ReasonCode> for Reason {
    fn from(code: ReasonCode) -> Self {
        Self { code, detail: String::new() }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.sentence())?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, " ({})", self.detail) }
    }
}
