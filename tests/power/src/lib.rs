//! Power cuts of the stores that ship. Scripts run the server and the client engine on a file system that notes all that SQLite does with
//! it; at every place of that record the power is cut, and each state in which a disk may be then is opened with the shipped code.
//! The same scripts run on disks that fail at any call.
//!
//! ```text
//! script ─> shipped code ─> SQLite ─> vfs ─> the files          what was acknowledged, and where ─┐
//!                                      └──> tape ─> disk ─> states after a cut ─> opened, checked <┘
//! ```
//!
//! | file | what it is |
//! |---|---|
//! | `vfs` | SQLite's file system with an ear in it |
//! | `tape` | what was heard; which calls fail; disks that are known to lie |
//! | `disk` | what is certain of a disk at a moment, what it may look like after a cut, and what is assumed of it |
//! | `ledger` | what was promised, and where on the tape |
//! | `near` | devices and a server in one process |
//! | `server`, `client` | what is played on each store, and what must be so of it |
//! | `play` | cuts: which states, and looking at each |
//! | `faults` | calls that fail, each of them once and for good |
//!
//! The long form: `CAIRN_STATES=20000 CAIRN_FAULTS=all CAIRN_SEED=7 CAIRN_REPORT=power.json cargo test -p cairn-power`.
//! `CAIRN_STATES` is how many states are looked at, half of them of each store; `CAIRN_FAULTS` how many failing calls of each phase, kind
//! and store, or `all`.

pub mod client;
pub mod disk;
pub mod faults;
pub mod ledger;
pub mod near;
pub mod play;
pub mod server;
pub mod tape;
mod vfs;

use std::path::Path;

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

/// Whether SQLite finds a database whole: every page in its place, every index with what its table has.
///
/// # Errors
/// What it finds.
pub async fn whole(file: &Path) -> Result<(), String> {
    let failed = |error: sqlx::Error| format!("integrity_check fails: {error}");
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(failed)?;
    let found: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    if found == ["ok"] { Ok(()) } else { Err(format!("integrity_check: {}", found.join("; "))) }
}
