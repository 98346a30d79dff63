//! Why a store cannot do what it is there for.

use thiserror::Error;

/// Why a store cannot keep or find rows. Whatever was committed before is still there.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No space.
    #[error("the disk is full: this was not saved; everything saved before is kept (store: {store})")]
    DiskFull {
        /// Where the store is.
        store: String,
    },
    /// The store cannot be opened: it is no store, or may not be written.
    #[error("the store {store} cannot be opened: {cause}")]
    CannotOpen {
        /// Where the store should be.
        store: String,
        /// What the system says.
        cause: String,
    },
    /// A newer program has changed the store's tables.
    #[error("the store {store} was written by a newer version of Cairn (schema {found}, this program knows {known})")]
    Newer {
        /// Where the store is.
        store: String,
        /// The store's schema.
        found: i64,
        /// This program's.
        known: usize,
    },
    /// A row does not mean anything.
    #[error("the store is damaged: {what} cannot be read")]
    Damaged {
        /// What kind of row.
        what: &'static str,
    },
    /// Another program has taken the lead of this store: whatever was not committed before is not.
    #[error("another window has taken over: this was not saved")]
    NotLeading,
    /// The connection to the store was closed from outside.
    #[error("the store was closed from outside: its data may have been cleared, or a newer version waits for it")]
    Closed,
    /// Whatever else the system says.
    #[error("the store failed: {0}")]
    Failed(String),
}

impl StoreError {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::DiskFull { .. } => "disk_full",
            Self::CannotOpen { .. } => "store_cannot_open",
            Self::Newer { .. } => "store_newer",
            Self::Damaged { .. } => "store_damaged",
            Self::NotLeading => "not_leading",
            Self::Closed => "store_closed",
            Self::Failed(_) => "store_failed",
        }
    }
}
