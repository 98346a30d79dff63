//! A copy of the whole store in one file, made while it is in use. Whatever database the store is on, the file is one of SQLite:
//! it can be opened as it is, or copied into another database.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sqlx::{AnyConnection, Connection, Executor};

use super::{Engine, Store, StoreError};

const COPY: &str = "VACUUM INTO $1";
const FORGET_EPOCH: &str = "DELETE FROM store_meta WHERE key = 'epoch'";

impl Store {
    /// Copies the store into a new file at `path`, as of one moment, without disturbing whoever uses it. The copy has no epoch:
    /// whoever opens it draws one, by which devices notice that the server went back in time.
    ///
    /// # Errors
    /// [`StoreError::FileExists`] when there is a file at `path`: a backup never overwrites. [`StoreError::File`] and others when it
    /// cannot be made. There is no file at `path` then.
    pub async fn backup(&self, path: &Path) -> Result<(), StoreError> {
        let path = std::path::absolute(path).map_err(|e| failed(path, e))?;
        if path.symlink_metadata().is_ok() {
            return Err(StoreError::FileExists { path: path.display().to_string() });
        }
        if let Some(folder) = path.parent() {
            fs::metadata(folder).map_err(|e| failed(folder, e))?;
        }
        let partial = Partial::beside(&path)?;
        match self.engine() {
            Engine::Sqlite => self.vacuum_into(&partial.0).await?,
            Engine::Postgres => {
                let copy = Self::open_file(&partial.0).await?;
                let done = self.copy_into(&copy).await;
                copy.close().await;
                done?;
            }
        }
        forget_epoch(&partial.0).await?;
        partial.finish(&path)
    }

    async fn vacuum_into(&self, path: &Path) -> Result<(), StoreError> {
        let text = path.to_str().ok_or_else(|| failed(path, io::ErrorKind::InvalidInput.into()))?;
        let mut reader = self.reader().await?;
        sqlx::query(COPY).bind(text).execute(&mut *reader).await?;
        Ok(())
    }
}

async fn forget_epoch(path: &Path) -> Result<(), StoreError> {
    let url = Store::url_of_file(path)?.replace("mode=rwc", "mode=rw");
    let mut copy = AnyConnection::connect(&url).await?;
    copy.execute(FORGET_EPOCH).await?;
    copy.close().await?;
    Ok(())
}

/// A copy that is not finished; removed when dropped.
struct Partial(PathBuf);

impl Partial {
    fn beside(path: &Path) -> Result<Self, StoreError> {
        let mut suffix = [0; 4];
        getrandom::fill(&mut suffix).map_err(StoreError::NoRandomness)?;
        let name = path.file_name().ok_or_else(|| failed(path, io::ErrorKind::InvalidInput.into()))?;
        let name = format!("{}.{:08x}.partial", name.to_string_lossy(), u32::from_be_bytes(suffix));
        Ok(Self(path.with_file_name(name)))
    }

    /// Makes the copy durable and gives it its name, unless somebody has taken that meanwhile.
    fn finish(self, path: &Path) -> Result<(), StoreError> {
        let sync = |at: &Path| fs::File::open(at).and_then(|file| file.sync_all());
        sync(&self.0).map_err(|e| failed(&self.0, e))?;
        match fs::hard_link(&self.0, path) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                return Err(StoreError::FileExists { path: path.display().to_string() });
            }
            // Some file systems have no links.
            Err(_) => fs::rename(&self.0, path).map_err(|e| failed(path, e))?,
        }
        #[cfg(unix)]
        if let Some(folder) = path.parent() {
            sync(folder).map_err(|e| failed(folder, e))?;
        }
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn failed(path: &Path, error: io::Error) -> StoreError {
    StoreError::File { path: path.display().to_string(), error }
}
