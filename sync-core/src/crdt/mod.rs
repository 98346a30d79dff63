//! The only module that names Automerge (`=0.12.0`).
//!
//! Everything else sees three things: [`ChangeParts`], a change spelled out; [`Change`], the same as the canonical Automerge
//! chunk with its hash; and [`Document`], a record's changes applied. A chunk is always *built* here from parts, on the
//! device that writes it, and again wherever it arrives: no foreign chunk reaches Automerge's parser. Only a store's own
//! bytes are parsed, after their hash was checked.
//!
//! Automerge makes changes, and merges them when somebody writes. Where a record is only read, which is nearly everywhere, what stands
//! in it is read off its operations (`present`), by Automerge's own rules for the few things that the gate lets records do: a server
//! judges four times as many new records so. Property tests, fuzzers and simulations compare the two.

mod change;
mod document;
mod present;

pub use change::{Action, Change, ChangeError, ChangeParts, Key, Object, Op, OpId, Scalar};
pub use document::{Cell, Document, DocumentError, Writer};
