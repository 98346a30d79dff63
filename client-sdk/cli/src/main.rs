//! `cairn`: the SDK at a terminal, for desks, scripts and tests.
//!
//! Exit codes: 0 done; 1 an error, said in one line on stderr; 2 `sync` did not reach the server, and all work is kept; 64 the
//! command line makes no sense.

mod command;
mod copy;
mod enrol;
mod failure;
mod import;
mod output;
mod record;
mod shown;
mod sync;
mod table;

use std::{path::PathBuf, process::ExitCode};

use cairn_client::{HttpTransport, NativeEngine, SqliteStore, SystemClock, engine::Engine};
use clap::Parser;
use command::{Cairn, Command};
use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    let cairn = match Cairn::try_parse() {
        Ok(cairn) => cairn,
        Err(error) => return failure::usage(&error),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return Failure::other(error).report(),
    };
    match runtime.block_on(run(cairn)) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

async fn run(cairn: Cairn) -> Result<ExitCode, Failure> {
    let directory = match cairn.store {
        Some(directory) => directory,
        None => std::env::home_dir().map(|home| home.join(".cairn")).ok_or(Failure::NoHome)?,
    };
    let engine = open(directory, matches!(cairn.command, Command::Enrol { .. })).await?;
    let output = Output { json: cairn.json };
    let done = match cairn.command {
        Command::Enrol { url, code, device_name } => enrol::enrol(&engine, output, &url, &code, device_name).await,
        Command::Forms => shown::forms(&engine, output).await,
        Command::Units => shown::units(&engine, output).await,
        Command::Record(command) => record::run(&engine, output, command).await,
        Command::Sync { follow: false } => sync::once(&engine, output).await,
        Command::Sync { follow: true } => sync::follow(&engine, output).await,
        Command::Copy(command) => copy::run(&engine, output, command).await,
        Command::Status => shown::status(&engine, output).await,
    };
    engine.store().close().await;
    done
}

/// Opens the replica. Only enrolment makes one: a mistyped directory must not look like a replica without records.
async fn open(directory: PathBuf, make: bool) -> Result<NativeEngine, Failure> {
    if !make && !directory.join(SqliteStore::FILE).exists() {
        return Err(cairn_client::Error::NotEnrolled.into());
    }
    let store = SqliteStore::open(directory).await.map_err(cairn_client::Error::from)?;
    Ok(Engine::open(store, HttpTransport::new(), SystemClock)?)
}
