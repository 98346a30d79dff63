//! What goes to stdout: one JSON object, or text.

use std::{io::Write, process::ExitCode};

use serde::Serialize;

use crate::failure::Failure;

/// How to print.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    pub(crate) json: bool,
}

impl Output {
    /// Prints `value` as JSON, or `text`.
    pub(crate) fn print(self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<ExitCode, Failure> {
        let mut line = if self.json { serde_json::to_string(value).map_err(Failure::other)? } else { text() };
        if !line.is_empty() && !line.ends_with('\n') {
            line.push('\n');
        }
        let mut out = std::io::stdout().lock();
        match out.write_all(line.as_bytes()).and_then(|()| out.flush()) {
            // Whoever reads has read enough.
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(Failure::Other(format!("done, but the result cannot be printed: {error}")))
            }
            _ => Ok(ExitCode::SUCCESS),
        }
    }
}
