//! The replica as a library: records are written here at once, and merged with everybody else's when there is a connection.
//!
//! One [`Engine`] over three traits: a [`Store`] that keeps rows, a [`Transport`] that carries requests, a [`Clock`]. What is
//! sent and what an answer means is decided by [`sync_core::replica`]; this crate reads, sends, commits and tries again.
//!
//! | room | what it is |
//! |---|---|
//! | [`engine`] | every operation of a device, and the sync loop |
//! | [`store`] | the store's trait, one in memory, one in SQLite (feature `native`), one in a browser (`browser`), and the suite that all pass |
//! | [`transport`] | the transport's trait, one over HTTP (feature `native`), one by `fetch` (`browser`) |
//! | [`clock`] | the clock's trait, the machine's own (feature `native`), the browser's (`browser`) |
//!
//! With `default-features = false` the engine compiles for browsers: neither files nor sockets nor threads are used then.

pub mod clock;
pub mod engine;
mod error;
mod portable;
pub mod store;
pub mod transport;

#[cfg(all(feature = "browser", target_family = "wasm"))]
pub use clock::BrowserClock;
pub use clock::Clock;
#[cfg(feature = "native")]
pub use clock::SystemClock;
pub use engine::{Engine, Redeemed};
pub use error::Error;
pub use portable::{MaybeSend, MaybeSync};
#[cfg(all(feature = "browser", target_family = "wasm"))]
pub use store::indexed_db::IndexedDbStore;
#[cfg(feature = "native")]
pub use store::sqlite::SqliteStore;
pub use store::{MemoryStore, Store, StoreError};
#[cfg(all(feature = "browser", target_family = "wasm"))]
pub use transport::fetch::FetchTransport;
#[cfg(feature = "native")]
pub use transport::http::HttpTransport;
pub use transport::{Transport, TransportError};

/// The replica of a machine with files and sockets.
#[cfg(feature = "native")]
pub type NativeEngine = Engine<SqliteStore, HttpTransport, SystemClock>;

/// The replica of a browser.
#[cfg(all(feature = "browser", target_family = "wasm"))]
pub type BrowserEngine = Engine<IndexedDbStore, FetchTransport, BrowserClock>;

/// The example of the read-me, held to the code.
#[cfg(all(doctest, feature = "native"))]
#[doc = include_str!("../README.md")]
struct ReadMe;
