//! The two limits of ingest: judging what is pushed, on one core and with nothing stored; and storing the rows that come of it, with
//! nothing judged.

use std::{collections::BTreeMap, path::Path, time::Instant};

use cairn_server::{config::PlaceConfig, store::Engine};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqliteConnection};
use sync_core::{
    form::FormSet,
    gate::{Roles, Standing, Unguarded},
    id::{ActorKey, ChangeHash, UnitCode},
    merge::{self, Candidate, Facts, Fate},
    record::Record,
    wire,
};

use crate::crowd::{Crowd, OF_A_PUSH, form};

/// As the server sets its own connections.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8000;";
/// What a push writes to that grows with the records.
const TABLES: [&str; 5] = ["changes", "records", "tallies", "worker_tallies", "month_totals"];

/// Rebuilds, judges and projects every frame. Records a second.
pub(crate) fn judged(crowd: &Crowd) -> f64 {
    let mut forms = FormSet::new();
    forms.insert(form()).expect("one form");
    let facts = Open { forms };
    let begun = Instant::now();
    let mut counted = 0;
    for frame in crowd.senders.iter().flat_map(|sender| &sender.frames) {
        let opened = wire::open_request(frame).expect("a frame");
        let request = opened.rebuild(&|_, _| None).expect("changes");
        let changes = request.groups.into_iter().flat_map(|group| group.changes);
        let candidates: Vec<Candidate> = changes
            .map(|change| Candidate { parts: change.parts, change: change.change, doubt: None, admitted: true })
            .collect();
        let row = |record: Record, view| {
            let form = facts.forms.get(&record.header().form, record.header().form_version);
            merge::project(&record, view, form)
        };
        let judged = merge::judge(&Unguarded, &facts, BTreeMap::new(), &candidates, row);
        counted += judged.changed.values().filter(|row| row.contribution.is_some()).count();
    }
    assert_eq!(counted, crowd.records, "every record counts");
    counted as f64 / begun.elapsed().as_secs_f64()
}

/// Puts the rows of a store that is full into one that is empty, as many records at a time as a push has. Records a second.
pub(crate) async fn stored(engine: Engine, place: &PlaceConfig, folder: &Path, records: usize) -> f64 {
    match engine {
        Engine::Sqlite => in_sqlite(place, folder, records).await,
        Engine::Postgres => in_postgres(place, records).await,
    }
}

async fn in_sqlite(place: &PlaceConfig, folder: &Path, records: usize) -> f64 {
    let url = format!("sqlite://{}?mode=rwc", folder.join("floor.sqlite").display());
    let mut conn = SqliteConnection::connect(&url).await.expect("a new file");
    conn.execute(PRAGMAS).await.expect("pragmas");
    let attach = format!("ATTACH '{}' AS made", place.data.join("cairn.sqlite").display());
    conn.execute(AssertSqlSafe(attach)).await.expect("the store");
    let schema = "SELECT sql FROM made.sqlite_master WHERE sql IS NOT NULL AND tbl_name = $1 ORDER BY type DESC";
    let mut inserts = Vec::new();
    for table in TABLES {
        for row in sqlx::query(schema).bind(table).fetch_all(&mut conn).await.expect("the schema") {
            conn.execute(AssertSqlSafe(row.get::<String, _>(0))).await.expect("the same table");
        }
        // Numbered, so that taking the next ones costs nothing.
        let numbered = format!("CREATE TEMP TABLE made_{table} AS SELECT * FROM made.{table}");
        conn.execute(AssertSqlSafe(numbered)).await.expect("a copy");
        let count = format!("SELECT count(*) FROM made_{table}");
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut conn).await.expect("a number");
        let insert = format!("INSERT INTO main.{table} SELECT * FROM made_{table} WHERE rowid > $1 AND rowid <= $2");
        inserts.push((share(rows, records), insert));
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

async fn in_postgres(place: &PlaceConfig, records: usize) -> f64 {
    let url = place.database.as_ref().expect("an address");
    let mut conn = PgConnection::connect(url).await.expect("a connection");
    conn.execute("SET synchronous_commit = on; CREATE SCHEMA floor").await.expect("a schema");
    let columns = "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns \
                   WHERE table_schema = 'public' AND table_name = $1";
    let mut inserts = Vec::new();
    for table in TABLES {
        let columns: String = sqlx::query_scalar(columns).bind(table).fetch_one(&mut conn).await.expect("columns");
        let same = format!(
            "CREATE TABLE floor.{table} (LIKE public.{table} INCLUDING ALL); \
             CREATE TABLE floor.made_{table} AS SELECT *, row_number() OVER () AS floor_number FROM public.{table}; \
             CREATE INDEX ON floor.made_{table} (floor_number); ANALYZE floor.made_{table}"
        );
        conn.execute(AssertSqlSafe(same)).await.expect("the same table");
        let count = format!("SELECT count(*) FROM floor.made_{table}");
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut conn).await.expect("a number");
        let insert = format!(
            "INSERT INTO floor.{table} ({columns}) SELECT {columns} FROM floor.made_{table} \
             WHERE floor_number > $1 AND floor_number <= $2"
        );
        inserts.push((share(rows, records), insert));
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

/// Rows of a table in each transaction.
fn share(rows: i64, records: usize) -> i64 {
    (rows as u64).div_ceil(turns(records) as u64) as i64
}

/// Everybody may write everywhere, and nothing is known yet.
struct Open {
    forms: FormSet,
}

impl Facts for Open {
    fn fate(&self, _: &ChangeHash) -> Option<Fate> {
        None
    }

    fn standing(&self, _: ActorKey, _: &UnitCode) -> Option<Standing> {
        let user = "doctor".parse().ok()?;
        Some(Standing { user, roles: Roles::default(), device_revoked: false })
    }

    fn has_unit(&self, _: &UnitCode) -> bool {
        true
    }

    fn forms(&self) -> &FormSet {
        &self.forms
    }
}
