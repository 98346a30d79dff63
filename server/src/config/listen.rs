//! Where the server listens, and as whom.

use std::path::PathBuf;

use clap::Args;

/// Where the server listens.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(next_help_heading = "Network")]
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

/// The certificate to listen with.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(next_help_heading = "Network")]
pub struct TlsConfig {
    /// The certificate chain, PEM, the server's own first. With it the server speaks HTTPS only. Read again within a minute
    /// when it changes, so that whatever renews it need not tell
    #[arg(long, value_name = "FILE", env = "CAIRN_TLS_CERTIFICATE", requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,
    /// The certificate's private key, PEM
    #[arg(long, value_name = "FILE", env = "CAIRN_TLS_KEY", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,
}

/// Where the metrics are.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(next_help_heading = "Network")]
pub struct MetricsConfig {
    /// Where to serve /metrics for Prometheus, HOST:PORT: an address that only it can reach, for nobody is asked who they
    /// are there. Nowhere unless set
    #[arg(long, value_name = "ADDR", env = "CAIRN_METRICS_LISTEN")]
    pub metrics_listen: Option<String>,
}
