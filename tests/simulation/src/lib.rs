//! A world in which everything that can fail does: the shipped core and the shipped engine, on simulated disks, lines, clocks and
//! people. One thread; nothing is drawn but from the seed; the same seed and commit are the same run, to the byte.
//!
//! ```text
//! seed ─> plan ─> steps ─┬─> people write on devices ──> engine ──> disk
//!                        ├─> letters go over lines ───> server ──> disk
//!                        └─> something breaks
//!           model (plain sets and maps) <── what people did and were told
//!           oracle: what must hold, between steps and when all has come to rest
//! ```
//!
//! | file | what it is |
//! |---|---|
//! | `step`, `fault` | the alphabet: all that can happen, and the sixteen ways in which it goes wrong |
//! | `world` | the clock, what is on its way, what happens next |
//! | `people`, `hostile` | who writes what: those with manners, and one without |
//! | `phone`, `disk`, `line`, `clock` | a device: the shipped engine on a disk, a line and a clock that can fail |
//! | `network`, `strike`, `devices` | what befalls letters, machines and processes |
//! | `server` | the shipped core's judge, gate, projection and wire around maps in place of tables |
//! | `model`, `oracle` | the reference that runs beside it all, and what must hold |
//! | `variant` | builds that are known to be wrong, which the oracle must catch |
//! | `run`, `report`, `shrink` | one seed, many seeds, and the shortest plan that breaks a promise |
//!
//! What shipped code is played: `sync-core` whole; `cairn-client`'s engine, over its own store in memory, whose conformance suite
//! SQLite and IndexedDB pass as well. What is not: the server's SQL, queue and HTTP. `tests/tests/simulated.rs` gives the shipped
//! server what the simulated one was given, and it must make the same of it.
//!
//! A seed that breaks a promise prints its shortest plan and a line to see it again:
//! `CAIRN_SEED=8 CAIRN_STEPS=400 CAIRN_KEEP=25,233-234 cargo run -p cairn-simulation`. Once mended it becomes a test in
//! `tests/found.rs`, named for what went wrong.

mod clock;
mod devices;
pub mod dice;
mod disk;
pub mod fault;
mod hostile;
mod line;
mod model;
mod network;
mod oracle;
mod people;
mod phone;
pub mod place;
pub mod report;
pub mod run;
pub mod server;
pub mod shrink;
pub mod step;
mod strike;
mod trace;
mod turn;
pub mod variant;
pub mod violation;
mod world;
