mod opening;
mod proofs;
mod together;
