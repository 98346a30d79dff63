//! Cairn's core: what a record is, how two copies of it become one, and both ends of the sync protocol.
//!
//! Values in, values out. The crate is `no_std`, so the compiler itself refuses clocks, files, sockets, threads and randomly
//! seeded maps; time, identifiers and random bytes come in as arguments. The server, the native client and the browser run
//! this same code, so they cannot disagree.
//!
//! | room | what it decides |
//! |---|---|
//! | [`record`] | what a record is, and every way to make, edit and read one |
//! | [`form`] | what a form asks for, when an answer is faulty, what it adds to totals |
//! | [`wire`] | how messages become bytes, and back, within limits |
//! | [`gate`] | whether a foreign change may touch a record |
//! | [`merge`] | the server's side: change and record in, outcome and projection out |
//! | [`replica`] | the device's side: what to send, and what a response means |
//! | [`crdt`] | the only module that names Automerge |
// The types are written down for TypeScript with the help of the standard library; nothing else ever is.
#![cfg_attr(not(feature = "typescript"), no_std)]

extern crate alloc;

pub mod crdt;
pub mod form;
pub mod gate;
pub mod id;
pub mod limits;
pub mod merge;
pub mod record;
pub mod replica;
pub mod wire;
