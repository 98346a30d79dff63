//! The only module that names Automerge (`=0.12.0`).
//!
//! Everything else sees three things: [`ChangeParts`], a change spelled out; [`Change`], the same as the canonical Automerge
//! chunk with its hash; and [`Document`], a record's changes applied. A chunk is always *built* here from parts, on the
//! device that writes it, and again wherever it arrives: no foreign chunk reaches Automerge's parser. Only a store's own
//! bytes are parsed, after their hash was checked.
//!
//! What stands in a record is read off its operations (`present`), and what is written becomes operations (`writer`), by Automerge's
//! own rules for the few things that the gate lets records do: no device has to put an Automerge document together, which takes five
//! times as long, and would be a quarter of what a browser has to fetch. A server hands every edit to Automerge itself (`engine`) before
//! it accepts it; property tests and fuzzers compare what is read with what Automerge reads, and what is written with what it writes.

mod change;
mod document;
mod engine;
mod present;
mod writer;

pub use change::{Action, Change, ChangeError, ChangeParts, Key, Object, Op, OpId, Scalar};
pub use document::{Cell, Document, DocumentError};
pub use engine::Engine;
pub use writer::Writer;
