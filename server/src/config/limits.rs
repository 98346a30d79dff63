//! What the server takes on at a time.

use clap::Args;

/// What the server takes on at a time. Sizes are fixed by the protocol and by each operation.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
#[command(next_help_heading = "Limits")]
pub struct LimitsConfig {
    /// Connections at one time; more wait to be accepted. Each needs an open file
    #[arg(long, value_name = "N", env = "CAIRN_CONNECTIONS_MAX", default_value_t = Self::DEFAULT.connections_max,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub connections_max: u32,
    /// Requests that are worked on at one time; further ones are told to come again (503)
    #[arg(long, value_name = "N", env = "CAIRN_REQUESTS_MAX", default_value_t = Self::DEFAULT.requests_max,
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub requests_max: u32,
    /// The longest that a request may take from its first byte to the first of the answer, seconds. Over the slowest link a
    /// megabyte takes minutes
    #[arg(long, value_name = "SECONDS", env = "CAIRN_REQUEST_SECONDS_MAX", default_value_t = Self::DEFAULT.request_seconds_max,
          value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub request_seconds_max: u32,
}

impl LimitsConfig {
    const DEFAULT: Self = Self { connections_max: 900, requests_max: 512, request_seconds_max: 600 };
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self::DEFAULT
    }
}
