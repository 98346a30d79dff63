//! Who is believed to have written a change: rights follow its author, so nobody may pass for another.
//!
//! | the change | is believed to be of |
//! |---|---|
//! | comes with a voucher of this store | the user whom the voucher names |
//! | is written by the scribe | the user who asked for it |
//! | is pushed without one | the user of the pushing device, unless the device itself says that its actor is somebody else's |
//! | was kept until now | the user of whom one of these was true when it came |
//!
//! That must be the user who stands behind its actor. Nobody stands behind an actor that the store meets for the first time: then
//! it is the one believed of its changes, whoever is vouched for before whoever merely pushes.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::{
    gate::ReasonCode,
    id::{ActorKey, ChangeHash, Username},
};

use super::arrival::{Arrival, Kept};
use crate::store::{
    ReadTx, StoreError,
    actors::{self, Standee},
    devices::DeviceId,
};

/// What a push says of who wrote its changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Claims {
    /// The pushing device and its user.
    pub pusher: Option<Standee>,
    /// Whom vouchers of this store name, or the scribe.
    pub vouched: BTreeMap<ChangeHash, Username>,
    /// The actors behind which, as the device says itself, somebody else stands.
    pub foreign: BTreeSet<ActorKey>,
}

/// Whom each arrival is believed to be of; there may be two if it was kept by the word of one and is brought by another.
pub(super) type Witnesses = BTreeMap<ChangeHash, Vec<Standee>>;

/// Looks up whom the arrivals are believed to be of.
pub(super) async fn witnesses(tx: &mut ReadTx, arrivals: &[Arrival]) -> Result<Witnesses, StoreError> {
    let mut found = Witnesses::new();
    let mut carriers: BTreeMap<DeviceId, Option<Standee>> = BTreeMap::new();
    for arrival in arrivals {
        let claimed = arrival.claims.as_ref().and_then(|claims| claims.believed(arrival));
        let mut all = Vec::from_iter(claimed);
        if let Kept::Parked(carrier) | Kept::Held(carrier, _) = &arrival.kept
            && let Some(author) = &carrier.author
        {
            if let Some(device) = carrier.device.as_ref().filter(|device| !carriers.contains_key(device)) {
                carriers.insert(device.clone(), actors::behind_device(tx, device).await?);
            }
            let device = carrier.device.as_ref().and_then(|device| carriers.get(device)?.clone());
            // Brought by a device of theirs it stands and falls with that device.
            let own = device.filter(|device| device.user == *author);
            all.push(own.unwrap_or_else(|| vouched_for(author)));
        }
        found.insert(arrival.hash(), all);
    }
    Ok(found)
}

impl Claims {
    /// Of what the scribe writes: the server itself has seen who asks.
    pub(super) fn of_scribe(change: ChangeHash, user: &Username) -> Self {
        Self { vouched: BTreeMap::from([(change, user.clone())]), ..Self::default() }
    }

    fn believed(&self, arrival: &Arrival) -> Option<Standee> {
        if let Some(user) = self.vouched.get(&arrival.hash()) {
            return Some(vouched_for(user));
        }
        self.pusher.clone().filter(|_| !self.foreign.contains(&arrival.parts.actor))
    }
}

fn vouched_for(user: &Username) -> Standee {
    Standee { user: user.clone(), device: None, device_revoked: false }
}

/// Who stands behind an actor that the store meets for the first time, as the witnesses of its changes have it.
pub(super) fn first_behind<'a>(witnesses: impl Iterator<Item = &'a Standee>) -> Option<Standee> {
    witnesses.min_by_key(|witness| (witness.device.is_some(), witness.device_revoked)).cloned()
}

/// Why a change is not believed to be of whoever stands behind its actor.
pub(super) fn doubt(standee: Option<&Standee>, witnesses: &[Standee]) -> Option<ReasonCode> {
    let is_theirs = |witness: &&Standee| standee.is_some_and(|standee| standee.user == witness.user);
    let revoked: Vec<bool> = witnesses.iter().filter(is_theirs).map(|witness| witness.device_revoked).collect();
    match revoked[..] {
        [] => Some(ReasonCode::UnprovenAuthor),
        // Even where another device of that user stands behind the actor.
        [..] if !revoked.contains(&false) => Some(ReasonCode::DeviceRevoked),
        [..] => None,
    }
}
