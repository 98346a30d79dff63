//! The server's response: its head as a map with integer keys, and the changes packed behind it.

use alloc::{string::String, vec::Vec};

use super::{
    Decision, FeedAnswer, Opened, OutResponse, Outcome, RepairAnswer, ResponseHead, WireError,
    cbor::{Cbor, Encoded, Encoder, put_clock},
    frame, outcome,
    pack::{Prelude, pack},
    request::{authors, changes_of, message_of, put_authors, split},
    varint,
    varint::Reader,
    voucher,
};
use crate::{
    id::{ChangeHash, ClockMs, Digest, UnitCode},
    limits::{FRAME_CHANGES_MAX, FRAME_FEEDS_MAX, REPAIR_BUCKETS_MAX},
};

/// The kind of the message.
pub(super) const RESPONSE: u64 = 2;

const EPOCH: u64 = 0;
const CLOCK: u64 = 1;
const OUTCOMES: u64 = 2;
const FEEDS: u64 = 3;
const DECISIONS: u64 = 4;
const MORE_DECISIONS: u64 = 5;
const CATALOG: u64 = 6;
const AUTHORS: u64 = 7;
const REPAIRS: u64 = 8;
const VOUCHERS: u64 = 9;

const PAGE: u64 = 0;
const UNRECOGNISED: u64 = 1;
const GONE: u64 = 2;

/// Writes a response.
#[must_use]
pub fn encode_response(response: &OutResponse) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    body(&mut encoder, response).expect("memory can be written to");
    frame::seal(encoder.writer())
}

fn body(e: &mut Encoder, response: &OutResponse) -> Encoded {
    let head = &response.head;
    let entries = [
        head.epoch != 0,
        head.clock.0 != 0,
        !head.outcomes.is_empty(),
        !head.feeds.is_empty(),
        !head.decisions.is_empty(),
        head.more_decisions,
        head.catalog.is_some(),
        !head.authors.is_empty(),
        !head.repairs.is_empty(),
        !head.vouchers.is_empty(),
    ];
    e.array(if response.groups.is_empty() { 2 } else { 3 })?
        .u64(RESPONSE)?
        .map(entries.iter().filter(|present| **present).count() as u64)?;
    if head.epoch != 0 {
        e.u64(EPOCH)?.u64(head.epoch)?;
    }
    if head.clock.0 != 0 {
        put_clock(e.u64(CLOCK)?, head.clock.0)?;
    }
    if !head.outcomes.is_empty() {
        e.u64(OUTCOMES)?.bytes(&outcome::write(&head.outcomes))?;
    }
    if !head.feeds.is_empty() {
        e.u64(FEEDS)?.array(head.feeds.len() as u64)?;
        head.feeds.iter().try_for_each(|(unit, answer)| put_answer(e, unit, answer))?;
    }
    if !head.decisions.is_empty() {
        e.u64(DECISIONS)?.array(head.decisions.len() as u64)?;
        for decision in &head.decisions {
            let outcome = outcome::write(core::slice::from_ref(&decision.outcome));
            e.array(3)?.u64(decision.number)?.bytes(&decision.hash.0)?.bytes(&outcome)?;
        }
    }
    if head.more_decisions {
        e.u64(MORE_DECISIONS)?.bool(true)?;
    }
    if let Some((revision, catalog)) = &head.catalog {
        e.u64(CATALOG)?.array(2)?.u64(*revision)?.str(catalog)?;
    }
    if !head.authors.is_empty() {
        put_authors(e.u64(AUTHORS)?, &head.authors)?;
    }
    if !head.repairs.is_empty() {
        e.u64(REPAIRS)?.array(head.repairs.len() as u64)?;
        head.repairs.iter().try_for_each(|repair| put_repair(e, repair))?;
    }
    if !head.vouchers.is_empty() {
        voucher::put_vouchers(e.u64(VOUCHERS)?, &head.vouchers)?;
    }
    if !response.groups.is_empty() {
        let feeds = head.feeds.iter().map(|(unit, _)| unit);
        e.bytes(&pack(&response.groups, feeds, head.clock))?;
    }
    Ok(())
}

fn put_answer(e: &mut Encoder, unit: &UnitCode, answer: &FeedAnswer) -> Encoded {
    match answer {
        FeedAnswer::Page { from, to, head, digest } => {
            e.array(6)?.str(unit.as_str())?.u64(PAGE)?;
            e.u64(*from)?.u64(*to)?.u64(*head)?.bytes(&digest.to_bytes())?.ok()
        }
        FeedAnswer::Unrecognised => e.array(2)?.str(unit.as_str())?.u64(UNRECOGNISED)?.ok(),
        FeedAnswer::Gone => e.array(2)?.str(unit.as_str())?.u64(GONE)?.ok(),
    }
}

