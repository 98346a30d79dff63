//! Why bytes are not a message.

use thiserror::Error;

use crate::id::UnitCode;

/// Why a frame cannot be read. Nothing of such a frame is used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WireError {
    /// The bytes do not begin like a frame: a proxy's page, perhaps.
    #[error("this is not a Cairn frame")]
    NotAFrame,
    /// A version of the format that this program does not speak.
    #[error("frame version {version} is not supported")]
    UnsupportedVersion {
        /// The version that the frame claims.
        version: u8,
    },
    /// Compressed with a dictionary that this program does not have.
    #[error("the frame needs dictionary {id}, which is not known here")]
    UnknownDictionary {
        /// The dictionary that the frame claims.
        id: u8,
    },
    /// A well-formed frame of another kind than was expected here.
    #[error("the frame holds a message of kind {kind}, which is not expected here")]
    WrongKind {
        /// The kind that the message claims.
        kind: u64,
    },
    /// More bytes than a frame may have.
    #[error("the frame is larger than {max} bytes")]
    FrameTooLarge {
        /// The bound, bytes.
        max: usize,
    },
    /// More bytes than a message may have once it is decompressed.
    #[error("the message is larger than {max} bytes")]
    MessageTooLarge {
        /// The bound, bytes.
        max: usize,
    },
    /// The frame ends too early.
    #[error("the frame ends too early")]
    Truncated,
    /// Something that the format does not allow.
    #[error("{what} is malformed, at byte {at} of the message")]
    Malformed {
        /// What was being read.
        what: &'static str,
        /// The offset in the decompressed message (of the packed changes: within them), in bytes.
        at: usize,
    },
    /// More of something than a limit allows.
    #[error("more than {max} {what}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        max: u64,
    },
    /// The frame refers to a position of a feed that the receiver does not have: the sender takes it for somebody else,
    /// or one of the two was restored from an older copy.
    #[error("position {position} of feed {unit} is not known here")]
    StaleReference {
        /// The feed.
        unit: UnitCode,
        /// The position.
        position: u64,
    },
    /// The changes that were rebuilt are not the ones that were sent.
    #[error("the rebuilt changes are not the ones that were sent")]
    DigestMismatch,
}

impl WireError {
    /// Every code, in the order of the variants.
    pub const CODES: [&'static str; 11] = [
        "not_a_frame",
        "unsupported_version",
        "unknown_dictionary",
        "wrong_kind",
        "frame_too_large",
        "message_too_large",
        "truncated",
        "malformed",
        "too_many",
        "stale_reference",
        "digest_mismatch",
    ];

    /// The stable word for it, in APIs and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        Self::CODES[match self {
            Self::NotAFrame => 0,
            Self::UnsupportedVersion { .. } => 1,
            Self::UnknownDictionary { .. } => 2,
            Self::WrongKind { .. } => 3,
            Self::FrameTooLarge { .. } => 4,
            Self::MessageTooLarge { .. } => 5,
            Self::Truncated => 6,
            Self::Malformed { .. } => 7,
            Self::TooMany { .. } => 8,
            Self::StaleReference { .. } => 9,
            Self::DigestMismatch => 10,
        }]
    }
}
