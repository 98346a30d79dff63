//! The built program, run as people and other programs run it: what it prints, how it exits, what it leaves behind.

mod admin;
mod run;
mod serving;
mod usage;
