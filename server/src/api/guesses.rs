//! Guessing codes and passwords is slowed down, by address and by account.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Instant,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::request::Parts,
};

use super::Problem;
use crate::auth::{Attempts, network_of};

/// The address that the request came from; one for all where there is no connection, as in tests of the router.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(network_of(connection.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip()))))
    }
}

/// Failed guesses, by address and by account.
#[derive(Debug)]
pub(super) struct Guesses {
    started: Instant,
    addresses: Attempts<IpAddr>,
    accounts: Attempts<String>,
}

impl Default for Guesses {
    fn default() -> Self {
        Self { started: Instant::now(), addresses: Attempts::default(), accounts: Attempts::default() }
    }
}

impl Guesses {
    /// Counts a guess from an address, at an account if it is at one.
    ///
    /// # Errors
    /// 429 `attempts_exceeded`.
    pub(super) fn take(&self, Peer(peer): Peer, account: Option<&str>) -> Result<(), Problem> {
        let now = self.started.elapsed();
        let taken = self.addresses.take(&peer, now);
        let taken = taken.and_then(|()| account.map_or(Ok(()), |account| self.accounts.take(&key(account), now)));
        taken.map_err(|wait| {
            let detail = "too many attempts from this address, or at this account, have failed";
            Problem::too_many("attempts_exceeded", detail, wait.as_secs() + 1)
        })
    }

    /// Gives the guess back: it was right.
    pub(super) fn give_back(&self, Peer(peer): Peer, account: Option<&str>) {
        self.addresses.give_back(&peer);
        if let Some(account) = account {
            self.accounts.give_back(&key(account));
        }
    }
}

/// What an account is remembered by: no longer than a username can be.
fn key(account: &str) -> String {
    account.chars().take(48).collect()
}
