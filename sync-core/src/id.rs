//! Typed names of everything that is named: no bare string, number or UUID crosses a boundary of this crate.

use alloc::{borrow::ToOwned, string::String};
use core::{fmt, str::FromStr};

use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use thiserror::Error;
use uuid::Uuid;

/// A text that is not a valid name of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text:?} is not a valid {kind}: {rule}")]
pub struct InvalidId {
    /// What the text was meant to name, e.g. `unit code`.
    pub kind: &'static str,
    /// The text, cut to 80 characters.
    pub text: String,
    /// The rule that it breaks, in words.
    pub rule: &'static str,
}

impl InvalidId {
    fn new(kind: &'static str, text: &str, rule: &'static str) -> Self {
        Self { kind, text: text.chars().take(80).collect(), rule }
    }
}

/// The hash of one change: SHA-256 of the Automerge chunk, 32 bytes; its name everywhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct ChangeHash(pub [u8; 32]);

/// Eight random bytes drawn afresh for every process that writes; the author of changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct ActorKey(pub [u8; 8]);

macro_rules! hex_id {
    ($name:ident, $len:literal, $kind:literal) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let bad = || InvalidId::new($kind, text, concat!("expected ", stringify!($len), " bytes as hex"));
                if text.len() != $len * 2 || !text.is_ascii() {
                    return Err(bad());
                }
                let mut bytes = [0u8; $len];
                for (i, byte) in bytes.iter_mut().enumerate() {
                    *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| bad())?;
                }
                Ok(Self(bytes))
            }
        }
        impl TryFrom<&[u8]> for $name {
            type Error = InvalidId;
            fn try_from(bytes: &[u8]) -> Result<Self, InvalidId> {
                let bad = |_| InvalidId::new($kind, "(bytes)", concat!("expected ", stringify!($len), " bytes"));
                <[u8; $len]>::try_from(bytes).map(Self).map_err(bad)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(D::Error::custom)
            }
        }
        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }
        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                Self::try_from(d.bytes()?).map_err(|_| minicbor::decode::Error::message(concat!("not a ", $kind)))
            }
        }
    };
}

hex_id!(ChangeHash, 32, "change hash");
hex_id!(ActorKey, 8, "actor");

macro_rules! uuid_id {
    ($name:ident, $kind:literal) => {
        impl $name {
            /// The 16 bytes of the name, as stored.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }
        impl TryFrom<&[u8]> for $name {
            type Error = InvalidId;
            fn try_from(bytes: &[u8]) -> Result<Self, InvalidId> {
                let bad = |_| InvalidId::new($kind, "(bytes)", "expected 16 bytes");
                Uuid::from_slice(bytes).map(Self).map_err(bad)
            }
        }
        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let bad = |_| InvalidId::new($kind, text, "expected a UUID such as 0b5e…-…");
                Uuid::try_parse(text).map(Self).map_err(bad)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

/// A record's name: the first 16 bytes of its first change's hash, shaped as a version 8 UUID.
///
/// The name follows from the content, so two devices cannot create the same record and nobody can claim another's name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct RecordId(Uuid);

impl RecordId {
    /// The name of the record that `first` begins.
    #[must_use]
    pub fn of_first_change(first: &ChangeHash) -> Self {
        let mut bytes = [0u8; 16];
        bytes.copy_from_slice(&first.0[..16]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

uuid_id!(RecordId, "record id");

/// The name of a draft, a UUID: drawn by whoever begins one, and known on its device alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct DraftId(Uuid);

impl DraftId {
    /// The name that 16 random bytes make.
    #[must_use]
    pub fn of_random(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }
}

uuid_id!(DraftId, "draft id");

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $max:literal, $extra:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
        pub struct $name(String);

        impl $name {
            /// The longest permitted text, in bytes.
            pub const MAX_BYTES: usize = $max;

            /// The text of the name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                const RULE: &str = concat!(
                    "1 to ", stringify!($max), " of a-z, 0-9, '", $extra, "', beginning with a letter or digit"
                );
                let mut bytes = text.bytes();
                let first = bytes.next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
                let rest = bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || $extra.as_bytes().contains(&b));
                if text.len() <= $max && first && rest {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidId::new($kind, text, RULE))
                }
            }
        }
        impl TryFrom<&str> for $name {
            type Error = InvalidId;
            fn try_from(text: &str) -> Result<Self, InvalidId> {
                text.parse()
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl core::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(D::Error::custom)
            }
        }
        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.str(&self.0)?.ok()
            }
        }
        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                d.str()?.parse().map_err(|_| minicbor::decode::Error::message(concat!("not a valid ", $kind)))
            }
        }
    };
}

text_id!(
    /// The permanent code of an org unit, e.g. `markam-hospital`; also the name of its feed.
    UnitCode, "unit code", 48, ".-"
);
text_id!(
    /// The name of a form, e.g. `clinic.outreach`. Its versions are numbers beside it.
    FormId, "form id", 48, "._"
);
text_id!(
    /// The name a person logs in with, e.g. `doctor-03`.
    Username, "username", 48, ".-"
);
text_id!(
    /// The key of a field within a form, e.g. `patients_seen`; also of a repeating group's field.
    FieldKey, "field key", 48, "_"
);
text_id!(
    /// The name of a measure, e.g. `people_benefited`.
    MeasureId, "measure", 48, "_"
);

