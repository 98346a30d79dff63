//! Frames of the wire: taken apart as far as they go. Of a message that can be read whole, changes are changed as values, and the frame
//! is written with the names and the proof that belong to them; of another one, the tree; of what is no message, the bytes.

use crate::dice::Dice;
use sync_core::{
    id::{ChangeHash, ClockMs},
    limits::VOUCHED_CHANGES,
    wire::{self, OutGroup, OutRequest, Voucher},
};

use super::{Raw, cbor, envelope, index, number, often, one, parts};
use crate::{
    center::{CLOCK_MS, Scene, UNIT, name},
    core::frame::{out_bundle, out_request, out_response},
};

/// Changes a frame of any kind.
pub fn frame(data: &[u8], max: usize, dice: &mut Dice, raw: Raw<'_>) -> Vec<u8> {
    let message = envelope::open(data);
    let made = match (dice.below(20), message) {
        (0, _) | (_, None) => bytewise(data, max, raw),
        (1..=2, Some(mut message)) => {
            raw(&mut message, max);
            envelope::stored(&message)
        }
        (3..=8, Some(message)) => tree(&message, dice, raw).unwrap_or_else(|| bytewise(data, max, raw)),
        (_, Some(message)) => {
            values(data, dice).or_else(|| tree(&message, dice, raw)).unwrap_or_else(|| bytewise(data, max, raw))
        }
    };
    if made.len() <= max { made } else { shorter(&made, max).unwrap_or_else(|| bytewise(data, max, raw)) }
}

/// Changes a request; makes one of what is none.
pub fn request(data: &[u8], max: usize, dice: &mut Dice, raw: Raw<'_>) -> Vec<u8> {
    if wire::open_request(data).is_err() && often(dice, 30) {
        let mut request = OutRequest::default();
        request.head.clock = ClockMs(CLOCK_MS);
        let feed = Scene::with(|scene| scene.feed.clone());
        parts::mutate(&mut request.groups, &feed, dice);
        let made = wire::encode_request(&request);
        if made.len() <= max {
            return made;
        }
    }
    frame(data, max, dice, raw)
}

/// Changes a file of frames.
pub fn bundle(data: &[u8], max: usize, dice: &mut Dice, raw: Raw<'_>) -> Vec<u8> {
    let Ok(frames) = wire::split_frames(data) else { return bytewise(data, max, raw) };
    let mut frames: Vec<Vec<u8>> = frames.into_iter().map(<[u8]>::to_vec).collect();
    let at = index(dice, frames.len()).unwrap_or(0);
    match dice.below(16) {
        0 => return bytewise(data, max, raw),
        1 => frames.push(frames[at].clone()),
        2 if frames.len() > 1 => drop(frames.remove(at)),
        3 => frames.reverse(),
        _ => frames[at] = frame(&frames[at], max.saturating_sub(4), dice, raw),
    }
    let made = wire::join_frames(&frames);
    if made.len() <= max { made } else { bytewise(data, max, raw) }
}

fn bytewise(data: &[u8], max: usize, raw: Raw<'_>) -> Vec<u8> {
    let mut bytes = data.to_vec();
    raw(&mut bytes, max);
    bytes
}

/// The same message in fewer bytes, if deflating makes that of it.
fn shorter(frame: &[u8], max: usize) -> Option<Vec<u8>> {
    let made = envelope::deflated(&envelope::open(frame)?);
    (made.len() <= max).then_some(made)
}

fn tree(message: &[u8], dice: &mut Dice, raw: Raw<'_>) -> Option<Vec<u8>> {
    let mut item = cbor::read(message)?;
    for _ in 0..dice.within(1, 3) {
        cbor::mutate(&mut item, dice, raw);
    }
    let mut out = Vec::new();
    cbor::write(&mut out, &item);
    Some(if often(dice, 10) { envelope::deflated(&out) } else { envelope::stored(&out) })
}

/// Changes what a frame says, if it can be read; what frames say of each other's changes follows.
fn values(data: &[u8], dice: &mut Dice) -> Option<Vec<u8>> {
    Scene::with(|scene| {
        let known = |unit: &_, position| scene.known(unit, position);
        let feed: Vec<_> = scene.feed.clone();
        if let Ok(opened) = wire::open_request(data) {
            let positions = opened.references();
            let mut out = out_request(scene, &opened.rebuild(&known).ok()?, &positions);
            if often(dice, 15) {
                out.head.clock = ClockMs(number(dice) as i64);
            }
            change(&mut out.groups, &feed, Some(scene), dice);
            return Some(wire::encode_request(&out));
        }
        if let Ok(opened) = wire::open_response(data) {
            let positions = opened.references();
            let mut out = out_response(scene, &opened.rebuild(&known).ok()?, &positions);
            change(&mut out.groups, &feed, Some(scene), dice);
            let runs = out.groups.iter().map(|group| group.changes.len().div_ceil(VOUCHED_CHANGES)).sum();
            out.head.vouchers.resize(runs, Voucher([3; 8]));
            return Some(wire::encode_response(&out));
        }
        let mut out = out_bundle(&wire::open_bundle(data).and_then(|opened| opened.rebuild()).ok()?);
        change(&mut out.groups, &feed, None, dice);
        Some(wire::encode_bundle(&out))
    })
}

fn change(
    groups: &mut Vec<OutGroup>,
    feed: &[(ChangeHash, sync_core::crdt::ChangeParts)],
    refers: Option<&Scene>,
    dice: &mut Dice,
) {
    parts::mutate(groups, feed, dice);
    groups.retain(|group| !group.changes.is_empty() || !group.known.is_empty());
    for group in groups {
        // What the receiver has may be referred to by its position, but for bundles.
        if let Some(scene) = refers
            && group.unit.as_str() == UNIT
            && group.known.is_empty()
            && often(dice, 50)
        {
            let all = 1..=scene.feed.len() as u64;
            let known = |position| {
                scene.known(&group.unit, position).map(|(hash, actor)| wire::Known { position, hash, actor })
            };
            group.known = all.filter_map(known).collect();
        } else if often(dice, 5) {
            group.unit = name(one(dice, &["markam", "riwoqe", "a"]).unwrap_or(&"a"));
            group.known.clear();
        }
    }
}
