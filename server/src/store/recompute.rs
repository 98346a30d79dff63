//! Computing again, from the changes alone, what the other tables should say.

use std::{collections::BTreeMap, sync::Arc};

use sync_core::{
    crdt::Change,
    gate::Barrier,
    id::{ActorKey, ChangeHash, Digest, RecordId, UnitCode},
    merge::{self, Projection},
    record::Record,
};
use tokio::task;

use super::{
    ReadTx, StoreError,
    catalog::Directory,
    changes::{self, Chunks},
    feeds::FeedHead,
    records::RecordColumns,
    rows,
};
use crate::ingest::Unwinding;

/// Rows that are read at a time.
const ROWS: i64 = 500;
/// Records that are put together at a time.
pub(super) const RECORDS: usize = 32;

const SCAN: &str = "SELECT c.position, c.hash, c.record, c.actor, c.digest, c.raw, a.username FROM changes c \
                    LEFT JOIN actors a ON a.actor = c.actor \
                    WHERE c.org_unit = $1 AND c.position > $2 ORDER BY c.position LIMIT $3";
const UPTO: &str = "SELECT record, MAX(position) FROM changes WHERE org_unit = $1 AND position <= $2 AND record > $3 \
                    GROUP BY record ORDER BY record LIMIT $4";
const UNITS: &str = "SELECT org_unit FROM feeds WHERE head <> 0 UNION SELECT org_unit FROM changes UNION SELECT org_unit FROM records \
                     UNION SELECT org_unit FROM tallies UNION SELECT org_unit FROM worker_tallies \
                     UNION SELECT org_unit FROM month_totals UNION SELECT org_unit FROM worker_month_totals \
                     UNION SELECT org_unit FROM attention ORDER BY 1";

/// Something in a feed that is not as it should be.
#[derive(Debug)]
pub(super) struct Flaw {
    pub position: u64,
    pub what: &'static str,
    /// For a wrong digest: the right one.
    pub digest: Option<Digest>,
}

/// What a feed's changes say, read from the first to the last.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub head: FeedHead,
    /// Every record, and the position of its last change.
    pub last: BTreeMap<RecordId, u64>,
    pub flaws: Vec<Flaw>,
}

/// Every org unit that any table has something of.
pub(super) async fn units(tx: &mut ReadTx) -> Result<Vec<UnitCode>, StoreError> {
    let found: Vec<String> = sqlx::query_scalar(UNITS).fetch_all(tx.conn()).await?;
    found.iter().map(|unit| rows::unit(unit)).collect()
}

/// Reads a feed from end to end and checks each change by itself: its position, its bytes against its name, its author, and the
/// digest.
pub(super) async fn scan(tx: &mut ReadTx, unit: &UnitCode) -> Result<Scan, StoreError> {
    type Row = (i64, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, Option<String>);
    let mut scan = Scan::default();
    loop {
        let query = sqlx::query_as(SCAN).bind(unit.as_str()).bind(rows::number(scan.head.head)).bind(ROWS);
        let found: Vec<Row> = query.fetch_all(tx.conn()).await?;
        if found.is_empty() {
            return Ok(scan);
        }
        let mut read = Vec::with_capacity(found.len());
        for (position, hash, record, actor, digest, raw, bound) in found {
            let position = rows::unsigned(position)?;
            let mut flaw = |what| scan.flaws.push(Flaw { position, what, digest: None });
            if position != scan.head.head + 1 {
                flaw("positions are missing before it");
            }
            if bound.is_none() {
                flaw("nobody stands behind its author");
            }
            let hash = rows::hash(&hash)?;
            scan.head = FeedHead { head: position, digest: scan.head.digest.plus(&hash) };
            if rows::digest(&digest).ok() != Some(scan.head.digest) {
                let digest = Some(scan.head.digest);
                scan.flaws.push(Flaw { position, what: "the feed's digest is wrong there", digest });
            }
            scan.last.insert(rows::record(&record)?, position);
            read.push((position, hash, rows::actor(&actor)?, raw));
        }
        scan.flaws.extend(check_bytes(read).await?);
    }
}