/// The sum of the hashes of a set of changes: equal sets have equal digests, and a change is added or taken away in one
/// step. 128-bit wrapping addition of the first 16 bytes of each hash, big-endian.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct Digest(pub u128);

impl Digest {
    /// The digest with `hash` added.
    #[must_use]
    pub fn plus(self, hash: &ChangeHash) -> Self {
        Self(self.0.wrapping_add(Self::of(hash).0))
    }

    /// The digest with `hash` taken away.
    #[must_use]
    pub fn minus(self, hash: &ChangeHash) -> Self {
        Self(self.0.wrapping_sub(Self::of(hash).0))
    }

    /// The digest of one change.
    #[must_use]
    pub fn of(hash: &ChangeHash) -> Self {
        let mut bytes = [0u8; 16];
        bytes.copy_from_slice(&hash.0[..16]);
        Self(u128::from_be_bytes(bytes))
    }

    /// The 16 bytes as stored and sent.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

impl<'a> FromIterator<&'a ChangeHash> for Digest {
    fn from_iter<I: IntoIterator<Item = &'a ChangeHash>>(hashes: I) -> Self {
        hashes.into_iter().fold(Self::default(), Self::plus)
    }
}

impl TryFrom<&[u8]> for Digest {
    type Error = InvalidId;
    fn try_from(bytes: &[u8]) -> Result<Self, InvalidId> {
        let bad = |_| InvalidId::new("digest", "(bytes)", "expected 16 bytes");
        <[u8; 16]>::try_from(bytes).map(|b| Self(u128::from_be_bytes(b))).map_err(bad)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl<C> Encode<C> for Digest {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.to_bytes())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Digest {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::try_from(d.bytes()?).map_err(|_| minicbor::decode::Error::message("not a digest"))
    }
}

/// Milliseconds since 1970-01-01T00:00Z by some device's clock. For people to read; never for merging or cursors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ClockMs(pub i64);

/// A calendar day, as people write it: `2021-03-15`. Proleptic Gregorian, years 1900 to 2199.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    /// The day of these numbers, if there is one.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        ((1900..2200).contains(&year) && (1..=days).contains(&day)).then_some(Self { year, month, day })
    }

    /// The day that `clock` falls on at `offset_minutes` east of Greenwich; days out of range are clamped to the first
    /// or last day there is.
    #[must_use]
    pub fn of_clock(clock: ClockMs, offset_minutes: i32) -> Self {
        let days = (clock.0.saturating_add(i64::from(offset_minutes) * 60_000)).div_euclid(86_400_000);
        // Civil-from-days over 400-year eras beginning on 1 March.
        let shifted = days.clamp(-25_567, 84_005) + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let number = |n: i64| u16::try_from(n).unwrap_or(0);
        Self { year: number(year), month: number(month) as u8, day: number(day) as u8 }
    }

    /// Year, month (1–12) and day (1–31).
    #[must_use]
    pub fn parts(self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }
}

impl FromStr for Day {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let bad = || InvalidId::new("date", text, "expected YYYY-MM-DD between 1900-01-01 and 2199-12-31");
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        if !shape {
            return Err(bad());
        }
        let part = |range: core::ops::Range<usize>| text[range].parse::<u16>().map_err(|_| bad());
        let (year, month, day) = (part(0..4)?, part(5..7)?, part(8..10)?);
        Self::new(year, month as u8, day as u8).ok_or_else(bad)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Day({self})")
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn days_are_read_written_and_derived_from_clocks() {
        for text in ["2021-03-01", "2000-02-29", "1900-01-01", "2199-12-31"] {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), text);
        }
        for text in ["2021-02-29", "1900-02-29", "2021-13-01", "2021-3-1", "2021-00-10", "20210301", "２021-03-01"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        assert_eq!(Day::of_clock(ClockMs(0), 0).to_string(), "1970-01-01");
        assert_eq!(Day::of_clock(ClockMs(1_614_556_800_000), 0).to_string(), "2021-03-01");
        assert_eq!(Day::of_clock(ClockMs(1_614_556_799_999), 0).to_string(), "2021-02-28");
        assert_eq!(Day::of_clock(ClockMs(1_614_556_799_999), 480).to_string(), "2021-03-01");
        assert_eq!(Day::of_clock(ClockMs(i64::MAX), 0).to_string(), "2199-12-31");
        assert_eq!(Day::of_clock(ClockMs(i64::MIN), 0).to_string(), "1900-01-01");
    }

    #[test]
    fn a_name_breaks_no_rule() {
        assert!("markam-hospital".parse::<UnitCode>().is_ok());
        for text in ["", "Markam", "-x", "a b", "a/b", "昌都"] {
            assert!(text.parse::<UnitCode>().is_err(), "{text}");
        }
        assert!("a".repeat(49).parse::<UnitCode>().is_err());
    }

    #[test]
    fn a_digest_forgets_order_and_undoes() {
        let (a, b) = (ChangeHash([0xff; 32]), ChangeHash([0x80; 32]));
        let both: Digest = [&a, &b].into_iter().collect();
        assert_eq!(both, [&b, &a].into_iter().collect());
        assert_eq!(both.minus(&a), Digest::of(&b));
    }
}
