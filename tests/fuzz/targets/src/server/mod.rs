//! The targets of the server: the shipped router in this process, over a throw-away store of SQLite with some of everything in it.

mod answer;
pub mod api;
pub mod import;
mod panics;
pub mod sync;
mod template;
pub mod world;
