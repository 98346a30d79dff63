//! Giving back what others wrote: the server that forgot it believes nobody's word for who did, but its own.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use super::row::{ChangeRow, VouchedRun};
use crate::{
    id::{ActorKey, ChangeHash, Username},
    wire::{Author, VouchedChange, Vouching},
};

/// Bytes that a change outside of the request takes in a voucher's run, with its author's name: a generous guess.
pub const MEMBER_BYTES: usize = 64;

/// The runs that are given back with `outbox`: for each row that was not made here, the first of `runs` with it.
fn chosen<'a>(outbox: &[ChangeRow], runs: &'a [VouchedRun]) -> Vec<&'a VouchedRun> {
    let mut bare: BTreeSet<ChangeHash> = foreign(outbox).map(|row| row.hash).collect();
    let covers = |run: &&VouchedRun| {
        let before = bare.len();
        run.changes.iter().for_each(|(hash, _)| {
            bare.remove(hash);
        });
        bare.len() < before
    };
    runs.iter().filter(covers).collect()
}

fn foreign(outbox: &[ChangeRow]) -> impl Iterator<Item = &ChangeRow> {
    outbox.iter().filter(|row| !row.own)
}

/// How many changes have to be named for the runs that are given back with `outbox`, beyond its foreign ones.
#[must_use]
pub fn outside(outbox: &[ChangeRow], runs: &[VouchedRun]) -> usize {
    let inside: BTreeSet<ChangeHash> = foreign(outbox).map(|row| row.hash).collect();
    let named = chosen(outbox, runs).into_iter().flat_map(|run| &run.changes);
    named.filter(|(hash, _)| !inside.contains(hash)).count()
}

/// Who stands behind the rows that were not made here.
pub(super) fn authors(outbox: &[ChangeRow], known: &[Author]) -> Vec<Author> {
    let wanted: BTreeSet<ActorKey> = foreign(outbox).map(|row| row.actor).collect();
    known.iter().filter(|author| wanted.contains(&author.actor)).cloned().collect()
}

/// The vouchers that are given back with `outbox`, whose changes stand in the request in this order. Only of foreign changes does
/// the request say who stands behind their actors; the device's own are named like those that are not in it.
pub(super) fn vouchings(
    outbox: &[ChangeRow],
    runs: &[VouchedRun],
    known: &[Author],
    order: &[ChangeHash],
) -> Vec<Vouching> {
    let users: BTreeMap<ActorKey, &Username> = known.iter().map(|author| (author.actor, &author.user)).collect();
    let inside: BTreeSet<ChangeHash> = foreign(outbox).map(|row| row.hash).collect();
    let numbered = order.iter().enumerate().filter(|(_, hash)| inside.contains(hash));
    let numbers: BTreeMap<ChangeHash, usize> = numbered.map(|(number, hash)| (*hash, number)).collect();
    let change = |(hash, actor): &(ChangeHash, ActorKey)| match numbers.get(hash) {
        Some(number) => VouchedChange::Here(*number),
        None => VouchedChange::Elsewhere { hash: *hash, user: users.get(actor).map(|user| (*user).clone()) },
    };
    let vouching = |run: &VouchedRun| Vouching { voucher: run.voucher, run: run.changes.iter().map(change).collect() };
    chosen(outbox, runs).into_iter().map(vouching).collect()
}
