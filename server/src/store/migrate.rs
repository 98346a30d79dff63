//! The schema's versions: numbered files, each applied once, each in one transaction.

use super::{StoreError, WriteTx};

/// The migrations, in order: number and statements.
const MIGRATIONS: [(i64, &str); 1] = [(1, include_str!("../../migrations/sqlite/0001_store.sql"))];

const CREATE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT NOT NULL PRIMARY KEY)";
const LAST: &str = "SELECT COALESCE(MAX(number), 0) FROM schema_migrations";
const NOTE: &str = "INSERT INTO schema_migrations (number) VALUES ($1)";

/// Applies the next migration that is missing; returns whether there was one.
///
/// # Errors
/// [`StoreError::SchemaNewer`] when the store knows migrations that this program does not.
pub(super) async fn step(tx: &mut WriteTx) -> Result<bool, StoreError> {
    sqlx::query(CREATE).execute(tx.conn()).await?;
    let found: i64 = sqlx::query_scalar(LAST).fetch_one(tx.conn()).await?;
    let known = MIGRATIONS.last().map_or(0, |(number, _)| *number);
    if found > known {
        return Err(StoreError::SchemaNewer { found, known });
    }
    let Some((number, statements)) = MIGRATIONS.iter().find(|(number, _)| *number > found) else { return Ok(false) };
    sqlx::raw_sql(*statements).execute(tx.conn()).await?;
    sqlx::query(NOTE).bind(*number).execute(tx.conn()).await?;
    Ok(true)
}
