//! The server from outside: the built program, run as people and other programs run it, and the API, asked about records that
//! came in through ingest.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod admin;
#[path = "../../../tests/src/both.rs"]
mod both;
mod browser;
mod calls;
mod county;
mod held;
mod list;
mod paths;
mod people;
#[path = "../../../tests/src/postgres.rs"]
mod postgres;
mod reassigned;
mod record;
mod run;
mod serving;
mod session;
mod setup;
mod summary;
mod upkeep;
mod usage;
mod walk;
