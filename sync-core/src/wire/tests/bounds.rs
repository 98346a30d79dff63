//! What lies just within a bound and just beyond it, and what the writer chooses where it has a choice.

use alloc::{vec, vec::Vec};

use super::{
    hostile::{numbers, rebuild},
    samples::{CLOCK, DOCTOR, clinics, fields, out, request, unit},
};
use crate::{
    crdt::{DocumentError, Object, OpId, Scalar, Writer},
    id::{ActorKey, ClockMs},
    limits::{CHANGE_OPS_MAX, COUNTER_MAX, FRAME_ACTORS_MAX, FRAME_CHANGES_MAX, FRAME_OPS_MAX, REPAIR_BUCKETS_MAX},
    record::layout::entry_key,
    wire::{
        Known, OutChange, OutRequest, RepairRequest, RequestHead, VouchedChange, Voucher, Vouching, WireError,
        encode_request, frame, open_request, open_response,
    },
};

/// One feed of the name "a" with so many changes and none of the receiver's, and an author of zeros: what stands before the changes.
fn prelude(changes: u64) -> Vec<u8> {
    [&numbers(&[1, 0, 1, 97, changes, 0, 1, 0])[..], &[0; 8], &[0]].concat()
}

#[test]
fn a_frames_changes_and_references_are_those_of_all_its_feeds() {
    let feeds = |changes: [u64; 2], heads: [u64; 2]| {
        let declared = numbers(&[2, 0, 1, 97, changes[0], heads[0], 0, 1, 98, changes[1], heads[1]]);
        rebuild(&[&declared[..], &vec![0xff; FRAME_CHANGES_MAX]].concat())
    };
    let too_many = |what, max: usize| WireError::TooMany { what, max: max as u64 };
    assert_eq!(feeds([6_000, 4_001], [0, 0]), too_many("changes", 4_000));
    assert_ne!(feeds([6_000, 4_000], [0, 0]), too_many("changes", 4_000));
    let most = FRAME_CHANGES_MAX + FRAME_ACTORS_MAX;
    let all = 4 * most as u64;
    assert_eq!(feeds([0, 0], [all + 4, 0]), too_many("references", 4 * most + 3));
    assert_eq!(feeds([0, 0], [all, 4]), too_many("references", most));
    assert_eq!(feeds([0, 0], [4, all]), too_many("references", most));
    for within in [feeds([0, 0], [all + 2, 0]), feeds([0, 0], [all - 4, 6])] {
        assert!(matches!(within, WireError::Malformed { what: "a number", .. }), "{within:?}");
    }
    let odd = feeds([0, 0], [3, 0]);
    assert!(matches!(odd, WireError::Malformed { what: "how positions are given", .. }), "{odd:?}");
}

#[test]
fn a_records_first_change_follows_nothing_and_no_other_one_has_a_header() {
    const FIRST: u8 = 1 << 1;
    for flags in [FIRST | 1 << 2, FIRST | 1 << 3, FIRST | 1 << 4, FIRST | 1 << 5, 1 << 6, 1 << 6 | 1 << 4] {
        let said = rebuild(&[&prelude(1)[..], &[flags]].concat());
        assert!(matches!(said, WireError::Malformed { what: "a change's flags", .. }), "{flags:x}: {said:?}");
    }
    for flags in [FIRST, FIRST | 1 << 6, FIRST | 1 << 7, 1 << 2, 1 << 4, 0] {
        assert_eq!(rebuild(&[&prelude(1)[..], &[flags]].concat()), WireError::Truncated, "{flags:x}");
    }
}

