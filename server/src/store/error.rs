//! What can go wrong with the store.

use thiserror::Error;

/// Why the store could not do what was asked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database reports an error of its own.
    #[error("the database failed: {0}")]
    Database(#[source] sqlx::Error),
    /// The database, or every connection to it, was in use for longer than anybody waits.
    #[error("the database is busy: somebody has been using it for too long")]
    Busy,
    /// The disk is full; nothing of the transaction was kept.
    #[error("the disk is full")]
    DiskFull,
    /// A file could not be made or moved.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: String,
        /// What the operating system says.
        error: std::io::Error,
    },
    /// A backup never overwrites.
    #[error("{path} exists already")]
    FileExists {
        /// The file.
        path: String,
    },
    /// The address names a database that this version does not speak to.
    #[error("{url:?} is not the address of a database that is supported: expected sqlite://PATH")]
    UnsupportedUrl {
        /// Its scheme.
        url: String,
    },
    /// The database engine has a known fault.
    #[error("SQLite {found} is too old: {needed} or later is needed")]
    EngineTooOld {
        /// The version found.
        found: String,
        /// The oldest permitted version.
        needed: &'static str,
    },
    /// The store was written by a newer version of this program.
    #[error("the store has schema {found}, this program knows up to {known}")]
    SchemaNewer {
        /// The newest migration in the store.
        found: i64,
        /// The newest migration known.
        known: i64,
    },
    /// A stored row says something that this program never writes.
    #[error("the store is damaged: {what}")]
    Damaged {
        /// Which row, and what is wrong with it.
        what: String,
    },
    /// The operating system gave no random bytes.
    #[error("no random bytes: {0}")]
    NoRandomness(getrandom::Error),
}

impl StoreError {
    /// The stable word for it, in APIs and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Database(_) => "database_failed",
            Self::Busy => "database_busy",
            Self::DiskFull => "disk_full",
            Self::File { .. } => "file_failed",
            Self::FileExists { .. } => "file_exists",
            Self::UnsupportedUrl { .. } => "database_unsupported",
            Self::EngineTooOld { .. } => "engine_too_old",
            Self::SchemaNewer { .. } => "schema_newer",
            Self::Damaged { .. } => "store_damaged",
            Self::NoRandomness(_) => "no_randomness",
        }
    }

    /// A row that cannot be what this program wrote.
    pub(crate) fn damaged(what: impl std::fmt::Display) -> Self {
        Self::Damaged { what: what.to_string() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        /// SQLite's primary result codes; the extended ones add multiples of 256.
        const BUSY: u32 = 5;
        const FULL: u32 = 13;
        let code = match &error {
            sqlx::Error::Database(e) => e.code().and_then(|c| c.parse::<u32>().ok()).map(|c| c & 0xff),
            _ => None,
        };
        match code {
            _ if matches!(error, sqlx::Error::PoolTimedOut) => Self::Busy,
            Some(BUSY) => Self::Busy,
            Some(FULL) => Self::DiskFull,
            _ => Self::Database(error),
        }
    }
}
