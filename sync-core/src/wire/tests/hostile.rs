//! Bytes that nobody of ours would send.

use alloc::{vec, vec::Vec};

use super::samples::{CLOCK, DOCTOR, clinics, fields, out, parts_out, request};
use crate::{
    crdt::{Action, ChangeParts, DocumentError, Key, Object, Op, Scalar},
    id::{ActorKey, ChangeHash, ClockMs, UnitCode},
    limits::{
        CHANGE_OPS_MAX, FRAME_CHANGES_MAX, FRAME_FEEDS_MAX, FRAME_OPS_MAX, KEY_BYTES_MAX, TEXT_BYTES_MAX,
        UNKNOWN_VALUES_MAX, VOUCHED_CHANGES,
    },
    wire::{
        Known, OutRequest, VouchedChange, Voucher, Vouching, WireError, encode_request, frame, open_request,
        open_response, varint,
    },
};

fn nothing_known(_: &UnitCode, _: u64) -> Option<(ChangeHash, ActorKey)> {
    None
}

/// A push of a new record, an edit of it, and an edit of a record that the server has.
fn push() -> (OutRequest, Known) {
    let clinics = clinics(2, 9);
    let (mut document, first) = clinics[0].record(DOCTOR);
    let edit = document.write::<DocumentError>(DOCTOR, ClockMs(CLOCK + 9), |w| {
        w.put(fields(DOCTOR), "place", &Scalar::Text("如美镇".into()))
    });
    let (mut document, other) = clinics[1].record(DOCTOR);
    let known = Known { position: 7, hash: other.hash(), actor: DOCTOR };
    let again = document
        .write::<DocumentError>(ActorKey([4; 8]), ClockMs(CLOCK + 10), |w| w.delete(fields(DOCTOR), "referred"));
    let changes = [first, edit.unwrap().0, again.unwrap().0].iter().map(out).collect();
    (request(changes, vec![known], CLOCK), known)
}

fn read(frame: &[u8], known: &Known) -> Result<crate::wire::InRequest, WireError> {
    let look = |_: &UnitCode, position| (position == 7).then_some((known.hash, known.actor));
    open_request(frame)?.rebuild(&look)
}

#[test]
fn a_frame_cut_anywhere_is_an_error() {
    let (request, known) = push();
    let frame = encode_request(&request);
    let whole = frame::open(&frame).unwrap();
    for end in 0..frame.len() {
        assert!(read(&frame[..end], &known).is_err(), "frame cut to {end}");
    }
    for end in 0..whole.len() {
        assert!(read(&frame::seal(&whole[..end]), &known).is_err(), "message cut to {end}");
    }
    assert!(read(&frame, &known).is_ok());
}

#[test]
fn a_frame_with_any_byte_changed_is_an_error_or_another_message() {
    let (request, known) = push();
    let frame = encode_request(&request);
    let good = read(&frame, &known).unwrap();
    let message = frame::open(&frame).unwrap();
    // Some things can be said in two ways, so a few read the same. Changes are never read as others: the proof tells.
    let mut same = 0;
    let mut judge = |frame: &[u8]| {
        if let Ok(read) = read(frame, &known) {
            assert!(read.groups == good.groups);
            same += usize::from(read == good);
        }
    };
    for at in 0..frame.len() {
        for bit in 0..8 {
            let mut other = frame.clone();
            other[at] ^= 1 << bit;
            judge(&other);
        }
    }
    for at in 0..message.len() {
        for byte in (0..=255).filter(|byte| *byte != message[at]) {
            let mut other = message.clone();
            other[at] = byte;
            judge(&frame::seal(&other));
        }
    }
    assert!(same < 10, "{same} of {}", 8 * frame.len() + 255 * message.len());
}

#[test]
fn what_is_not_known_or_not_the_same_is_said() {
    let (request, known) = push();
    let frame = encode_request(&request);
    let stale = WireError::StaleReference { unit: super::samples::unit(), position: 7 };
    assert_eq!(open_request(&frame).unwrap().rebuild(&nothing_known), Err(stale));
    let other = Known { hash: ChangeHash([9; 32]), ..known };
    assert_eq!(read(&frame, &other), Err(WireError::DigestMismatch));
    let other = Known { actor: ActorKey([9; 8]), ..known };
    assert_eq!(read(&frame, &other), Err(WireError::DigestMismatch));
    assert_eq!(open_response(&frame).unwrap_err(), WireError::WrongKind { kind: 1 });
}

