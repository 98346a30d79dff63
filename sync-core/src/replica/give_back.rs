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

#[cfg(test)]
mod tests {
    use alloc::{format, vec};

    use super::*;
    use crate::{replica::row::ChangeState, wire::Voucher};

    fn hash(name: u8) -> ChangeHash {
        ChangeHash([name; 32])
    }

    fn actor(name: u8) -> ActorKey {
        ActorKey([name; 8])
    }

    /// A change that waits, named like its author.
    fn row(name: u8, own: bool) -> ChangeRow {
        ChangeRow {
            hash: hash(name),
            record: None,
            unit: "markam".parse().unwrap(),
            actor: actor(name),
            position: None,
            state: ChangeState::Waiting,
            own,
            raw: Vec::new(),
        }
    }

    fn run(name: u8, of: &[u8]) -> VouchedRun {
        VouchedRun { voucher: Voucher([name; 8]), changes: of.iter().map(|of| (hash(*of), actor(*of))).collect() }
    }

    fn author(name: u8) -> Author {
        Author { actor: actor(name), user: format!("doctor-0{name}").parse().unwrap() }
    }

    #[test]
    fn a_run_is_given_back_for_what_no_other_one_proves() {
        // 1 was made here; 2 and 3 by others; 4 and 5 do not go with them.
        let outbox = [row(1, true), row(2, false), row(3, false)];
        let runs = [run(10, &[1, 4]), run(11, &[2, 4, 1]), run(12, &[2, 5]), run(13, &[4, 3]), run(14, &[2, 3])];
        let known = [author(1), author(2), author(3), author(4)];
        assert_eq!(outside(&outbox, &runs), 3, "1 and 4 of the one, 4 of the other");
        assert_eq!(outside(&outbox, &[run(14, &[2, 3])]), 0);
        assert_eq!(outside(&outbox[..1], &runs), 0);
        assert_eq!(authors(&outbox, &known), [author(2), author(3)]);
        let given = vouchings(&outbox, &runs, &known, &[hash(3), hash(1), hash(2)]);
        let elsewhere = |name: u8| VouchedChange::Elsewhere { hash: hash(name), user: Some(author(name).user) };
        let expected = [
            Vouching { voucher: Voucher([11; 8]), run: vec![VouchedChange::Here(2), elsewhere(4), elsewhere(1)] },
            Vouching { voucher: Voucher([13; 8]), run: vec![elsewhere(4), VouchedChange::Here(0)] },
        ];
        assert_eq!(given, expected);
        let nobody = VouchedChange::Elsewhere { hash: hash(4), user: None };
        assert_eq!(vouchings(&outbox, &[run(13, &[4, 3])], &[], &[hash(3)])[0].run, [nobody, VouchedChange::Here(0)]);
    }
}