#[test]
fn counters_end_where_they_must() {
    // One run of typing, of a change that says its number and that of its first operation.
    let typed = |seq: u64, start: u64, characters: u64| {
        let text = vec![b'a'; characters as usize];
        let columns = [&numbers(&[seq, start, 0])[..], &[10, 1], &numbers(&[characters]), &text, &[0; 8]].concat();
        rebuild(&[&prelude(1)[..], &[1 << 7 | 1 << 5 | 1 << 4], &columns].concat())
    };
    let beyond = WireError::TooMany { what: "operations of a record, or changes of an author", max: COUNTER_MAX };
    assert_eq!(typed(COUNTER_MAX, COUNTER_MAX - 4, 5), WireError::DigestMismatch);
    assert_eq!(typed(1, COUNTER_MAX - 4, 6), beyond);
    assert_eq!(typed(COUNTER_MAX, 1, 1), WireError::DigestMismatch);
    assert_eq!(typed(COUNTER_MAX + 1, 1, 1), WireError::TooMany { what: "changes of an author", max: COUNTER_MAX });
    assert_eq!(typed(1, COUNTER_MAX + 1, 1), WireError::TooMany { what: "operations of a record", max: COUNTER_MAX });
    let said = typed(1, 0, 1);
    assert!(matches!(said, WireError::Malformed { what: "an operation's counter", .. }), "{said:?}");
    // The change behind the last one that an author may make.
    let flags = [1 << 7 | 1 << 5 | 1 << 4, 1 << 7 | 1 << 2];
    let columns = [&numbers(&[COUNTER_MAX, 1, 0, 0])[..], &[10, 10, 1, 1], &[1, 1], b"aa", &[0; 16]].concat();
    assert_eq!(rebuild(&[&prelude(2)[..], &flags, &columns].concat()), beyond);
}

/// Edits of records that the receiver knows at these positions, and the bytes of the message that brings them.
fn edited(known: &[Known], changes: Vec<OutChange>) -> usize {
    let request = request(changes, known.to_vec(), CLOCK);
    let frame = encode_request(&request);
    let of = |position: u64| known.iter().find(|known| known.position == position).map(|k| (k.hash, k.actor));
    let read = open_request(&frame).unwrap().rebuild(&|_: &_, position| of(position)).unwrap();
    assert_same(&request, &read.groups[0].changes);
    frame::open(&frame).unwrap().len()
}

fn assert_same(sent: &OutRequest, read: &[crate::wire::InChange]) {
    let sent: Vec<_> = sent.groups[0].changes.iter().map(|change| (change.position, change.hash)).collect();
    let read: Vec<_> = read.iter().map(|change| (change.position, change.change.hash())).collect();
    assert_eq!(sent, read);
}

#[test]
fn positions_that_ascend_are_told_by_their_steps() {
    let bytes = |positions: [Option<u64>; 3]| {
        let mut changes: Vec<OutChange> = clinics(3, 7).iter().map(|clinic| out(&clinic.record(DOCTOR).1)).collect();
        changes.iter_mut().zip(positions).for_each(|(change, position)| change.position = position);
        edited(&[], changes)
    };
    let none = bytes([None; 3]);
    // Three bytes for the first, and one for each step.
    assert_eq!(bytes([Some(70_000), Some(70_001), Some(70_128)]), none + 5);
    // Each as it is, where one stands twice, or before another one, or where one has none or the number of none.
    assert_eq!(bytes([Some(70_000), Some(70_000), Some(70_001)]), none + 9);
    assert_eq!(bytes([Some(70_001), Some(70_000), Some(70_128)]), none + 9);
    assert_eq!(bytes([Some(1), None, Some(2)]), none + 3);
    assert_eq!(bytes([Some(0), Some(1), Some(2)]), none + 3);
}

#[test]
fn an_author_is_named_by_a_change_that_is_referred_to_anyway() {
    let clinics = clinics(2, 7);
    let (mut document, first) = clinics[0].record(DOCTOR);
    let (_, other) = clinics[1].record(DOCTOR);
    let edit = document.write::<DocumentError>(DOCTOR, ClockMs(CLOCK), |w| {
        w.put(fields(DOCTOR), "place", &Scalar::Text("如美镇".into()))
    });
    let edit = out(&edit.unwrap().0);
    let known = |position, change: &crate::crdt::Change| Known { position, hash: change.hash(), actor: DOCTOR };
    let (first, other) = (|position| known(position, &first), |position| known(position, &other));
    let alone = edited(&[first(70_000)], vec![edit.clone()]);
    // What else the receiver knows of the same author costs nothing, wherever it stands.
    assert_eq!(edited(&[first(70_000), other(80_000)], vec![edit.clone()]), alone);
    assert_eq!(edited(&[other(60_000), first(70_000)], vec![edit.clone()]), alone);
    assert_eq!(edited(&[other(60_000), first(70_000), other(80_000)], vec![edit]), alone);
}

