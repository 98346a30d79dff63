//! `cairn sync`

use core::ops::ControlFlow;
use std::process::ExitCode;

use cairn_client::{HttpTransport, NativeEngine, engine::SyncReport};

use crate::{
    failure::{Failure, say},
    output::Output,
};

/// The server was not reached; all work is kept.
const NOT_REACHED: u8 = 2;

pub(crate) async fn once(engine: &NativeEngine, output: Output) -> Result<ExitCode, Failure> {
    let report = engine.sync().await?;
    print(output, &report)?;
    Ok(match &report {
        report if report.answered_all => ExitCode::SUCCESS,
        report if report.not_reached() => ExitCode::from(NOT_REACHED),
        _ => ExitCode::FAILURE,
    })
}

/// Syncs until it is stopped by a signal.
pub(crate) async fn follow(engine: &NativeEngine, output: Output) -> Result<ExitCode, Failure> {
    let mut failure = None;
    let ear = HttpTransport::new();
    let following = engine.follow_live(&ear, |report| match print(output, report) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failure = Some(error);
            ControlFlow::Break(())
        }
    });
    tokio::select! {
        ended = following => ended?,
        _ = tokio::signal::ctrl_c() => {}
    }
    failure.map_or(Ok(ExitCode::SUCCESS), Err)
}

fn print(output: Output, report: &SyncReport) -> Result<(), Failure> {
    output.print(report, || text(report))?;
    if let Some(error) = &report.error {
        let kept = if report.not_reached() { "; all work is kept" } else { "" };
        say(&format!("{error}{kept}"));
    }
    Ok(())
}

fn text(report: &SyncReport) -> String {
    let counts = [
        ("accepted", report.accepted),
        ("duplicate", report.duplicate),
        ("parked", report.parked),
        ("held", report.held),
        ("refused", report.refused),
    ];
    let told: Vec<String> = counts.iter().filter(|(_, n)| *n > 0).map(|(word, n)| format!("{n} {word}")).collect();
    let told = if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) };
    format!(
        "pushed {}{told}, pulled {}; {} request{}, {} B sent, {} B received",
        report.pushed,
        report.pulled,
        report.requests,
        if report.requests == 1 { "" } else { "s" },
        report.bytes_sent,
        report.bytes_received
    )
}
