//! Every change that is made to the database, each in a transaction that is durable when it returns.

use sqlx::{Sqlite, SqlitePool, Transaction};
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

type Tx<'t> = Transaction<'t, Sqlite>;
type Done = Result<(), sqlx::Error>;

pub(super) async fn commit(pool: &SqlitePool, writes: Vec<Write>) -> Done {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    for write in writes {
        match write {
            Write::Change(row) => change(&mut tx, row).await?,
            Write::Vouched(run) => vouched(&mut tx, &run).await?,
            Write::Record(row) => record(&mut tx, &row).await?,
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

async fn change(tx: &mut Tx<'_>, row: ChangeRow) -> Done {
    // A row that is there keeps its place in the order of making, and its bytes.
    let sql = "INSERT INTO changes (hash, record, org_unit, actor, position, state, reason, detail, own, raw)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (hash) DO UPDATE SET record = excluded.record, org_unit = excluded.org_unit,
            position = excluded.position, state = excluded.state, reason = excluded.reason, detail = excluded.detail,
            own = excluded.own";
    let (reason, detail) = code_and_detail(row.state.reason());
    sqlx::query(sql)
        .bind(row.hash.0.to_vec())
        .bind(row.record.map(|id| id.as_bytes().to_vec()))
        .bind(row.unit.as_str())
        .bind(row.actor.0.to_vec())
        .bind(row.position.map(signed))
        .bind(i64::from(row.state.number()))
        .bind(reason)
        .bind(detail)
        .bind(row.own)
        .bind(row.raw)
        .execute(&mut **tx)
        .await
        .map(drop)
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

async fn record(tx: &mut Tx<'_>, row: &RecordRow) -> Done {
    let sql =
        "INSERT OR REPLACE INTO records (id, name, org_unit, form, form_version, worker, created_ms, on_day, status,
            receipt, reason, detail, fields, conflicts, faults, comments, changes, text)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    let record = Summary::from(row);
    let (reason, detail) = code_and_detail(match &record.receipt {
        Receipt::Held { reason } | Receipt::Refused { reason } => Some(reason),
        _ => None,
    });
    let json = |written: Result<String, serde_json::Error>| written.map_err(|e| sqlx::Error::Encode(e.into()));
    sqlx::query(sql)
        .bind(record.id.as_bytes().to_vec())
        .bind(record.id.to_string())
        .bind(record.unit.as_str())
        .bind(record.form.as_str())
        .bind(i64::from(record.form_version))
        .bind(record.worker.as_str())
        .bind(record.created_ms.0)
        .bind(record.on.map_or_else(|| NO_DAY.to_owned(), |day| day.to_string()))
        .bind(record.status.word())
        .bind(record.receipt.word())
        .bind(reason)
        .bind(detail)
        .bind(json(serde_json::to_string(&record.values))?)
        .bind(json(serde_json::to_string(&record.conflicts))?)
        .bind(json(serde_json::to_string(&record.faults))?)
        .bind(i64::from(record.comments))
        .bind(i64::from(record.changes))
        .bind(searchable(&record.values))
        .execute(&mut **tx)
        .await
        .map(drop)
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
