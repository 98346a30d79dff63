//! What is logged. The log goes to standard error; it holds no field values and no secrets.

use std::io::IsTerminal;

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

/// What is logged, and how.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(next_help_heading = "Log")]
pub struct LogConfig {
    /// What is logged: off, error, warn, info, debug, trace, or a list such as info,cairn_server::sync=debug. Unless set: info
    /// for serve, warn for demo, off for all other commands
    #[arg(long, value_name = "FILTER", env = "CAIRN_LOG", global = true)]
    pub log: Option<String>,
    /// How a line is written
    #[arg(long, value_name = "FORMAT", env = "CAIRN_LOG_FORMAT", default_value = "text", global = true)]
    pub log_format: LogFormat,
}

/// How a log line is written.
#[derive(ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for programs.
    Json,
}

impl LogConfig {
    /// Begins to log, for the whole process; does nothing when that was done already.
    ///
    /// # Errors
    /// Why the filter cannot be read.
    pub fn begin(&self, default: &str) -> Result<(), String> {
        let filter = self.log.as_deref().filter(|filter| !filter.is_empty()).unwrap_or(default);
        let filter = EnvFilter::try_new(filter).map_err(|e| format!("--log, CAIRN_LOG: {e}"))?;
        let to_stderr = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter);
        // A second call in one process, as in tests, keeps the first log.
        let _ = match self.log_format {
            LogFormat::Text => to_stderr.with_ansi(std::io::stderr().is_terminal()).try_init(),
            LogFormat::Json => to_stderr.json().flatten_event(true).try_init(),
        };
        Ok(())
    }
}
