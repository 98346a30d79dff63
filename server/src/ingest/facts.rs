//! What the judge may ask about, looked up before it sits.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use sync_core::{
    form::FormSet,
    gate::Standing,
    id::{ActorKey, ChangeHash, UnitCode, Username},
    merge::{Facts, Fate},
};

use super::arrival::{Gathered, Kept};
use crate::store::{
    ReadTx, StoreError,
    actors::{self, Standee},
    catalog::{self, Directory},
    held::HeldState,
    people::PlacedGrant,
};

/// Who stands behind actors of pushed changes that the store does not know yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Claims {
    /// Those for whom the device gave back a valid proof.
    pub proved: BTreeMap<ActorKey, Username>,
    /// All others: the pushing device and its user.
    pub pusher: Option<Standee>,
}

impl Claims {
    fn of(&self, actor: &ActorKey) -> Option<Standee> {
        let proved =
            self.proved.get(actor).map(|user| Standee { user: user.clone(), device: None, device_revoked: false });
        proved.or_else(|| self.pusher.clone())
    }

    /// What a revoked device pushes in its own user's name is held, even where that user's other device is behind the actor,
    /// or it is not known which.
    fn distrusts(&self, user: &Username) -> bool {
        self.pusher.as_ref().is_some_and(|pusher| pusher.device_revoked && pusher.user == *user)
    }
}

/// The looked-up facts of one job.
#[derive(Debug)]
pub(super) struct LookedUp {
    fates: BTreeMap<ChangeHash, Fate>,
    pub standees: BTreeMap<ActorKey, Standee>,
    /// Those of them that the store does not know yet.
    pub unbound: BTreeSet<ActorKey>,
    grants: BTreeMap<Username, Vec<PlacedGrant>>,
    pub directory: Arc<Directory>,
}

impl LookedUp {
    pub(super) async fn of(tx: &mut ReadTx, gathered: &Gathered, claims: &Claims) -> Result<Self, StoreError> {
        let stored = gathered
            .stored
            .iter()
            .map(|(hash, located)| (*hash, Fate::Stored { record: located.record, position: located.position }));
        let mut fates: BTreeMap<_, _> = stored.collect();
        for arrival in &gathered.arrivals {
            let Kept::Held(_, standing) = &arrival.kept else { continue };
            // Those that are tried again are judged as if they were new.
            let fate = match standing.state {
                _ if standing.retries() => continue,
                HeldState::Rejected => Fate::Rejected(standing.reason.clone()),
                _ => Fate::Held(standing.reason.clone()),
            };
            fates.entry(arrival.hash()).or_insert(fate);
        }
        let names: BTreeSet<ActorKey> = gathered.arrivals.iter().map(|a| a.parts.actor).collect();
        let names: Vec<_> = names.into_iter().collect();
        let mut standees = actors::find(tx, &names).await?;
        let unbound: BTreeSet<_> = names.iter().filter(|actor| !standees.contains_key(actor)).copied().collect();
        for arrival in gathered.arrivals.iter().filter(|a| unbound.contains(&a.parts.actor)) {
            let standee = match (arrival.is_pushed, &arrival.device) {
                (true, _) => claims.of(&arrival.parts.actor),
                (false, Some(device)) => actors::behind_device(tx, device).await?,
                (false, None) => None,
            };
            standees.extend(standee.map(|standee| (arrival.parts.actor, standee)));
        }
        for standee in standees.values_mut() {
            standee.device_revoked |= claims.distrusts(&standee.user);
        }
        let grants = catalog::grants_of(tx, standees.values().map(|standee| standee.user.clone()).collect()).await?;
        let directory = Directory::current(tx).await?;
        Ok(Self { fates, standees, unbound, grants, directory })
    }
}

impl Facts for LookedUp {
    fn fate(&self, hash: &ChangeHash) -> Option<Fate> {
        self.fates.get(hash).cloned()
    }

    fn standing(&self, actor: ActorKey, unit: &UnitCode) -> Option<Standing> {
        let Standee { user, device_revoked, .. } = self.standees.get(&actor)?;
        let grants = self.grants.get(user).map_or(&[][..], Vec::as_slice);
        Some(Standing {
            user: user.clone(),
            roles: self.directory.roles_on(grants, unit),
            device_revoked: *device_revoked,
        })
    }

    fn has_unit(&self, unit: &UnitCode) -> bool {
        self.directory.unit(unit).is_some()
    }

    fn forms(&self) -> &FormSet {
        self.directory.forms()
    }
}
