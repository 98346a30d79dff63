//! The server's side: changes and the records they belong to in, an outcome for each and the records' new state out.
//!
//! The server looks up what [`Facts`] asks for, calls [`judge`], and writes what comes back in one transaction. Nothing here
//! knows of a database; nothing in the database layer knows what makes a change acceptable.

mod judge;
mod projection;
mod repair;

pub use judge::{Beginning, Candidate, Facts, Fate, Judged, Sentence, judge};
pub use projection::{Contribution, Projection, RECORDS_MEASURE, project};
pub use repair::{BucketSet, bucket_count, bucket_of, differing_buckets};
