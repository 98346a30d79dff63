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
//! | `serve` | `{"listening"}`: the address as a URL, once it is ready; `metrics` besides if they have one, `setup_code` while nobody administers the store |
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
//! | `settings` | `{"example"}`: the text of a configuration file |
//! | `migrate-store` | `{"tables","rows","feeds","changes","records"}` |
//!
//! Times are RFC 3339 in UTC.

mod admin;
mod demo;
mod failure;
mod line;
mod migrate_store;
mod output;
mod serve;
mod upkeep;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
pub use failure::Failure;
use line::Command;
pub use line::{CommandLine, DemoOptions, ServeOptions};
pub use output::Output;
use serde_json::json;

use crate::{
    config::{PlaceConfig, file},
    store::{Store, StoreError},
};

/// Runs the command of this process's arguments, and gives the status to exit with.
#[must_use]
pub fn main() -> ExitCode {
    let line = match parse() {
        Ok(line) => line,
        Err(Unparsed::Asked(help)) => {
            let shown = help.print();
            return if shown.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
        Err(Unparsed::Wrong(failure)) => return failure.report(),
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

/// Why there is no command to run.
enum Unparsed {
    /// Help or the version was asked for, which is no failure.
    Asked(clap::Error),
    Wrong(Failure),
}

impl From<clap::Error> for Unparsed {
    fn from(error: clap::Error) -> Self {
        if error.exit_code() == 0 { Self::Asked(error) } else { Self::Wrong(error.into()) }
    }
}

/// This process's arguments, read over the settings of the configuration file, if there is one.
fn parse() -> Result<CommandLine, Unparsed> {
    let matches = CommandLine::command().try_get_matches()?;
    let Some(path) = file::named_by(&matches) else { return Ok(CommandLine::from_arg_matches(&matches)?) };
    let command = file::with_file(CommandLine::command(), path);
    let command = command.map_err(|error| Unparsed::Wrong(Failure::usage(error)))?;
    Ok(CommandLine::from_arg_matches(&command.try_get_matches()?)?)
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

async fn run(CommandLine { json, log, command, .. }: CommandLine) -> Result<(), Failure> {
    let filter = match command {
        Command::Serve(_) => "info",
        Command::Demo(_) => "warn",
        _ => "off",
    };
    log.begin(filter).map_err(Failure::usage)?;
    match command {
        Command::Serve(options) => serve::run(options, json).await,
        Command::Demo(options) => demo::run(options, json).await,
        Command::Admin { place, act } => admin::run(&place, act).await?.print(json),
        Command::Verify(place) => upkeep::verify(&place, json).await,
        Command::Rebuild(place) => upkeep::rebuild(&place, json).await,
        Command::MigrateStore { from, to } => migrate_store::run(&from, &to).await?.print(json),
        Command::Backup { place, file } => upkeep::backup(&place, &file).await?.print(json),
        Command::Settings => {
            let example = file::example(CommandLine::command());
            Output::new(json!({"example": example}), [example.trim_end().to_owned()]).print(json)
        }
    }
}