async fn check_bytes(read: Vec<(u64, ChangeHash, ActorKey, Vec<u8>)>) -> Result<Vec<Flaw>, StoreError> {
    aside(move || {
        let flaw = |(position, hash, actor, raw): (u64, ChangeHash, ActorKey, Vec<u8>)| {
            let parts = |change: &Change| change.parts().ok();
            let what = match Unwinding.guard(|| Change::from_store(&raw).ok().map(|c| (c.hash(), parts(&c)))) {
                Ok(Some((found, Some(parts)))) if found == hash => {
                    if parts.actor == actor {
                        return None;
                    }
                    "its author is not the one noted"
                }
                Ok(Some((found, _))) if found != hash => "its bytes do not have its hash",
                _ => "its bytes cannot be read",
            };
            Some(Flaw { position, what, digest: None })
        };
        read.into_iter().filter_map(flaw).collect()
    })
    .await
}

/// The records that have a change at a position up to `upto`, and the last such position of each; by id, behind `after`, at most
/// [`RECORDS`].
pub(super) async fn records_upto(
    tx: &mut ReadTx,
    unit: &UnitCode,
    upto: u64,
    after: Option<RecordId>,
) -> Result<Vec<(RecordId, u64)>, StoreError> {
    let after = after.map(|id| id.as_bytes().to_vec()).unwrap_or_default();
    let query = sqlx::query_as(UPTO).bind(unit.as_str()).bind(rows::number(upto)).bind(after);
    let found: Vec<(Vec<u8>, i64)> = query.bind(rows::number(RECORDS as u64)).fetch_all(tx.conn()).await?;
    found.into_iter().map(|(id, last)| Ok((rows::record(&id)?, rows::unsigned(last)?))).collect()
}

/// A record's row as it should be, and what it was made of, or why it cannot be told.
pub(super) type Recomputed = Result<(RecordColumns, Projection), String>;

/// Computes the rows of records of one org unit; ask for at most [`RECORDS`].
pub(super) async fn rows(
    tx: &mut ReadTx,
    unit: &UnitCode,
    records: &[(RecordId, u64)],
    directory: &Arc<Directory>,
) -> Result<Vec<(RecordId, Recomputed)>, StoreError> {
    rows_upto(tx, unit, records, None, directory).await
}

/// The same, from the changes up to a position alone.
pub(super) async fn rows_upto(
    tx: &mut ReadTx,
    unit: &UnitCode,
    records: &[(RecordId, u64)],
    upto: Option<u64>,
    directory: &Arc<Directory>,
) -> Result<Vec<(RecordId, Recomputed)>, StoreError> {
    let ids: Vec<RecordId> = records.iter().map(|(id, _)| *id).collect();
    let chunks = changes::of_records_upto(tx, unit, &ids, upto).await?;
    let (unit, records, directory) = (unit.clone(), records.to_vec(), directory.clone());
    aside(move || {
        let one = |(id, last): (RecordId, u64)| (id, row(&unit, id, last, &chunks, &directory));
        records.into_iter().map(one).collect()
    })
    .await
}

fn row(unit: &UnitCode, id: RecordId, last: u64, chunks: &Chunks, directory: &Directory) -> Recomputed {
    let chunks = chunks.get(&id).map_or(&[][..], Vec::as_slice);
    let read = || -> Result<_, String> {
        let changes: Result<Vec<_>, _> = chunks.iter().map(|raw| Change::from_store(raw)).collect();
        let record = Record::from_changes(&changes.map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
        if record.id() != id {
            return Err(format!("its changes are those of record {}", record.id()));
        }
        let header = record.header();
        if header.unit != *unit {
            return Err(format!("it belongs to {}", header.unit));
        }
        let form = directory.forms().get(&header.form, header.form_version);
        Ok(merge::project(&record, record.view(), form))
    };
    let row = Unwinding.guard(read).map_err(|e| e.to_string())??;
    let columns = RecordColumns::of(&row, last).map_err(|e| e.to_string())?;
    Ok((columns, row))
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    task::spawn_blocking(work).await.map_err(|e| StoreError::damaged(format_args!("a computation was cut short: {e}")))
}
