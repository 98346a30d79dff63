//! The stores that ship, under power cuts and on disks that fail. The long form is steered by the environment, as the crate says.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

mod contrast;
mod cuts;
mod failing;
