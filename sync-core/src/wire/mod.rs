//! How messages become bytes, and back, within limits. The authority on the format is `docs/protocol.md` of this crate.
//!
//! ```text
//! OutRequest ── encode_request ──> bytes ── open_request ──> Opened<RequestHead> ── rebuild(known) ──> InRequest
//! ```
//!
//! A change is never sent as an Automerge chunk: it is *spelled out*, and the receiver builds the same chunk from it, and so
//! its hash. Whatever the receiver can compute is left out; one digest over all the hashes proves the rebuild. Reading takes
//! two steps because a frame may refer to changes by their position in a feed: [`Opened::references`] says which, the
//! caller looks them up at once, and [`Opened::rebuild`] does the rest.
//!
//! Nothing here judges: a change that no device of ours would write is decoded as it is, and the gate refuses it. But
//! nothing here may panic, loop for long or allocate more than a small multiple of [`crate::limits`], whatever the bytes.

mod bundle;
mod cbor;
mod dictionary;
mod error;
mod frame;
mod letters;
mod message;
mod opened;
mod outcome;
mod pack;
mod request;
mod response;
#[cfg(test)]
mod tests;
mod varint;
mod voucher;

use sha2::{Digest as _, Sha256};

pub use bundle::{encode_bundle, join_frames, open_bundle, split_frames};
pub use error::WireError;
pub use message::*;
pub use opened::Opened;
pub use request::{encode_request, open_request};
pub use response::{encode_response, open_response};
pub use voucher::{VouchedChange, Voucher, Vouching};

use crate::id::Digest;

/// The media type of a frame.
pub const CONTENT_TYPE: &str = "application/vnd.cairn.sync";

/// The check of a cursor: the first 8 bytes of the SHA-256 of the store's epoch, the position and the digest of the feed
/// up to it, all big-endian. A store that does not come to the same number does not recognise the cursor.
#[must_use]
pub fn cursor_check(epoch: u64, position: u64, digest: Digest) -> u64 {
    let mut hash = Sha256::new();
    hash.update(epoch.to_be_bytes());
    hash.update(position.to_be_bytes());
    hash.update(digest.to_bytes());
    let hash = hash.finalize();
    hash.iter().take(8).fold(0, |check, byte| check << 8 | u64::from(*byte))
}
