//! What can narrow a list of records: each condition written once, as an index serves it and as one that no index is to be
//! tried for.

use sync_core::{
    id::{Day, FormId, MeasureId, UnitCode, Username},
    record::Status,
};

use super::statement::Values;
use crate::report::{day_number, day_of_number};

/// Stretches of an index that are merged; of more than these, all records are walked.
pub(super) const MERGED_MAX: usize = 64;

/// Where the measures begin in a contribution: behind `{"on":"YYYY-MM-DD","measures":`.
const MEASURES_AT: i64 = 31;

/// One condition on a record's row, which statements call `r`.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    /// In a unit of these stretches of paths. `codes`: which units these are, if they are few.
    Units { stretches: Vec<(String, String)>, codes: Option<Vec<UnitCode>> },
    /// Of one of these forms.
    Forms(Vec<FormId>),
    /// By this worker.
    Worker(Username),
    /// Where it stands.
    Status(Status),
    /// The event's day, from the first to the last.
    Days(Option<Day>, Option<Day>),
    /// Values disagree.
    Conflict,
    /// A rule is broken.
    Fault,
    /// There is a comment.
    Comment,
    /// A change waits for a decision.
    Held,
    /// Another of the unit, day and form counts, too.
    Sibling,
    /// This stands in the values, as JSON.
    Text(String),
    /// It is in totals.
    Counted,
    /// It adds to this measure.
    Measure(MeasureId),
}

/// Whether a condition is written so that an index can serve it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// It can: this is what the statement walks along.
    Leading,
    /// It cannot: the planner is not to prefer it to what leads. Nothing is added to the column for that.
    Following,
}

impl Shape {
    /// What stands behind a column of text.
    fn text(self) -> &'static str {
        match self {
            Self::Leading => "",
            Self::Following => " || ''",
        }
    }

    /// What stands behind a column of numbers.
    pub(super) fn number(self) -> &'static str {
        match self {
            Self::Leading => "",
            Self::Following => " + 0",
        }
    }
}

impl Condition {
    /// The condition as SQL.
    pub(super) fn write(&self, shape: Shape, values: &mut Values) -> String {
        let (text, number) = (shape.text(), shape.number());
        match self {
            Self::Units { stretches, .. } => {
                let mut stretch = |(begin, end): &(String, String)| {
                    format!("(v.path >= {} AND v.path < {})", values.mark(begin.as_str()), values.mark(end.as_str()))
                };
                let within: Vec<String> = stretches.iter().map(&mut stretch).collect();
                format!("r.org_unit{text} IN (SELECT v.code FROM org_units v WHERE {})", within.join(" OR "))
            }
            Self::Forms(forms) => {
                let marks: Vec<String> = forms.iter().map(|form| values.mark(form.as_str())).collect();
                format!("r.form{text} IN ({})", marks.join(", "))
            }
            Self::Worker(worker) => format!("r.worker{text} = {}", values.mark(worker.as_str())),
            Self::Status(status) => format!("r.status{text} = {}", values.mark(status.word())),
            Self::Days(from, to) => {
                let mut bound = |sign: &str, day: &Option<Day>| {
                    day.map(|day| format!("r.on_day{text} {sign} {}", values.mark(day.to_string())))
                };
                let bounds: Vec<String> = [bound(">=", from), bound("<=", to)].into_iter().flatten().collect();
                bounds.join(" AND ")
            }
            Self::Conflict => format!("r.conflicts{number} > 0"),
            Self::Fault => format!("r.faults{number} > 0"),
            Self::Comment => format!("r.comments{number} > 0"),
            Self::Held => match shape {
                Shape::Leading => "r.id IN (SELECT h.record FROM held h WHERE h.state = 'waiting')".to_owned(),
                Shape::Following => {
                    "EXISTS (SELECT 1 FROM held h WHERE h.record = r.id AND h.state = 'waiting')".to_owned()
                }
            },
            Self::Sibling => "r.status <> 'void' AND EXISTS (SELECT 1 FROM records s WHERE s.org_unit = r.org_unit \
                 AND s.on_day = r.on_day AND s.form || '' = r.form AND s.id <> r.id AND s.status || '' <> 'void')"
                .to_owned(),
            Self::Text(text) => format!("REPLACE(r.fields, {}, '') <> r.fields", values.mark(text.as_str())),
            Self::Counted => "r.contribution IS NOT NULL".to_owned(),
            Self::Measure(measure) => {
                let key = values.mark(format!("\"{measure}\":"));
                let measures = format!("SUBSTR(r.contribution, {MEASURES_AT})");
                format!("REPLACE({measures}, {key}, '') <> {measures}")
            }
        }
    }

    /// The columns of an index that is in the list's order behind them: what each stretch of it begins with. `None` if there is
    /// no such index.
    pub(super) fn stretches(&self, values: &mut Values) -> Option<Vec<String>> {
        let mut are = |column: &str, words: &[&str]| {
            // Few sizes of statements, which the connection keeps prepared; nothing has an empty code.
            let padding = words.len().next_power_of_two() - words.len();
            let words = words.iter().copied().chain(std::iter::repeat_n("", padding));
            Some(words.map(|word| format!("r.{column} = {}", values.mark(word))).collect())
        };
        match self {
            Self::Units { codes, .. } => {
                are("org_unit", &codes.as_ref()?.iter().map(UnitCode::as_str).collect::<Vec<_>>())
            }
            Self::Forms(forms) => are("form", &forms.iter().map(FormId::as_str).collect::<Vec<_>>()),
            Self::Worker(worker) => are("worker", &[worker.as_str()]),
            // Each status has an index of its own, which is found by its word.
            Self::Status(status) => Some(vec![format!("r.status = '{}'", status.word())]),
            Self::Conflict | Self::Fault | Self::Comment => Some(vec![self.write(Shape::Leading, values)]),
            Self::Days(Some(from), Some(to)) => {
                let numbers = day_number(*from)..=day_number(*to);
                if numbers.clone().count() > MERGED_MAX {
                    return None;
                }
                let days: Vec<String> = numbers.filter_map(day_of_number).map(|day| day.to_string()).collect();
                are("on_day", &days.iter().map(String::as_str).collect::<Vec<_>>())
            }
            Self::Days(..) | Self::Held | Self::Sibling | Self::Text(_) | Self::Counted | Self::Measure(_) => None,
        }
    }
}
