//! The commands of `cairn-server`. Their names, options and JSON are stable: other programs call them.
//!
//! | exit status | meaning |
//! |---|---|
//! | 0 | done |
//! | 1 | not done, nothing half done; or `verify` has found differences |
//! | 2 | the command line is wrong |
//!
//! A command that fails says why in one line on standard error. With `--json` a command that is done writes one JSON object
//! to standard output, and nothing else.
//!
//! | command | JSON |
//! |---|---|
//! | `serve` | `{"listening"}`: the address as a URL, once it is ready; `setup_code` besides while nobody administers the store |
//! | `admin unit add`, `rename`, `move`; `list` | `{"code","parent","kind","name"}`; `{"units":[…]}`, parents first |
//! | `admin user add`; `list` | `{"username","name","grants":[{"unit","role"}]}`; `{"users":[…]}` |
//! | `admin grant add`, `remove` | `{"username","unit","role","granted"}` |
//! | `admin enrol`, `admin password` | `{"username","code","expires"}` |
//! | `admin token` | `{"username","token","role","expires"}` |
//! | `admin form add`; `list` | `{"id","version","added"}`: `added` is false if it was known already; `{"forms":[{"id","version","title"}]}` |
//! | `admin device list`; `revoke` | `{"devices":[{"id","username","name","enrolled","revoked","last_seen","skew_ms","waiting"}]}`; `{"device","revoked"}` |
//! | `admin held list` | `{"held":[{"change","unit","record","username","device","received","reason","detail"}]}` |
//! | `admin held admit`, `reject` | `{"change","outcome"}`: `accepted`, `rejected`; `parked` or `held` if it cannot be let in yet |
//! | `verify` | `{"feeds","changes","records","differences":[{"kind","subject","what"}],"unlisted"}` |
//! | `rebuild` | `{"feeds","records","failed":[{"record","why"}]}` |
//! | `backup` | `{"file","bytes"}` |
//!
//! Times are RFC 3339 in UTC.

mod admin;
mod demo;
mod failure;
mod line;
mod output;
mod serve;
mod upkeep;

use std::process::ExitCode;

use clap::Parser;
pub use failure::Failure;
use line::{Command, CommandLine};
pub use line::{DemoOptions, ServeOptions};
pub use output::Output;

use crate::{
    config::{LogConfig, PlaceConfig},
    store::{Store, StoreError},
};

/// Runs the command of this process's arguments, and gives the status to exit with.
#[must_use]
pub fn main() -> ExitCode {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        // Help and version were asked for: they are not failures.
        Err(asked) if asked.exit_code() == 0 => {
            let shown = asked.print();
            return if shown.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
        Err(wrong) => return Failure::from(wrong).report(),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return Failure::new(format_args!("no runtime: {e}")).report(),
    };
    match runtime.block_on(run(line)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// The store of a place, made where there is none.
async fn open(place: &PlaceConfig) -> Result<Store, Failure> {
    place.open().await.map_err(|error| not_opened(place, error))
}

/// The store that is at a place already.
async fn open_existing(place: &PlaceConfig) -> Result<Store, Failure> {
    place.open_existing().await.map_err(|error| not_opened(place, error))
}

fn not_opened(place: &PlaceConfig, error: StoreError) -> Failure {
    match error {
        // These say what they are about.
        StoreError::File { .. } | StoreError::UnsupportedUrl { .. } => error.into(),
        _ => Failure::new(format_args!("{place}: {error}")),
    }
}

async fn run(CommandLine { json, command }: CommandLine) -> Result<(), Failure> {
    let log = match command {
        Command::Serve(_) => "info",
        Command::Demo(_) => "warn",
        _ => "off",
    };
    LogConfig::from_env(log).begin().map_err(Failure::new)?;
    match command {
        Command::Serve(options) => serve::run(options, json).await,
        Command::Demo(options) => demo::run(options, json).await,
        Command::Admin { place, act } => admin::run(&place, act).await?.print(json),
        Command::Verify(place) => upkeep::verify(&place, json).await,
        Command::Rebuild(place) => upkeep::rebuild(&place, json).await,
        Command::Backup { place, file } => upkeep::backup(&place, &file).await?.print(json),
    }
}
