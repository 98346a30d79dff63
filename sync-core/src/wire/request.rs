//! A device's request: its head as a map with integer keys, and the changes packed behind it.

use core::ops::Range;

use alloc::vec::Vec;

use super::{
    Author, CursorMark, FeedRequest, Opened, OutRequest, RepairRequest, RequestHead, WireError,
    cbor::{Cbor, Encoded, Encoder, put_clock},
    frame,
    pack::{Prelude, pack},
    varint,
    varint::Reader,
    voucher,
};
use crate::{
    id::{ActorKey, ClockMs, UnitCode},
    limits::{FETCH_HASHES_MAX, FRAME_ACTORS_MAX, FRAME_FEEDS_MAX, REPAIR_BUCKETS_MAX},
};

/// The kind of the message.
pub(super) const REQUEST: u64 = 1;

const BUDGET: u64 = 0;
const CLOCK: u64 = 1;
const FEEDS: u64 = 2;
const CATALOG: u64 = 3;
const DECISIONS_AFTER: u64 = 4;
const UNANSWERED: u64 = 5;
const WAITING: u64 = 6;
const FETCH: u64 = 7;
const REPAIRS: u64 = 8;
const AUTHORS: u64 = 9;
const VOUCHINGS: u64 = 10;

/// Writes a request.
#[must_use]
pub fn encode_request(request: &OutRequest) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    body(&mut encoder, request).expect("memory can be written to");
    frame::seal(encoder.writer())
}

fn body(e: &mut Encoder, request: &OutRequest) -> Encoded {
    let head = &request.head;
    let entries = [
        head.budget_bytes != 0,
        head.clock.0 != 0,
        !head.feeds.is_empty(),
        head.catalog != 0,
        head.decisions_after != 0,
        head.unanswered,
        head.waiting != 0,
        !head.fetch.is_empty(),
        !head.repairs.is_empty(),
        !head.authors.is_empty(),
        !head.vouchings.is_empty(),
    ];
    e.array(if request.groups.is_empty() { 2 } else { 3 })?
        .u64(REQUEST)?
        .map(entries.iter().filter(|present| **present).count() as u64)?;
    if head.budget_bytes != 0 {
        e.u64(BUDGET)?.u32(head.budget_bytes)?;
    }
    if head.clock.0 != 0 {
        put_clock(e.u64(CLOCK)?, head.clock.0)?;
    }
    if !head.feeds.is_empty() {
        e.u64(FEEDS)?.array(head.feeds.len() as u64)?;
        head.feeds.iter().try_for_each(|feed| put_feed(e, feed))?;
    }
    if head.catalog != 0 {
        e.u64(CATALOG)?.u64(head.catalog)?;
    }
    if head.decisions_after != 0 {
        e.u64(DECISIONS_AFTER)?.u64(head.decisions_after)?;
    }
    if head.unanswered {
        e.u64(UNANSWERED)?.bool(true)?;
    }
    if head.waiting != 0 {
        e.u64(WAITING)?.u32(head.waiting)?;
    }
    if !head.fetch.is_empty() {
        e.u64(FETCH)?.array(head.fetch.len() as u64)?;
        for (unit, hashes) in &head.fetch {
            e.array(2)?.str(unit.as_str())?.bytes(&join(hashes))?;
        }
    }
    if !head.repairs.is_empty() {
        e.u64(REPAIRS)?.array(head.repairs.len() as u64)?;
        for repair in &head.repairs {
            e.array(2)?.str(repair.unit.as_str())?.bytes(&join(&repair.digests))?;
        }
    }
    if !head.authors.is_empty() {
        put_authors(e.u64(AUTHORS)?, &head.authors)?;
    }
    if !head.vouchings.is_empty() {
        voucher::put_vouchings(e.u64(VOUCHINGS)?, &head.vouchings)?;
    }
    if !request.groups.is_empty() {
        let feeds = head.feeds.iter().map(|feed| &feed.unit);
        e.bytes(&pack(&request.groups, feeds, head.clock))?;
    }
    Ok(())
}

fn put_feed(e: &mut Encoder, feed: &FeedRequest) -> Encoded {
    let missing = feed.missing_below != 0;
    match feed.after {
        None if missing => e.array(3)?.str(feed.unit.as_str())?.bytes(&[])?,
        None => e.array(1)?.str(feed.unit.as_str())?,
        Some(CursorMark { position, check }) => {
            let mut cursor = Vec::with_capacity(12);
            varint::put(&mut cursor, position);
            cursor.extend_from_slice(&check.to_be_bytes());
            e.array(2 + u64::from(missing))?.str(feed.unit.as_str())?.bytes(&cursor)?
        }
    };
    if missing { e.u64(feed.missing_below)?.ok() } else { Ok(()) }
}

/// Writes who stands behind actors.
pub(super) fn put_authors(e: &mut Encoder, authors: &[Author]) -> Encoded {
    e.array(authors.len() as u64)?;
    for author in authors {
        e.array(2)?.bytes(&author.actor.0)?.str(author.user.as_str())?;
    }
    Ok(())
}

fn join(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_be_bytes()).collect()
}

