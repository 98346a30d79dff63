//! Where a record stands in a list, as a key: newest day first, those without a day before all others; within a day the newest
//! made first. The browser reads many rows at once only upwards, so what is greatest in a list is smallest as a key.

use sync_core::id::{Day, RecordId};

use crate::store::Summary;

/// Bytes of a key.
pub(super) const KEY_BYTES: usize = 28;

/// The key of a record.
pub(super) fn key(record: &Summary) -> [u8; KEY_BYTES] {
    let mut key = [0; KEY_BYTES];
    key[..4].copy_from_slice(&day_key(record.on));
    // The sign's bit is turned, so that the numbers below 0 come first, and then all bits.
    let made = (record.created_ms.0 as u64) ^ (1 << 63);
    key[4..12].copy_from_slice(&(!made).to_be_bytes());
    let id = record.id.as_bytes().map(|byte| !byte);
    key[12..].copy_from_slice(&id);
    key
}

/// The beginning of the keys of a day, or of those without one.
pub(super) fn day_key(day: Option<Day>) -> [u8; 4] {
    let Some(day) = day else { return [0; 4] };
    let (year, month, day) = day.parts();
    let number = u32::from(year) << 16 | u32::from(month) << 8 | u32::from(day);
    (!number).to_be_bytes()
}

/// The least and the greatest key of the records whose names begin with these digits, dashes left out: bounds of `id`.
pub(super) fn names(prefix: &str) -> Option<([u8; 16], [u8; 16])> {
    let mut bounds = ([0u8; 16], [0xff; 16]);
    for (i, digit) in prefix.chars().filter(|c| *c != '-').enumerate() {
        let value = u8::try_from(digit.to_digit(16)?).ok()?;
        let (low, high) = (bounds.0.get_mut(i / 2)?, bounds.1.get_mut(i / 2)?);
        if i.is_multiple_of(2) {
            (*low, *high) = (value << 4, value << 4 | 0xf);
        } else {
            (*low, *high) = (*low | value, *high & 0xf0 | value);
        }
    }
    Some(bounds)
}

/// Whether a name, written as a UUID, begins so.
pub(super) fn is_named(id: RecordId, prefix: &str) -> bool {
    id.to_string().starts_with(prefix)
}

/// The least and the greatest key of the records from one day to another.
pub(super) fn range(from: Option<Day>, to: Option<Day>) -> (Vec<u8>, Vec<u8>) {
    let least = match (from, to) {
        (None, None) => [0; 4],
        (Some(_), None) => [0, 0, 0, 1],
        (_, Some(to)) => day_key(Some(to)),
    };
    let greatest = from.map_or([0xff; 4], |from| day_key(Some(from)));
    (least.to_vec(), greatest.into_iter().chain([0xff; KEY_BYTES - 4]).collect())
}