#[test]
fn what_a_run_or_an_object_has_said_is_not_said_again() {
    let clinic = &clinics(1, 7)[0];
    let edited = |edit: &dyn Fn(&mut Writer, Object) -> Result<(), DocumentError>| {
        let (mut document, first) = clinic.record(DOCTOR);
        let notes = Object::Id(document.cells(fields(DOCTOR), "notes")[0].0);
        let change = document.write::<DocumentError>(ActorKey([8; 8]), ClockMs(CLOCK), |w| edit(w, notes)).unwrap().0;
        edited(&[Known { position: 7, hash: first.hash(), actor: DOCTOR }], vec![out(&change)])
    };
    let erased = |characters: usize| edited(&|w, notes| w.splice(notes, 3, characters, ""));
    let one = erased(1);
    assert_eq!(erased(10), one, "a run of erasures says its length");
    // Behind a gap a run begins anew, in the object that was said: its kind, its key, whose it is in three, its length.
    let apart =
        |gap: usize| edited(&|w, notes| w.splice(notes, 3, 2, "").and_then(|()| w.splice(notes, 3 + gap, 2, "")));
    assert_eq!(apart(0), one, "one run");
    assert_eq!(apart(1), one + 5);
    let typed = |text: &str| edited(&|w, notes| w.splice(notes, 3, 0, text));
    assert_eq!(typed("abcdefghij"), typed("a") + 9, "a run of typing says its length and its letters");
    // The fields need no name: two bytes for what is replaced there, against one for another object in which nothing is.
    let three = Scalar::Integer(3);
    let other = Object::Id(OpId { counter: 3, actor: DOCTOR });
    let field = edited(&|w, _| w.put(fields(DOCTOR), "referred", &three));
    let elsewhere = edited(&|w, _| w.put(other, "referred", &three));
    assert_eq!(field, elsewhere + 1);
    // Nor do they behind another one: that there are two; the kind, the key, the value, and what is replaced in two.
    let both =
        edited(&|w, _| w.put(other, "referred", &three).and_then(|()| w.put(fields(DOCTOR), "referred", &three)));
    assert_eq!(both, elsewhere + 1 + 5);
    // What a comment is written into was made by the operation before.
    let entry = |w: &mut Writer| w.make_map(other, &entry_key(w.next_op()));
    let empty = edited(&|w, _| entry(w).map(|_| ()));
    let text = Scalar::Text("a".into());
    let comment = edited(&|w, _| entry(w).and_then(|entry| w.put(entry, "text", &text)));
    assert_eq!(
        comment,
        empty + 1 + 4 + 5,
        "that there are two; its kind, its key, its length and its letter; the key's name"
    );
    let two = edited(&|w, _| {
        entry(w).and_then(|entry| w.put(entry, "text", &text).and_then(|()| w.put(entry, "name", &text)))
    });
    assert_eq!(two, comment + 4 + 5, "and once more, in the same");
}

