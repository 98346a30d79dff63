//! What goes wrong, and how often it did.

/// The kinds of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// A process dies, between two writes or in the middle of one; the system beneath it goes on.
    Crash,
    /// The machine goes dark: what was not synced to the disk is gone.
    PowerCut,
    /// The machine goes dark while a write is half on the disk.
    TornWrite,
    /// There is no room for the next write.
    DiskFull,
    /// The next write fails.
    IoError,
    /// A request or an answer is lost, and its sender hears of it.
    Cut,
    /// A request or an answer comes long after everybody stopped waiting for it.
    Delay,
    /// A request arrives twice.
    Duplicate,
    /// A request overtakes another.
    Reorder,
    /// A request of long ago arrives again.
    Replay,
    /// A clock is set, by minutes or by years, forwards or back.
    ClockJump,
    /// A device is copied, and both go on.
    Clone,
    /// A device goes on from an old copy of itself.
    DeviceRestored,
    /// The server goes on from a backup.
    ServerRestored,
    /// A role is given or taken away, or a device revoked.
    Reassignment,
    /// Somebody sends what no honest device would.
    Hostile,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Crash,
        Self::PowerCut,
        Self::TornWrite,
        Self::DiskFull,
        Self::IoError,
        Self::Cut,
        Self::Delay,
        Self::Duplicate,
        Self::Reorder,
        Self::Replay,
        Self::ClockJump,
        Self::Clone,
        Self::DeviceRestored,
        Self::ServerRestored,
        Self::Reassignment,
        Self::Hostile,
    ];

    /// The word in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::PowerCut => "power_cut",
            Self::TornWrite => "torn_write",
            Self::DiskFull => "disk_full",
            Self::IoError => "io_error",
            Self::Cut => "cut",
            Self::Delay => "delay",
            Self::Duplicate => "duplicate",
            Self::Reorder => "reorder",
            Self::Replay => "replay",
            Self::ClockJump => "clock_jump",
            Self::Clone => "cloned_device",
            Self::DeviceRestored => "device_restored",
            Self::ServerRestored => "server_restored",
            Self::Reassignment => "reassignment",
            Self::Hostile => "hostile_change",
        }
    }

    fn index(self) -> usize {
        self as usize
    }
}

/// What must happen sometimes, or the runs prove little: faults that took effect, and what they led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sometimes {
    faults: [u64; 16],
    seen: std::collections::BTreeMap<&'static str, u64>,
}

impl Sometimes {
    /// A fault took effect.
    pub fn struck(&mut self, fault: Fault) {
        self.faults[fault.index()] += 1;
    }

    /// Something worth reaching was reached.
    pub fn saw(&mut self, what: &'static str, times: usize) {
        if times > 0 {
            *self.seen.entry(what).or_default() += times as u64;
        }
    }

    /// How often a fault took effect.
    #[must_use]
    pub fn of(&self, fault: Fault) -> u64 {
        self.faults[fault.index()]
    }

    /// How often everything else was reached, by what it is.
    pub fn seen(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.seen.iter().map(|(what, times)| (*what, *times))
    }

    /// Adds what other runs reached.
    pub fn add(&mut self, other: &Self) {
        self.faults.iter_mut().zip(other.faults).for_each(|(mine, theirs)| *mine += theirs);
        for (what, times) in &other.seen {
            *self.seen.entry(what).or_default() += times;
        }
    }

    /// The faults that never took effect.
    #[must_use]
    pub fn never(&self) -> Vec<Fault> {
        Fault::ALL.into_iter().filter(|fault| self.of(*fault) == 0).collect()
    }
}
