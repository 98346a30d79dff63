//! Stores and captures of released versions, kept so that every later build is tried on them. `tests/golden/README.md` says what
//! there is and when to add to it.
//!
//! | file | what |
//! |---|---|
//! | `make`, `story` | makes a folder anew, of the version that this is |
//! | `phone` | a device of these stories |
//! | `line` | lines that remember what went over them |
//! | `described` | what is compared: a store as people and devices see it |

mod described;
pub mod line;
mod make;
mod phone;
mod story;

use std::{
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use cairn_server::{config::PlaceConfig, store::Engine};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

pub use described::{contains, described, described_device};
pub use line::Exchange;
pub use make::{desk, make, outcomes, replayed};
pub use phone::{Phone, StillClock};
pub use story::{ADMINISTRATOR, PASSWORD};

use crate::place;

/// The server's store, as SQLite's file.
pub const SERVER: &str = "server.db";
/// The same as statements for PostgreSQL.
pub const SERVER_SQL: &str = "server.sql";
/// The store of a device with unsynced work.
pub const PHONE: &str = "phone.db";
/// The store of a device that has enrolled and never synced.
pub const DESK: &str = "desk.db";
/// What the phone saved of its unsynced work.
pub const BUNDLE: &str = "phone.bundle";
/// What went over the lines while the stores were made.
pub const BEFORE: &str = "wire-before.json";
/// What went over the phone's line when it synced the work that its store holds.
pub const AFTER: &str = "wire-after.json";
/// What a device heard on the live stream.
pub const LIVE: &str = "live.txt";
/// What all of it shows.
pub const EXPECTED: &str = "expected.json";

/// What is kept of one version.
#[derive(Clone, Debug)]
pub struct Golden {
    folder: PathBuf,
}

impl Golden {
    /// The folder of all versions.
    #[must_use]
    pub fn home() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
    }

    /// Every version that is kept, oldest first.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let entries = std::fs::read_dir(Self::home()).expect("golden versions").flatten();
        let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
        folders.sort();
        assert!(!folders.is_empty(), "no golden version is kept");
        folders.into_iter().map(|folder| Self { folder }).collect()
    }

    /// What is kept in `folder`.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> String {
        self.folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The bytes of a kept file.
    ///
    /// # Panics
    /// When it is not there.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        let path = self.folder.join(format!("{name}.gz"));
        let packed = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).expect("gzip");
        bytes
    }

    /// What is expected of it.
    ///
    /// # Panics
    /// When that is not there.
    #[must_use]
    pub fn expected(&self) -> Json {
        serde_json::from_slice(&self.bytes(EXPECTED)).expect("JSON")
    }

    /// What went over a line, in order.
    ///
    /// # Panics
    /// When it is not there.
    #[must_use]
    pub fn exchanges(&self, name: &str) -> Vec<Exchange> {
        let kept: Vec<Json> = serde_json::from_slice(&self.bytes(name)).expect("JSON");
        kept.iter().map(Exchange::of_json).collect()
    }

    /// A copy of the server's store below `folder`.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn server(&self, engine: Engine, folder: &Path) -> PlaceConfig {
        let place = place(engine, folder);
        match &place.database {
            None => std::fs::write(folder.join("cairn.sqlite"), self.bytes(SERVER)).expect("a writable folder"),
            Some(url) => {
                let sql = String::from_utf8(self.bytes(SERVER_SQL)).expect("statements are text");
                run_sql(url, sql).await;
            }
        }
        place
    }

    /// A copy of a device's store in `folder`.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn device(&self, name: &str, folder: &Path) {
        std::fs::create_dir_all(folder).expect("a writable folder");
        let file = folder.join(cairn_client::SqliteStore::FILE);
        std::fs::write(file, self.bytes(name)).expect("a writable folder");
    }

    /// Keeps a file.
    fn keep(&self, name: &str, bytes: &[u8]) {
        let mut packed = flate2::GzBuilder::new().write(Vec::new(), flate2::Compression::best());
        packed.write_all(bytes).expect("memory");
        let packed = packed.finish().expect("memory");
        std::fs::write(self.folder.join(format!("{name}.gz")), packed).expect("a writable folder");
    }
}

/// The SHA-256 of every migration of server and client, by its path.
///
/// # Panics
/// When they cannot be read.
#[must_use]
pub fn migrations() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let mut found = Vec::new();
    for folder in ["server/migrations/sqlite", "server/migrations/postgres", "client-sdk/migrations"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("migrations").flatten() {
            let text = std::fs::read(entry.path()).expect("a migration");
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            found.push((path, line::hex(&Sha256::digest(&text))));
        }
    }
    found.sort();
    found
}

/// Runs statements in the database at `url`, past the program.
///
/// # Panics
/// When they fail.
pub async fn run_sql(url: &str, sql: String) {
    use sqlx::Connection as _;
    sqlx::any::install_default_drivers();
    let mut conn = sqlx::AnyConnection::connect(url).await.expect("a database");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.expect("statements");
    conn.close().await.expect("a connection");
}
