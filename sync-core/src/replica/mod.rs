//! The device's side of sync, as values in and values out.
//!
//! An engine with a store, a transport and a clock turns the crank (see the client SDK); everything that it has to decide is
//! decided here: what to send ([`compose`]), what a response means ([`absorb`]), and how a record looks to its author
//! ([`record_row`]). State lives in rows that any store can keep; a decision is a list of [`Write`]s to be committed as one.

mod absorb;
mod budget;
mod catalog;
mod compose;
mod give_back;
mod row;

pub use absorb::{Absorbed, Lookup, absorb, hash_prefix, involved, involved_in, take_in, unsure};
pub use budget::Budget;
pub use catalog::{Catalog, CatalogUnit, Grant, UnitKind};
pub use compose::{Outgoing, compose};
pub use give_back::{MEMBER_BYTES, outside};
pub use row::{
    ChangeRow, ChangeState, Draft, FeedState, Finished, Receipt, RecordRow, SyncState, VouchedRun, Write, assemble,
    record_row,
};
