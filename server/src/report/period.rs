//! Periods of days, and the one that comes before another.

use serde::Serialize;
use sync_core::id::{ClockMs, Day};
use utoipa::ToSchema;

const DAY_MS: i64 = 86_400_000;

/// A stretch of days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Period {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub to: Day,
}

impl Period {
    /// How many months it is, if it is whole ones.
    #[must_use]
    pub fn months(self) -> Option<i64> {
        let is_whole = self.from.parts().2 == 1 && day(number(self.to) + 1).is_none_or(|next| next.parts().2 == 1);
        (is_whole && self.from <= self.to).then(|| month(self.to) - month(self.from) + 1)
    }

    /// The whole months in it, and the days before and behind them.
    pub(crate) fn split(self) -> (Option<Self>, Vec<Self>) {
        let first = match self.from.parts().2 {
            1 => Some(self.from),
            _ => first_of(month(self.from) + 1),
        };
        let last = match day(number(self.to) + 1) {
            // The last day there is ends a month.
            None => Some(self.to),
            Some(next) if next.parts().2 == 1 => Some(self.to),
            Some(_) => first_of(month(self.to)).and_then(|first| day(number(first) - 1)),
        };
        let (Some(from), Some(to)) = (first, last) else { return (None, vec![self]) };
        if to < from {
            return (None, vec![self]);
        }
        let before = (self.from < from).then(|| day(number(from) - 1)).flatten();
        let behind = (to < self.to).then(|| day(number(to) + 1)).flatten();
        let before = before.map(|to| Self { from: self.from, to });
        let behind = behind.map(|from| Self { from, to: self.to });
        (Some(Self { from, to }), before.into_iter().chain(behind).collect())
    }

    /// The period directly before it that people compare it with: as many months if it is whole ones, else as many days.
    /// `None` when there are no days that early.
    #[must_use]
    pub fn before(self) -> Option<Self> {
        let last = number(self.from) - 1;
        let from = match self.months() {
            Some(months) => first_of(month(self.from) - months)?,
            None => day(last - (number(self.to) - number(self.from)))?,
        };
        Some(Self { from, to: day(last)? })
    }
}

/// The month so many months behind another, both as `2021-03`; `None` if it is none.
#[must_use]
pub fn later_month(text: &str, months: i64) -> Option<String> {
    let day: Day = format!("{text}-01").parse().ok()?;
    let later = first_of(month(day) + months)?.to_string();
    Some(later[..7].to_owned())
}

/// Months since the year 0.
fn month(day: Day) -> i64 {
    let (year, month, _) = day.parts();
    i64::from(year) * 12 + i64::from(month) - 1
}

fn first_of(month: i64) -> Option<Day> {
    let (year, month) = (u16::try_from(month.div_euclid(12)).ok()?, u8::try_from(month.rem_euclid(12)).ok()?);
    Day::new(year, month + 1, 1)
}

/// Days since 1970-01-01.
pub(crate) fn number(day: Day) -> i64 {
    let (year, month, day) = day.parts();
    let (month, day) = (i64::from(month), i64::from(day));
    // Years that begin on 1 March, so that the odd day comes last.
    let year = i64::from(year) - i64::from(month <= 2);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719_468
}

/// The day of this number; `None` if there is none so early or late.
pub(crate) fn day(of: i64) -> Option<Day> {
    let day = Day::of_clock(ClockMs(of.checked_mul(DAY_MS)?), 0);
    (number(day) == of).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, to: &str) -> Period {
        Period { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    #[test]
    fn days_have_numbers() {
        for of in [-25_567, -1, 0, 58, 59, 60, 11_015, 11_016, 18_687, 84_005] {
            assert_eq!(number(day(of).unwrap()), of);
        }
        assert_eq!(number("2000-02-29".parse().unwrap()), 11_016);
        assert!(day(-25_568).is_none() && day(84_006).is_none() && day(i64::MAX).is_none());
    }

    #[test]
    fn whole_months_are_told_from_the_days_around_them() {
        for (whole, months, days) in [
            (("2021-03-01", "2021-03-31"), Some(("2021-03-01", "2021-03-31")), vec![]),
            (("2021-03-02", "2021-03-31"), None, vec![("2021-03-02", "2021-03-31")]),
            (("2021-03-02", "2021-04-29"), None, vec![("2021-03-02", "2021-04-29")]),
            (
                ("2021-01-31", "2021-04-29"),
                Some(("2021-02-01", "2021-03-31")),
                vec![("2021-01-31", "2021-01-31"), ("2021-04-01", "2021-04-29")],
            ),
            (("2021-01-01", "2022-01-01"), Some(("2021-01-01", "2021-12-31")), vec![("2022-01-01", "2022-01-01")]),
            (("2199-11-30", "2199-12-31"), Some(("2199-12-01", "2199-12-31")), vec![("2199-11-30", "2199-11-30")]),
            (("2199-12-02", "2199-12-31"), None, vec![("2199-12-02", "2199-12-31")]),
            (("1900-01-01", "1900-01-30"), None, vec![("1900-01-01", "1900-01-30")]),
        ] {
            let (found, around) = period(whole.0, whole.1).split();
            assert_eq!(found, months.map(|(from, to)| period(from, to)), "{whole:?}");
            assert_eq!(around, days.into_iter().map(|(from, to)| period(from, to)).collect::<Vec<_>>(), "{whole:?}");
        }
    }

    #[test]
    fn months_are_compared_with_months_and_days_with_days() {
        for (now, before) in [
            (("2021-03-01", "2021-03-31"), ("2021-02-01", "2021-02-28")),
            (("2021-01-01", "2021-12-31"), ("2020-01-01", "2020-12-31")),
            (("2020-02-01", "2020-04-30"), ("2019-11-01", "2020-01-31")),
            (("2021-03-01", "2022-02-28"), ("2020-03-01", "2021-02-28")),
            (("2021-03-01", "2021-03-30"), ("2021-01-30", "2021-02-28")),
            (("2021-03-15", "2021-03-15"), ("2021-03-14", "2021-03-14")),
            (("2021-03-08", "2021-03-14"), ("2021-03-01", "2021-03-07")),
            (("2199-12-01", "2199-12-31"), ("2199-11-01", "2199-11-30")),
        ] {
            assert_eq!(period(now.0, now.1).before(), Some(period(before.0, before.1)), "{now:?}");
        }
        assert_eq!(period("1900-01-01", "1900-01-31").before(), None);
        assert_eq!(period("1900-01-05", "1900-01-09").before(), None);
        assert_eq!(period("2021-03-01", "2021-05-31").months(), Some(3));
        assert_eq!(period("2021-03-02", "2021-05-31").months(), None);
    }

    #[test]
    fn months_follow_each_other_over_the_year() {
        assert_eq!(later_month("2020-11", 3).as_deref(), Some("2021-02"));
        assert_eq!(later_month("2199-12", 1), None);
        assert_eq!(later_month("riwoqe", 1), None);
    }
}