/// Opens a request: everything but its changes is read and within limits.
///
/// # Errors
/// When the bytes are not a request, or go over a limit.
pub fn open_request(bytes: &[u8]) -> Result<Opened<RequestHead>, WireError> {
    let message = frame::open(bytes)?;
    let mut head = RequestHead::default();
    let (mut cbor, items) = message_of(&message, REQUEST)?;
    cbor.map(|cbor, key| {
        match key {
            BUDGET => head.budget_bytes = cbor.number32("the budget")?,
            CLOCK => head.clock = ClockMs(cbor.clock("the clock")?),
            FEEDS => head.feeds = cbor.list("feeds", FRAME_FEEDS_MAX, feed)?,
            CATALOG => head.catalog = cbor.number("the catalog's revision")?,
            DECISIONS_AFTER => head.decisions_after = cbor.number("the last decision")?,
            UNANSWERED => head.unanswered = cbor.yes_no("whether something is unanswered")?,
            WAITING => head.waiting = cbor.number32("the number that waits")?,
            FETCH => head.fetch = fetch(cbor)?,
            REPAIRS => head.repairs = cbor.list("repairs", FRAME_FEEDS_MAX, repair)?,
            AUTHORS => head.authors = authors(cbor)?,
            VOUCHINGS => head.vouchings = voucher::vouchings(cbor)?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let changes = changes_of(&mut cbor, items)?;
    let feeds: Vec<&UnitCode> = head.feeds.iter().map(|feed| &feed.unit).collect();
    let prelude = Prelude::read(&message[changes.clone()], &feeds)?;
    voucher::check_numbers(&head, prelude.change_count())?;
    let clock = head.clock;
    Ok(Opened { head, clock, message, changes, prelude })
}

/// A message of this kind, up to its map, and how many items it has.
pub(super) fn message_of(message: &[u8], kind: u64) -> Result<(Cbor<'_>, usize), WireError> {
    let mut cbor = Cbor::new(message);
    let items = cbor.array("the message", 3)?;
    if items < 2 {
        return Err(cbor.malformed("the message"));
    }
    match cbor.number("the kind")? {
        found if found == kind => Ok((cbor, items)),
        found => Err(WireError::WrongKind { kind: found }),
    }
}

/// Where the packed changes stand, behind the map; the message ends there.
pub(super) fn changes_of(cbor: &mut Cbor<'_>, items: usize) -> Result<Range<usize>, WireError> {
    let changes = if items == 3 { cbor.range("the changes")? } else { 0..0 };
    cbor.end()?;
    Ok(changes)
}

fn feed(cbor: &mut Cbor<'_>) -> Result<FeedRequest, WireError> {
    cbor.row("a feed", 1, |cbor, items| {
        let unit = cbor.name("a feed's name")?;
        let mut feed = FeedRequest { unit, after: None, missing_below: 0 };
        if items >= 2 {
            let cursor = cbor.bytes("a cursor")?;
            if !cursor.is_empty() {
                let mut reader = Reader::new(cursor, 0);
                let mark = (reader.number(), reader.array(), reader.end());
                let (Ok(position), Ok(check), Ok(())) = mark else { return Err(cbor.malformed("a cursor")) };
                feed.after = Some(CursorMark { position, check: u64::from_be_bytes(check) });
            }
        }
        if items >= 3 {
            feed.missing_below = cbor.number("a position")?;
        }
        Ok((items.min(3), feed))
    })
}

/// Reads who stands behind actors.
pub(super) fn authors(cbor: &mut Cbor<'_>) -> Result<Vec<Author>, WireError> {
    cbor.list("authors", FRAME_ACTORS_MAX, |cbor| {
        cbor.row("an author", 2, |cbor, _| {
            let actor = ActorKey(cbor.bytes_of("an actor")?);
            Ok((2, Author { actor, user: cbor.name("a username")? }))
        })
    })
}

fn fetch(cbor: &mut Cbor<'_>) -> Result<Vec<(UnitCode, Vec<u64>)>, WireError> {
    let mut left = FETCH_HASHES_MAX;
    cbor.list("feeds to fetch from", FRAME_FEEDS_MAX, |cbor| {
        cbor.row("a fetch", 2, |cbor, _| {
            let unit = cbor.name("a feed's name")?;
            let hashes = split(cbor.bytes("hashes to fetch")?).ok_or_else(|| cbor.malformed("hashes to fetch"))?;
            left = left
                .checked_sub(hashes.len())
                .ok_or(WireError::TooMany { what: "hashes to fetch", max: FETCH_HASHES_MAX as u64 })?;
            Ok((2, (unit, hashes)))
        })
    })
}

fn repair(cbor: &mut Cbor<'_>) -> Result<RepairRequest, WireError> {
    cbor.row("a repair", 2, |cbor, _| {
        let unit = cbor.name("a feed's name")?;
        let bytes = cbor.bytes("a repair's digests")?;
        if bytes.len() / 8 > REPAIR_BUCKETS_MAX {
            return Err(WireError::TooMany { what: "buckets", max: REPAIR_BUCKETS_MAX as u64 });
        }
        let digests = split(bytes).filter(|digests| digests.len().is_power_of_two());
        Ok((2, RepairRequest { unit, digests: digests.ok_or_else(|| cbor.malformed("a repair's digests"))? }))
    })
}

/// The numbers, 8 bytes each, big-endian.
pub(super) fn split(bytes: &[u8]) -> Option<Vec<u64>> {
    let (numbers, []) = bytes.as_chunks::<8>() else { return None };
    Some(numbers.iter().map(|n| u64::from_be_bytes(*n)).collect())
}
