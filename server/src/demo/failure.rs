//! What can go wrong with the demonstration.

use std::path::PathBuf;

use thiserror::Error;

use crate::{admin::AdminError, store::StoreError};

/// Why the demonstration could not be played, or did not come out right.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The data directory holds something that is not an earlier demonstration.
    #[error("{} is not empty and holds no earlier demonstration: it is left alone; name another with --data", .0.display())]
    NotEmpty(PathBuf),
    /// A file or directory could not be made, read or removed.
    #[error("{}: {source}", .path.display())]
    File {
        /// The path.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The server's own store failed.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    /// An administrator's act failed.
    #[error("an administrator's act: {0}")]
    Admin(#[from] AdminError),
    /// A device failed.
    #[error("a device: {0}")]
    Device(#[from] cairn_client::Error),
    /// A device's store failed.
    #[error("a device's store: {0}")]
    DeviceStore(#[from] cairn_client::StoreError),
    /// A device could not reach the server, though it runs.
    #[error("the device of {device} did not reach the server")]
    Unreached {
        /// Its user.
        device: String,
    },
    /// The plan does not hold together.
    #[error("the plan: {0}")]
    Plan(String),
    /// The API did not answer as it should.
    #[error("the API: {0}")]
    Api(String),
    /// Something that should have happened did not.
    #[error("not as planned: {0}")]
    NotAsPlanned(String),
    /// A total differs.
    #[error("{0} figures differ from what was expected")]
    Differs(usize),
}

/// Names the path of a file error.
pub(super) fn at(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> DemoError {
    let path = path.into();
    move |source| DemoError::File { path, source }
}
