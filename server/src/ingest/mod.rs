//! Ingest: pushed changes in, outcomes out, everything that follows from them stored in one durable transaction.
//!
//! ```text
//! push ──> ready ──> queue ──> one group of jobs, one transaction ──> commit ──> every job's answer
//!                      each job, pushes that do not meet as one: gather ─> judge ─> write
//! ```
//!
//! | file | what it does |
//! |---|---|
//! | `queue` | the writers: each drains what waits for it, commits it as one, answers after the commit |
//! | `job` | what it does for each: push, admit, reject, write; and what of a push is worked out before its turn |
//! | `arrival` | what is judged: the changes pushed, and the parked ones that wait for them, in an order that can be applied |
//! | `facts` | what the judge may ask about |
//! | `judge` | the merge itself, on threads of its own, behind the barrier |
//! | `settle` | one job, or some pushes, from lookup to outcome |
//! | `write` | what each sentence means for the tables |
//! | `witness`, `voucher` | who is believed to have written a change; the store's own word for it |
//! | `scribe`, `dictation` | changes that the server writes for people who have no device |
//! | `barrier` | the wall against panics |
//!
//! What a device is told is always true already: nothing is answered before the commit is durable.

mod arrival;
mod barrier;
mod dictation;
mod facts;
mod job;
mod judge;
mod queue;
mod scribe;
mod settle;
mod voucher;
mod witness;
mod write;

pub(crate) use barrier::Unwinding;
pub use dictation::{Dictation, Unwritten, Writing};
pub use job::{Push, ReadyPush};
pub use queue::{Ingest, IngestError};
pub(crate) use voucher::{vouch, vouched};

#[cfg(test)]
mod tests;
