//! The schema's versions: numbered files, each applied once, each in one transaction.

use super::{StoreError, WriteTx, month_totals, tallies};

const CREATE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT NOT NULL PRIMARY KEY)";
const LAST: &str = "SELECT COALESCE(MAX(number), 0) FROM schema_migrations";
const NOTE: &str = "INSERT INTO schema_migrations (number) VALUES ($1)";
/// The migration that adds the tallies by worker.
const BY_WORKER: i64 = 2;
/// The migration that adds the totals of months.
const BY_MONTH: i64 = 3;
/// The migration that adds those of months by worker.
const BY_MONTH_AND_WORKER: i64 = 7;

/// Applies the next migration that is missing; returns whether there was one.
///
/// # Errors
/// [`StoreError::SchemaNewer`] when the store knows migrations that this program does not.
pub(super) async fn step(tx: &mut WriteTx) -> Result<bool, StoreError> {
    let engine = tx.engine();
    if let Some(lock) = engine.lock_schema() {
        sqlx::query(lock).execute(tx.conn()).await?;
    }
    sqlx::query(CREATE).execute(tx.conn()).await?;
    let found: i64 = sqlx::query_scalar(LAST).fetch_one(tx.conn()).await?;
    let known = engine.migrations().last().map_or(0, |(number, _)| *number);
    if found > known {
        return Err(StoreError::SchemaNewer { found, known });
    }
    let Some((number, statements)) = engine.migrations().iter().find(|(number, _)| *number > found) else {
        return Ok(false);
    };
    sqlx::raw_sql(*statements).execute(tx.conn()).await?;
    match *number {
        BY_WORKER => tallies::fill_by_worker(tx).await?,
        BY_MONTH => month_totals::fill(tx).await?,
        BY_MONTH_AND_WORKER => month_totals::fill_by_worker(tx).await?,
        _ => {}
    }
    sqlx::query(NOTE).bind(*number).execute(tx.conn()).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use crate::store::dialect::Engine;

    /// What the statement for SQLite is on PostgreSQL.
    fn twin(line: &str) -> String {
        match line.starts_with("--") {
            true => line.to_owned(),
            false => line.replace(" BLOB", " BYTEA").replace(" TEXT", " TEXT COLLATE \"C\""),
        }
    }

    #[test]
    fn each_migration_has_a_twin_that_differs_in_types_alone() {
        let (sqlite, postgres) = (Engine::Sqlite.migrations(), Engine::Postgres.migrations());
        assert_eq!(sqlite.len(), postgres.len(), "migrations come in pairs");
        for ((number, one), (twin_number, other)) in sqlite.iter().zip(postgres) {
            assert_eq!(number, twin_number);
            for (line, (wanted, found)) in one.lines().map(twin).zip(other.lines()).enumerate() {
                let place = format!("migrations/postgres, migration {number}, line {}", line + 1);
                assert_eq!(wanted, found, "{place}: write the same there as in migrations/sqlite");
            }
            assert_eq!(one.lines().count(), other.lines().count(), "migration {number} ends earlier in one of the two");
        }
    }
}
