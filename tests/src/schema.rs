//! Stores of older schemas, and what is compared of a store past the program that keeps it: the definitions of its tables, and the rows.

use std::{collections::BTreeMap, path::Path};

use cairn_server::store::Engine;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Row as _};

/// The columns of every table, each in its order.
pub type Columns = BTreeMap<String, Vec<String>>;
/// The rows of every table, sorted, a line each.
pub type Rows = BTreeMap<String, String>;

/// As the program writes it.
const NUMBERS: &str = "CREATE TABLE schema_migrations (number BIGINT NOT NULL PRIMARY KEY)";

/// How a store is kept, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The server's, on either database.
    Server(Engine),
    /// A device's.
    Device,
}

impl Kept {
    fn engine(self) -> Engine {
        match self {
            Self::Server(engine) => engine,
            Self::Device => Engine::Sqlite,
        }
    }

    /// The statements of each migration, from the first.
    ///
    /// # Panics
    /// When they cannot be read.
    #[must_use]
    pub fn migrations(self) -> Vec<String> {
        let folder = match self {
            Self::Server(Engine::Sqlite) => "../server/migrations/sqlite",
            Self::Server(Engine::Postgres) => "../server/migrations/postgres",
            Self::Device => "../client-sdk/migrations",
        };
        let entries =
            std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("migrations").flatten();
        let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
        files.sort();
        files.iter().map(|file| std::fs::read_to_string(file).expect("a migration")).collect()
    }
}

/// A store, past the program that keeps it.
pub struct Bare {
    conn: AnyConnection,
    kept: Kept,
}

impl Bare {
    /// Connects to the database at `url`.
    ///
    /// # Panics
    /// When that cannot be done.
    pub async fn at(kept: Kept, url: &str) -> Self {
        sqlx::any::install_default_drivers();
        let mut bare = Self { conn: AnyConnection::connect(url).await.expect("a database"), kept };
        if kept.engine() == Engine::Sqlite {
            bare.run("PRAGMA foreign_keys = OFF").await;
        }
        bare
    }

