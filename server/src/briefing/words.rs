//! What the program itself says in a briefing, in each language: periods, sectors, changes. Everything else is the template's.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sync_core::{form::Labels, id::Day};
use utoipa::ToSchema;

use crate::report::{Change, Period};

/// The language of a briefing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BriefingLanguage)]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
    /// Tibetan.
    Bo,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::Zh, Self::En, Self::Bo];
    /// Every language with its tag.
    pub const WORDS: [(&'static str, Self); 3] = [("zh", Self::Zh), ("en", Self::En), ("bo", Self::Bo)];

    /// Its tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
            Self::Bo => "bo",
        }
    }

    /// A label in it.
    pub(super) fn of(self, labels: &Labels) -> &str {
        labels.in_language(self.tag())
    }

    fn pick<'a>(self, zh: &'a str, en: &'a str, bo: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
            Self::Bo => bo,
        }
    }
}

impl FromStr for Language {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::WORDS.into_iter().find(|(word, _)| *word == text);
        found.map(|(_, language)| language).ok_or("expected one of zh, en, bo")
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A period as people write it: a year, months, or days.
pub(super) fn period(Period { from, to }: Period, language: Language) -> String {
    let is_months = Period { from, to }.months().is_some();
    let ((first_year, first_month, _), (last_year, last_month, _)) = (from.parts(), to.parts());
    if is_months && (first_year, first_month, last_month) == (last_year, 1, 12) {
        return match language {
            Language::Zh => format!("{first_year}年"),
            Language::En => first_year.to_string(),
            Language::Bo => format!("{first_year}ལོ།"),
        };
    }
    let text = |day: Day| if is_months { month(day, language) } else { self::day(day, language) };
    let (first, last) = (text(from), text(to));
    if first == last {
        return first;
    }
    match language {
        Language::Zh => format!("{first}—{last}"),
        Language::En => format!("{first} – {last}"),
        Language::Bo => format!("{first}ནས། {last}བར།"),
    }
}

/// The month of a day.
pub(super) fn month(day: Day, language: Language) -> String {
    let (year, month, _) = day.parts();
    match language {
        Language::Zh => format!("{year}年{month}月"),
        Language::En => format!("{} {year}", MONTHS[usize::from(month.clamp(1, 12)) - 1]),
        Language::Bo => format!("{year}ལོའི་ཟླ་{month}པ"),
    }
}

/// A day.
pub(super) fn day(day: Day, language: Language) -> String {
    let (year, month, of_month) = day.parts();
    match language {
        Language::Zh => format!("{year}年{month}月{of_month}日"),
        Language::En => format!("{of_month} {} {year}", MONTHS[usize::from(month.clamp(1, 12)) - 1]),
        Language::Bo => format!("{year}ལོའི་ཟླ་{month}ཚེས་{of_month}"),
    }
}

/// The sectors that have a name here, in the order in which they are told.
const SECTORS: [&str; 3] = ["clinic", "school", "community"];

/// The place of a sector among others; those without a name come last.
pub(super) fn sector_rank(code: &str) -> usize {
    SECTORS.iter().position(|known| *known == code).unwrap_or(SECTORS.len())
}

/// What a form's sector is called. The sector is what a form's id begins with: `clinic.outreach` is of `clinic`.
pub(super) fn sector(code: &str, language: Language) -> String {
    let known = match code {
        "clinic" => language.pick("医疗卫生", "Health", "འཕྲོད་བསྟེན།"),
        "school" => language.pick("教育教学", "Education", "སློབ་གསོ།"),
        "community" => language.pick("农牧与民生", "Livelihoods", "ཞིང་འབྲོག་དང་མི་དམངས་འཚོ་བ།"),
        other => other,
    };
    known.to_owned()
}

/// Yes or no.
pub(super) fn yes_no(answer: bool, language: Language) -> &'static str {
    match answer {
        true => language.pick("是", "yes", "རེད།"),
        false => language.pick("否", "no", "མ་རེད།"),
    }
}

/// What the period and the one before it are called beside numbers.
pub(super) fn now_and_before(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::Zh => ("本期", "上期"),
        Language::En => ("now", "before"),
        Language::Bo => ("ད་ལྟ།", "སྔ་དུས།"),
    }
}

/// What a briefing is called whose template gives it no title.
pub(super) fn title(unit: &str, of: Period, language: Language) -> String {
    format!("{unit} {} {}", period(of, language), language.pick("工作简报", "Briefing", "ལས་དོན་གནས་ཚུལ་མདོར་བསྡུས།"))
}

