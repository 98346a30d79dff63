//! What the tests of the store share, and which there are.

mod audit;
mod columns;
mod lists;
mod opening;
mod plans;
mod proofs;
mod retries;
mod shards;
mod together;
