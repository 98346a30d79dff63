//! The built binary, as people and scripts use it.

mod bad_input;
mod desk;
mod import;
mod kill;
mod network;
mod offline;
