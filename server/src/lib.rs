//! Cairn's server: the central store that every device's changes are merged into.
//!
//! | room | what it does |
//! |---|---|
//! | [`store`] | keeps everything; the only place that knows SQL |

pub mod store;
