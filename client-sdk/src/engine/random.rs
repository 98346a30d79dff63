//! The random bytes of one process: its actor, the births under that name, and the jitter of its waiting.

use sync_core::id::{ActorKey, ClockMs};

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
    births: Births,
}

/// When records were made under the present actor.
#[derive(Clone, Copy)]
struct Births {
    /// The clock at the latest.
    clock: ClockMs,
    /// The time that it was given.
    given: ClockMs,
}

/// Before anything was made.
const NO_BIRTHS: Births = Births { clock: ClockMs(i64::MIN), given: ClockMs(i64::MIN) };

impl Random {
    pub(super) fn new(seed: Seed) -> Self {
        let mut halves = [[0; 8]; 2];
        halves[0].copy_from_slice(&seed.0[..8]);
        halves[1].copy_from_slice(&seed.0[8..]);
        Self { actor: ActorKey(halves[0]), state: u64::from_le_bytes(halves[1]), births: NO_BIRTHS }
    }

    pub(super) fn actor(&self) -> ActorKey {
        self.actor
    }

    /// Takes another actor: the next change does not build on what the present one made last.
    pub(super) fn renew_actor(&mut self) {
        self.actor = ActorKey(self.next().to_be_bytes());
        self.births = NO_BIRTHS;
    }

    /// The time to make the next record at, when the clock says `now`: one at which the present actor has made none. A record is
    /// named by what its first change says, so two outreach clinics with the same answers, logged in the same millisecond, are
    /// told apart by this alone. A clock that was set back begins a new actor, rather than leave its past behind.
    pub(super) fn birth(&mut self, now: ClockMs) -> ClockMs {
        if now < self.births.clock {
            self.renew_actor();
        }
        let given = now.max(ClockMs(self.births.given.0.saturating_add(1)));
        self.births = Births { clock: now, given };
        given
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_actor_makes_two_records_at_one_time() {
        let mut random = Random::new(Seed([1; 16]));
        let clock = [5, 5, 5, 6, 20, 20, 19, 19, 20, 3].map(ClockMs);
        let births: Vec<_> = clock.map(|now| (random.birth(now), random.actor())).into();
        assert_eq!(births.iter().collect::<BTreeSet<_>>().len(), clock.len(), "{births:?}");
        let late: Vec<i64> = births.iter().zip(clock).map(|((given, _), now)| given.0 - now.0).collect();
        assert_eq!(late, [0, 1, 2, 2, 0, 1, 0, 1, 1, 0], "no later than it must be");
    }
}
