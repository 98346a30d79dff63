//! Comparing a feed with what a device holds of it, when a cursor was not recognised or digests differ.

use std::collections::BTreeMap;

use sync_core::{
    id::UnitCode,
    merge::{BucketSet, bucket_of, differing_buckets},
    replica::hash_prefix,
    wire::{RepairAnswer, RepairRequest},
};

use crate::store::{ReadTx, StoreError, feeds::FeedHead, pages};

/// Names in all the answers of one response. A device that lacks more gets them in rounds: each round shrinks the difference.
pub(super) const NAMES_MAX: usize = 50_000;
/// Names that are read at a time.
const ROWS: usize = 10_000;

/// What the server holds in the buckets that differ. Takes what it names from `names_left`.
pub(super) async fn compare(
    tx: &mut ReadTx,
    request: &RepairRequest,
    feed: FeedHead,
    names_left: &mut usize,
) -> Result<RepairAnswer, StoreError> {
    let RepairRequest { unit, digests } = request;
    let buckets = digests.len();
    let hashes = all_names(tx, unit).await?;
    let mine = BucketSet::new(buckets, &hashes);
    let mut differing: BTreeMap<u32, Vec<u64>> =
        differing_buckets(&mine, digests).into_iter().map(|bucket| (bucket, Vec::new())).collect();
    for hash in &hashes {
        let bucket = u32::try_from(bucket_of(hash, buckets)).ok();
        if let Some(names) = bucket.and_then(|bucket| differing.get_mut(&bucket)) {
            names.push(hash_prefix(hash));
        }
    }
    let mut answered = Vec::new();
    for (bucket, mut names) in differing {
        // A bucket is named as a whole, so that what is missing from it is known to be missing; but a single one may be larger
        // than everything a response can hold, and then what the device has beyond it is offered again for nothing.
        if names.len() > *names_left && !answered.is_empty() {
            break;
        }
        names.sort_unstable();
        names.truncate(*names_left);
        *names_left -= names.len();
        answered.push((bucket, names));
    }
    let buckets = u32::try_from(buckets).unwrap_or(u32::MAX);
    Ok(RepairAnswer { unit: unit.clone(), buckets, differing: answered, head: feed.head, digest: feed.digest })
}

async fn all_names(tx: &mut ReadTx, unit: &UnitCode) -> Result<Vec<sync_core::id::ChangeHash>, StoreError> {
    let mut hashes = Vec::new();
    let mut at = 0;
    loop {
        let some = pages::names(tx, unit, at, ROWS).await?;
        let Some((last, _)) = some.last() else { return Ok(hashes) };
        at = *last;
        hashes.extend(some.into_iter().map(|(_, hash)| hash));
    }
}
