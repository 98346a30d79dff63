//! Mutators that know a grammar: they take an input apart, change something within, and put it together again with lengths, counts,
//! names and proofs that fit. What they cannot take apart they change byte by byte.

pub mod bytes;
pub mod cbor;
pub mod envelope;
pub mod frame;
pub mod json;
pub mod parts;
pub mod requests;
pub mod table;

use crate::dice::Dice;

/// Changes bytes without knowing what they are, up to so many: libFuzzer's own way, or [`bytes::mutate`].
pub type Raw<'r> = &'r mut dyn FnMut(&mut Vec<u8>, usize);

/// Makes another input of one, of at most so many bytes.
pub type Mutate = fn(&[u8], usize, &mut Dice, Raw<'_>) -> Vec<u8>;

/// Whether so many times in a hundred.
pub(crate) fn often(dice: &mut Dice, per_cent: u64) -> bool {
    dice.below(100) < per_cent
}

/// One of some.
pub(crate) fn one<'a, T>(dice: &mut Dice, of: &'a [T]) -> Option<&'a T> {
    of.get(index(dice, of.len())?)
}

/// A place among so many; `None` where there is none.
pub(crate) fn index(dice: &mut Dice, count: usize) -> Option<usize> {
    usize::try_from(dice.below(count as u64)).ok().filter(|at| *at < count)
}

/// A number near which programs go wrong.
pub(crate) fn number(dice: &mut Dice) -> u64 {
    let edges = [
        0,
        1,
        2,
        15,
        23,
        24,
        63,
        64,
        127,
        128,
        255,
        256,
        8_192,
        10_000,
        20_000,
        65_535,
        200_000,
        1 << 31,
        (1 << 53) - 1,
        1 << 63,
        u64::MAX,
    ];
    let edge = *one(dice, &edges).unwrap_or(&0);
    match dice.below(4) {
        0 => dice.draw() >> dice.below(64),
        1 => edge.wrapping_sub(1),
        2 => edge.wrapping_add(1),
        _ => edge,
    }
}

/// A text of which some reader may think ill.
pub(crate) fn text(dice: &mut Dice) -> String {
    let odd = [
        "",
        " ",
        "\0",
        "a",
        "on",
        "../etc",
        "嘎托镇",
        "བོད་ཡིག།",
        "😀",
        "\u{feff}",
        "\u{202e}",
        "null",
        "-0",
        "1e999",
        "9007199254740993",
        "2021-02-30",
        "2021-05-01",
        "'; DROP TABLE records; --",
        "=1+1",
        "<b>&amp;",
        "%00",
        "{\"zh\":1}",
        "\"\\\n\r\t",
        "markam",
        "worker-1",
        "ffffffffffffffff",
    ];
    let text = (*one(dice, &odd).unwrap_or(&"")).to_owned();
    match dice.below(8) {
        0 => text.repeat(1 + usize::try_from(dice.below(300)).unwrap_or(0)),
        1 => format!("{text}{}", *one(dice, &odd).unwrap_or(&"")),
        _ => text,
    }
}
