//! `cairn copy`: what is not synced, as a file.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    process::ExitCode,
};

use cairn_client::NativeEngine;
use serde_json::json;

use crate::{command::Copy, failure::Failure, output::Output};

pub(crate) async fn run(engine: &NativeEngine, output: Output, command: Copy) -> Result<ExitCode, Failure> {
    match command {
        Copy::Save { file } => {
            let copy = engine.save_copy().await?;
            write(&file, &copy.bytes).map_err(|e| cannot(&file, &e))?;
            let shown = json!({"changes": copy.changes, "bytes": copy.bytes.len()});
            output.print(&shown, || format!("saved {} changes, {} B", copy.changes, copy.bytes.len()))?;
        }
        Copy::TakeIn { file } => {
            let report = engine.take_in_copy(&fs::read(&file).map_err(|e| cannot(&file, &e))?).await?;
            output.print(&report, || format!("took in {} of {} changes", report.taken_in, report.changes))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn cannot(file: &Path, error: &std::io::Error) -> Failure {
    Failure::Other(format!("{}: {error}", file.display()))
}

/// Writes a new file, never over one that is there; it is on disk when this returns.
fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut new = File::create_new(file)?;
    new.write_all(bytes)?;
    new.sync_all()
}
