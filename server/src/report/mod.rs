//! What people ask of all records together.

mod summary;

pub use summary::{Grouping, Summary, SummaryRow, summarize};
