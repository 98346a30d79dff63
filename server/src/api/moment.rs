//! A moment, as programs and people read it: `2021-03-15T08:30:00.250Z`.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};
use sync_core::id::{ClockMs, Day};
use utoipa::ToSchema;

use crate::report::day_number;

/// The first and the last millisecond of the days there are: 1900-01-01 and 2199-12-31.
const RANGE_MS: (i64, i64) = (-2_208_988_800_000, 7_258_118_399_999);

/// A moment by some clock, in UTC, as RFC 3339. A clock that is out of the calendar's range (1900 to 2199) shows as a moment at
/// its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, format = DateTime)]
pub struct Moment(pub ClockMs);

impl Moment {
    /// The moment of so many milliseconds since 1970.
    #[must_use]
    pub fn of_ms(ms: i64) -> Self {
        Self(ClockMs(ms))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0.0.clamp(RANGE_MS.0, RANGE_MS.1);
        let of_day = ms.rem_euclid(86_400_000);
        let (hours, minutes) = (of_day / 3_600_000, of_day / 60_000 % 60);
        let (seconds, rest) = (of_day / 1000 % 60, of_day % 1000);
        write!(f, "{}T{hours:02}:{minutes:02}:{seconds:02}.{rest:03}Z", Day::of_clock(ClockMs(ms), 0))
    }
}

impl FromStr for Moment {
    type Err = &'static str;

    /// Reads what [`fmt::Display`] writes.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = "expected a moment such as 2021-03-15T08:30:00.250Z";
        let (day, time) = text.split_once('T').ok_or(bad)?;
        let day: Day = day.parse().map_err(|_| bad)?;
        let is_shaped = time.len() == 13
            && time.bytes().enumerate().all(|(at, byte)| match at {
                2 | 5 => byte == b':',
                8 => byte == b'.',
                12 => byte == b'Z',
                _ => byte.is_ascii_digit(),
            });
        let part = |from: usize, to: usize| time.get(from..to).and_then(|part| part.parse::<i64>().ok());
        let parts = part(0, 2).zip(part(3, 5)).zip(part(6, 8)).zip(part(9, 12)).filter(|_| is_shaped);
        let (((hours, minutes), seconds), rest) = parts.ok_or(bad)?;
        if hours > 23 || minutes > 59 || seconds > 59 {
            return Err(bad);
        }
        let of_day = ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest;
        Ok(Self::of_ms(day_number(day) * 86_400_000 + of_day))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_they_were() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_615_797_000_250, "2021-03-15T08:30:00.250Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (i64::MIN, "1900-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(Moment::of_ms(ms).to_string(), text);
            assert_eq!(text.parse::<Moment>().map(|moment| moment.to_string()).as_deref(), Ok(text));
        }
        for bad in [
            "",
            "2021-03-15",
            "2021-03-15T08:30:00Z",
            "2021-03-15T24:30:00.250Z",
            "2021-03-15T+8:30:00.250Z",
            "2021-03-15T08:30:0é.25Z",
        ] {
            assert!(bad.parse::<Moment>().is_err(), "{bad}");
        }
        assert!(Moment::of_ms(i64::MAX).to_string().starts_with("2199-12-"));
    }
}
