//! How often one address may guess: a bucket of attempts for each, which fills again with time.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Attempts that an address may fail at once.
const BURST: u32 = 30;
/// The time in which one attempt comes back.
const REFILL: Duration = Duration::from_secs(6);
/// Addresses remembered; worst case about 1 MB.
const ADDRESSES_MAX: usize = 10_000;

/// Failed attempts by address. An attempt that succeeds costs nothing, so a whole county may enrol from behind one
/// address on one morning.
///
/// An IPv6 host can take any address of its /64 and counts as that network. Behind a proxy all share the proxy's address:
/// the proxy should then limit, too.
#[derive(Debug, Default)]
pub struct Attempts {
    spent: Mutex<BTreeMap<IpAddr, Spent>>,
}

/// When an address will have all of its attempts back: one number says how many are out at any time.
#[derive(Debug, Clone, Copy)]
struct Spent {
    whole_again: Duration,
}

impl Attempts {
    /// Takes one attempt of `peer`. `now` is the time since any fixed moment.
    ///
    /// # Errors
    /// How long to wait, when none is left.
    pub fn take(&self, peer: IpAddr, now: Duration) -> Result<(), Duration> {
        let peer = network_of(peer);
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if !spent.contains_key(&peer) && spent.len() >= ADDRESSES_MAX {
            spent.retain(|_, s| s.whole_again > now);
            if spent.len() >= ADDRESSES_MAX {
                // Everybody remembered is guessing. Forget whoever did so least: a flood of addresses must not lock
                // out the rest.
                let least = spent.iter().min_by_key(|(_, s)| s.whole_again).map(|(peer, _)| *peer);
                least.and_then(|peer| spent.remove(&peer));
            }
        }
        let entry = spent.entry(peer).or_insert(Spent { whole_again: now });
        let after = entry.whole_again.max(now) + REFILL;
        let fullest = now + REFILL * BURST;
        if after > fullest {
            return Err(after - fullest);
        }
        entry.whole_again = after;
        Ok(())
    }

    /// Gives back the attempt that `peer` took last: it succeeded.
    pub fn give_back(&self, peer: IpAddr) {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = spent.get_mut(&network_of(peer)) {
            entry.whole_again = entry.whole_again.saturating_sub(REFILL);
        }
    }
}

fn network_of(peer: IpAddr) -> IpAddr {
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
            attempts.take(HERE, start).unwrap();
        }
        assert_eq!(attempts.take(HERE, start), Err(REFILL));
        assert_eq!(attempts.take(HERE, start + REFILL / 2), Err(REFILL / 2));
        attempts.take("10.0.0.2".parse().unwrap(), start).unwrap();
        attempts.take(HERE, start + REFILL).unwrap();
        assert!(attempts.take(HERE, start + REFILL).is_err());
        for _ in 0..BURST {
            attempts.take(HERE, start + REFILL * (BURST + 1)).unwrap();
        }
    }

    #[test]
    fn successes_cost_nothing() {
        let attempts = Attempts::default();
        for _ in 0..10 * BURST {
            attempts.take(HERE, Duration::ZERO).unwrap();
            attempts.give_back(HERE);
        }
        attempts.take(HERE, Duration::ZERO).unwrap();
    }

    #[test]
    fn a_host_of_many_addresses_is_one_and_memory_is_bounded() {
        let attempts = Attempts::default();
        let now = Duration::from_secs(5);
        for i in 0..BURST {
            attempts.take(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, i as u16)), now).unwrap();
        }
        assert!(attempts.take("2001:db8::ffff".parse().unwrap(), now).is_err());
        let mapped: IpAddr = "::ffff:10.0.0.1".parse().unwrap();
        assert_eq!(network_of(mapped), HERE);
        for i in 0..ADDRESSES_MAX as u32 + 50 {
            attempts.take(IpAddr::V4(i.into()), now).unwrap();
        }
        assert!(attempts.spent.lock().unwrap().len() <= ADDRESSES_MAX);
        // Whoever guesses most is remembered longest.
        assert!(attempts.take("2001:db8::1".parse().unwrap(), now).is_err());
    }
}
