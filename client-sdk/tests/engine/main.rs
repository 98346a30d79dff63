//! The engine against a server of a few maps that keeps the protocol's rules.
#![expect(clippy::unwrap_used, reason = "a test whose world cannot be made fails")]

mod conflicts;
mod copies;
mod decisions;
mod drafts;
mod guards;
mod links;
mod local;
mod pages;
mod rollback;
mod server;
mod world;
