//! What messages cost, in bytes.

use std::{io::Write, println};

use alloc::{string::String, vec, vec::Vec};

use super::samples::{CLOCK, Clinic, DOCTOR, clinics, fields, out, request};
use crate::{
    crdt::{Change, Document, Scalar},
    id::{ActorKey, ClockMs},
    wire::{
        Known, OutChange, OutRequest, OutResponse, Outcome, ResponseHead, encode_request, encode_response, open_request,
    },
};

extern crate std;

fn gzip_9(text: &str) -> usize {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap().len()
}

/// The frame's size, after proof that it reads back.
fn bytes_of(request: &OutRequest) -> usize {
    let frame = encode_request(request);
    if false {
        println!("{:02x?}", super::super::frame::open(&frame).unwrap());
    }
    let known = |unit: &_, position| {
        let group = request.groups.iter().find(|group| group.unit == *unit)?;
        let known = group.known.iter().find(|known| known.position == position)?;
        Some((known.hash, known.actor))
    };
    let read = open_request(&frame).unwrap().rebuild(&known).unwrap();
    assert_eq!(read.head, request.head);
    for (sent, read) in request.groups.iter().zip(&read.groups) {
        let read: Vec<_> = read.changes.iter().map(|change| ((*change.parts).clone(), change.change.hash())).collect();
        let sent: Vec<_> = sent.changes.iter().map(|change| (change.parts.clone(), change.hash)).collect();
        assert_eq!(read, sent);
    }
    frame.len()
}

fn pushes(clinics: &[Clinic]) -> Vec<OutChange> {
    clinics.iter().map(|clinic| out(&clinic.record(DOCTOR).1)).collect()
}

fn known(change: &Change, position: u64, actor: ActorKey) -> Known {
    Known { position, hash: change.hash(), actor }
}

/// One edit each of `count` records that the server knows, written in `session`.
fn edits(count: usize, session: ActorKey) -> OutRequest {
    let (mut changes, mut knowns) = (vec![], vec![]);
    let mut time = CLOCK + 400_000_000;
    for (i, clinic) in clinics(count, 5).iter().enumerate() {
        let (mut document, first): (Document, _) = clinic.record(DOCTOR);
        time += 61_803;
        let seen = Scalar::Integer(clinic.patients_seen + 3);
        let put = |w: &mut crate::crdt::Writer| w.put(fields(DOCTOR), "patients_seen", &seen);
        let (edit, _) = document.write::<crate::crdt::DocumentError>(session, ClockMs(time), put).unwrap();
        knowns.push(known(&first, 4_600 + 7 * i as u64, DOCTOR));
        changes.push(out(&edit));
    }
    request(changes, knowns, time + 4_321)
}

#[test]
fn messages_are_small() {
    let hundred = clinics(100, 1);
    let hundred_pushed = bytes_of(&request(pushes(&hundred), vec![], hundred[99].created + 5_000));
    let hundred_json = gzip_9(&hundred.iter().map(|c| c.json() + "\n").collect::<String>());
    let one = clinics(1, 2);
    let one_pushed = bytes_of(&request(pushes(&one), vec![], one[0].created + 5_000));
    let one_json = gzip_9(&one[0].json());
    let same = bytes_of(&edits(1, DOCTOR));
    let other = bytes_of(&edits(1, ActorKey([0x81, 0x20, 0xfe, 0x33, 0x97, 0xb5, 0x6a, 0xc9])));
    let ten = bytes_of(&edits(10, DOCTOR));
    let empty = bytes_of(&request(vec![], vec![], CLOCK));
    let mut response = OutResponse {
        head: ResponseHead { epoch: 0x5eed_1234_abcd_0077, clock: ClockMs(CLOCK + 733), ..ResponseHead::default() },
        groups: vec![],
    };
    let empty_response = encode_response(&response).len();
    response.head.outcomes = (0..100).map(|i| Outcome::Accepted { position: 4_712 + i }).collect();
    let accepted = encode_response(&response).len();
    println!("| message                                              | bytes | target       |");
    for (what, bytes, target) in [
        ("100 new records, each", hundred_pushed / 100, "< 50"),
        ("100 new records, the frame", hundred_pushed, "< gzip JSON"),
        ("the same as lines of JSON, gzip -9", hundred_json, ""),
        ("1 new record, the frame", one_pushed, "< half gzip"),
        ("the same as JSON, gzip -9", one_json, ""),
        ("1 edit of one field, same session, the frame", same, "< 60"),
        ("1 edit of one field, another session, the frame", other, ""),
        ("10 edits of one field, the frame", ten, "< 150"),
        ("request with nothing new, one feed", empty, "<= 45"),
        ("response with nothing new", empty_response, "<= 30"),
        ("response to 100 accepted records", accepted, ""),
    ] {
        println!("| {what:<52} | {bytes:>5} | {target:<12} |");
    }
    assert!(hundred_pushed < 5_000 && hundred_pushed < hundred_json);
    assert!(2 * one_pushed < one_json);
    assert!(same < 60 && ten < 150);
    assert!(empty <= 45 && empty_response <= 30);
}
