//! What can be set, one small struct for each concern. A flag goes before the environment variable of the same concern, and
//! that before the default.
//!
//! | flag | variable | default |
//! |---|---|---|
//! | `--data DIR` | `CAIRN_DATA` | `./data` |
//! | `--database URL` | `CAIRN_DATABASE` | the SQLite file `cairn.sqlite` in the data directory |
//! | `--listen ADDR` | `CAIRN_LISTEN` | `127.0.0.1:8090` |
//! | | `CAIRN_LOG` | `info` for `serve`, `warn` for `demo`, `off` for all other commands |

mod listen;
mod log;
mod place;

pub use listen::ListenConfig;
pub use log::LogConfig;
pub use place::PlaceConfig;
