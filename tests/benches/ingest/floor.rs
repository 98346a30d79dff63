//! The two limits of ingest: judging what is pushed, on one core and with nothing stored; and storing the rows that come of it, with
//! nothing judged.

use std::{borrow::Cow, collections::BTreeMap, path::Path, time::Instant};

use cairn_server::{config::PlaceConfig, store::Engine};
use cairn_tests::{
    crowd::{Crowd, OF_A_PUSH},
    open::Open,
    stock,
};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _, Row as _};
use sync_core::{
    gate::Unguarded,
    merge::{self, Candidate},
    record::Record,
    wire,
};

/// As the server sets its own connections.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -64000; \
                       PRAGMA wal_autocheckpoint = 8000;";
/// What a push writes to that grows with the records.
const TABLES: [&str; 6] = ["changes", "records", "tallies", "worker_tallies", "month_totals", "worker_month_totals"];

/// Rebuilds, judges and projects every frame. Records a second.
pub(crate) fn judged(crowd: &Crowd) -> f64 {
    let form = stock::form();
    let facts = Open::with(form.clone());
    let begun = Instant::now();
    let mut counted = 0;
    for frame in crowd.senders.iter().flat_map(|sender| &sender.frames) {
        let opened = wire::open_request(frame).expect("a frame");
        let request = opened.rebuild(&|_, _| None).expect("changes");
        let changes = request.groups.into_iter().flat_map(|group| group.changes);
        let candidates: Vec<Candidate> =
            changes.map(|change| Candidate { admitted: true, ..Candidate::new(change.change, change.parts) }).collect();
        let row = |record: Cow<'_, Record>, view| merge::project(&record, view, Some(&form));
        let judged = merge::judge(&Unguarded, &facts, BTreeMap::new(), &candidates, row);
        counted += judged.changed.values().filter(|row| row.contribution.is_some()).count();
    }
    assert_eq!(counted, crowd.records, "every record counts");
    counted as f64 / begun.elapsed().as_secs_f64()
}

/// Puts the rows of a store that is full into tables that are empty, as many records at a time as a push has. Records a second.
pub(crate) async fn stored(engine: Engine, place: &PlaceConfig, folder: &Path, records: usize) -> f64 {
    sqlx::any::install_default_drivers();
    let url = match engine {
        Engine::Sqlite => format!("sqlite://{}?mode=rwc", folder.join("floor.sqlite").display()),
        Engine::Postgres => place.database.clone().expect("an address"),
    };
    let mut conn = AnyConnection::connect(&url).await.expect("a connection");
    let mut inserts = Vec::new();
    match engine {
        Engine::Sqlite => attach(&mut conn, place).await,
        Engine::Postgres => {
            conn.execute("SET synchronous_commit = on; CREATE SCHEMA floor").await.expect("a schema");
        }
    }
    for table in TABLES {
        let (numbered, insert) = match engine {
            Engine::Sqlite => in_sqlite(&mut conn, table).await,
            Engine::Postgres => in_postgres(&mut conn, table).await,
        };
        let count = format!("SELECT count(*) FROM {numbered}");
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut conn).await.expect("a number");
        // Of a table's rows, those of one transaction.
        inserts.push(((rows as u64).div_ceil(turns(records) as u64) as i64, insert));
    }
    let begun = Instant::now();
    for turn in 0..turns(records) {
        let mut tx = conn.begin().await.expect("a transaction");
        for (share, insert) in &inserts {
            let insert = sqlx::query(AssertSqlSafe(insert.as_str())).bind(turn * share).bind((turn + 1) * share);
            insert.execute(&mut *tx).await.expect("rows");
        }
        tx.commit().await.expect("a commit");
    }
    records as f64 / begun.elapsed().as_secs_f64()
}

/// Transactions, of as many records each as a push has.
fn turns(records: usize) -> i64 {
    records.div_ceil(OF_A_PUSH) as i64
}

async fn attach(conn: &mut AnyConnection, place: &PlaceConfig) {
    conn.execute(PRAGMAS).await.expect("pragmas");
    let attach = format!("ATTACH '{}' AS made", place.data.join("cairn.sqlite").display());
    conn.execute(AssertSqlSafe(attach)).await.expect("the store");
}

/// Makes the same table, empty, and a copy of its rows that is numbered, so that taking the next ones costs nothing: its name, and the
/// statement that takes those above one number up to another.
async fn in_sqlite(conn: &mut AnyConnection, table: &str) -> (String, String) {
    let schema = "SELECT sql FROM made.sqlite_master WHERE sql IS NOT NULL AND tbl_name = $1 ORDER BY type DESC";
    for row in sqlx::query(schema).bind(table).fetch_all(&mut *conn).await.expect("the schema") {
        conn.execute(AssertSqlSafe(row.get::<String, _>(0))).await.expect("the same table");
    }
    let numbered = format!("made_{table}");
    let copy = format!("CREATE TEMP TABLE {numbered} AS SELECT * FROM made.{table}");
    conn.execute(AssertSqlSafe(copy)).await.expect("a copy");
    let insert = format!("INSERT INTO main.{table} SELECT * FROM {numbered} WHERE rowid > $1 AND rowid <= $2");
    (numbered, insert)
}

/// The same in a schema beside the store's.
async fn in_postgres(conn: &mut AnyConnection, table: &str) -> (String, String) {
    let columns = "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns \
                   WHERE table_schema = 'public' AND table_name = $1";
    let columns: String = sqlx::query_scalar(columns).bind(table).fetch_one(&mut *conn).await.expect("columns");
    let numbered = format!("floor.made_{table}");
    let same = format!(
        "CREATE TABLE floor.{table} (LIKE public.{table} INCLUDING ALL); \
         CREATE TABLE {numbered} AS SELECT *, row_number() OVER () AS floor_number FROM public.{table}; \
         CREATE INDEX ON {numbered} (floor_number); ANALYZE {numbered}"
    );
    conn.execute(AssertSqlSafe(same)).await.expect("the same table");
    let insert = format!(
        "INSERT INTO floor.{table} ({columns}) SELECT {columns} FROM {numbered} \
         WHERE floor_number > $1 AND floor_number <= $2"
    );
    (numbered, insert)
}
