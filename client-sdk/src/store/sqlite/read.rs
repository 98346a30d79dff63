//! Every question that is asked of the database. A list of wanted keys goes in as one JSON array.

use core::fmt::Display;

use sqlx::{Row, SqlitePool, sqlite::SqliteRow};
use sync_core::id::{ActorKey, ChangeHash, DraftId, RecordId, UnitCode};

use crate::store::RecordFilter;

type Rows = Result<Vec<SqliteRow>, sqlx::Error>;

macro_rules! changes {
    ($rest:literal) => {
        concat!("SELECT hash, record, org_unit, actor, position, state, reason, detail, own, raw FROM changes ", $rest)
    };
}

macro_rules! records {
    ($rest:literal) => {
        concat!(
            "SELECT id, org_unit, form, form_version, worker, created_ms, on_day, status, receipt, reason, detail, fields, \
             conflicts, faults, comments, changes FROM records ",
            $rest
        )
    };
}

/// Keys as a JSON array of hexadecimal texts.
pub(super) fn array<T: Display>(keys: &[T]) -> String {
    let mut json = String::from("[");
    for (i, key) in keys.iter().enumerate() {
        json.push_str(if i == 0 { "\"" } else { ",\"" });
        json.push_str(&key.to_string());
        json.push('"');
    }
    json.push(']');
    json
}

fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

pub(super) async fn identity(pool: &SqlitePool) -> Result<Option<SqliteRow>, sqlx::Error> {
    let sql = "SELECT server, server_key, token, device, username, name, secret FROM identity";
    sqlx::query(sql).fetch_optional(pool).await
}

pub(super) async fn state(pool: &SqlitePool) -> Result<String, sqlx::Error> {
    sqlx::query("SELECT state FROM replica").fetch_one(pool).await?.try_get(0)
}

pub(super) async fn catalog(pool: &SqlitePool) -> Result<Option<String>, sqlx::Error> {
    sqlx::query("SELECT catalog FROM replica").fetch_one(pool).await?.try_get(0)
}

pub(super) async fn feeds(pool: &SqlitePool) -> Rows {
    let sql =
        "SELECT org_unit, met, top, digest, missing_below, held, suspect, gone, wanted FROM feeds ORDER BY org_unit";
    sqlx::query(sql).fetch_all(pool).await
}

pub(super) async fn changes(pool: &SqlitePool, hashes: &[ChangeHash]) -> Rows {
    let sql = changes!("WHERE hash IN (SELECT unhex(value) FROM json_each($1))");
    sqlx::query(sql).bind(array(hashes)).fetch_all(pool).await
}

pub(super) async fn changes_of_records(pool: &SqlitePool, records: &[RecordId]) -> Rows {
    let sql = changes!("WHERE record IN (SELECT unhex(value, '-') FROM json_each($1))");
    sqlx::query(sql).bind(array(records)).fetch_all(pool).await
}

pub(super) async fn changes_of_feed(pool: &SqlitePool, unit: &UnitCode) -> Rows {
    sqlx::query(changes!("WHERE org_unit = $1")).bind(unit.as_str()).fetch_all(pool).await
}

pub(super) async fn stored_in_feed(pool: &SqlitePool, unit: &UnitCode) -> Rows {
    let sql = "SELECT hash FROM changes WHERE org_unit = $1 AND state = 1";
    sqlx::query(sql).bind(unit.as_str()).fetch_all(pool).await
}

pub(super) async fn orphans(pool: &SqlitePool) -> Rows {
    sqlx::query(changes!("WHERE record IS NULL")).fetch_all(pool).await
}

pub(super) async fn outbox(pool: &SqlitePool, bytes: u32, most: usize) -> Rows {
    let sql = "SELECT hash, record, org_unit, actor, position, state, reason, detail, own, raw FROM (
            SELECT *, sum(length(raw)) OVER (ORDER BY made) AS bytes, row_number() OVER (ORDER BY made) AS place
            FROM (SELECT * FROM changes WHERE state = 0 AND state <> 1 ORDER BY made LIMIT $2)
        ) WHERE bytes <= $1 OR place = 1 ORDER BY made";
    sqlx::query(sql).bind(i64::from(bytes)).bind(number(most)).fetch_all(pool).await
}

pub(super) async fn waiting(pool: &SqlitePool) -> Result<i64, sqlx::Error> {
    sqlx::query("SELECT count(*) FROM changes WHERE state = 0 AND state <> 1").fetch_one(pool).await?.try_get(0)
}

pub(super) async fn unsettled(pool: &SqlitePool) -> Rows {
    sqlx::query(changes!("WHERE state > 1 AND state <> 1 ORDER BY made")).fetch_all(pool).await
}

pub(super) async fn lacks_positions(pool: &SqlitePool) -> Result<bool, sqlx::Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM changes WHERE state = 1 AND position IS NULL)";
    sqlx::query(sql).fetch_one(pool).await?.try_get(0)
}