/// A restored store may have given two positions the other way round. The same changes are meant, so the digest is right.
#[test]
fn dependencies_are_ascending_at_whichever_positions_they_stand() {
    let (one, two) = (ChangeHash([1; 32]), ChangeHash([2; 32]));
    let parts = ChangeParts {
        actor: ActorKey([4; 8]),
        seq: 1,
        start_op: 30,
        time: ClockMs(CLOCK),
        deps: vec![one, two],
        ops: vec![Op {
            object: fields(DOCTOR),
            key: Key::Name("place".into()),
            action: Action::Put(Scalar::Text("如美镇".into())),
            pred: vec![],
        }],
    };
    let known = [(7, one), (8, two)].map(|(position, hash)| Known { position, hash, actor: DOCTOR });
    let frame = encode_request(&request(vec![parts_out(parts.clone())], known.to_vec(), CLOCK));
    let turned = |_: &UnitCode, position| Some((if position == 7 { two } else { one }, DOCTOR));
    let read = open_request(&frame).unwrap().rebuild(&turned).unwrap();
    assert_eq!(read.groups[0].changes[0].parts.as_ref(), &parts);
}

fn message(packed: &[u8]) -> Vec<u8> {
    let mut encoder = minicbor::Encoder::new(Vec::new());
    encoder.array(3).unwrap().u8(1).unwrap().map(0).unwrap().bytes(packed).unwrap();
    frame::seal(encoder.writer())
}

pub(super) fn rebuild(packed: &[u8]) -> WireError {
    open_request(&message(packed)).and_then(|opened| opened.rebuild(&nothing_known)).unwrap_err()
}

pub(super) fn numbers(numbers: &[u64]) -> Vec<u8> {
    let mut out = vec![];
    numbers.iter().for_each(|n| varint::put(&mut out, *n));
    out
}

#[test]
fn declared_counts_allocate_nothing() {
    let too_many = |what, max: usize| WireError::TooMany { what, max: max as u64 };
    assert_eq!(rebuild(&numbers(&[u64::MAX])), too_many("feeds", FRAME_FEEDS_MAX));
    assert_eq!(rebuild(&numbers(&[1, 0, 1, 97, 10_001])), too_many("changes", FRAME_CHANGES_MAX));
    assert_eq!(rebuild(&numbers(&[1, 0, 1, 97, 10_000])), WireError::Truncated);
    assert!(matches!(rebuild(&numbers(&[1, 0, 1, 97, 0, u64::MAX])), WireError::TooMany { .. }));
    assert_eq!(rebuild(&numbers(&[1, 0, 1, 97, 0, 0, 10_000])), WireError::Truncated);
    assert_eq!(rebuild(&numbers(&[1, 0, 1, 97, 0, 0, 0, 200_000])), WireError::Truncated);
    assert_eq!(rebuild(&numbers(&[1, 0, 1, 97, 0, 0, 0, 200_001])), too_many("names", FRAME_OPS_MAX));
    assert_eq!(rebuild(&numbers(&[1, 0, 1, 97, 0, 0, 0, 1, 65])), too_many("bytes of a key", KEY_BYTES_MAX));
}

/// One change by an author of zeros with these item columns.
fn one_change(names: &[&str], items: u64, columns: &[u8]) -> Vec<u8> {
    let mut packed = vec![1, 0, 1, 97, 1, 0, 1, 0];
    packed.extend_from_slice(&[0; 8]);
    varint::put(&mut packed, names.len() as u64);
    names.iter().for_each(|name| varint::put_text(&mut packed, name));
    packed.extend_from_slice(&[0, 0]);
    varint::put(&mut packed, items);
    packed.extend_from_slice(columns);
    packed.extend_from_slice(&[0; 8]);
    packed
}

#[test]
fn runs_count_as_what_they_become() {
    let run = |n: u64| {
        let mut columns = vec![11, 2, 4];
        varint::put(&mut columns, n);
        one_change(&[], 1, &columns)
    };
    let too_many = WireError::TooMany { what: "operations of a change", max: CHANGE_OPS_MAX as u64 };
    assert_eq!(rebuild(&run(20_000)), WireError::DigestMismatch);
    assert_eq!(rebuild(&run(20_001)), too_many);
    assert_eq!(rebuild(&run(u64::MAX)), too_many);
    let typed = |n: usize| {
        let mut columns = vec![10, 1];
        varint::put(&mut columns, n as u64);
        columns.extend(core::iter::repeat_n(b'a', n));
        one_change(&[], 1, &columns)
    };
    assert_eq!(rebuild(&typed(20_000)), WireError::DigestMismatch);
    assert_eq!(rebuild(&typed(20_001)), too_many);
    let mut long = vec![2, 3];
    varint::put(&mut long, TEXT_BYTES_MAX as u64 + 1);
    let too_long = WireError::TooMany { what: "bytes of a text", max: TEXT_BYTES_MAX as u64 };
    assert_eq!(rebuild(&one_change(&["a"], 1, &long)), too_long);
}

