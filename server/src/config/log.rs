//! What is logged. The log goes to standard error; it holds no field values and no secrets.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// The variable that overrides the default.
const VARIABLE: &str = "CAIRN_LOG";

/// What is logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// A level, or a list of `target=level`: `off`, `warn`, `info,cairn_server::sync=debug`.
    pub filter: String,
}

impl LogConfig {
    /// What `CAIRN_LOG` says, else `default`.
    #[must_use]
    pub fn from_env(default: &str) -> Self {
        Self { filter: std::env::var(VARIABLE).ok().filter(|f| !f.is_empty()).unwrap_or_else(|| default.into()) }
    }

    /// Begins to log, for the whole process; does nothing when that was done already.
    ///
    /// # Errors
    /// Why the filter cannot be read.
    pub fn begin(&self) -> Result<(), String> {
        let filter = EnvFilter::try_new(&self.filter).map_err(|e| format!("{VARIABLE}: {e}"))?;
        let to_stderr = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter);
        // A second call in one process, as in tests, keeps the first log.
        let _ = to_stderr.with_ansi(std::io::stderr().is_terminal()).try_init();
        Ok(())
    }
}
