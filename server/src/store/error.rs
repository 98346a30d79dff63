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
    /// Whoever acts has lost a right while they did; nothing of it was done.
    #[error("the caller's rights have changed meanwhile")]
    RightsChanged,
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
    #[error("{url:?} is not the address of a database that is supported: expected sqlite://PATH or postgres://…")]
    UnsupportedUrl {
        /// Its scheme.
        url: String,
    },
    /// The database engine has a known fault.
    #[error("{engine} {found} is too old: {needed} or later is needed")]
    EngineTooOld {
        /// Which engine.
        engine: &'static str,
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
    /// A store is only copied into an empty one.
    #[error("the store to copy into is not empty: there is something in {table}")]
    NotEmpty {
        /// A table with rows.
        table: &'static str,
    },
    /// A copy was read back, and is not what was copied.
    #[error("the copy of {table} differs from the original: do not use it")]
    CopyDiffers {
        /// The table.
        table: &'static str,
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
    /// Whether the same work may well succeed when it is done again at once.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Database(error) if is_transient(error))
    }

    /// Whether the connection to the database was lost.
    pub(super) fn is_disconnect(&self) -> bool {
        matches!(self, Self::Database(error) if is_disconnect(error))
    }

    /// The stable word for it, in APIs and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Database(_) => "database_failed",
            Self::Busy => "database_busy",
            Self::RightsChanged => "rights_changed",
            Self::DiskFull => "disk_full",
            Self::File { .. } => "file_failed",
            Self::FileExists { .. } => "file_exists",
            Self::UnsupportedUrl { .. } => "database_unsupported",
            Self::EngineTooOld { .. } => "engine_too_old",
            Self::SchemaNewer { .. } => "schema_newer",
            Self::NotEmpty { .. } => "store_not_empty",
            Self::CopyDiffers { .. } => "copy_differs",
            Self::Damaged { .. } => "store_damaged",
            Self::NoRandomness(_) => "no_randomness",
        }
    }

    /// The same error for one more who waits for the same work; causes are not copied, they are logged once.
    pub(crate) fn for_another(&self) -> Self {
        match self {
            Self::Busy => Self::Busy,
            Self::DiskFull => Self::DiskFull,
            Self::Database(error) => Self::Database(sqlx::Error::Protocol(error.to_string())),
            other => Self::damaged(other),
        }
    }

    /// A row that cannot be what this program wrote.
    pub(crate) fn damaged(what: impl std::fmt::Display) -> Self {
        Self::Damaged { what: what.to_string() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match (&error, code(&error)) {
            (sqlx::Error::PoolTimedOut, _) | (_, Some(Code::Sqlite(5))) => Self::Busy,
            (_, Some(Code::Sqlite(13))) => Self::DiskFull,
            (_, Some(Code::Postgres(code))) => match code.as_str() {
                // Somebody held a lock for too long, or a statement took too long.
                "55P03" | "57014" => Self::Busy,
                "53100" => Self::DiskFull,
                _ => Self::Database(error),
            },
            _ => Self::Database(error),
        }
    }
}

/// What the database itself calls an error.
enum Code {
    /// The primary result code; the extended ones add multiples of 256.
    Sqlite(u32),
    /// Five letters and digits. SQLite's codes are shorter.
    Postgres(String),
}

fn code(error: &sqlx::Error) -> Option<Code> {
    let sqlx::Error::Database(error) = error else { return None };
    let code = error.code()?;
    match code.len() {
        5 => Some(Code::Postgres(code.into_owned())),
        _ => code.parse::<u32>().ok().map(|code| Code::Sqlite(code & 0xff)),
    }
}

/// Whether PostgreSQL took something back that may well succeed when it is done again at once: two transactions could not be put in
/// an order, waited for each other, or stored the same thing; or the connection was lost.
pub(super) fn is_transient(error: &sqlx::Error) -> bool {
    let in_the_way = |code: &str| matches!(code, "40001" | "40P01" | "23505");
    is_disconnect(error) || matches!(code(error), Some(Code::Postgres(code)) if in_the_way(&code))
}

fn is_disconnect(error: &sqlx::Error) -> bool {
    match (error, code(error)) {
        (sqlx::Error::Io(_), _) => true,
        // Connections failed, were ended, or are not taken for now.
        (_, Some(Code::Postgres(code))) => {
            code.starts_with("08") || matches!(code.as_str(), "57P01" | "57P02" | "57P03" | "25P03" | "53300")
        }
        _ => false,
    }
}
