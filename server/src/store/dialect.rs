//! Where SQLite and PostgreSQL differ. Every other statement is written once, for both.
//!
//! | what | SQLite | PostgreSQL |
//! |---|---|---|
//! | types of the schema | `BLOB`, `TEXT` | `BYTEA`, `TEXT COLLATE "C"`: the order of bytes, as SQLite has it |
//! | settings of a connection | pragmas | `SET` |
//! | a snapshot | any transaction that reads | `REPEATABLE READ READ ONLY` |
//! | who may write | one transaction at a time: `BEGIN IMMEDIATE` | any number; each locks the feeds that it writes to, in order |
//! | applying migrations | under the one writer's lock | under an advisory lock |
//! | marks in statements of many values | `?` | `$1` |
//! | telling other processes | they look | `NOTIFY` |
//! | its version, its size | pragmas | functions |
//! | a copy in one file | `VACUUM INTO` | the tables are copied, as by `migrate-store` |
//! | the oldest version | one without the WAL-reset bug | 15 |

use sqlx::AnyPool;

use super::StoreError;

/// Of every SQLite connection. With a lesser `synchronous` a commit that was acknowledged can be lost with the power.
const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                       PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;";
/// Of the one that writes, too: 64 MB of pages, so that those of indexes that every record goes into are still there for the next one; and
/// 32 MB of log before it is copied into the file, so that a page that is written again and again is copied less often.
const PRAGMAS_OF_WRITER: &str = "PRAGMA cache_size = -64000; PRAGMA wal_autocheckpoint = 8000;";
/// Of every PostgreSQL connection. A commit returns when it is on disk, whatever the server's default. Nobody waits for a lock
/// for longer than for SQLite's; and a server that is cut off gives up its locks, so that the others go on.
const SETTINGS: &str = "SET application_name = 'cairn-server'; SET synchronous_commit = on; SET lock_timeout = '10s'; \
                        SET idle_in_transaction_session_timeout = '60s'; SET tcp_keepalives_idle = 20; \
                        SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; \
                        SET client_connection_check_interval = '5s'; SET jit = off;";

/// SQLite before this version can lose committed transactions when a write-ahead log is reset.
const SQLITE_MIN: (&str, [u32; 3]) = ("3.51.3", [3, 51, 3]);
/// The oldest PostgreSQL that the tests run on.
const POSTGRES_MIN: (&str, [u32; 3]) = ("15", [15, 0, 0]);

/// Any number will do that no other program uses in the same database.
const SCHEMA_LOCK: &str = "SELECT pg_advisory_xact_lock(4846232127401)";
const LOCK_GRANTS: &str = "FOR SHARE OF g, u";
const LOCK_FEEDS: &str = "ORDER BY org_unit FOR UPDATE";

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file, with one writer.
    Sqlite,
    /// A server, with as many writers as there are processes and more.
    Postgres,
}

impl Engine {
    /// The engine of an address.
    pub(super) fn of(url: &str) -> Result<Self, StoreError> {
        // Only the scheme is told: what follows may hold a password.
        match url.split(':').next().unwrap_or_default() {
            "sqlite" => Ok(Self::Sqlite),
            "postgres" | "postgresql" => Ok(Self::Postgres),
            scheme => Err(StoreError::UnsupportedUrl { url: format!("{scheme}:") }),
        }
    }

