//! Forms. A version that is known never changes: records name it, and devices hold it.

pub(super) mod add;
pub(super) mod list;
pub(super) mod read;
