//! Where the store is.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::store::{Store, StoreError};

/// The name of the store's file in the data directory.
const FILE: &str = "cairn.sqlite";

/// Where the store is.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct PlaceConfig {
    /// The directory that holds the store; made where there is none
    #[arg(long, value_name = "DIR", env = "CAIRN_DATA", default_value = "./data", global = true)]
    pub data: PathBuf,
    /// The store's address, if it is not in the data directory: sqlite://PATH
    #[arg(long, value_name = "URL", env = "CAIRN_DATABASE", global = true)]
    pub database: Option<String>,
}

impl Default for PlaceConfig {
    fn default() -> Self {
        Self::in_dir(Path::new("./data"))
    }
}

impl PlaceConfig {
    /// The store in this data directory.
    #[must_use]
    pub fn in_dir(data: &Path) -> Self {
        Self { data: data.to_owned(), database: None }
    }

    /// Opens the store, and makes it where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(&self) -> Result<Store, StoreError> {
        if let Some(url) = &self.database {
            return Store::open(url).await;
        }
        let failed = |error| StoreError::File { path: self.data.display().to_string(), error };
        std::fs::create_dir_all(&self.data).map_err(failed)?;
        Store::open_file(&self.data.join(FILE)).await
    }
}