    /// As people call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// The migrations, in order: number and statements.
    pub(super) fn migrations(self) -> &'static [(i64, &'static str)] {
        match self {
            Self::Sqlite => &[
                (1, include_str!("../../migrations/sqlite/0001_store.sql")),
                (2, include_str!("../../migrations/sqlite/0002_workers_and_apps.sql")),
                (3, include_str!("../../migrations/sqlite/0003_console.sql")),
                (4, include_str!("../../migrations/sqlite/0004_briefing_templates.sql")),
                (5, include_str!("../../migrations/sqlite/0005_also_told.sql")),
                (6, include_str!("../../migrations/sqlite/0006_one_key.sql")),
                (7, include_str!("../../migrations/sqlite/0007_kept_counts.sql")),
            ],
            Self::Postgres => &[
                (1, include_str!("../../migrations/postgres/0001_store.sql")),
                (2, include_str!("../../migrations/postgres/0002_workers_and_apps.sql")),
                (3, include_str!("../../migrations/postgres/0003_console.sql")),
                (4, include_str!("../../migrations/postgres/0004_briefing_templates.sql")),
                (5, include_str!("../../migrations/postgres/0005_also_told.sql")),
                (6, include_str!("../../migrations/postgres/0006_one_key.sql")),
                (7, include_str!("../../migrations/postgres/0007_kept_counts.sql")),
            ],
        }
    }

    /// What every connection is told first.
    pub(super) fn settings(self) -> &'static str {
        match self {
            Self::Sqlite => PRAGMAS,
            Self::Postgres => SETTINGS,
        }
    }

    /// What connections that write need besides.
    pub(super) fn settings_of_writer(self) -> &'static str {
        match self {
            Self::Sqlite => PRAGMAS_OF_WRITER,
            Self::Postgres => "",
        }
    }

    /// Connections that write, and connections that read, of one process.
    pub(super) fn connections(self) -> (u32, u32) {
        match self {
            Self::Sqlite => (1, 4),
            Self::Postgres => (4, 8),
        }
    }

    /// Begins one consistent snapshot.
    pub(super) fn begin_read(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// Begins a transaction that writes. On PostgreSQL each statement sees what is committed by then, so that what is read
    /// behind a feed's lock is what stands there until the commit.
    pub(super) fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }

    /// What else to say before the schema is looked at, so that of many processes one migrates.
    pub(super) fn lock_schema(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(SCHEMA_LOCK),
        }
    }

    /// The end of a statement that lists feeds and locks their rows, in an order that all share. On SQLite whoever writes has the
    /// whole store.
    pub(super) fn lock_feeds(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(LOCK_FEEDS),
        }
    }

    /// The end of a statement that lists grants and keeps others from taking them away.
    pub(super) fn lock_grants(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(LOCK_GRANTS),
        }
    }

    /// Adds the marks of `count` values, the first of which is the one with this number, to a statement whose values stand in their
    /// order. Named marks SQLite looks up one by one, in time that grows with their number.
    pub(super) fn push_marks(self, sql: &mut String, first: usize, count: usize) {
        for number in first..first + count {
            if number > first {
                sql.push(',');
            }
            match self {
                Self::Sqlite => sql.push('?'),
                Self::Postgres => {
                    sql.push('$');
                    sql.push_str(&number.to_string());
                }
            }
        }
    }

    /// Asks the engine for its version.
    pub(super) fn version(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT sqlite_version()",
            Self::Postgres => "SELECT current_setting('server_version')",
        }
    }

    /// Asks how many bytes the database takes.
    pub(super) fn size(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT c.page_count * s.page_size FROM pragma_page_count() c, pragma_page_size() s",
            Self::Postgres => "SELECT pg_database_size(current_database())",
        }
    }

    /// Fails if the engine is older than what is known to keep what it acknowledged.
    pub(super) async fn check(self, pool: &AnyPool) -> Result<(), StoreError> {
        let (needed, least) = match self {
            Self::Sqlite => SQLITE_MIN,
            Self::Postgres => POSTGRES_MIN,
        };
        let found: String = sqlx::query_scalar(self.version()).fetch_one(pool).await?;
        // PostgreSQL may add its packager: `15.14 (Debian 15.14-0+deb12u1)`.
        let number = found.split(' ').next().unwrap_or_default();
        let parts: Vec<u32> = number.split('.').map(|part| part.parse().unwrap_or(0)).collect();
        if parts.as_slice() < least.as_slice() {
            return Err(StoreError::EngineTooOld { engine: self.name(), found: number.into(), needed });
        }
        if self == Self::Postgres {
            let unsafely: i64 = sqlx::query_scalar(
                "SELECT COUNT(*) FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'",
            )
            .fetch_one(pool)
            .await?;
            if unsafely > 0 {
                tracing::warn!("fsync or full_page_writes is off: what was acknowledged is lost with the power");
            }
        }
        Ok(())
    }
}
