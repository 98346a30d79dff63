//! Bytes changed without knowing what they are: what libFuzzer does itself, for where it is not.

use crate::dice::Dice;

use super::{index, number, one};

/// Changes `data` in one to four places, up to `max` bytes.
pub fn mutate(dice: &mut Dice, data: &mut Vec<u8>, max: usize) {
    for _ in 0..dice.within(1, 4) {
        step(dice, data);
    }
    data.truncate(max);
}

fn step(dice: &mut Dice, data: &mut Vec<u8>) {
    let Some(at) = index(dice, data.len()) else {
        data.push((dice.draw() >> 24) as u8);
        return;
    };
    match dice.below(8) {
        0 => data[at] ^= 1 << dice.below(8),
        1 => data[at] = *one(dice, &[0, 1, 0x7f, 0x80, 0xff, 0x1b, 0x9b, 0xbf, b'{', b'"', b',']).unwrap_or(&0),
        2 => data[at] = data[at].wrapping_add(dice.within(1, 16) as u8).wrapping_sub(8),
        3 => drop(data.remove(at)),
        4 => data.insert(at, (dice.draw() >> 24) as u8),
        5 => {
            // A stretch, repeated.
            let end = at + index(dice, (data.len() - at).min(64)).unwrap_or(0);
            let stretch = data[at..end].to_vec();
            data.splice(at..at, stretch);
        }
        6 => {
            let end = at + index(dice, (data.len() - at).min(64)).unwrap_or(0);
            data.drain(at..end);
        }
        _ => {
            let bytes = number(dice).to_be_bytes();
            let width = *one(dice, &[1, 2, 4, 8]).unwrap_or(&1);
            let end = (at + width).min(data.len());
            data.splice(at..end, bytes[8 - width..].iter().copied());
        }
    }
}
