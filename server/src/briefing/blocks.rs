//! What a briefing consists of: blocks that the console shows and that Word gets, the same for both. Text in them is text; there is
//! no markup left, and a link leads to records of this store or nowhere.

use serde::Serialize;
use sync_core::id::{Day, FormId, MeasureId, RecordId, UnitCode, Username};
use utoipa::ToSchema;

/// One part of a briefing, from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = BriefingBlock)]
pub enum Block {
    /// A heading.
    Heading {
        /// 1 (the title) to 3.
        level: u8,
        /// Its text.
        spans: Vec<Span>,
    },
    /// A paragraph.
    Paragraph {
        /// Its text.
        spans: Vec<Span>,
        /// Whether it is small print.
        #[serde(skip_serializing_if = "is_false")]
        #[schema(required = false)]
        small: bool,
    },
    /// A list.
    List {
        /// Whether its items are numbered.
        ordered: bool,
        /// Its items.
        items: Vec<Vec<Span>>,
    },
    /// A table. Each row has as many cells as the head.
    Table {
        /// Of each column: where its text stands.
        align: Vec<Align>,
        /// The head.
        head: Vec<Vec<Span>>,
        /// The rows.
        rows: Vec<Vec<Vec<Span>>>,
    },
    /// A bar for each of several things.
    Bars {
        /// What it shows.
        title: String,
        /// What is counted; may be empty.
        unit: String,
        /// The bars.
        bars: Vec<Bar>,
    },
    /// How something went from month to month.
    Trend {
        /// What it shows.
        title: String,
        /// What is counted; may be empty.
        unit: String,
        /// The months, in order.
        points: Vec<Bar>,
    },
    /// What follows begins on a new page.
    PageBreak,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Where the text of a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BriefingAlign)]
pub enum Align {
    /// At the left.
    Left,
    /// In the middle.
    Center,
    /// At the right: numbers.
    Right,
}

/// A piece of text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BriefingSpan)]
pub struct Span {
    /// The text; may hold any character but control characters.
    pub text: String,
    /// Whether it stands out.
    #[serde(skip_serializing_if = "is_false")]
    #[schema(required = false)]
    pub strong: bool,
    /// The records that it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<Filter>,
    /// The one record that it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    pub record: Option<RecordId>,
}

/// A bar, or a month of a trend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BriefingBar)]
pub struct Bar {
    /// What it stands for.
    pub label: String,
    /// How much.
    pub value: i64,
    /// How much in the period before; null if that is not compared.
    pub before: Option<i64>,
    /// The records that it counts.
    pub records: Option<Filter>,
}

/// Which records: what the list of records is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BriefingFilter)]
pub struct Filter {
    /// The unit and all below it.
    #[schema(value_type = String)]
    pub unit: UnitCode,
    /// Of the unit itself, without those below it.
    #[serde(skip_serializing_if = "is_false")]
    #[schema(required = false)]
    pub alone: bool,
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub to: Day,
    /// The form.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub form: Option<FormId>,
    /// What the forms' ids begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// The measure that they add to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub measure: Option<MeasureId>,
    /// Who did the work.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub worker: Option<Username>,
    /// Where they stand: `returned`, `changed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
    /// What they have: `conflict`, `held`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has: Option<&'static str>,
}

/// What a text leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// Some records.
    Records(Filter),
    /// One record.
    Record(RecordId),
}

/// The text of spans, without anything else.
#[must_use]
pub fn plain(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}
