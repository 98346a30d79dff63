//! Opening a store, making its tables, and saying in words why that failed.

use core::time::Duration;
use std::{fs, io, path::Path, sync::Arc};

use sqlx::{
    ConnectOptions, Connection, Row, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{SqliteStore, StoreError, lock::FileLock};

/// What makes the tables, step by step; each sets the schema's number to its own, from 1.
const MIGRATIONS: [&str; 2] =
    [include_str!("../../../migrations/0001_replica.sql"), include_str!("../../../migrations/0002_drafts.sql")];

/// How long a connection waits for another one that writes: longer than any commit takes.
const BUSY: Duration = Duration::from_secs(30);

/// SQLite's result codes for a disk that takes no more: full, write, fsync and shared-memory failures.
const DISK_CODES: [&str; 5] = ["13", "778", "1034", "1290", "4874"];
/// A file that is no database, or cannot be opened.
const OPEN_CODES: [&str; 4] = ["14", "26", "8", "3"];

impl SqliteStore {
    /// Opens the store in `directory`, and makes it when there is none.
    ///
    /// # Errors
    /// [`StoreError::CannotOpen`], [`StoreError::Newer`], [`StoreError::DiskFull`].
    pub async fn open(directory: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(directory.as_ref(), SqliteConnectOptions::new()).await
    }

    async fn open_with(directory: &Path, options: SqliteConnectOptions) -> Result<Self, StoreError> {
        let failed = |error: sqlx::Error| failed(directory, &error);
        let file = directory.join(Self::FILE);
        make_private(directory, &file).map_err(|e| io_failed(directory, &e))?;
        // Two processes that open a fresh store at once make its tables once.
        let lock = FileLock::wait(directory.join("store.lock")).await?;
        let options = options
            .filename(&file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(false)
            .busy_timeout(BUSY)
            .disable_statement_logging();
        let pool = SqlitePoolOptions::new().max_connections(4).test_before_acquire(false);
        let pool = pool.after_release(|conn, _| Box::pin(is_at_rest(conn)));
        let pool = pool.connect_with(options).await.map_err(failed)?;
        let found = schema(&pool).await.map_err(failed)?;
        match usize::try_from(found).ok().and_then(|found| MIGRATIONS.get(found..)) {
            Some(missing) => migrate(&pool, missing).await.map_err(failed)?,
            None => {
                let store = directory.display().to_string();
                return Err(StoreError::Newer { store, found, known: MIGRATIONS.len() });
            }
        }
        drop(lock);
        Ok(Self { pool, directory: directory.to_owned(), turns: Arc::default() })
    }
}

/// The store holds what makes a device that device: nobody but its owner may read it.
fn make_private(directory: &Path, file: &Path) -> io::Result<()> {
    let mut directories = fs::DirBuilder::new();
    let mut open = fs::OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        directories.mode(0o700);
        open.mode(0o600);
    }
    directories.recursive(true).create(directory)?;
    open.write(true).create(true).truncate(false).open(file).map(drop)
}

/// The number of the last migration that was made; 0 in a file that is new.
async fn schema(pool: &SqlitePool) -> Result<i64, sqlx::Error> {
    let table = sqlx::query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'replica'");
    if table.fetch_optional(pool).await?.is_none() {
        return Ok(0);
    }
    sqlx::query("SELECT schema FROM replica").fetch_one(pool).await?.try_get(0)
}

async fn migrate(pool: &SqlitePool, missing: &[&'static str]) -> Result<(), sqlx::Error> {
    for migration in missing {
        let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::raw_sql(*migration).execute(&mut *tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Whether a connection that is given back can be used again. When a write fails SQLite takes the transaction back by itself; sqlx,
/// whose `ROLLBACK` fails for want of one, believes in it for ever, and would begin none on that connection any more.
async fn is_at_rest(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // A rollback may still be on its way.
    conn.ping().await?;
    Ok(!conn.is_in_transaction())
}

/// What a failure of the database means.
pub(super) fn failed(directory: &Path, error: &sqlx::Error) -> StoreError {
    let store = || directory.display().to_string();
    let database = error.as_database_error();
    let code = database.and_then(|e| e.code()).unwrap_or_default();
    match (code.as_ref(), error) {
        (_, sqlx::Error::Io(error)) => io_failed(directory, error),
        (code, _) if DISK_CODES.contains(&code) => StoreError::DiskFull { store: store() },
        (code, _) if OPEN_CODES.contains(&code) => StoreError::CannotOpen {
            store: store(),
            cause: database.map_or_else(String::new, |e| e.message().to_owned()),
        },
        ("11", _) => StoreError::Damaged { what: "the database" },
        (_, sqlx::Error::ColumnDecode { .. }) => StoreError::Damaged { what: "a row" },
        _ => StoreError::Failed(error.to_string()),
    }
}

/// What a failure of the file system means.
pub(super) fn io_failed(directory: &Path, error: &io::Error) -> StoreError {
    let store = directory.display().to_string();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            StoreError::DiskFull { store }
        }
        _ => StoreError::CannotOpen { store, cause: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use sync_core::replica::Write;

    use super::*;
    use crate::Store;

    #[tokio::test]
    async fn a_full_disk_is_named_and_what_was_saved_before_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&directory).await.unwrap();
        let turn = store.exclusive().await.unwrap();
        store.commit(&turn, vec![Write::Catalog("before".into())]).await.unwrap();
        drop(turn);
        store.close().await;
        let small = SqliteConnectOptions::new().pragma("max_page_count", "40");
        let store = SqliteStore::open_with(directory.path(), small).await.unwrap();
        let turn = store.exclusive().await.unwrap();
        let writes = vec![Write::Catalog("x".repeat(1 << 20))];
        let error = store.commit(&turn, writes).await.unwrap_err();
        assert_eq!(error.code(), "disk_full", "{error}");
        assert_eq!(store.catalog().await.unwrap().as_deref(), Some("before"));
    }

    #[tokio::test]
    async fn a_store_of_a_newer_program_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&directory).await.unwrap();
        sqlx::query("UPDATE replica SET schema = 7").execute(&store.pool).await.unwrap();
        store.close().await;
        let error = SqliteStore::open(&directory).await.err().unwrap();
        assert_eq!(error.code(), "store_newer");
        assert!(error.to_string().contains("schema 7, this program knows 2"), "{error}");
    }

    #[tokio::test]
    async fn a_store_of_an_older_program_is_brought_up_to_date() {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&directory).await.unwrap();
        sqlx::raw_sql("DROP TABLE drafts; UPDATE replica SET schema = 1, catalog = 'before'")
            .execute(&store.pool)
            .await
            .unwrap();
        store.close().await;
        let store = SqliteStore::open(&directory).await.unwrap();
        assert_eq!((store.drafts().await.unwrap(), store.catalog().await.unwrap()), (vec![], Some("before".into())));
    }

    #[tokio::test]
    async fn what_is_no_store_is_named() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(SqliteStore::FILE), "<html>".repeat(1_000)).unwrap();
        let error = SqliteStore::open(&directory).await.err().unwrap();
        assert_eq!(error.code(), "store_cannot_open", "{error}");
        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        let error = SqliteStore::open(file.join("below")).await.err().unwrap();
        assert_eq!(error.code(), "store_cannot_open", "{error}");
    }
}
