//! Whether a foreign change may touch a record.
//!
//! Three questions, in this order: is it well-formed ([`check`]: the grammar of changes, against the record's ledger, before the
//! merge engine sees it); may its author do what it does ([`permit`]: on the effect, not on the route it came by); and does
//! the engine survive it ([`Barrier`]: applied, read, saved and loaded again on a copy). Devices ask the first question of what
//! they write themselves, so nothing leaves a device that the server would refuse.

mod barrier;
mod permission;
mod reason;
mod structure;

pub use barrier::{Barrier, Panicked, Unguarded};
pub use permission::{Roles, Standing, permit};
pub use reason::{Reason, ReasonCode};
pub use structure::{Effect, check, check_bounds};
