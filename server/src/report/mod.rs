//! What people ask: the totals of many records, and one record with all that was ever said of it.

mod alike;
mod difference;
mod held;
mod period;
mod record;
mod summary;

pub use alike::alike;
pub use difference::{Difference, FieldDifference, Incomparable};
pub use held::HeldContent;
pub use period::Period;
pub(crate) use period::{day as day_of_number, later_month, number as day_number};
pub use record::{
    AttachmentReport, Author, ChangeSource, CommentReport, ConflictReport, ConflictingValue, DeviceReport, EventReport,
    HeldReport, RecordReport, RecordSources, ReviewReport,
};
pub use summary::{Change, Comparison, Grouping, Summary, SummaryRow, summarize};

/// The sector that a form belongs to: what its id begins with, up to the dot.
pub(crate) fn sector_of(form: &str) -> &str {
    form.split('.').next().unwrap_or(form)
}