/// The heading of a numbered section.
pub(super) fn section(number: usize, title: &str, language: Language) -> String {
    match language {
        Language::Zh => format!("{}、{title}", numeral(number)),
        Language::En | Language::Bo => format!("{number}. {title}"),
    }
}

/// A number from 1 to 99 in Chinese.
fn numeral(number: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = (number / 10, DIGITS[number % 10]);
    match tens {
        0 => ones.to_owned(),
        1 => format!("十{ones}"),
        2..=9 => format!("{}十{ones}", DIGITS[tens]),
        _ => number.to_string(),
    }
}

/// A number with its thousands apart.
pub(super) fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + 8);
    if value < 0 {
        text.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How much more or less, with its sign.
pub(super) fn difference(value: i64) -> String {
    let sign = if value > 0 { "+" } else { "" };
    format!("{sign}{}", number(value))
}

/// A change in percent, with its sign: `+109 %`, `−33.3 %`; `—` where there is none.
pub(super) fn percent(percent: Option<f64>) -> String {
    match percent {
        None => "—".to_owned(),
        Some(percent) => {
            let sign = if percent > 0.0 { "+" } else { "" };
            format!("{sign}{} %", tenths(percent))
        }
    }
}

/// A change in words; empty where nothing can be said.
pub(super) fn compared(change: Change, language: Language) -> String {
    let Some(percent) = change.percent else { return String::new() };
    let amount = tenths(percent.abs());
    match (change.difference, language) {
        (0, language) => language.pick("与上期持平", "as in the period before", "སྔ་དུས་དང་འདྲ།").to_owned(),
        (1.., Language::Zh) => format!("比上期增长{amount}%"),
        (_, Language::Zh) => format!("比上期下降{amount}%"),
        (1.., Language::En) => format!("up {amount} % on the period before"),
        (_, Language::En) => format!("down {amount} % on the period before"),
        (1.., Language::Bo) => format!("སྔ་དུས་ལས་ {amount} % འཕར།"),
        (_, Language::Bo) => format!("སྔ་དུས་ལས་ {amount} % ཆག"),
    }
}

/// A number of tenths without a needless zero.
fn tenths(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    let rest = tenths.unsigned_abs() % 10;
    let whole = number(tenths / 10);
    match rest {
        0 => whole,
        rest if tenths < 0 && tenths > -10 => format!("−0.{rest}"),
        rest => format!("{whole}.{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_written_as_people_write_them() {
        let text = |from: &str, to: &str, language| {
            period(Period { from: from.parse().unwrap(), to: to.parse().unwrap() }, language)
        };
        assert_eq!(text("2021-03-01", "2022-02-28", Language::Zh), "2021年3月—2022年2月");
        assert_eq!(text("2021-03-01", "2022-02-28", Language::En), "March 2021 – February 2022");
        assert_eq!(text("2021-01-01", "2021-12-31", Language::Zh), "2021年");
        assert_eq!(text("2021-03-01", "2021-03-31", Language::En), "March 2021");
        assert_eq!(text("2021-03-01", "2021-03-30", Language::Zh), "2021年3月1日—2021年3月30日");
        assert_eq!(text("2021-03-05", "2021-03-05", Language::En), "5 March 2021");
    }

    #[test]
    fn numbers_and_changes_are_written_as_people_write_them() {
        let numbers = [0, 999, 1_000, 203_500, -1_234_567].map(number);
        assert_eq!(numbers, ["0", "999", "1,000", "203,500", "−1,234,567"]);
        assert!(number(i64::MIN).starts_with("−9,223,"));
        let changes = [Some(109.0), Some(91.0), Some(-33.3), Some(-0.4), Some(0.0), Some(1234.5), None].map(percent);
        assert_eq!(changes, ["+109 %", "+91 %", "−33.3 %", "−0.4 %", "0 %", "+1,234.5 %", "—"]);
        assert_eq!([1, 10, 12, 20, 34, 100].map(numeral), ["一", "十", "十二", "二十", "三十四", "100"]);
        assert_eq!(compared(Change::of(209, 100), Language::Zh), "比上期增长109%");
        assert_eq!(compared(Change::of(5, 10), Language::En), "down 50 % on the period before");
        assert_eq!(compared(Change::of(5, 0), Language::En), "");
        assert_eq!([difference(5), difference(-5), difference(0)], ["+5", "−5", "0"]);
    }
}
