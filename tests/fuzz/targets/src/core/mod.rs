//! The targets of the core: bytes that are read, judged and merged without a server.

pub mod bundle;
pub mod change;
pub mod form;
pub mod frame;
