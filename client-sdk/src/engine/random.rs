//! The random bytes of one process: its actor, and the jitter of its waiting.

use sync_core::id::ActorKey;

use crate::Error;

/// What everything random in an engine follows from.
#[derive(Clone, Copy)]
pub struct Seed(pub [u8; 16]);

impl Seed {
    /// Drawn from the system.
    ///
    /// # Errors
    /// [`Error::NoRandomness`].
    pub fn drawn() -> Result<Self, Error> {
        let mut bytes = [0; 16];
        fill(&mut bytes)?;
        Ok(Self(bytes))
    }
}

/// Fills `bytes` from the system.
pub(super) fn fill(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes).map_err(|e| Error::NoRandomness(e.to_string()))
}

/// The actor, and a stream of numbers that nothing secret depends on.
pub(super) struct Random {
    actor: ActorKey,
    state: u64,
}

impl Random {
    pub(super) fn new(seed: Seed) -> Self {
        let mut halves = [[0; 8]; 2];
        halves[0].copy_from_slice(&seed.0[..8]);
        halves[1].copy_from_slice(&seed.0[8..]);
        Self { actor: ActorKey(halves[0]), state: u64::from_le_bytes(halves[1]) }
    }

    pub(super) fn actor(&self) -> ActorKey {
        self.actor
    }

    /// Takes another actor: the next change does not build on what the present one made last.
    pub(super) fn renew_actor(&mut self) {
        self.actor = ActorKey(self.next().to_be_bytes());
    }

    /// The next number, evenly spread.
    pub(super) fn next(&mut self) -> u64 {
        // SplitMix64: a counter, well stirred.
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
