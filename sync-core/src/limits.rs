//! Every bound in one place. Both ends of the protocol apply the same numbers; going over one is an error that names it.

/// Bytes of one frame before decompression.
pub const FRAME_BYTES_MAX: usize = 1 << 20;
/// Bytes of one frame's message after decompression.
pub const MESSAGE_BYTES_MAX: usize = 8 << 20;
/// Changes in one frame.
pub const FRAME_CHANGES_MAX: usize = 10_000;
/// Feeds named in one frame.
pub const FRAME_FEEDS_MAX: usize = 4_096;
/// Operations in all the changes of one frame.
pub const FRAME_OPS_MAX: usize = 200_000;
/// Distinct actors named in one frame.
pub const FRAME_ACTORS_MAX: usize = 10_000;
/// Values of later versions in one message, those within them included: what a later version adds in bulk goes as a byte string.
pub const UNKNOWN_VALUES_MAX: usize = 65_536;
/// Bytes of one change as an uncompressed Automerge chunk.
pub const CHANGE_BYTES_MAX: usize = 128 << 10;
/// Operations in one change: a narrative costs one for each character.
pub const CHANGE_OPS_MAX: usize = 20_000;
/// Dependencies of one change, i.e. branches that it joins.
pub const CHANGE_DEPS_MAX: usize = 64;
/// Changes of one record.
pub const RECORD_CHANGES_MAX: usize = 5_000;
/// Bytes of all the changes of one record.
pub const RECORD_BYTES_MAX: usize = 2 << 20;
/// Operations of all the changes of one record.
pub const RECORD_OPS_MAX: usize = 100_000;
/// Highest operation counter and sequence number.
pub const COUNTER_MAX: u64 = (1 << 31) - 1;
/// Bytes of one text value (a register, not a narrative).
pub const TEXT_BYTES_MAX: usize = 8 << 10;
/// Characters of one narrative.
pub const NARRATIVE_CHARS_MAX: usize = 10_000;
/// Largest magnitude of an integer, a tally's step or a change's time: the largest that every language's number holds exactly.
pub const INTEGER_MAX: i64 = (1 << 53) - 1;
/// Depth of containers below the record's root: container, group, entry, value.
pub const PATH_DEPTH_MAX: usize = 4;
/// Bytes of a map key inside a record.
pub const KEY_BYTES_MAX: usize = 64;
/// Hashes that one request may ask back by name.
pub const FETCH_HASHES_MAX: usize = 2_000;
/// Buckets of one repair message.
pub const REPAIR_BUCKETS_MAX: usize = 4_096;
/// Changes that a bucket holds on average.
pub const REPAIR_BUCKET_CHANGES: usize = 16;
/// Consecutive changes for whose authors the server vouches at once.
pub const VOUCHED_CHANGES: usize = 16;
/// Parked changes that the server keeps for one device.
pub const PARKED_CHANGES_MAX: usize = 2_000;
