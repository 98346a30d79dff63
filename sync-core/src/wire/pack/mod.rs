//! Changes, spelled out in columns: `docs/protocol.md`, "Packed changes", says what stands where.
//!
//! Values of a kind stand together (all flags, then all times, then all operations, then all texts), because equal
//! neighbours are what DEFLATE is good at. No column's length is sent: each is known once the ones before it are read.

mod ops_read;
mod ops_write;
mod prelude;
mod read;
mod write;

use sha2::{Digest as _, Sha256};

pub(super) use prelude::Prelude;
pub(super) use write::pack;

use crate::id::{ActorKey, ChangeHash, ClockMs, Day};

/// The author is not that of the change before.
const OTHER_ACTOR: u8 = 1;
/// The change begins with [`crate::record::layout::prologue`].
const FIRST: u8 = 1 << 1;
/// Two bits: how the dependencies are given.
const DEPS_SHIFT: u8 = 2;
const DEPS_NONE: u8 = 0;
const DEPS_PREVIOUS: u8 = 1;
const DEPS_NEXT_REFERENCE: u8 = 2;
const DEPS_LISTED: u8 = 3;
/// `seq` is not the one that the dependencies suggest.
const SEQ: u8 = 1 << 4;
/// `start_op` is not the one that the dependencies suggest.
const START: u8 = 1 << 5;
/// The header is not that of the first change before.
const HEADER: u8 = 1 << 6;
/// Its operations are exactly one item.
const ONE_ITEM: u8 = 1 << 7;

const MAKE_MAP: u8 = 0;
const MAKE_TEXT: u8 = 1;
const TEXT: u8 = 2;
const INTEGER: u8 = 3;
const DAY: u8 = 4;
const NO: u8 = 5;
const YES: u8 = 6;
const TALLY: u8 = 7;
const INCREMENT: u8 = 8;
const DELETE: u8 = 9;
const INSERT_RUN: u8 = 10;
const DELETE_RUN: u8 = 11;
const KIND_MASK: u8 = 15;

/// Two bits: the operations that are replaced.
const PRED_SHIFT: u8 = 4;
const PRED_NONE: u8 = 0;
const PRED_ONE: u8 = 1;
const PRED_LIST: u8 = 2;

/// Two bits: the object that is written to.
const OBJECT_SHIFT: u8 = 6;
const OBJECT_HOME: u8 = 0;
const OBJECT_GIVEN: u8 = 1;
const OBJECT_MADE: u8 = 2;
const OBJECT_SAME: u8 = 3;

const KEY_GENERATED: u64 = 0;
const KEY_BEGINNING: u64 = 1;
const KEY_ELEMENT: u64 = 2;
const KEY_NAMES: u64 = 3;

const ID_OWN: u64 = 0;
const ID_HOME: u64 = 1;
const ID_OTHER: u64 = 2;
const ID_ROOT: u64 = 3;

/// The counter of the container in which most operations take place: `fields`, the second that a first change makes.
const HOME_COUNTER: u64 = 2;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;
/// The days that [`Day::of_clock`] tells apart, counted from 1970-01-01.
const DAYS: core::ops::RangeInclusive<i64> = -25_567..=83_997;

/// The bytes of the proof of `changes` changes: a frame of a few would be mostly proof.
fn proof_bytes(changes: usize) -> usize {
    if changes <= 4 { 8 } else { 16 }
}

/// The proof that changes were rebuilt: the SHA-256 of their hashes in the order sent, of which the beginning is sent.
fn proof<'a>(hashes: impl Iterator<Item = &'a ChangeHash>) -> [u8; 32] {
    let mut proof = Sha256::new();
    hashes.for_each(|hash| proof.update(hash.0));
    proof.finalize().into()
}

/// What a change of the frame tells about those that build on it.
#[derive(Clone, Copy)]
struct Earlier {
    hash: ChangeHash,
    actor: ActorKey,
    seq: u64,
    max_op: u64,
    /// Who is taken to have made the record's containers.
    home: ActorKey,
}

/// The `seq` and `start_op` that a change of `actor` probably has, by what its dependencies tell: each is a change of the
/// frame or the author of one that the receiver knows, and who probably has written nothing else there.
fn predict(actor: ActorKey, deps: impl Iterator<Item = Result<Earlier, ActorKey>>) -> (u64, u64) {
    deps.fold((1, 1), |(seq, start_op), dep| {
        let (author, number, max_op) = dep.map_or_else(|author| (author, 1, 0), |dep| (dep.actor, dep.seq, dep.max_op));
        let seq = if author == actor { seq.max(number.saturating_add(1)) } else { seq };
        (seq, start_op.max(max_op.saturating_add(1)))
    })
}

/// The number of a day, counted from 1970-01-01, if it is one that [`day_of`] gives back.
fn number_of(day: Day) -> Option<i64> {
    let (year, month, date) = day.parts();
    let (year, month) = (i64::from(year), i64::from(month));
    // Years begin in March, so that the leap day comes last.
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(date) - 1;
    let number = 365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468;
    (day_of(number) == Some(day)).then_some(number)
}

fn day_of(number: i64) -> Option<Day> {
    DAYS.contains(&number).then(|| Day::of_clock(ClockMs(number * DAY_MS), 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_its_number() {
        for number in DAYS {
            assert_eq!(number_of(day_of(number).unwrap()), Some(number));
        }
        assert_eq!(day_of(DAYS.end() + 1), None);
        assert_eq!(number_of("2199-12-31".parse().unwrap()), None, "sent as a text");
        assert_eq!(number_of("1970-01-01".parse().unwrap()), Some(0));
    }
}
