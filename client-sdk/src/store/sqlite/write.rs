//! Every change that is made to the database, each in a transaction that is durable when it returns.

use core::iter::{self, Peekable};
use std::vec::IntoIter;

use sqlx::{QueryBuilder, Sqlite, SqlitePool, Transaction};
use sync_core::{
    gate::{Reason, ReasonCode},
    id::{ChangeHash, UnitCode},
    replica::{ChangeRow, Draft, FeedState, Receipt, RecordRow, SyncState, VouchedRun, Write},
    wire::Author,
};

use super::read::array;
use crate::store::{Identity, Summary, searchable};

/// Stands for the day of a record that has none; greater than all days.
pub(super) const NO_DAY: &str = "~";
/// Rows of one statement, at most: handing one over to the database takes as long as writing some rows, and a first sync has thousands.
const ROWS_MAX: usize = 100;

type Tx<'t> = Transaction<'t, Sqlite>;
type Done = Result<(), sqlx::Error>;

pub(super) async fn commit(pool: &SqlitePool, writes: Vec<Write>) -> Done {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    let mut writes = writes.into_iter().peekable();
    while let Some(write) = writes.next() {
        match write {
            Write::Change(row) => changes(&mut tx, alike(row, || next_change(&mut writes))).await?,
            Write::Vouched(run) => vouched(&mut tx, &run).await?,
            Write::Record(row) => records(&mut tx, &alike(row, || next_record(&mut writes))).await?,
            Write::Feed(state) => feed(&mut tx, &state).await?,
            Write::Author(known) => author(&mut tx, &known).await?,
            Write::Sync(new) => state(&mut tx, &new).await?,
            Write::Catalog(json) => {
                sqlx::query("UPDATE replica SET catalog = $1").bind(json).execute(&mut *tx).await?;
            }
            Write::Draft(kept) => draft(&mut tx, &kept).await?,
            Write::DropDraft(id) => {
                let sql = "DELETE FROM drafts WHERE id = $1";
                sqlx::query(sql).bind(id.as_bytes().to_vec()).execute(&mut *tx).await?;
            }
            Write::ForgetPositions => {
                let sql = "UPDATE changes SET position = NULL WHERE position IS NOT NULL";
                sqlx::query(sql).execute(&mut *tx).await?;
                // As `ChangeState::is_of_one_store` has it; the index of what is not stored needs its own words.
                let sql = "UPDATE changes SET state = 0, reason = NULL, detail = NULL
                    WHERE state <> 1 AND (state IN (2, 3) OR (state = 4 AND reason = $1))";
                sqlx::query(sql).bind(i64::from(ReasonCode::Rejected.number())).execute(&mut *tx).await?;
            }
        }
    }
    tx.commit().await
}

/// A row, and those that follow it without anything else between, as far as one statement takes them.
fn alike<T>(first: T, more: impl FnMut() -> Option<T>) -> Vec<T> {
    iter::once(first).chain(iter::from_fn(more).take(ROWS_MAX - 1)).collect()
}

/// Whether so many rows come again and again, so that the connection keeps the statement for them. A statement of many is large, and the
/// rest of a page may have any number.
fn is_common(rows: usize) -> bool {
    rows == 1 || rows == ROWS_MAX
}

fn next_change(writes: &mut Peekable<IntoIter<Write>>) -> Option<ChangeRow> {
    match writes.next_if(|next| matches!(next, Write::Change(_)))? {
        Write::Change(row) => Some(row),
        _ => None,
    }
}

fn next_record(writes: &mut Peekable<IntoIter<Write>>) -> Option<RecordRow> {
    match writes.next_if(|next| matches!(next, Write::Record(_)))? {
        Write::Record(row) => Some(row),
        _ => None,
    }
}

