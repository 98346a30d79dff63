//! What the two sides say to each other, as values. How it becomes bytes is the affair of the rest of this room.

use alloc::{string::String, sync::Arc, vec::Vec};

use super::{Voucher, Vouching};
use crate::{
    crdt::{Change, ChangeParts},
    gate::Reason,
    id::{ActorKey, ChangeHash, ClockMs, Digest, UnitCode, Username},
};

/// How far a device has read a feed upwards, in the form that is sent: enough for the server to recognise it or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CursorMark {
    /// The last position read; 0 for an empty feed that was read.
    pub position: u64,
    /// [`cursor_check`](super::cursor_check) of the store's epoch, the position and the digest of the feed up to it.
    pub check: u64,
}

/// One feed that the device follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedRequest {
    /// The feed's org unit.
    pub unit: UnitCode,
    /// Where the device stands; `None` at the first contact, which is answered with the newest page.
    pub after: Option<CursorMark>,
    /// Positions from 1 up to and including this one are still missing below; 0 when none is.
    pub missing_below: u64,
}

/// Who stands behind an actor, as the server knows it. What a device says of it counts only as far as a voucher bears it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The actor.
    pub actor: ActorKey,
    /// The person.
    pub user: Username,
}

/// A change that the receiver already has, at a position that it knows: shorter to refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its position in the group's feed.
    pub position: u64,
    /// Its name.
    pub hash: ChangeHash,
    /// Its author.
    pub actor: ActorKey,
}

/// Changes of one feed, as the sender holds them. A change stands behind those of the same frame that it depends on.
#[derive(Clone, Debug)]
pub struct OutGroup {
    /// The feed.
    pub unit: UnitCode,
    /// The changes with their positions, where they have one; positions ascend.
    pub changes: Vec<OutChange>,
    /// What the receiver is known to have.
    pub known: Vec<Known>,
}

/// One change as the sender holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutChange {
    /// Its position in the feed; responses only.
    pub position: Option<u64>,
    /// Its name.
    pub hash: ChangeHash,
    /// The change, spelled out.
    pub parts: ChangeParts,
}

/// Changes of one feed, as rebuilt by the receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InGroup {
    /// The feed.
    pub unit: UnitCode,
    /// The changes, in the order sent.
    pub changes: Vec<InChange>,
}

/// One change as rebuilt by the receiver: not yet judged by anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InChange {
    /// Its position in the feed; responses only.
    pub position: Option<u64>,
    /// The change, spelled out.
    pub parts: Arc<ChangeParts>,
    /// The chunk with its hash.
    pub change: Change,
}

/// What a device holds of a feed, as digests by bucket: bucket `b` holds the hashes whose first 32 bits, taken as a
/// fraction of 2^32, fall into the `b`-th of `digests.len()` equal parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairRequest {
    /// The feed.
    pub unit: UnitCode,
    /// One digest a bucket, the upper 64 bits of each; a power of two of them.
    pub digests: Vec<u64>,
}

/// What the server holds in the buckets that differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairAnswer {
    /// The feed.
    pub unit: UnitCode,
    /// The number of buckets the request had.
    pub buckets: u32,
    /// Each differing bucket with the first 8 bytes of every hash the server holds there, ascending.
    pub differing: Vec<(u32, Vec<u64>)>,
    /// The feed's last position and the digest up to it, when the answer was made.
    pub head: u64,
    /// The digest of the whole feed.
    pub digest: Digest,
}

/// A request, without its changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestHead {
    /// The feeds that the device follows.
    pub feeds: Vec<FeedRequest>,
    /// Bytes of changes that the device will take back, as raw chunks' sizes; the server may send one change more than fits.
    pub budget_bytes: u32,
    /// The device's clock.
    pub clock: ClockMs,
    /// The catalog revision that the device has; 0 for none.
    pub catalog: u64,
    /// The last decision that the device has heard; 0 for none.
    pub decisions_after: u64,
    /// The device does not know the positions of all the changes it has: something was sent for which no answer came, or the
    /// server is not the one that gave the positions. Nothing in the response may refer to one.
    pub unanswered: bool,
    /// Changes that wait on the device beyond those in this request.
    pub waiting: u32,
    /// Changes asked back by name, after a repair.
    pub fetch: Vec<(UnitCode, Vec<u64>)>,
    /// Feeds to compare, after the server did not recognise a cursor or a digest did not agree.
    pub repairs: Vec<RepairRequest>,
    /// Who stood behind foreign actors among the changes, when they are given back.
    pub authors: Vec<Author>,
    /// What proves it, change by change.
    pub vouchings: Vec<Vouching>,
}

