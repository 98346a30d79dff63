//! Feeds: how far each has come.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::id::{Digest, UnitCode};

use super::{
    Move, ReadTx, StoreError, WriteTx,
    rows::{self, Insert, Listing},
};

const HEADS: Listing = Listing { head: "SELECT org_unit, head, digest FROM feeds WHERE org_unit IN", tail: "" };
const ALL: &str = "SELECT org_unit, head, digest FROM feeds ORDER BY org_unit";
const BEGIN: &str = "INSERT INTO feeds (org_unit, head, digest) VALUES ($1, 0, $2) ON CONFLICT (org_unit) DO NOTHING";
const ADVANCE: Insert = Insert {
    head: "INSERT INTO feeds (org_unit, head, digest) VALUES",
    columns: 3,
    tail: "ON CONFLICT (org_unit) DO UPDATE SET head = excluded.head, digest = excluded.digest",
};

/// How far a feed has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeedHead {
    /// Its last position; 0 when it is empty.
    pub head: u64,
    /// The digest of all its changes.
    pub digest: Digest,
}

type Row = (String, i64, Vec<u8>);

/// The heads of these feeds; a feed that is still empty is left out.
///
/// # Errors
/// [`StoreError`].
pub async fn heads(tx: &mut ReadTx, units: &[UnitCode]) -> Result<BTreeMap<UnitCode, FeedHead>, StoreError> {
    let mut heads = BTreeMap::new();
    for (sql, stretch) in HEADS.stretches(tx.engine(), units) {
        let query = stretch.into_iter().fold(sqlx::query_as(sql), |q, unit| q.bind(unit.as_str()));
        let found: Vec<Row> = query.fetch_all(tx.conn()).await?;
        for row in found {
            heads.extend([read(row)?]);
        }
    }
    Ok(heads)
}

/// The heads of all feeds that hold something, by unit.
///
/// # Errors
/// [`StoreError`].
pub async fn all(tx: &mut ReadTx) -> Result<Vec<(UnitCode, FeedHead)>, StoreError> {
    let found: Vec<Row> = sqlx::query_as(ALL).fetch_all(tx.conn()).await?;
    found.into_iter().map(read).collect()
}

/// Notes how far feeds have come.
pub(crate) async fn advance(tx: &mut WriteTx, heads: &[(UnitCode, FeedHead)]) -> Result<(), StoreError> {
    tx.note_moved(heads.iter().map(|(unit, _)| Move::of_feed(unit.clone())));
    ADVANCE
        .rows(tx, heads, |q, (unit, feed)| {
            q.bind(unit.to_string()).bind(rows::number(feed.head)).bind(feed.digest.to_bytes().to_vec())
        })
        .await
}

/// Keeps all others from writing to the feeds of `units` until the transaction ends, and waits for those who are at it. What is
/// read of these feeds and their records from then on is what stands there. Lock all feeds at once where possible: those
/// who lock in turns can wait for each other, which the database then notices and one of them begins anew. Returns whether
/// any was not locked before.
///
/// # Errors
/// [`StoreError::Busy`] when somebody else has one of them for 10 s.
pub(crate) async fn lock(tx: &mut WriteTx, units: &BTreeSet<UnitCode>) -> Result<bool, StoreError> {
    let open = tx.not_locked(units);
    let Some(tail) = tx.engine().lock_feeds().filter(|_| !open.is_empty()) else { return Ok(false) };
    let locking = Listing { tail, ..HEADS };
    for (sql, stretch) in locking.stretches(tx.engine(), &open) {
        let query = stretch.into_iter().fold(sqlx::query(sql), |q, unit| q.bind(unit.as_str()));
        query.fetch_all(tx.conn()).await?;
    }
    tx.note_locked(open);
    Ok(true)
}

/// Begins the feed of a new org unit.
pub(crate) async fn begin(tx: &mut WriteTx, unit: &UnitCode) -> Result<(), StoreError> {
    let query = sqlx::query(BEGIN).bind(unit.as_str()).bind(Digest::default().to_bytes().to_vec());
    query.execute(tx.conn()).await?;
    Ok(())
}

fn read((unit, head, digest): Row) -> Result<(UnitCode, FeedHead), StoreError> {
    Ok((rows::unit(&unit)?, FeedHead { head: rows::unsigned(head)?, digest: rows::digest(&digest)? }))
}
