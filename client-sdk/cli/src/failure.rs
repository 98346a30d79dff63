//! What went wrong, in one line.

use core::fmt::Display;
use std::process::ExitCode;

use cairn_client::Error;

/// The command line makes no sense.
const USAGE: u8 = 64;

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    Engine(Error),
    /// The command line is well-formed and makes no sense all the same.
    Usage(String),
    NoHome,
    Other(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl Failure {
    pub(crate) fn other(error: impl Display) -> Self {
        Self::Other(error.to_string())
    }

    /// Says it on stderr, and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        let (text, code) = match self {
            Self::Engine(error) => (error.to_string(), 1),
            Self::Usage(text) => (text, USAGE),
            Self::NoHome => ("there is no home directory: say where the replica is with --store DIR".into(), USAGE),
            Self::Other(text) => (text, 1),
        };
        say(&text);
        ExitCode::from(code)
    }
}

/// One line on stderr.
pub(crate) fn say(text: &str) {
    let words: Vec<&str> = text.split(char::is_control).filter(|part| !part.is_empty()).collect();
    eprintln!("cairn: {}", words.join(" "));
}

/// What clap has to say: help on stdout, errors in one line.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.to_string();
    let said = text.lines().take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let words: Vec<&str> = said.map(str::trim).filter(|line| !line.is_empty()).collect();
    let line = words.join(" ");
    let line = line.strip_prefix("error: ").unwrap_or(&line);
    say(&if line.is_empty() {
        "say what to do; `cairn --help` lists the commands".to_owned()
    } else {
        line.to_owned()
    });
    ExitCode::from(USAGE)
}
