//! Texts in two bytes a character where UTF-8 takes three: Chinese and Tibetan. Never longer than UTF-8, and one spelling
//! for each text.
//!
//! | first byte | bytes | character |
//! |---|---|---|
//! | 00–7f | 1 | ASCII |
//! | 80–d1 | 2 | U+4E00–U+9FFF: a row of 256, then the place in it |
//! | d2, d3, d4, d5, d6 | 2 | U+30xx, U+FFxx, U+0Fxx (Tibetan), U+20xx, U+21xx |
//! | d7–de | 2 | U+0080–U+07FF |
//! | df | 3 | any other character up to U+FFFF, big-endian |
//! | e1–f0 | 3 | plane 1 to 16, then the place in it, big-endian |

use alloc::vec::Vec;

/// The rows of 256 characters that have a first byte of their own, from `0xd2`.
const ROWS: [u32; 5] = [0x30, 0xff, 0x0f, 0x20, 0x21];

/// The bytes of a character, and how many of the three there are.
pub(super) const fn spell(c: char) -> ([u8; 3], usize) {
    let code = c as u32;
    let (row, low) = (code >> 8, code as u8);
    let mut named = 0;
    while named < ROWS.len() {
        if ROWS[named] == row {
            return ([0xd2 + named as u8, low, 0], 2);
        }
        named += 1;
    }
    match row {
        0 if low < 0x80 => ([low, 0, 0], 1),
        0x4e..=0x9f => ([0x80 + (row - 0x4e) as u8, low, 0], 2),
        0..=7 => ([0xd7 + row as u8, low, 0], 2),
        8..=0xff => ([0xdf, row as u8, low], 3),
        _ => ([0xe0 + (code >> 16) as u8, row as u8, low], 3),
    }
}

/// Appends a text.
pub(super) fn put(out: &mut Vec<u8>, text: &str) {
    for c in text.chars() {
        let (bytes, length) = spell(c);
        out.extend_from_slice(&bytes[..length]);
    }
}

/// The characters of a text; `Err` where it is malformed, after which there is nothing more to read.
pub(super) fn read(bytes: &[u8]) -> impl Iterator<Item = Result<char, ()>> + '_ {
    let mut rest = bytes;
    core::iter::from_fn(move || {
        let (first, after) = rest.split_first()?;
        let place = |n: usize| after.get(..n).map(|low| low.iter().fold(0, |code, byte| code << 8 | u32::from(*byte)));
        let code = match *first {
            byte @ 0..=0x7f => Some((u32::from(byte), 0)),
            byte @ 0x80..=0xd1 => place(1).map(|low| (0x4e00 + (u32::from(byte - 0x80) << 8) + low, 1)),
            byte @ 0xd2..=0xd6 => place(1).map(|low| ((ROWS[usize::from(byte - 0xd2)] << 8) + low, 1)),
            byte @ 0xd7..=0xde => place(1).map(|low| ((u32::from(byte - 0xd7) << 8) + low, 1)),
            byte @ 0xdf..=0xf0 => place(2).map(|low| ((u32::from(byte.saturating_sub(0xe0)) << 16) + low, 2)),
            _ => None,
        };
        let found = code.and_then(|(code, taken)| Some((char::from_u32(code)?, taken)));
        // One spelling only: the one that `spell` gives.
        let found = found.filter(|(c, taken)| spell(*c).1 == taken + 1 && spell(*c).0[0] == *first);
        rest = found.map_or(&[], |(_, taken)| &after[taken..]);
        Some(found.map(|(c, _)| c).ok_or(()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::String, vec};

    #[test]
    fn every_character_comes_back_and_none_grows() {
        for c in '\0'..=char::MAX {
            let (mut bytes, text) = (vec![], String::from(c));
            put(&mut bytes, &text);
            assert!(bytes.len() <= text.len(), "{c:?}");
            assert_eq!(read(&bytes).collect::<Vec<_>>(), [Ok(c)], "{bytes:x?}");
        }
    }

    #[test]
    fn no_two_spellings_are_the_same_text() {
        for first in 0..=255u8 {
            for second in 0..=255 {
                let bytes = [first, second];
                if let Ok(text) = read(&bytes).collect::<Result<String, ()>>() {
                    let mut again = vec![];
                    put(&mut again, &text);
                    assert_eq!(again, bytes);
                }
            }
        }
        for bytes in [
            &[0xdf, 0x4e, 0x2d][..],
            &[0xe0, 0, 65],
            &[0xe0, 0x31, 5],
            &[0xdf, 0xd8, 0],
            &[0xd7, 65],
            &[0xf1, 0, 0],
            &[0x80],
            &[0xf0, 0],
        ] {
            assert!(read(bytes).any(|c| c.is_err()), "{bytes:x?}");
        }
    }
}
