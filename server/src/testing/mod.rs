//! What tests stand on: a store with a small tree, people and devices, and hands that write records.

mod hand;
mod world;

pub(crate) use hand::Hand;
pub(crate) use world::{Worker, World, form, operator};
