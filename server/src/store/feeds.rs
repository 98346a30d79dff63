//! Feeds: how far each has come.

use std::collections::BTreeMap;

use sync_core::id::{Digest, UnitCode};

use super::{
    ReadTx, StoreError, WriteTx,
    rows::{self, Insert, Listing},
};

const HEADS: Listing =
    Listing { head: "SELECT org_unit, head, digest FROM feeds WHERE org_unit IN", tail: "", before: 0 };
const ALL: &str = "SELECT org_unit, head, digest FROM feeds ORDER BY org_unit";
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
    for (sql, stretch) in HEADS.stretches(units) {
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
    ADVANCE
        .rows(tx, heads, |q, (unit, feed)| {
            q.bind(unit.to_string()).bind(rows::number(feed.head)).bind(feed.digest.to_bytes().to_vec())
        })
        .await
}

fn read((unit, head, digest): Row) -> Result<(UnitCode, FeedHead), StoreError> {
    Ok((rows::unit(&unit)?, FeedHead { head: rows::unsigned(head)?, digest: rows::digest(&digest)? }))
}
