//! What the tests of the store share, and which there are.

mod audit;
mod opening;
mod proofs;
mod retries;
mod together;
