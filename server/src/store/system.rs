//! What there is to say of the store as a whole, to whoever runs it.

use super::{Engine, ReadTx, Store, StoreError, enrolled, gauges, meta};

const UNITS: &str = "SELECT COUNT(*) FROM org_units";
const USERS: &str = "SELECT COUNT(*) FROM users";
const DEVICES: &str = "SELECT COUNT(*) FROM devices";
const RECORDS: &str = "SELECT COUNT(*) FROM records";
const SEEN: &str = "SELECT COUNT(*) FROM devices WHERE revoked_ms IS NULL AND last_seen_ms >= $1";
const WAITING: &str = "SELECT CAST(COALESCE(SUM(waiting), 0) AS BIGINT) FROM devices WHERE revoked_ms IS NULL";
const PARKED: &str = "SELECT COUNT(*) FROM parked";
const HELD: &str = "SELECT COUNT(*) FROM held WHERE state = 'waiting'";
const REFUSED: &str = "SELECT COUNT(*) FROM refused WHERE received_ms >= $1";
const SCHEMA: &str = "SELECT COALESCE(MAX(number), 0) FROM schema_migrations";

const DAY_MS: i64 = 86_400_000;

/// The database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseFacts {
    /// Which engine.
    pub engine: Engine,
    /// Its version, as it tells it.
    pub version: String,
    /// What it takes on disk, without its log.
    pub bytes: i64,
}

/// How many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as what is counted")]
pub struct Counts {
    pub units: i64,
    pub users: i64,
    /// Revoked ones among them.
    pub devices: i64,
    pub records: i64,
    /// In feeds.
    pub changes: i64,
}

/// How syncing goes. Revoked devices are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncFacts {
    /// Devices that synced within the last 24 hours.
    pub seen_today: i64,
    /// Devices that synced within the last 7 days.
    pub seen_week: i64,
    /// Devices that have been silent for [`enrolled::SILENT_DAYS`], or always.
    pub silent: i64,
    /// Changes that devices last said they still had to send.
    pub waiting: i64,
    /// Changes that wait for earlier ones.
    pub parked: i64,
    /// Changes that wait for a person.
    pub held: i64,
    /// Changes refused within the last 7 days, as far as there are notes of them.
    pub refused_week: i64,
}

/// The store as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemFacts {
    /// The newest migration that was applied.
    pub schema: i64,
    /// The database.
    pub database: DatabaseFacts,
    /// How many there are.
    pub counts: Counts,
    /// How syncing goes.
    pub sync: SyncFacts,
    /// When the last backup was finished, ms; `None` if there was none.
    pub last_backup_ms: Option<i64>,
}

/// What there is to say at `now_ms`.
///
/// # Errors
/// [`StoreError`].
pub async fn facts(tx: &mut ReadTx, now_ms: i64) -> Result<SystemFacts, StoreError> {
    let engine = tx.engine();
    let version: String = sqlx::query_scalar(engine.version()).fetch_one(tx.conn()).await?;
    let bytes = count(tx, engine.size()).await?;
    let last_backup = meta::read(tx, meta::LAST_BACKUP).await?;
    let last_backup_ms = last_backup.map(|ms| ms.parse().map_err(StoreError::damaged)).transpose()?;
    let counts = Counts {
        units: count(tx, UNITS).await?,
        users: count(tx, USERS).await?,
        devices: count(tx, DEVICES).await?,
        records: count(tx, RECORDS).await?,
        changes: gauges::changes(tx).await?,
    };
    let sync = SyncFacts {
        seen_today: since(tx, SEEN, now_ms - DAY_MS).await?,
        seen_week: since(tx, SEEN, now_ms - 7 * DAY_MS).await?,
        silent: enrolled::silent(tx, None, now_ms).await?,
        waiting: count(tx, WAITING).await?,
        parked: count(tx, PARKED).await?,
        held: count(tx, HELD).await?,
        refused_week: since(tx, REFUSED, now_ms - 7 * DAY_MS).await?,
    };
    let database = DatabaseFacts { engine, version, bytes };
    Ok(SystemFacts { schema: count(tx, SCHEMA).await?, database, counts, sync, last_backup_ms })
}

async fn count(tx: &mut ReadTx, sql: &'static str) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar(sql).fetch_one(tx.conn()).await?)
}

async fn since(tx: &mut ReadTx, sql: &'static str, ms: i64) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar(sql).bind(ms).fetch_one(tx.conn()).await?)
}

impl Store {
    /// Notes that a backup was finished at `at_ms`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_backup(&self, at_ms: i64) -> Result<(), StoreError> {
        self.write(async |tx| meta::put(tx, meta::LAST_BACKUP, &at_ms.to_string()).await).await
    }
}
