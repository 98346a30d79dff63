//! CBOR as a tree: whatever is changed in it, lengths and counts fit when it is written again.

use crate::dice::Dice;

use super::{Raw, index, number, often, one, text};

/// Depth of the deepest tree that is taken apart.
const DEPTH_MAX: usize = 24;

/// A data item.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A number that is not negative.
    Unsigned(u64),
    /// -1 minus the number.
    Negative(u64),
    /// A byte string.
    Bytes(Vec<u8>),
    /// A text, which need not be one.
    Text(Vec<u8>),
    /// An array.
    Array(Vec<Item>),
    /// A map, as it stands.
    Map(Vec<(Item, Item)>),
    /// A tagged item.
    Tag(u64, Box<Item>),
    /// A simple value or float: its bits, and how many bytes follow.
    Simple(u64, u8),
}

/// Reads one item that is all of `bytes`.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<Item> {
    let mut rest = bytes;
    let item = item(&mut rest, 0)?;
    rest.is_empty().then_some(item)
}

fn argument(rest: &mut &[u8], low: u8) -> Option<(u64, u8)> {
    let width = match low {
        0..=23 => return Some((u64::from(low), 0)),
        24..=27 => 1usize << (low - 24),
        _ => return None,
    };
    let (bytes, behind) = rest.split_at_checked(width)?;
    *rest = behind;
    Some((bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)), width as u8))
}

fn item(rest: &mut &[u8], depth: usize) -> Option<Item> {
    let (first, behind) = rest.split_first()?;
    *rest = behind;
    let (n, width) = argument(rest, first & 31)?;
    let count = usize::try_from(n).ok()?;
    if depth > DEPTH_MAX {
        return None;
    }
    let take = |rest: &mut &[u8]| {
        let (bytes, behind) = rest.split_at_checked(count)?;
        *rest = behind;
        Some(bytes.to_vec())
    };
    Some(match first >> 5 {
        0 => Item::Unsigned(n),
        1 => Item::Negative(n),
        2 => Item::Bytes(take(rest)?),
        3 => Item::Text(take(rest)?),
        4 if count <= rest.len() => Item::Array((0..count).map(|_| item(rest, depth + 1)).collect::<Option<_>>()?),
        5 if count <= rest.len() => Item::Map(
            (0..count).map(|_| Some((item(rest, depth + 1)?, item(rest, depth + 1)?))).collect::<Option<_>>()?,
        ),
        6 => Item::Tag(n, Box::new(item(rest, depth + 1)?)),
        7 => Item::Simple(n, width),
        _ => return None,
    })
}

fn head(out: &mut Vec<u8>, major: u8, n: u64) {
    let bytes = n.to_be_bytes();
    match n {
        0..=23 => out.push(major << 5 | n as u8),
        24..=0xff => out.extend([major << 5 | 24, bytes[7]]),
        0x100..=0xffff => out.extend([major << 5 | 25, bytes[6], bytes[7]]),
        0x1_0000..=0xffff_ffff => {
            out.push(major << 5 | 26);
            out.extend(&bytes[4..]);
        }
        _ => {
            out.push(major << 5 | 27);
            out.extend(bytes);
        }
    }
}

/// Appends an item.
pub fn write(out: &mut Vec<u8>, item: &Item) {
    match item {
        Item::Unsigned(n) => head(out, 0, *n),
        Item::Negative(n) => head(out, 1, *n),
        Item::Bytes(bytes) => {
            head(out, 2, bytes.len() as u64);
            out.extend(bytes);
        }
        Item::Text(bytes) => {
            head(out, 3, bytes.len() as u64);
            out.extend(bytes);
        }
        Item::Array(items) => {
            head(out, 4, items.len() as u64);
            items.iter().for_each(|item| write(out, item));
        }
        Item::Map(entries) => {
            head(out, 5, entries.len() as u64);
            for (key, value) in entries {
                write(out, key);
                write(out, value);
            }
        }
        Item::Tag(n, inner) => {
            head(out, 6, *n);
            write(out, inner);
        }
        Item::Simple(n, 0) => out.push(7 << 5 | *n as u8),
        Item::Simple(n, width) => {
            out.push(7 << 5 | 24 | width.trailing_zeros() as u8);
            out.extend(&n.to_be_bytes()[8 - usize::from(*width)..]);
        }
    }
}