#[test]
fn runs_end_where_a_change_a_frame_or_the_counters_end() {
    let erased = |first: u64, count: u64| {
        // Erasures in the fields of the author's own record.
        let columns = [&[0][..], &[11, 2], &numbers(&[4 * first, count]), &[0; 8]].concat();
        rebuild(&[&prelude(1)[..], &[1 << 7], &columns].concat())
    };
    assert_eq!(erased(COUNTER_MAX, 1), WireError::DigestMismatch);
    assert_eq!(erased(COUNTER_MAX - 4, 5), WireError::DigestMismatch);
    let beyond = erased(COUNTER_MAX - 4, 6);
    assert!(matches!(beyond, WireError::Malformed { what: "an operation's counter", .. }), "{beyond:?}");
    // Two runs of one change, and as many changes as a frame may hold of the largest kind.
    let two = |more: u64| {
        let columns = [&[0, 2][..], &[11, 11, 2, 2, 4, 4], &numbers(&[10_000, more]), &[0; 8]].concat();
        rebuild(&[&prelude(1)[..], &[0], &columns].concat())
    };
    assert_eq!(two(10_000), WireError::DigestMismatch);
    assert_eq!(two(10_001), WireError::TooMany { what: "operations of a change", max: CHANGE_OPS_MAX as u64 });
    // What operations replace is counted over all of them.
    let replacing = |counts: [u64; 2]| {
        let ids: Vec<u8> = counts.iter().flat_map(|n| [numbers(&[*n]), vec![4; *n as usize]].concat()).collect();
        let columns = [&[0, 2][..], &[5 | 2 << 4; 2], &[0, 0], &ids, &[0; 8]].concat();
        rebuild(&[&prelude(1)[..], &[0], &columns].concat())
    };
    assert_eq!(replacing([2, 3]), WireError::DigestMismatch);
    assert_eq!(
        replacing([FRAME_OPS_MAX as u64 - 10, 11]),
        WireError::TooMany { what: "operations that one replaces", max: 10 }
    );
    let full = FRAME_OPS_MAX / CHANGE_OPS_MAX;
    let all = |last: u64| {
        let of = |byte: u8| vec![byte; full];
        let counts = [vec![CHANGE_OPS_MAX as u64; full - 1], vec![last]].concat();
        let columns = [of(0x80), of(0), of(11), of(2), of(4), numbers(&counts), vec![0; 16]].concat();
        rebuild(&[prelude(full as u64), columns].concat())
    };
    assert_eq!(all(CHANGE_OPS_MAX as u64), WireError::DigestMismatch);
    assert_eq!(all(CHANGE_OPS_MAX as u64 - 1), WireError::DigestMismatch);
}

#[test]
fn what_a_head_says_ends_where_it_must() {
    let opened = |head: RequestHead| open_request(&encode_request(&OutRequest { head, groups: vec![] })).map(|_| ());
    let repair = |buckets: usize| {
        let repairs = vec![RepairRequest { unit: unit(), digests: vec![7; buckets] }];
        opened(RequestHead { repairs, ..RequestHead::default() })
    };
    assert_eq!(repair(REPAIR_BUCKETS_MAX), Ok(()));
    assert_eq!(repair(1), Ok(()));
    let too_many = WireError::TooMany { what: "buckets", max: REPAIR_BUCKETS_MAX as u64 };
    assert_eq!(repair(2 * REPAIR_BUCKETS_MAX), Err(too_many.clone()));
    assert_eq!(repair(REPAIR_BUCKETS_MAX + 1), Err(too_many));
    assert!(matches!(repair(3), Err(WireError::Malformed { what: "a repair's digests", .. })));
    // A change that stands here is named by its number, up to that of the last one that a frame may hold.
    let vouched = |number: usize| {
        let run = vec![VouchedChange::Here(number)];
        let vouchings = vec![Vouching { voucher: Voucher([1; 8]), run }];
        match opened(RequestHead { vouchings, ..RequestHead::default() }) {
            Err(WireError::Malformed { what, .. }) => what,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(vouched(FRAME_CHANGES_MAX - 1), "the number of a vouched change");
    assert_eq!(vouched(FRAME_CHANGES_MAX), "a vouched change");
    // A clock keeps the bit that says which side of 1970 it is on.
    for at in [0, 1, -1, 127, 128, -128, -129, 255, 256, 32_767, 32_768, -32_768, i64::MAX, i64::MIN, CLOCK] {
        let head = RequestHead { clock: ClockMs(at), ..RequestHead::default() };
        let frame = encode_request(&OutRequest { head, groups: vec![] });
        assert_eq!(open_request(&frame).unwrap().head().clock, ClockMs(at));
    }
    // A page is told in six items, and nothing else is.
    let answered = |row: &[u8]| {
        let message = [&[0x82, 2, 0xa1, 3, 0x81][..], row].concat();
        open_response(&frame::seal(&message)).map(|_| ())
    };
    assert_eq!(answered(&[0x82, 0x61, 97, 1]), Ok(()));
    for short in [&[0x82, 0x61, 97, 0][..], &[0x85, 0x61, 97, 0, 1, 1, 1]] {
        let said = answered(short);
        assert!(matches!(said, Err(WireError::Malformed { what: "a feed's answer", .. })), "{said:?}");
    }
}
