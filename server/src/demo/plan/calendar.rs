//! The days of the two years that the plan speaks of. No leap day falls between 2020-03-01 and 2024-02-28, so a year is
//! 365 days that begin on 1 March.

use core::fmt;

use super::random::Random;

/// First and last day of the mission's year.
pub const YEAR: (&str, &str) = ("2021-03-01", "2022-02-28");
/// First and last day of the year before, with which the county hospital's figures are compared.
pub const YEAR_BEFORE: (&str, &str) = ("2020-03-01", "2021-02-28");

/// Days from March to February.
const MONTHS: [u16; 12] = [31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28];

/// A day, counted from 2020-03-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(pub(super) u16);

impl Day {
    /// 2020-03-01, a Sunday.
    pub(super) const YEAR_BEFORE_BEGINS: Self = Self(0);
    /// 2021-03-01.
    pub(super) const YEAR_BEGINS: Self = Self(365);
    /// 2022-02-28.
    pub(super) const YEAR_ENDS: Self = Self(729);

    /// The day `days` later.
    pub(super) fn plus(self, days: u64) -> Self {
        Self(self.0 + days as u16)
    }

    /// Month of the year, 0 for March to 11 for February, and the day within it from 0.
    fn month_and_day(self) -> (usize, u16) {
        let mut rest = self.0 % 365;
        for (month, days) in MONTHS.iter().enumerate() {
            if rest < *days {
                return (month, rest);
            }
            rest -= days;
        }
        (MONTHS.len() - 1, rest)
    }

    /// Month of the year, 0 for March to 11 for February.
    pub(super) fn month(self) -> usize {
        self.month_and_day().0
    }

    /// Whether it is a Sunday.
    pub(super) fn is_sunday(self) -> bool {
        self.0.is_multiple_of(7)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (month, day) = self.month_and_day();
        let year = 2020 + self.0 / 365 + u16::from(month >= 10);
        write!(f, "{year:04}-{:02}-{:02}", (month + 2) % 12 + 1, day + 1)
    }
}

/// How often something happens in each month, from March to February.
pub(super) struct Season(pub(super) [u64; 12]);

impl Season {
    /// A day of the year that begins on `begins`, by the months' weights; Sundays only when there is `sundays`.
    pub(super) fn day(&self, random: &mut Random, begins: Day, sundays: bool) -> Day {
        loop {
            let month = random.weighted(&self.0);
            let before: u16 = MONTHS[..month].iter().sum();
            let day = begins.plus(u64::from(before) + random.below(u64::from(MONTHS[month])));
            if sundays || !day.is_sunday() {
                return day;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_people_write_them() {
        for (day, text) in [
            (Day::YEAR_BEFORE_BEGINS, YEAR_BEFORE.0),
            (Day(364), YEAR_BEFORE.1),
            (Day::YEAR_BEGINS, YEAR.0),
            (Day::YEAR_ENDS, YEAR.1),
            (Day(365 + 305), "2021-12-31"),
            (Day(365 + 306), "2022-01-01"),
            (Day(730), "2022-03-01"),
        ] {
            assert_eq!(day.to_string(), text);
        }
        assert!((1..760).all(|n| Day(n - 1).to_string() < Day(n).to_string()));
    }

    #[test]
    fn a_season_draws_only_from_its_months() {
        let (mut random, season) = (Random::of_part(1, "season"), Season([0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0]));
        for _ in 0..200 {
            let day = season.day(&mut random, Day::YEAR_BEGINS, false);
            assert!((3..=4).contains(&day.month()) && !day.is_sunday());
        }
    }
}