/// The items in and below one.
fn size(item: &Item) -> usize {
    1 + match item {
        Item::Array(items) => items.iter().map(size).sum(),
        Item::Map(entries) => entries.iter().map(|(key, value)| size(key) + size(value)).sum(),
        Item::Tag(_, inner) => size(inner),
        _ => 0,
    }
}

/// Changes one item of a tree.
pub fn mutate(item: &mut Item, dice: &mut Dice, raw: Raw<'_>) {
    let at = index(dice, size(item)).unwrap_or(0);
    descend(item, at, dice, raw);
}

/// Changes the item that is the `at`-th in and below this one.
fn descend(item: &mut Item, mut at: usize, dice: &mut Dice, raw: Raw<'_>) {
    if at == 0 {
        return change(item, dice, raw);
    }
    at -= 1;
    let inside: Vec<&mut Item> = match item {
        Item::Array(items) => items.iter_mut().collect(),
        Item::Map(entries) => entries.iter_mut().flat_map(|(key, value)| [key, value]).collect(),
        Item::Tag(_, inner) => vec![inner],
        _ => Vec::new(),
    };
    for inner in inside {
        let size = size(inner);
        if at < size {
            return descend(inner, at, dice, raw);
        }
        at -= size;
    }
}

fn change(item: &mut Item, dice: &mut Dice, raw: Raw<'_>) {
    if often(dice, 6) {
        *item = any(dice);
        return;
    }
    match item {
        Item::Unsigned(n) | Item::Negative(n) | Item::Tag(n, _) | Item::Simple(n, _) => {
            *n = if often(dice, 40) { n.wrapping_add(dice.below(5)).wrapping_sub(2) } else { number(dice) };
        }
        Item::Bytes(bytes) => match dice.below(4) {
            0 if !bytes.is_empty() => bytes.truncate(index(dice, bytes.len()).unwrap_or(0)),
            1 => bytes.extend(number(dice).to_be_bytes()),
            _ => raw(bytes, bytes.len() + 64),
        },
        Item::Text(bytes) => match dice.below(3) {
            0 => raw(bytes, bytes.len() + 64),
            _ => *bytes = text(dice).into_bytes(),
        },
        Item::Array(items) => change_list(items, dice, any),
        Item::Map(entries) => {
            change_list(entries, dice, |dice| (Item::Unsigned(dice.below(16)), any(dice)));
            // Keys must ascend, and mostly do.
            if often(dice, 80) {
                entries.sort_by_key(|(key, _)| if let Item::Unsigned(n) = key { *n } else { u64::MAX });
                entries.dedup_by(|(a, _), (b, _)| a == b);
            }
        }
    }
}

fn change_list<T: Clone>(list: &mut Vec<T>, dice: &mut Dice, any: impl FnOnce(&mut Dice) -> T) {
    let at = index(dice, list.len() + 1).unwrap_or(0);
    match (dice.below(6), one(dice, list).cloned()) {
        (0, Some(_)) if at < list.len() => drop(list.remove(at)),
        (1 | 2, Some(again)) => list.insert(at, again),
        (3, Some(_)) => {
            let other = index(dice, list.len()).unwrap_or(0);
            let at = at.min(list.len() - 1);
            list.swap(at, other);
        }
        (4, Some(again)) => list.extend(core::iter::repeat_n(again, usize::try_from(dice.below(70)).unwrap_or(0))),
        _ => list.insert(at, any(dice)),
    }
}

fn any(dice: &mut Dice) -> Item {
    match dice.below(8) {
        0 => Item::Negative(number(dice)),
        1 => Item::Bytes(dice.bytes::<8>().to_vec()),
        2 => Item::Text(text(dice).into_bytes()),
        3 => Item::Array(vec![Item::Text(text(dice).into_bytes()), Item::Unsigned(number(dice))]),
        4 => Item::Map(vec![(Item::Unsigned(dice.below(12)), Item::Unsigned(number(dice)))]),
        5 => Item::Tag(number(dice), Box::new(Item::Unsigned(0))),
        6 => Item::Simple(dice.within(20, 23), 0),
        _ => Item::Unsigned(number(dice)),
    }
}
