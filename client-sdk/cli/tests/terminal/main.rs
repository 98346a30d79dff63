//! The built binary, as people and scripts use it.
#![expect(clippy::unwrap_used, reason = "a test whose world cannot be made fails")]

mod bad_input;
mod desk;
mod import;
mod kill;
mod network;
mod offline;
