//! A record as an Automerge document: how it is laid out, made, edited and read.

mod history;
pub mod layout;
pub mod ledger;
mod read;
mod review;
mod state;
pub mod value;
mod write;

pub use history::{Act, Event};
pub use layout::Header;
pub use ledger::{Ledger, Touched};
pub use read::{Attachment, Comment, Conflict, Origin, Review, View};
pub use review::{Status, Verdict};
pub use state::{Record, RecordError};
pub use value::{Value, Values};
pub use write::{Edit, Pen, WriteError};
