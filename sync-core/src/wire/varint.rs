//! Numbers in as few bytes as they need, and the reader that never trusts a declared length.

use alloc::vec::Vec;

use super::WireError;

/// Appends `n`, seven bits a byte, the lowest first; every byte but the last has its top bit set.
pub(super) fn put(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

/// Appends a signed number: 0, -1, 1, -2, … become 0, 1, 2, 3, ….
pub(super) fn put_signed(out: &mut Vec<u8>, n: i64) {
    put(out, ((n << 1) ^ (n >> 63)) as u64);
}

/// Appends a text with its length in bytes before it.
pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Reads what the functions above wrote.
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8], at: usize) -> Self {
        Self { bytes, at: at.min(bytes.len()) }
    }

    /// How far it has read, in bytes.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn rest(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(super) fn malformed(&self, what: &'static str) -> WireError {
        WireError::Malformed { what, at: self.at }
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'b [u8], WireError> {
        if length > self.rest() {
            return Err(WireError::Truncated);
        }
        let taken = &self.bytes[self.at..self.at + length];
        self.at += length;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn number(&mut self) -> Result<u64, WireError> {
        let mut n = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            let low = u64::from(byte & 0x7f);
            if (low << shift) >> shift != low || (byte == 0 && shift > 0) {
                break;
            }
            n |= low << shift;
            if byte < 0x80 {
                return Ok(n);
            }
        }
        Err(self.malformed("a number"))
    }

    pub(super) fn signed(&mut self) -> Result<i64, WireError> {
        let n = self.number()?;
        Ok((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    /// A number no greater than `max`.
    pub(super) fn up_to(&mut self, what: &'static str, max: u64) -> Result<u64, WireError> {
        let n = self.number()?;
        if n > max { Err(WireError::TooMany { what, max }) } else { Ok(n) }
    }

    /// A number of things that follow, each of which takes at least one byte.
    pub(super) fn count(&mut self, what: &'static str, max: usize) -> Result<usize, WireError> {
        let n = self.up_to(what, max as u64)? as usize;
        if n > self.rest() { Err(WireError::Truncated) } else { Ok(n) }
    }

    /// A number that names one of `of` things.
    pub(super) fn index(&mut self, what: &'static str, of: usize) -> Result<usize, WireError> {
        let n = self.number()?;
        if n < of as u64 { Ok(n as usize) } else { Err(self.malformed(what)) }
    }

    /// A text of which the length is already known.
    pub(super) fn text_of(&mut self, length: usize) -> Result<&'b str, WireError> {
        let bytes = self.take(length)?;
        core::str::from_utf8(bytes).map_err(|_| self.malformed("a text"))
    }

    /// A text with its length before it.
    pub(super) fn text(&mut self, what: &'static str, max: usize) -> Result<&'b str, WireError> {
        let length = self.up_to(what, max as u64)?;
        self.text_of(length as usize)
    }

    /// Checks that nothing is left.
    pub(super) fn end(&self) -> Result<(), WireError> {
        if self.rest() == 0 { Ok(()) } else { Err(self.malformed("the end")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn numbers_come_back() {
        for n in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
            let mut bytes = vec![];
            put(&mut bytes, n);
            put_signed(&mut bytes, n as i64);
            let mut reader = Reader::new(&bytes, 0);
            assert_eq!((reader.number(), reader.signed()), (Ok(n), Ok(n as i64)));
            assert_eq!(reader.end(), Ok(()));
        }
    }

    #[test]
    fn each_number_has_one_spelling() {
        for bytes in
            [&[0x80, 0][..], &[0xff, 0x80, 0], &[0xff; 11], &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2]]
        {
            assert!(matches!(Reader::new(bytes, 0).number(), Err(WireError::Malformed { .. })), "{bytes:?}");
        }
        assert_eq!(Reader::new(&[0x80], 0).number(), Err(WireError::Truncated));
    }

    #[test]
    fn a_declared_length_is_not_trusted() {
        let mut reader = Reader::new(&[100, 1, 2], 0);
        assert_eq!(reader.count("things", 200), Err(WireError::Truncated));
        assert_eq!(Reader::new(&[100], 0).count("things", 99), Err(WireError::TooMany { what: "things", max: 99 }));
    }
}