fn put_repair(e: &mut Encoder, repair: &RepairAnswer) -> Encoded {
    let mut differing = Vec::new();
    for (bucket, hashes) in &repair.differing {
        varint::put(&mut differing, u64::from(*bucket));
        varint::put(&mut differing, hashes.len() as u64);
        hashes.iter().for_each(|hash| differing.extend_from_slice(&hash.to_be_bytes()));
    }
    e.array(5)?.str(repair.unit.as_str())?.u32(repair.buckets)?.u64(repair.head)?;
    e.bytes(&repair.digest.to_bytes())?.bytes(&differing)?.ok()
}

/// Opens a response: everything but its changes is read and within limits.
///
/// # Errors
/// When the bytes are not a response, or go over a limit.
pub fn open_response(bytes: &[u8]) -> Result<Opened<ResponseHead>, WireError> {
    let message = frame::open(bytes)?;
    let mut head = ResponseHead::default();
    let (mut cbor, items) = message_of(&message, RESPONSE)?;
    cbor.map(|cbor, key| {
        match key {
            EPOCH => head.epoch = cbor.number("the epoch")?,
            CLOCK => head.clock = ClockMs(cbor.clock("the clock")?),
            OUTCOMES => head.outcomes = outcome::read(cbor.bytes("the outcomes")?, FRAME_CHANGES_MAX)?,
            FEEDS => head.feeds = cbor.list("feeds", FRAME_FEEDS_MAX, answer)?,
            DECISIONS => head.decisions = cbor.list("decisions", FRAME_CHANGES_MAX, decision)?,
            MORE_DECISIONS => head.more_decisions = cbor.yes_no("whether decisions wait")?,
            CATALOG => head.catalog = Some(cbor.row("the catalog", 2, catalog)?),
            AUTHORS => head.authors = authors(cbor)?,
            REPAIRS => head.repairs = cbor.list("repairs", FRAME_FEEDS_MAX, repair)?,
            VOUCHERS => head.vouchers = voucher::vouchers(cbor)?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let changes = changes_of(&mut cbor, items)?;
    let feeds: Vec<&UnitCode> = head.feeds.iter().map(|(unit, _)| unit).collect();
    let prelude = Prelude::read(&message[changes.clone()], &feeds)?;
    voucher::check_count(&head, prelude.group_sizes())?;
    let clock = head.clock;
    Ok(Opened { head, clock, message, changes, prelude })
}

fn catalog(cbor: &mut Cbor<'_>, _: usize) -> Result<(usize, (u64, String)), WireError> {
    let revision = cbor.number("the catalog's revision")?;
    Ok((2, (revision, String::from(cbor.text("the catalog")?))))
}

fn answer(cbor: &mut Cbor<'_>) -> Result<(UnitCode, FeedAnswer), WireError> {
    cbor.row("a feed", 2, |cbor, items| {
        let unit = cbor.name("a feed's name")?;
        let (taken, answer) = match cbor.number("a feed's answer")? {
            PAGE if items >= 6 => {
                let mut position = || cbor.number("a position");
                let (from, to, head) = (position()?, position()?, position()?);
                let digest = Digest(u128::from_be_bytes(cbor.bytes_of("a digest")?));
                (6, FeedAnswer::Page { from, to, head, digest })
            }
            UNRECOGNISED => (2, FeedAnswer::Unrecognised),
            GONE => (2, FeedAnswer::Gone),
            _ => return Err(cbor.malformed("a feed's answer")),
        };
        Ok((taken, (unit, answer)))
    })
}

fn decision(cbor: &mut Cbor<'_>) -> Result<Decision, WireError> {
    cbor.row("a decision", 3, |cbor, _| {
        let number = cbor.number("a decision's number")?;
        let hash = ChangeHash(cbor.bytes_of("a change's hash")?);
        let [outcome]: [Outcome; 1] = outcome::read(cbor.bytes("a decision's outcome")?, 1)?
            .try_into()
            .map_err(|_| cbor.malformed("a decision's outcome"))?;
        Ok((3, Decision { number, hash, outcome }))
    })
}

fn repair(cbor: &mut Cbor<'_>) -> Result<RepairAnswer, WireError> {
    cbor.row("a repair", 5, |cbor, _| {
        let unit = cbor.name("a feed's name")?;
        let buckets = cbor.number32("a number of buckets")?;
        let head = cbor.number("a position")?;
        let digest = Digest(u128::from_be_bytes(cbor.bytes_of("a digest")?));
        let mut reader = Reader::new(cbor.bytes("differing buckets")?, 0);
        let mut differing = Vec::new();
        while reader.end().is_err() {
            if differing.len() == REPAIR_BUCKETS_MAX {
                return Err(WireError::TooMany { what: "buckets", max: REPAIR_BUCKETS_MAX as u64 });
            }
            let bucket = reader.up_to("a bucket's number", u64::from(u32::MAX))? as u32;
            let hashes = reader.count("hashes of a bucket", usize::MAX / 8)?;
            let hashes = split(reader.take(8 * hashes)?).ok_or_else(|| reader.malformed("a bucket's hashes"))?;
            differing.push((bucket, hashes));
        }
        Ok((5, RepairAnswer { unit, buckets, differing, head, digest }))
    })
}
