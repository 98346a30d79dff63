//! The whole way: values to bytes and back.

mod arbitrary;
mod hostile;
mod samples;
mod size;