#[test]
fn the_largest_frame_of_erasures_stops_at_the_limit() {
    // Eleven changes of the largest size, each from three bytes of operations.
    let changes = 11;
    let mut packed = vec![1, 0, 1, 97, changes, 0, 1, 0];
    packed.extend_from_slice(&[0; 8]);
    packed.push(0);
    let all = |byte: u8| core::iter::repeat_n(byte, usize::from(changes));
    packed.extend(all(1 << 7).chain(all(0)).chain(all(11)).chain(all(2)).chain(all(4)));
    (0..changes).for_each(|_| varint::put(&mut packed, CHANGE_OPS_MAX as u64));
    let frame = WireError::TooMany { what: "operations of a frame", max: FRAME_OPS_MAX as u64 };
    assert_eq!(rebuild(&packed), frame);
}

/// A frame of some ten kilobytes, deflated, became 77 MB: each of 10,000 changes named the one before 64 times.
#[test]
fn changes_that_name_the_one_before_again_and_again_stop_at_the_limit() {
    let named = |changes: usize| {
        let mut packed = vec![1, 0, 1, 97];
        varint::put(&mut packed, changes as u64);
        packed.extend_from_slice(&[0, 1, 0]);
        packed.extend_from_slice(&[0; 8]);
        packed.extend_from_slice(&[1, 1, 97]);
        let all = |byte: u8, times: usize| core::iter::repeat_n(byte, times);
        packed.extend(all(0x80, 1).chain(all(0x8c, changes - 1)).chain(all(0, changes)));
        (1..changes).for_each(|_| packed.extend(all(64, 1).chain(all(1, 64))));
        packed.extend(all(5, changes).chain(all(3, changes)).chain(all(0, 16)));
        rebuild(&packed)
    };
    assert_eq!(named(FRAME_OPS_MAX / 64 + 1), WireError::DigestMismatch);
    let too_many = WireError::TooMany { what: "dependencies of a frame", max: FRAME_OPS_MAX as u64 };
    assert_eq!(named(FRAME_OPS_MAX / 64 + 2), too_many);
}

#[test]
fn odd_items_are_malformed() {
    for columns in [
        &[12, 3][..],                                                     // no such kind
        &[0x30, 3],                                                       // no such way to give predecessors
        &[10, 3, 1, 97],                                                  // typing at a name
        &[11, 1, 1],                                                      // erasing the beginning
        &[0x1a, 1, 4, 1, 97],                                             // typing that replaces
        &[0x80, 3],        // into what this change made, before it made anything
        &[0x40, 3, 3 + 4], // the record itself has no counter
        &[0x40, 3, 0],     // no operation is numbered 0
        &[0x09, 2, 3],     // the record itself is no element
        &[4, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], // a day out of all range
        &[3, 4, 0],        // no such name
    ] {
        let packed = one_change(&["a"], 1, columns);
        assert!(matches!(rebuild(&packed), WireError::Malformed { .. }), "{columns:x?}: {:?}", rebuild(&packed));
    }
    let fine = one_change(&["a"], 1, &[3, 3, 0]);
    assert_eq!(rebuild(&fine), WireError::DigestMismatch);
    let empty = one_change(&[], 0, &[]);
    assert_eq!(rebuild(&empty), WireError::DigestMismatch);
}

#[test]
fn vouchers_name_no_more_than_a_frame_may_hold() {
    let elsewhere = VouchedChange::Elsewhere { hash: ChangeHash([7; 32]), user: Some("doctor-03".parse().unwrap()) };
    let opened = |changes: usize| {
        let vouching = |run: &[VouchedChange]| Vouching { voucher: Voucher([1; 8]), run: run.to_vec() };
        let mut request = request(vec![], vec![], CLOCK);
        request.head.vouchings = vec![elsewhere.clone(); changes].chunks(VOUCHED_CHANGES).map(vouching).collect();
        open_request(&encode_request(&request)).map(|opened| opened.head().vouchings == request.head.vouchings)
    };
    assert_eq!(opened(FRAME_CHANGES_MAX), Ok(true));
    let too_many = |what| Err(WireError::TooMany { what, max: FRAME_CHANGES_MAX as u64 });
    assert_eq!(opened(FRAME_CHANGES_MAX + 1), too_many("vouched changes"));
    let mut request = request(clinics(1, 3).iter().map(|c| out(&c.record(DOCTOR).1)).collect(), vec![], CLOCK);
    request.head.vouchings =
        vec![Vouching { voucher: Voucher([1; 8]), run: vec![VouchedChange::Here(0)] }; FRAME_CHANGES_MAX + 1];
    assert_eq!(open_request(&encode_request(&request)).map(|_| true), too_many("vouchers"));
}