pub(super) async fn enrol(pool: &SqlitePool, identity: &Identity) -> Done {
    let sql = "INSERT OR REPLACE INTO identity (id, server, server_key, token, device, username, name, secret)
        VALUES (1, $1, $2, $3, $4, $5, $6, $7)";
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query(sql)
        .bind(identity.server.as_str())
        .bind(&identity.server_key)
        .bind(&identity.token)
        .bind(&identity.device)
        .bind(identity.user.as_str())
        .bind(&identity.name)
        .bind(identity.secret.to_vec())
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

fn code_and_detail(reason: Option<&Reason>) -> (Option<i64>, Option<String>) {
    (reason.map(|r| i64::from(r.code.number())), reason.map(|r| r.detail.clone()))
}

/// A position or a count: SQLite's integers are signed, and no feed is half so long.
fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

async fn changes(tx: &mut Tx<'_>, rows: Vec<ChangeRow>) -> Done {
    let is_common = is_common(rows.len());
    let mut sql = QueryBuilder::<Sqlite>::new(
        "INSERT INTO changes (hash, record, org_unit, actor, position, state, reason, detail, own, raw) ",
    );
    sql.push_values(rows, |mut values, row| {
        let (reason, detail) = code_and_detail(row.state.reason());
        values
            .push_bind(row.hash.0.to_vec())
            .push_bind(row.record.map(|id| id.as_bytes().to_vec()))
            .push_bind(row.unit.as_str().to_owned())
            .push_bind(row.actor.0.to_vec())
            .push_bind(row.position.map(signed))
            .push_bind(i64::from(row.state.number()))
            .push_bind(reason)
            .push_bind(detail)
            .push_bind(row.own)
            .push_bind(row.raw);
    });
    // A row that is there keeps its place in the order of making, and its bytes.
    sql.push(
        " ON CONFLICT (hash) DO UPDATE SET record = excluded.record, org_unit = excluded.org_unit,
            position = excluded.position, state = excluded.state, reason = excluded.reason, detail = excluded.detail,
            own = excluded.own",
    );
    sql.build().persistent(is_common).execute(&mut **tx).await.map(drop)
}

async fn vouched(tx: &mut Tx<'_>, run: &VouchedRun) -> Done {
    let sql = "INSERT INTO vouchers (voucher) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id";
    let id: Option<i64> = sqlx::query_scalar(sql).bind(run.voucher.0.to_vec()).fetch_optional(&mut **tx).await?;
    let Some(id) = id else { return Ok(()) };
    let sql = "INSERT INTO vouched (voucher, place, change)
        SELECT $1, wanted.key, made FROM json_each($2) AS wanted CROSS JOIN changes WHERE hash = unhex(wanted.value)";
    let hashes: Vec<ChangeHash> = run.changes.iter().map(|(hash, _)| *hash).collect();
    sqlx::query(sql).bind(id).bind(array(&hashes)).execute(&mut **tx).await.map(drop)
}

async fn records(tx: &mut Tx<'_>, rows: &[RecordRow]) -> Done {
    let mut sql = QueryBuilder::<Sqlite>::new(
        "INSERT OR REPLACE INTO records (id, name, org_unit, form, form_version, worker, created_ms, on_day, status,
            receipt, reason, detail, fields, conflicts, faults, comments, changes, text) ",
    );
    let written = rows.iter().map(|row| {
        let record = Summary::from(row);
        let [fields, conflicts, faults] = [
            serde_json::to_string(&record.values)?,
            serde_json::to_string(&record.conflicts)?,
            serde_json::to_string(&record.faults)?,
        ];
        Ok((record, fields, conflicts, faults))
    });
    let written: Vec<_> =
        written.collect::<Result<_, serde_json::Error>>().map_err(|e| sqlx::Error::Encode(e.into()))?;
    sql.push_values(written, |mut values, (record, fields, conflicts, faults)| {
        let (reason, detail) = code_and_detail(match &record.receipt {
            Receipt::Held { reason } | Receipt::Refused { reason } => Some(reason),
            _ => None,
        });
        values
            .push_bind(record.id.as_bytes().to_vec())
            .push_bind(record.id.to_string())
            .push_bind(record.unit.as_str().to_owned())
            .push_bind(record.form.as_str().to_owned())
            .push_bind(i64::from(record.form_version))
            .push_bind(record.worker.as_str().to_owned())
            .push_bind(record.created_ms.0)
            .push_bind(record.on.map_or_else(|| NO_DAY.to_owned(), |day| day.to_string()))
            .push_bind(record.status.word())
            .push_bind(record.receipt.word())
            .push_bind(reason)
            .push_bind(detail)
            .push_bind(fields)
            .push_bind(conflicts)
            .push_bind(faults)
            .push_bind(i64::from(record.comments))
            .push_bind(i64::from(record.changes))
            .push_bind(searchable(&record.values));
    });
    sql.build().persistent(is_common(rows.len())).execute(&mut **tx).await.map(drop)
}

async fn feed(tx: &mut Tx<'_>, feed: &FeedState) -> Done {
    let sql = "INSERT OR REPLACE INTO feeds (org_unit, met, top, digest, missing_below, held, suspect, gone, wanted)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let wanted: Vec<u8> = feed.fetch.iter().flat_map(|name| name.to_be_bytes()).collect();
    sqlx::query(sql)
        .bind(feed.unit.as_str())
        .bind(feed.met)
        .bind(signed(feed.top))
        .bind(feed.digest.to_bytes().to_vec())
        .bind(signed(feed.missing_below))
        .bind(feed.held.to_bytes().to_vec())
        .bind(feed.suspect)
        .bind(feed.gone)
        .bind(wanted)
        .execute(&mut **tx)
        .await
        .map(drop)
}

async fn author(tx: &mut Tx<'_>, author: &Author) -> Done {
    let sql = "INSERT OR REPLACE INTO authors (actor, username) VALUES ($1, $2)";
    sqlx::query(sql).bind(author.actor.0.to_vec()).bind(author.user.as_str()).execute(&mut **tx).await.map(drop)
}

async fn state(tx: &mut Tx<'_>, state: &SyncState) -> Done {
    let json = serde_json::to_string(state).map_err(|e| sqlx::Error::Encode(e.into()))?;
    sqlx::query("UPDATE replica SET state = $1").bind(json).execute(&mut **tx).await.map(drop)
}

async fn draft(tx: &mut Tx<'_>, draft: &Draft) -> Done {
    let sql = "INSERT OR REPLACE INTO drafts (id, record, form, org_unit, answers, updated_ms, finished, change)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let answers = serde_json::to_string(&draft.answers).map_err(|e| sqlx::Error::Encode(e.into()))?;
    sqlx::query(sql)
        .bind(draft.id.as_bytes().to_vec())
        .bind(draft.record.map(|id| id.as_bytes().to_vec()))
        .bind(draft.form.as_str())
        .bind(draft.unit.as_ref().map(UnitCode::as_str))
        .bind(answers)
        .bind(draft.updated.0)
        .bind(draft.finished.map(|finished| finished.record.as_bytes().to_vec()))
        .bind(draft.finished.map(|finished| finished.change.0.to_vec()))
        .execute(&mut **tx)
        .await
        .map(drop)
}
