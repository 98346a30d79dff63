//! One page of one feed: upwards from a cursor, or downwards from the newest.

use std::collections::BTreeSet;

use sync_core::{
    id::{ChangeHash, UnitCode},
    wire::FeedAnswer,
};

use super::basket::{self, Basket, ReadEntry};
use crate::store::{ReadTx, StoreError, changes, devices::DeviceId, feeds::FeedHead, pages};

/// Rows that are read at a time.
const ROWS: usize = 256;

/// A page and the changes in it.
#[derive(Debug)]
pub(super) struct Page {
    pub answer: FeedAnswer,
    pub entries: Vec<ReadEntry>,
}

/// The changes behind position `from`, oldest first, without those that `device` pushed.
pub(super) async fn upwards(
    tx: &mut ReadTx,
    basket: &mut Basket,
    mut share: usize,
    unit: &UnitCode,
    feed: FeedHead,
    (from, device): (u64, &DeviceId),
) -> Result<Page, StoreError> {
    let mut entries = Vec::new();
    let mut at = from;
    let to = 'page: loop {
        let rows = pages::upwards(tx, unit, at, device, ROWS).await?;
        let is_last = rows.len() < ROWS;
        for read in basket::read(rows).await? {
            at = read.entry.position;
            if !basket.take(&mut share, &read) {
                break 'page at - 1;
            }
            entries.push(read);
        }
        if is_last {
            break feed.head;
        }
    };
    Ok(Page { answer: answer(tx, unit, feed, from, to).await?, entries })
}

/// The changes from position `to` downwards, newest first, without those of `pushed`.
pub(super) async fn downwards(
    tx: &mut ReadTx,
    basket: &mut Basket,
    mut share: usize,
    unit: &UnitCode,
    feed: FeedHead,
    (to, pushed): (u64, &BTreeSet<ChangeHash>),
) -> Result<Page, StoreError> {
    let mut entries = Vec::new();
    let mut at = to;
    let from = 'page: loop {
        let rows = pages::downwards(tx, unit, at, ROWS).await?;
        let is_last = rows.len() < ROWS;
        for read in basket::read(rows).await? {
            at = read.entry.position;
            if pushed.contains(&read.entry.hash) {
                continue;
            }
            if !basket.take(&mut share, &read) {
                break 'page at;
            }
            entries.push(read);
        }
        if is_last {
            break 0;
        }
        at -= 1;
    };
    Ok(Page { answer: answer(tx, unit, feed, from, to).await?, entries })
}

async fn answer(
    tx: &mut ReadTx,
    unit: &UnitCode,
    feed: FeedHead,
    from: u64,
    to: u64,
) -> Result<FeedAnswer, StoreError> {
    let digest = match to == feed.head {
        true => Some(feed.digest),
        false => changes::digest_at(tx, unit, to).await?,
    };
    let digest = digest.ok_or_else(|| StoreError::damaged(format_args!("feed {unit} has no position {to}")))?;
    Ok(FeedAnswer::Page { from, to, head: feed.head, digest })
}