pub(super) async fn at_positions(pool: &SqlitePool, places: &[(UnitCode, u64)]) -> Rows {
    let sql = "SELECT org_unit, position, hash, actor FROM json_each($1) AS wanted CROSS JOIN changes
        WHERE org_unit = wanted.value ->> 0 AND position = wanted.value ->> 1";
    let places: Vec<(&str, u64)> = places.iter().map(|(unit, position)| (unit.as_str(), *position)).collect();
    sqlx::query(sql).bind(serde_json::to_string(&places).unwrap_or_default()).fetch_all(pool).await
}

pub(super) async fn vouched(pool: &SqlitePool, hashes: &[ChangeHash]) -> Rows {
    let sql = "SELECT r.voucher, c.hash, c.actor FROM vouchers r
            JOIN vouched v ON v.voucher = r.id
            JOIN changes c ON c.made = v.change
        WHERE r.id IN (
            SELECT v.voucher FROM vouched v JOIN changes c ON c.made = v.change
            WHERE c.hash IN (SELECT unhex(value) FROM json_each($1)))
        ORDER BY r.id DESC, v.place";
    sqlx::query(sql).bind(array(hashes)).fetch_all(pool).await
}

pub(super) async fn authors(pool: &SqlitePool, actors: &[ActorKey]) -> Rows {
    let sql = "SELECT actor, username FROM authors
        WHERE actor IN (SELECT unhex(value) FROM json_each($1)) ORDER BY actor";
    sqlx::query(sql).bind(array(actors)).fetch_all(pool).await
}

/// What a filter lets through: $1 to $11.
macro_rules! let_through {
    () => {
        "WHERE ($1 IS NULL OR org_unit IN (SELECT value FROM json_each($1)))
           AND ($2 IS NULL OR form = $2)
           AND ($3 IS NULL OR worker = $3)
           AND ($4 IS NULL OR (on_day >= $4 AND on_day < '~'))
           AND ($5 IS NULL OR on_day <= $5)
           AND ($6 IS NULL OR status = $6)
           AND ($7 IS NULL OR receipt = $7)
           AND ($8 IS NULL OR instr(text, $8) > 0)
           AND (NOT $9 OR conflicts <> '[]')
           AND (NOT $10 OR faults <> '[]')
           AND (NOT $11 OR comments > 0)"
    };
}

fn filtered<'q>(
    sql: &'static str,
    filter: &RecordFilter,
) -> sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments> {
    sqlx::query(sql)
        .bind((!filter.units.is_empty()).then(|| array(&filter.units)))
        .bind(filter.form.as_ref().map(|form| form.as_str().to_owned()))
        .bind(filter.worker.as_ref().map(|worker| worker.as_str().to_owned()))
        .bind(filter.from.map(|day| day.to_string()))
        .bind(filter.to.map(|day| day.to_string()))
        .bind(filter.status.clone())
        .bind(filter.receipt.clone())
        .bind(filter.text.as_ref().map(|text| text.to_lowercase()))
        .bind(filter.conflicting)
        .bind(filter.faulty)
        .bind(filter.commented)
}

pub(super) async fn records(pool: &SqlitePool, filter: &RecordFilter) -> Rows {
    const SQL: &str =
        concat!(records!(""), let_through!(), " ORDER BY on_day DESC, created_ms DESC, id DESC LIMIT $12 OFFSET $13");
    let limit = filter.limit.map_or(-1, i64::from);
    filtered(SQL, filter).bind(limit).bind(i64::from(filter.offset)).fetch_all(pool).await
}

pub(super) async fn count(pool: &SqlitePool, filter: &RecordFilter) -> Result<i64, sqlx::Error> {
    filtered(concat!("SELECT count(*) FROM records ", let_through!()), filter).fetch_one(pool).await?.try_get(0)
}

pub(super) async fn record(pool: &SqlitePool, id: RecordId) -> Result<Option<SqliteRow>, sqlx::Error> {
    sqlx::query(records!("WHERE id = $1")).bind(id.as_bytes().to_vec()).fetch_optional(pool).await
}

pub(super) async fn records_named(pool: &SqlitePool, prefix: &str, limit: usize) -> Rows {
    let sql = "SELECT id FROM records WHERE name >= $1 AND name < $1 || '~' ORDER BY name LIMIT $2";
    sqlx::query(sql).bind(prefix.to_owned()).bind(number(limit)).fetch_all(pool).await
}

const DRAFTS: &str = "SELECT id, record, form, org_unit, answers, updated_ms, finished, change FROM drafts
    WHERE $1 IS NULL OR id = $1 ORDER BY updated_ms DESC, id DESC";

pub(super) async fn drafts(pool: &SqlitePool) -> Rows {
    sqlx::query(DRAFTS).bind(None::<Vec<u8>>).fetch_all(pool).await
}

pub(super) async fn draft(pool: &SqlitePool, id: DraftId) -> Result<Option<SqliteRow>, sqlx::Error> {
    sqlx::query(DRAFTS).bind(id.as_bytes().to_vec()).fetch_optional(pool).await
}