#[test]
fn later_versions_may_add_keys_but_nothing_else() {
    let opened = |message: &[u8]| open_request(&frame::seal(message)).map(|opened| opened.head().clone());
    let plain = opened(&[0x82, 1, 0xa1, 0, 7]).unwrap();
    assert_eq!(plain.budget_bytes, 7);
    // Key 40 with a map in a tagged array, key 41 with a number that is not whole.
    let map = [0xa3, 1, 0x43, 1, 2, 3, 2, 0x80, 3, 0xf6];
    let more = [&[0x82, 1, 0xa3, 0, 7, 0x18, 40, 0x81, 0xc1], &map[..], &[0x18, 41, 0xf9, 0x3c, 0]].concat();
    assert_eq!(opened(&more), Ok(plain));
    // A feed with more items than this version knows.
    let feed = [0x82, 1, 0xa1, 2, 0x81, 0x84, 0x61, 97, 0x40, 0, 0x81, 7];
    assert_eq!(opened(&feed).unwrap().feeds.len(), 1);
    for odd in [
        &[0x82, 1, 0xa2, 1, 0x41, 0, 0, 7][..],       // keys that do not ascend
        &[0x82, 1, 0xa2, 0, 7, 0, 7],                 // a key twice
        &[0x82, 1, 0xbf, 0, 7, 0xff],                 // a map without a length
        &[0x82, 1, 0xa1, 0x18, 40, 0x9f, 0xff],       // the same in what is skipped
        &[0x82, 1, 0xa1, 0x18, 40, 0xc1, 0x9f, 0xff], // and behind a tag
        &[0x82, 1, 0xa0, 0],                          // more behind the end
        &[0x81, 1],
        &[0x84, 1, 0xa0, 0x40, 0],
    ] {
        assert!(opened(odd).is_err(), "{odd:x?}");
    }
    assert_eq!(opened(&[0x82, 3, 0xa0]), Err(WireError::WrongKind { kind: 3 }));
    // One in the other, beside each other, or under several keys: so many in a message, and no more.
    let too_many = Some(WireError::TooMany { what: "values of a later version", max: UNKNOWN_VALUES_MAX as u64 });
    let deep = |values: usize| {
        let mut message = vec![0x82, 1, 0xa2, 0, 7, 0x18, 40];
        message.resize(message.len() + values - 1, 0x81);
        message.push(0x80);
        message
    };
    assert_eq!(opened(&deep(UNKNOWN_VALUES_MAX)).map(|head| head.budget_bytes), Ok(7));
    assert_eq!(opened(&deep(UNKNOWN_VALUES_MAX + 1)).err(), too_many);
    let beside = |values: usize| {
        let half = [&[0x9a][..], &(values as u32 / 2 - 1).to_be_bytes(), &vec![0; values / 2 - 1]].concat();
        opened(&[&[0x82, 1, 0xa2, 0x18, 40][..], &half, &[0x18, 41], &half].concat()).map(|head| head.feeds.len())
    };
    assert_eq!(beside(UNKNOWN_VALUES_MAX), Ok(0));
    assert_eq!(beside(UNKNOWN_VALUES_MAX + 2).err(), too_many);
    let entries = |entries: usize| {
        let map = [&[0xba][..], &(entries as u32).to_be_bytes(), &vec![0; 2 * entries]].concat();
        opened(&[&[0x82, 1, 0xa1, 0x18, 40][..], &map].concat()).err()
    };
    assert_eq!(entries(UNKNOWN_VALUES_MAX / 2 - 1), None);
    assert_eq!(entries(UNKNOWN_VALUES_MAX / 2), too_many);
    assert_eq!(opened(&deep(UNKNOWN_VALUES_MAX)[..100]), Err(WireError::Truncated));
    let mut wide = vec![0x82, 1, 0xa1, 0x18, 40, 0x9b];
    wide.extend_from_slice(&[0xff; 8]);
    assert!(opened(&wide).is_err());
}

#[test]
fn an_object_made_in_another_change_is_not_confused() {
    // A comment: a generated key in a container that is not the usual one, then a text in what was just made.
    let (mut document, first) = clinics(1, 3)[0].record(DOCTOR);
    let other = ActorKey([8; 8]);
    let comments = Object::Id(crate::crdt::OpId { counter: 3, actor: DOCTOR });
    let comment = document.write::<DocumentError>(other, ClockMs(CLOCK), |w| {
        let key = crate::record::layout::entry_key(w.next_op());
        let entry = w.make_map(comments, &key)?;
        w.put(entry, "text", &Scalar::Text("已核对".into()))
    });
    let known = Known { position: 7, hash: first.hash(), actor: DOCTOR };
    let request = request(vec![out(&comment.unwrap().0)], vec![known], CLOCK);
    let frame = encode_request(&request);
    assert!(frame.len() < 75, "{}", frame.len());
    assert_eq!(read(&frame, &known).unwrap().groups[0].changes[0].parts.as_ref(), &request.groups[0].changes[0].parts);
}
