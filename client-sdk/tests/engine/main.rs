//! The engine against a server of a few maps that keeps the protocol's rules.

mod conflicts;
mod decisions;
mod guards;
mod links;
mod local;
mod pages;
mod rollback;
mod server;
mod world;
