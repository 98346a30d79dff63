//! Comparing two sets of changes by buckets, when a cursor or a digest shows that they may differ.

use alloc::{vec, vec::Vec};

use crate::{
    id::{ChangeHash, Digest},
    limits,
};

/// The number of buckets for a set of `changes`: the power of two that puts
/// [`REPAIR_BUCKET_CHANGES`](limits::REPAIR_BUCKET_CHANGES) into each, at most [`REPAIR_BUCKETS_MAX`](limits::REPAIR_BUCKETS_MAX).
#[must_use]
pub fn bucket_count(changes: usize) -> usize {
    changes.div_ceil(limits::REPAIR_BUCKET_CHANGES).next_power_of_two().min(limits::REPAIR_BUCKETS_MAX)
}

/// The bucket of `hash` among `buckets`, a power of two.
#[must_use]
pub fn bucket_of(hash: &ChangeHash, buckets: usize) -> usize {
    let first = u64::from(u32::from_be_bytes([hash.0[0], hash.0[1], hash.0[2], hash.0[3]]));
    usize::try_from((first * buckets as u64) >> 32).unwrap_or(0)
}

/// A set of changes, by bucket.
#[derive(Clone, Debug)]
pub struct BucketSet {
    digests: Vec<Digest>,
}

impl BucketSet {
    /// The buckets of `hashes`.
    #[must_use]
    pub fn new<'a>(buckets: usize, hashes: impl IntoIterator<Item = &'a ChangeHash>) -> Self {
        let mut digests = vec![Digest::default(); buckets.max(1)];
        for hash in hashes {
            let digest = &mut digests[bucket_of(hash, buckets.max(1))];
            *digest = digest.plus(hash);
        }
        Self { digests }
    }

    /// What is sent: the upper 64 bits of each bucket's digest.
    #[must_use]
    pub fn marks(&self) -> Vec<u64> {
        // The sum's upper half depends on the lower by a carry only; a set that differs differs in it all the same.
        self.digests.iter().map(|d| (d.0 >> 64) as u64).collect()
    }
}

/// The buckets in which the set `mine` and the marks of another set differ.
#[must_use]
pub fn differing_buckets(mine: &BucketSet, theirs: &[u64]) -> Vec<u32> {
    let pairs = mine.marks().into_iter().zip(theirs).enumerate();
    pairs.filter(|(_, (a, b))| a != *b).filter_map(|(i, _)| u32::try_from(i).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(n: u32) -> ChangeHash {
        let mut bytes = [0x5a; 32];
        bytes[..4].copy_from_slice(&n.wrapping_mul(2_654_435_761).to_be_bytes());
        ChangeHash(bytes)
    }

    #[test]
    fn a_missing_change_shows_in_its_own_bucket_only() {
        let all: Vec<_> = (0..1_000).map(hash).collect();
        let buckets = bucket_count(all.len());
        assert_eq!(buckets, 64);
        let full = BucketSet::new(buckets, &all);
        assert!(differing_buckets(&full, &full.marks()).is_empty());
        for missing in [0usize, 17, 999] {
            let less = BucketSet::new(buckets, all.iter().enumerate().filter(|(i, _)| *i != missing).map(|(_, h)| h));
            let expected = bucket_of(&all[missing], buckets) as u32;
            assert_eq!(differing_buckets(&full, &less.marks()), [expected]);
        }
    }

    #[test]
    fn bucket_counts_are_bounded_powers_of_two() {
        assert_eq!([0, 1, 16, 17, 100_000_000].map(bucket_count), [1, 1, 1, 2, limits::REPAIR_BUCKETS_MAX]);
        assert_eq!(bucket_of(&ChangeHash([0xff; 32]), 4_096), 4_095);
    }
}
