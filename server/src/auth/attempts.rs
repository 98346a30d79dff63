//! How often one may guess, from one address or at one account: a bucket of attempts for each, which fills again with time.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Attempts that may fail at once.
const BURST: u32 = 30;
/// The time in which one attempt comes back.
const REFILL: Duration = Duration::from_secs(6);
/// Addresses or accounts remembered; worst case about 1 MB.
const REMEMBERED_MAX: usize = 10_000;

/// Failed attempts, by address ([`network_of`]) or by account. An attempt that succeeds costs nothing, so a whole county may
/// enrol from behind one address on one morning. Accounts are counted by the name that was given, whether there is one of that
/// name or not: nothing can be learnt from being slowed down.
///
/// Behind a proxy all share the proxy's address: the proxy should then limit, too.
#[derive(Debug)]
pub struct Attempts<K> {
    spent: Mutex<BTreeMap<K, Spent>>,
}

impl<K> Default for Attempts<K> {
    fn default() -> Self {
        Self { spent: Mutex::default() }
    }
}

/// When an address will have all of its attempts back: one number says how many are out at any time.
#[derive(Debug, Clone, Copy)]
struct Spent {
    whole_again: Duration,
}

impl<K: Ord + Clone> Attempts<K> {
    /// Takes one attempt of `who`. `now` is the time since any fixed moment.
    ///
    /// # Errors
    /// How long to wait, when none is left.
    pub fn take(&self, who: &K, now: Duration) -> Result<(), Duration> {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if !spent.contains_key(who) && spent.len() >= REMEMBERED_MAX {
            spent.retain(|_, s| s.whole_again > now);
            if spent.len() >= REMEMBERED_MAX {
                // Everybody remembered is guessing. Forget whoever did so least: a flood of addresses must not lock
                // out the rest.
                let least = spent.iter().min_by_key(|(_, s)| s.whole_again).map(|(who, _)| who.clone());
                least.and_then(|who| spent.remove(&who));
            }
        }
        let entry = spent.entry(who.clone()).or_insert(Spent { whole_again: now });
        let after = entry.whole_again.max(now) + REFILL;
        let fullest = now + REFILL * BURST;
        if after > fullest {
            return Err(after - fullest);
        }
        entry.whole_again = after;
        Ok(())
    }

    /// Gives back the attempt that `who` took last: it succeeded.
    pub fn give_back(&self, who: &K) {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = spent.get_mut(who) {
            entry.whole_again = entry.whole_again.saturating_sub(REFILL);
        }
    }
}

/// What counts as one address: an IPv6 host can take any of its /64.
#[must_use]
pub fn network_of(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));

    #[test]
    fn failures_run_out_and_come_back_one_by_one() {
        let attempts = Attempts::default();
        let start = Duration::from_secs(1000);
        for _ in 0..BURST {
            attempts.take(&HERE, start).unwrap();
        }
        assert_eq!(attempts.take(&HERE, start), Err(REFILL));
        assert_eq!(attempts.take(&HERE, start + REFILL / 2), Err(REFILL / 2));
        attempts.take(&"10.0.0.2".parse().unwrap(), start).unwrap();
        attempts.take(&HERE, start + REFILL).unwrap();
        assert!(attempts.take(&HERE, start + REFILL).is_err());
        for _ in 0..BURST {
            attempts.take(&HERE, start + REFILL * (BURST + 1)).unwrap();
        }
    }

    #[test]
    fn successes_cost_nothing() {
        let attempts = Attempts::default();
        for _ in 0..10 * BURST {
            attempts.take(&HERE, Duration::ZERO).unwrap();
            attempts.give_back(&HERE);
        }
        attempts.take(&HERE, Duration::ZERO).unwrap();
    }

    #[test]
    fn a_host_of_many_addresses_is_one_and_memory_is_bounded() {
        let attempts = Attempts::default();
        let now = Duration::from_secs(5);
        for i in 0..BURST {
            attempts.take(&network_of(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, i as u16))), now).unwrap();
        }
        assert!(attempts.take(&network_of("2001:db8::ffff".parse().unwrap()), now).is_err());
        let mapped: IpAddr = "::ffff:10.0.0.1".parse().unwrap();
        assert_eq!(network_of(mapped), HERE);
        for i in 0..REMEMBERED_MAX as u32 + 50 {
            attempts.take(&IpAddr::V4(i.into()), now).unwrap();
        }
        let remembered = || attempts.spent.lock().unwrap().len();
        assert_eq!(remembered(), REMEMBERED_MAX);
        // Whoever guesses most is remembered longest; and for whoever is remembered nobody is forgotten.
        assert!(attempts.take(&network_of("2001:db8::1".parse().unwrap()), now).is_err());
        assert_eq!(remembered(), REMEMBERED_MAX);
        // Who has all attempts back need not be remembered.
        attempts.take(&HERE, now + REFILL).unwrap();
        assert!(remembered() < 5, "the newcomer, and who guessed more than once: {}", remembered());
    }
}
