//! What can be set, one small struct for each concern. A flag goes before the environment variable of the same setting, that
//! before the configuration file, and that before the default. `server/cairn.example.toml` lists them all; it is written from the
//! structs here, and a test holds it to them.

pub mod file;
mod limits;
mod listen;
mod log;
mod place;

pub use limits::LimitsConfig;
pub use listen::{ListenConfig, MetricsConfig, TlsConfig};
pub use log::{LogConfig, LogFormat};
pub use place::PlaceConfig;
