//! Where the store is.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use clap::Args;

use crate::store::{Store, StoreError};

/// The name of the store's file in the data directory.
const FILE: &str = "cairn.sqlite";

/// Where the store is.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(next_help_heading = "Store")]
pub struct PlaceConfig {
    /// The directory that holds the store; made where there is none
    #[arg(long, value_name = "DIR", env = "CAIRN_DATA", default_value = "./data", global = true)]
    pub data: PathBuf,
    /// The store's address, if it is not in the data directory: sqlite://PATH, or postgres://USER@HOST/NAME of
    /// PostgreSQL 15 or later
    #[arg(long, value_name = "URL", env = "CAIRN_DATABASE", global = true)]
    pub database: Option<String>,
}

/// The store's file or address, without what could be a password.
impl fmt::Display for PlaceConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(url) = &self.database else { return write!(f, "{}", self.file().display()) };
        let url = url.split('?').next().unwrap_or_default();
        match (url.split_once("://"), url.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, host))) => write!(f, "{scheme}://{host}"),
            _ => f.write_str(url),
        }
    }
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
        Store::open_file(&self.file()).await
    }

    /// Opens the store that is there. For work on what is stored: with a misspelt directory it must not make an empty one.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::File`] when there is none.
    pub async fn open_existing(&self) -> Result<Store, StoreError> {
        match &self.database {
            None => {
                let failed = |error| StoreError::File { path: self.file().display().to_string(), error };
                std::fs::metadata(self.file()).map_err(failed)?;
                self.open().await
            }
            // An address opens what is there, unless it says otherwise itself.
            Some(_) => self.open().await,
        }
    }

    fn file(&self) -> PathBuf {
        self.data.join(FILE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_without_its_password() {
        let shown = |url: &str| PlaceConfig { database: Some(url.into()), ..PlaceConfig::default() }.to_string();
        assert_eq!(PlaceConfig::in_dir(Path::new("/srv/cairn")).to_string(), "/srv/cairn/cairn.sqlite");
        assert_eq!(shown("sqlite:///srv/x.sqlite?mode=rwc"), "sqlite:///srv/x.sqlite");
        assert_eq!(shown("postgres://cairn:pass@word@host/db?password=x"), "postgres://host/db");
    }
}