/// A request as the sender holds it.
#[derive(Clone, Debug, Default)]
pub struct OutRequest {
    /// All but the changes.
    pub head: RequestHead,
    /// Changes from the outbox, by feed.
    pub groups: Vec<OutGroup>,
}

/// A request as rebuilt by the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InRequest {
    /// All but the changes.
    pub head: RequestHead,
    /// The changes, by feed.
    pub groups: Vec<InGroup>,
}

/// What the server says of one pushed change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Stored and merged, at this position of the record's feed.
    Accepted {
        /// The position.
        position: u64,
    },
    /// Already there: an acknowledgement like the first one.
    Duplicate {
        /// The position.
        position: u64,
    },
    /// Stored; an earlier change that it builds on is missing.
    Parked,
    /// Stored; a person must decide.
    Held(Reason),
    /// Malformed or hostile; not stored beyond a note of it.
    Refused(Reason),
}

impl Outcome {
    /// The word of DESIGN's list.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Duplicate { .. } => "duplicate",
            Self::Parked => "parked",
            Self::Held(_) => "held",
            Self::Refused(_) => "refused",
        }
    }
}

/// A later word on a change that was held or parked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Its number in the device's list of decisions; ascending.
    pub number: u64,
    /// The change.
    pub hash: ChangeHash,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of one feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedAnswer {
    /// All positions in `(from, to]`, less those the device itself pushed, stand in the response's groups.
    Page {
        /// The position before the first that is covered.
        from: u64,
        /// The last position covered.
        to: u64,
        /// The feed's last position.
        head: u64,
        /// The digest of the feed up to `to`.
        digest: Digest,
    },
    /// The server does not recognise the cursor: it, or the device, was restored from an older copy.
    Unrecognised,
    /// The device may not read this feed (any more).
    Gone,
}

/// A response, without its changes. A feed with nothing new is not mentioned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseHead {
    /// The store's epoch: drawn when a store is created or restored.
    pub epoch: u64,
    /// The server's clock.
    pub clock: ClockMs,
    /// One for each pushed change, in the order of the request.
    pub outcomes: Vec<Outcome>,
    /// What became of the feeds.
    pub feeds: Vec<(UnitCode, FeedAnswer)>,
    /// Later words on the device's earlier changes.
    pub decisions: Vec<Decision>,
    /// Whether more decisions wait.
    pub more_decisions: bool,
    /// The catalog, if the device's is old: its revision, and a [`Catalog`](crate::replica::Catalog) as JSON.
    pub catalog: Option<(u64, String)>,
    /// Who stands behind the actors that the response's changes name for the first time.
    pub authors: Vec<Author>,
    /// Answers to repairs.
    pub repairs: Vec<RepairAnswer>,
    /// The server's word for who wrote the changes: one for every
    /// [`VOUCHED_CHANGES`](crate::limits::VOUCHED_CHANGES) consecutive changes of each group, the last of a group for the rest.
    pub vouchers: Vec<Voucher>,
}

/// A response as the server holds it.
#[derive(Clone, Debug, Default)]
pub struct OutResponse {
    /// All but the changes.
    pub head: ResponseHead,
    /// The changes, by feed: those of the pages and those fetched, with their positions.
    pub groups: Vec<OutGroup>,
}

/// A response as rebuilt by the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InResponse {
    /// All but the changes.
    pub head: ResponseHead,
    /// The changes, by feed.
    pub groups: Vec<InGroup>,
}

/// Whose a bundle is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleHead {
    /// The device's clock when it was made.
    pub clock: ClockMs,
    /// The Ed25519 public key of the server that the changes are for.
    pub server_key: [u8; 32],
    /// The author of the changes.
    pub user: Username,
}

/// A bundle as its writer holds it.
#[derive(Clone, Debug)]
pub struct OutBundle {
    /// Whose it is.
    pub head: BundleHead,
    /// The changes, by feed, each behind those of the bundle that it builds on; nothing is taken as known.
    pub groups: Vec<OutGroup>,
}

/// A bundle as rebuilt by its reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InBundle {
    /// Whose it is.
    pub head: BundleHead,
    /// The changes, by feed.
    pub groups: Vec<InGroup>,
}