    /// Runs statements.
    ///
    /// # Panics
    /// When they fail.
    pub async fn run(&mut self, sql: &str) {
        let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.conn).await;
        done.unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// The first column of what a statement finds, as text.
    ///
    /// # Panics
    /// When it fails.
    pub async fn ask(&mut self, sql: &str) -> Vec<String> {
        let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut self.conn).await;
        rows.unwrap_or_else(|e| panic!("{sql}: {e}")).iter().map(|row| row.get::<String, _>(0)).collect()
    }

    /// Disconnects.
    ///
    /// # Panics
    /// When that fails.
    pub async fn close(self) {
        self.conn.close().await.expect("a connection");
    }

    /// Makes the tables of an older schema in an empty database, with all rows that `full`, the address of a whole store of this
    /// kind and of whatever schema, has for them. On PostgreSQL that store lies in the same database, and is gone afterwards.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn make_old(&mut self, version: usize, full: Option<&str>) {
        let files = self.kept.migrations();
        match (self.kept.engine(), full) {
            (Engine::Postgres, Some(_)) => self.run("CREATE SCHEMA old; SET search_path = old").await,
            (Engine::Sqlite, Some(full)) => self.run(&format!("ATTACH '{full}' AS whole")).await,
            _ => {}
        }
        if version > 0 && self.kept != Kept::Device {
            self.run(NUMBERS).await;
        }
        for file in &files[..version] {
            self.run(file).await;
        }
        if full.is_some() {
            let whole = self.columns_in(self.whole()).await;
            for (table, mut columns) in self.columns().await {
                let Some(there) = whole.get(&table) else { continue };
                if table != "schema_migrations" && table != "replica" {
                    columns.retain(|column| there.contains(column));
                    self.copy(&table, &columns).await;
                }
            }
        }
        match (self.kept, full) {
            (Kept::Device, Some(_)) => {
                self.run("UPDATE replica SET (state, catalog) = (SELECT state, catalog FROM whole.replica)").await;
            }
            (Kept::Device, None) => {}
            (Kept::Server(_), _) => {
                for number in 1..=version {
                    self.run(&format!("INSERT INTO schema_migrations (number) VALUES ({number})")).await;
                }
            }
        }
        match (self.kept.engine(), full) {
            (Engine::Postgres, Some(_)) => {
                self.run("DROP SCHEMA public CASCADE; ALTER SCHEMA old RENAME TO public; SET search_path = public")
                    .await;
            }
            (Engine::Sqlite, Some(_)) => self.run("DETACH whole; PRAGMA journal_mode = WAL").await,
            _ => {}
        }
    }

    /// Where the whole store lies while an older one is made of it.
    fn whole(&self) -> &'static str {
        match self.kept.engine() {
            Engine::Sqlite => "whole",
            Engine::Postgres => "public",
        }
    }

    async fn copy(&mut self, table: &str, columns: &[String]) {
        let (names, whole) = (columns.join(", "), self.whole());
        let settings = match self.kept.engine() {
            Engine::Sqlite => "",
            // The references of the rows are all there in the end.
            Engine::Postgres => "SET session_replication_role = replica;",
        };
        self.run(&format!(
            "{settings} DELETE FROM {table}; INSERT INTO {table} ({names}) SELECT {names} FROM {whole}.{table}"
        ))
        .await;
    }

    /// The number of the last migration.
    ///
    /// # Panics
    /// When that cannot be told.
    pub async fn version(&mut self) -> usize {
        let (table, sql) = match self.kept {
            Kept::Server(_) => {
                ("schema_migrations", "SELECT CAST(COALESCE(MAX(number), 0) AS TEXT) FROM schema_migrations")
            }
            Kept::Device => ("replica", "SELECT CAST(schema AS TEXT) FROM replica"),
        };
        let there = match self.kept.engine() {
            Engine::Sqlite => format!("SELECT name FROM sqlite_master WHERE type = 'table' AND name = '{table}'"),
            Engine::Postgres => format!("SELECT to_regclass('{table}')::text WHERE to_regclass('{table}') IS NOT NULL"),
        };
        match self.ask(&there).await.is_empty() {
            true => 0,
            false => self.ask(sql).await[0].parse().expect("a number"),
        }
    }

    /// The definitions of everything, as text.
    ///
    /// # Panics
    /// When they cannot be read.
    pub async fn schema(&mut self) -> String {
        let sql = match self.kept.engine() {
            Engine::Sqlite => "SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_master ORDER BY 1",
            Engine::Postgres => {
                "SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, \
                                  a.attcollation::regcollation, pg_get_expr(d.adbin, d.adrelid)) \
                 FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
                 LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
                 WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace \
                 UNION ALL SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid \
                 WHERE c.relnamespace = current_schema()::regnamespace \
                 UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
                 WHERE connamespace = current_schema()::regnamespace AND contype <> 't' ORDER BY 1"
            }
        };
        self.ask(sql).await.join("\n")
    }

    /// The columns of every table.
    ///
    /// # Panics
    /// When they cannot be read.
    pub async fn columns(&mut self) -> Columns {
        let here = match self.kept.engine() {
            Engine::Sqlite => "main".to_owned(),
            Engine::Postgres => self.ask("SELECT current_schema()::text").await.remove(0),
        };
        self.columns_in(&here).await
    }

    async fn columns_in(&mut self, place: &str) -> Columns {
        let sql = match self.kept.engine() {
            Engine::Sqlite => format!(
                "SELECT m.name || ' ' || c.name FROM {place}.sqlite_master m, pragma_table_info(m.name, '{place}') c \
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.rowid, c.cid"
            ),
            Engine::Postgres => format!(
                "SELECT c.relname || ' ' || a.attname FROM pg_class c \
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
                 WHERE c.relkind = 'r' AND c.relnamespace = '{place}'::regnamespace ORDER BY c.relname, a.attnum"
            ),
        };
        let mut columns = Columns::new();
        for line in self.ask(&sql).await {
            let (table, column) = line.split_once(' ').expect("two words");
            columns.entry(table.to_owned()).or_default().push(column.to_owned());
        }
        columns
    }

    /// What stands in these columns. The schema's own number is left out.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn rows(&mut self, columns: &Columns) -> Rows {
        let compared = columns.iter().filter(|(table, _)| *table != "schema_migrations");
        let one = |(table, columns): (&String, &Vec<String>)| {
            let columns = columns.iter().filter(|column| !(table == "replica" && *column == "schema"));
            match self.kept.engine() {
                Engine::Sqlite => {
                    let values: Vec<String> = columns.map(|column| format!("quote({column})")).collect();
                    format!("SELECT '{table} ' || {} FROM {table}", values.join(" || '|' || "))
                }
                Engine::Postgres => {
                    let values: Vec<String> = columns.map(|column| format!("quote_nullable({column}::text)")).collect();
                    format!("SELECT '{table} ' || concat_ws('|', {}) FROM {table}", values.join(", "))
                }
            }
        };
        let all: Vec<String> = compared.clone().map(one).collect();
        let mut rows: Rows = compared.map(|(table, _)| (table.clone(), String::new())).collect();
        if all.is_empty() {
            return rows;
        }
        for line in self.ask(&format!("{} ORDER BY 1", all.join(" UNION ALL "))).await {
            let (table, row) = line.split_once(' ').expect("a table's name first");
            let rows = rows.entry(table.to_owned()).or_default();
            rows.push_str(row);
            rows.push('\n');
        }
        rows
    }
}
