//! What strangers may send, as functions of bytes. Each target reads its input with the code that ships and says what must hold;
//! each mutator knows the grammar of its input, so that what it changes still gets past the outermost check.
//!
//! | target | its input | what is asked of it |
//! |---|---|---|
//! | `frame` | a frame of the wire | read, written and read again it is the same |
//! | `bundle` | the file that carries unsynced work | the same, and the replica takes it in |
//! | `change` | a request, whose changes are judged in a scene | no panic near the engine, no trace of what is refused |
//! | `form` | a form's definition | the same when written; answers of any kind can be put to it |
//! | `import` | a table of org units, for the server | all of it is taken, or nothing and each bad row is named |
//! | `api` | requests to the API, by an administrator | never a 5xx; what fails is a problem with a code |
//! | `sync` | the body of a `POST /sync/v1`, by an enrolled device | the same, and the store stays right |
//!
//! They are run by the fuzzers of `tests/fuzz/driver`, which watch what code an input reaches, and by `tests/replay.rs`, which runs all
//! inputs that are kept and a bounded number of new ones, drawn from a seed.

pub mod center;
pub mod core;
/// Numbers that are the same for the same seed: the simulation's, without the simulation.
#[path = "../../../simulation/src/dice.rs"]
pub mod dice;
pub mod kept;
pub mod mutate;
pub mod seeds;
#[cfg(feature = "server")]
pub mod server;

use mutate::Mutate;

/// Something that takes bytes from strangers.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, and that of its corpus.
    pub name: &'static str,
    /// Gives it an input; panics if anything does not hold.
    pub run: fn(&[u8]),
    /// Makes another input of one.
    pub mutate: Mutate,
    /// Bytes of the longest input that is tried.
    pub bytes_max: usize,
}

/// The targets of the core.
pub const CORE: [Target; 4] = [
    Target { name: "frame", run: core::frame::run, mutate: mutate::frame::frame, bytes_max: 8 << 10 },
    Target { name: "bundle", run: core::bundle::run, mutate: mutate::frame::bundle, bytes_max: 3 << 10 },
    Target { name: "change", run: core::change::run, mutate: mutate::frame::request, bytes_max: 3 << 10 },
    Target { name: "form", run: core::form::run, mutate: mutate::json::form, bytes_max: 16 << 10 },
];

/// The targets of the server.
#[cfg(feature = "server")]
pub const SERVER: [Target; 3] = [
    Target { name: "import", run: server::import::run, mutate: mutate::table::units, bytes_max: 4 << 10 },
    Target { name: "api", run: server::api::run, mutate: mutate::requests::requests, bytes_max: 8 << 10 },
    Target { name: "sync", run: server::sync::run, mutate: mutate::frame::request, bytes_max: 8 << 10 },
];

/// Every target.
#[must_use]
pub fn all() -> Vec<Target> {
    let all = CORE.to_vec();
    #[cfg(feature = "server")]
    let all = all.into_iter().chain(SERVER).collect();
    all
}
