//! CBOR as messages use it: definite lengths, integer keys in ascending order, unknown keys skipped.

use core::convert::Infallible;

use alloc::vec::Vec;

use minicbor::{Decoder, data::Type};

use super::WireError;
use crate::limits::UNKNOWN_VALUES_MAX;

/// Writes into memory, which cannot fail.
pub(super) type Encoder = minicbor::Encoder<Vec<u8>>;
/// What an encoding function returns.
pub(super) type Encoded = Result<(), minicbor::encode::Error<Infallible>>;

/// Writes a signed number as the shortest big-endian two's complement, as a byte string: a clock takes 7 bytes instead of 9.
pub(super) fn put_clock(e: &mut Encoder, n: i64) -> Encoded {
    let bytes = n.to_be_bytes();
    let spare = |i: &usize| (bytes[*i] == 0 && bytes[i + 1] < 0x80) || (bytes[*i] == 0xff && bytes[i + 1] >= 0x80);
    let skip = (0..7).take_while(spare).count();
    e.bytes(&bytes[skip..])?.ok()
}

/// Reads a message.
pub(super) struct Cbor<'b> {
    inner: Decoder<'b>,
    length: usize,
    /// How many more values of later versions are passed over.
    unknown_left: u64,
}

impl<'b> Cbor<'b> {
    pub(super) fn new(message: &'b [u8]) -> Self {
        Self { inner: Decoder::new(message), length: message.len(), unknown_left: UNKNOWN_VALUES_MAX as u64 }
    }

    pub(super) fn malformed(&self, what: &'static str) -> WireError {
        WireError::Malformed { what, at: self.inner.position() }
    }

    fn read<T>(
        &mut self,
        what: &'static str,
        read: impl FnOnce(&mut Decoder<'b>) -> Result<T, minicbor::decode::Error>,
    ) -> Result<T, WireError> {
        read(&mut self.inner).map_err(|e| if e.is_end_of_input() { WireError::Truncated } else { self.malformed(what) })
    }

    pub(super) fn number(&mut self, what: &'static str) -> Result<u64, WireError> {
        self.read(what, Decoder::u64)
    }

    pub(super) fn number32(&mut self, what: &'static str) -> Result<u32, WireError> {
        self.read(what, Decoder::u32)
    }

    pub(super) fn yes_no(&mut self, what: &'static str) -> Result<bool, WireError> {
        self.read(what, Decoder::bool)
    }

    pub(super) fn text(&mut self, what: &'static str) -> Result<&'b str, WireError> {
        self.read(what, Decoder::str)
    }

    pub(super) fn bytes(&mut self, what: &'static str) -> Result<&'b [u8], WireError> {
        self.read(what, Decoder::bytes)
    }

    /// The offset of a byte string's content, and its length: for a part that is read later.
    pub(super) fn range(&mut self, what: &'static str) -> Result<core::ops::Range<usize>, WireError> {
        let length = self.bytes(what)?.len();
        let end = self.inner.position();
        Ok(end - length..end)
    }

    pub(super) fn bytes_of<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], WireError> {
        self.bytes(what)?.try_into().map_err(|_| self.malformed(what))
    }

    /// A name of some kind.
    pub(super) fn name<T: core::str::FromStr>(&mut self, what: &'static str) -> Result<T, WireError> {
        self.text(what)?.parse().map_err(|_| self.malformed(what))
    }

    pub(super) fn clock(&mut self, what: &'static str) -> Result<i64, WireError> {
        let bytes = self.bytes(what)?;
        let (Some(first), true) = (bytes.first(), bytes.len() <= 8) else { return Err(self.malformed(what)) };
        let mut all = [if *first < 0x80 { 0 } else { 0xff }; 8];
        all[8 - bytes.len()..].copy_from_slice(bytes);
        Ok(i64::from_be_bytes(all))
    }

    fn declared(&self, what: &'static str, declared: Option<u64>, max: usize) -> Result<usize, WireError> {
        let n = declared.ok_or_else(|| self.malformed(what))?;
        if n > max as u64 {
            return Err(WireError::TooMany { what, max: max as u64 });
        }
        if n > (self.length - self.inner.position()) as u64 { Err(WireError::Truncated) } else { Ok(n as usize) }
    }

    /// The number of items of an array, at most `max`.
    pub(super) fn array(&mut self, what: &'static str, max: usize) -> Result<usize, WireError> {
        let declared = self.read(what, Decoder::array)?;
        self.declared(what, declared, max)
    }

    /// An array of up to `max` items, each read by `item`.
    pub(super) fn list<T>(
        &mut self,
        what: &'static str,
        max: usize,
        mut item: impl FnMut(&mut Self) -> Result<T, WireError>,
    ) -> Result<Vec<T>, WireError> {
        let n = self.array(what, max)?;
        let mut items = Vec::with_capacity(n.min(1024));
        for _ in 0..n {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// An array that is one thing, read by `row`, which is given the number of items and says how many it took; the rest,
    /// added by some later version, is skipped.
    pub(super) fn row<T>(
        &mut self,
        what: &'static str,
        least: usize,
        row: impl FnOnce(&mut Self, usize) -> Result<(usize, T), WireError>,
    ) -> Result<T, WireError> {
        let n = self.array(what, ROW_ITEMS_MAX)?;
        if n < least {
            return Err(self.malformed(what));
        }
        let (taken, value) = row(self, n)?;
        for _ in taken..n {
            self.skip()?;
        }
        Ok(value)
    }

    /// A map; `entry` reads the value of a key that it knows, and otherwise returns `false`.
    pub(super) fn map(
        &mut self,
        mut entry: impl FnMut(&mut Self, u64) -> Result<bool, WireError>,
    ) -> Result<(), WireError> {
        let declared = self.read("the message", Decoder::map)?;
        let n = self.declared("entries of the message", declared, ROW_ITEMS_MAX)?;
        let mut previous = None;
        for _ in 0..n {
            let key = self.number("a key")?;
            if previous.is_some_and(|p| p >= key) {
                return Err(self.malformed("the order of keys"));
            }
            previous = Some(key);
            if !entry(self, key)? {
                self.skip()?;
            }
        }
        Ok(())
    }

    /// Passes over one value with all that is in it: without recursion, and no more of them in a message than are permitted.
    fn skip(&mut self) -> Result<(), WireError> {
        let what = "a value of a later version";
        let mut left = 1u64;
        while left > 0 {
            left -= 1;
            let too_many = WireError::TooMany { what: "values of a later version", max: UNKNOWN_VALUES_MAX as u64 };
            self.unknown_left = self.unknown_left.checked_sub(1).ok_or(too_many)?;
            let inside = match self.read(what, |d| d.datatype())? {
                Type::Array => self.array(what, usize::MAX)? as u64,
                Type::Map => {
                    let declared = self.read(what, Decoder::map)?;
                    2 * self.declared(what, declared, usize::MAX)? as u64
                }
                Type::Tag => self.read(what, Decoder::tag).map(|_| 1)?,
                Type::ArrayIndef | Type::MapIndef | Type::BytesIndef | Type::StringIndef | Type::Break => {
                    return Err(self.malformed(what));
                }
                _ => self.read(what, Decoder::skip).map(|()| 0)?,
            };
            left = left.saturating_add(inside);
        }
        Ok(())
    }

    /// Checks that nothing is left.
    pub(super) fn end(&self) -> Result<(), WireError> {
        if self.inner.position() == self.length { Ok(()) } else { Err(self.malformed("the end of the message")) }
    }
}

/// Items of an array that is one thing, and entries of a message: far more than any version will have.
const ROW_ITEMS_MAX: usize = 64;
