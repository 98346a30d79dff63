//! The whole way: values to bytes and back.

mod arbitrary;
mod bounds;
mod hostile;
mod protocol;
mod samples;
mod size;
mod vectors;
