//! A world in which everything that can fail does: the shipped core and the shipped engine, on simulated disks, lines, clocks and
//! people. One thread; nothing is drawn but from the seed; the same seed and commit are the same run, to the byte.

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
