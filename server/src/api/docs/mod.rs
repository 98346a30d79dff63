//! The document, and a page to read it with. Both work without any other host.

pub(super) mod document;
pub(super) mod page;
pub(super) mod script;
