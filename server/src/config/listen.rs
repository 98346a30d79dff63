//! Where the server listens.

use clap::Args;

/// Where the server listens.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct ListenConfig {
    /// The address to listen on, HOST:PORT; port 0 picks a free one
    #[arg(long, value_name = "ADDR", env = "CAIRN_LISTEN", default_value = "127.0.0.1:8090")]
    pub listen: String,
}

impl Default for ListenConfig {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8090".into() }
    }
}
