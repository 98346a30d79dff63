//! Builds that are known to be wrong. Each is a switch in the simulated disk, server or device, never in what ships; the oracle
//! must catch it, or it is no oracle.

/// What is wrong on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variant {
    /// Nothing.
    #[default]
    Shipped,
    /// The server answers before its commit is durable.
    AcknowledgeBeforeCommit,
    /// A device commits its cursors before the changes that they speak of.
    CursorBeforeData,
    /// The server refuses all changes of a request in which one is bad.
    WholeBatchRefusal,
    /// A device keeps its actor in its store, so that copies and restored backups write under it, too.
    StableActor,
    /// A device's commits return before they are on the disk.
    DeviceSyncNormal,
    /// The server's commits return before they are on the disk.
    ServerSyncNormal,
    /// A device does not compare its feeds with the digests that it hears.
    DigestUnchecked,
    /// After a torn write, the half of it that is on the disk counts.
    TornKept,
    /// The server gives positions out before it has the feed's lock.
    PositionOutsideLock,
    /// The server stores what its author has no right to.
    RightsUnchecked,
    /// The server adds a record's numbers to the totals without taking away what it added before.
    TallyNotMoved,
}

impl Variant {
    /// All that are wrong.
    pub const WRONG: [Self; 11] = [
        Self::AcknowledgeBeforeCommit,
        Self::CursorBeforeData,
        Self::WholeBatchRefusal,
        Self::StableActor,
        Self::DeviceSyncNormal,
        Self::ServerSyncNormal,
        Self::DigestUnchecked,
        Self::TornKept,
        Self::PositionOutsideLock,
        Self::RightsUnchecked,
        Self::TallyNotMoved,
    ];
}
