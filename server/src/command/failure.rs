//! How a command fails: with one line for people, and a status for programs.

use std::{fmt::Display, process::ExitCode};

use crate::{admin::AdminError, store::StoreError};

/// A command failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What failed and where, without line breaks.
    line: String,
    status: u8,
}

impl Failure {
    /// The command could not be done: exit status 1.
    pub fn new(what: impl Display) -> Self {
        Self { line: one_line(&what.to_string()), status: 1 }
    }

    /// The command itself is wrong: exit status 2.
    pub fn usage(what: impl Display) -> Self {
        Self { line: one_line(&what.to_string()), status: 2 }
    }

    /// Writes the line to standard error, and gives the status to exit with.
    #[must_use]
    pub fn report(&self) -> ExitCode {
        eprintln!("error: {}", self.line);
        ExitCode::from(self.status)
    }
}

impl From<AdminError> for Failure {
    fn from(error: AdminError) -> Self {
        Self::new(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(error)
    }
}

impl From<clap::Error> for Failure {
    /// The complaint without the usage that follows it.
    fn from(error: clap::Error) -> Self {
        if error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            return Self::usage("a command is missing; --help lists them");
        }
        let text = error.render().to_string();
        let complaint = text.split("\n\nUsage:").next().unwrap_or(&text);
        let complaint = complaint.split("\n\nFor more information").next().unwrap_or(complaint);
        Self::usage(complaint.trim_start_matches("error: "))
    }
}

/// The text on one line, its control characters gone.
fn one_line(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_line() {
        assert_eq!(Failure::new("a\n  b\tc\u{1b}[31m\r\n").line, "a b c [31m");
    }
}
