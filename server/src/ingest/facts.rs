//! What the judge may ask about, looked up before it sits.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use sync_core::{
    form::FormSet,
    gate::{ReasonCode, Standing},
    id::{ActorKey, ChangeHash, UnitCode, Username},
    merge::{Facts, Fate},
};

use super::{
    arrival::{Arrival, Gathered, Kept},
    witness,
};
use crate::store::{
    ReadTx, StoreError,
    actors::{self, Standee},
    catalog::{self, Directory},
    held::HeldState,
    people::PlacedGrant,
};

/// The looked-up facts of one job.
#[derive(Debug)]
pub(super) struct LookedUp {
    fates: BTreeMap<ChangeHash, Fate>,
    pub standees: BTreeMap<ActorKey, Standee>,
    /// Those of them that the store does not know yet.
    pub unbound: BTreeSet<ActorKey>,
    /// The arrivals that are not believed to be of whoever stands behind their actors.
    doubts: BTreeMap<ChangeHash, ReasonCode>,
    grants: BTreeMap<Username, Vec<PlacedGrant>>,
    pub directory: Arc<Directory>,
}

impl LookedUp {
    pub(super) async fn of(tx: &mut ReadTx, gathered: &Gathered) -> Result<Self, StoreError> {
        let names: BTreeSet<ActorKey> = gathered.arrivals.iter().map(|a| a.parts.actor).collect();
        let names: Vec<_> = names.into_iter().collect();
        let mut standees = actors::find(tx, &names).await?;
        let unbound: BTreeSet<_> = names.into_iter().filter(|actor| !standees.contains_key(actor)).collect();
        let witnesses = witness::witnesses(tx, &gathered.arrivals).await?;
        let of = |arrival: &Arrival| witnesses.get(&arrival.hash()).map_or(&[][..], Vec::as_slice);
        for actor in &unbound {
            let theirs = gathered.arrivals.iter().filter(|a| a.parts.actor == *actor).flat_map(of);
            standees.extend(witness::first_behind(theirs).map(|standee| (*actor, standee)));
        }
        let doubt = |a: &Arrival| Some((a.hash(), witness::doubt(standees.get(&a.parts.actor), of(a))?));
        let doubts: BTreeMap<_, _> = gathered.arrivals.iter().filter_map(doubt).collect();
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
                // Somebody has brought what proves its author.
                HeldState::Waiting if standing.is_unproven() && !doubts.contains_key(&arrival.hash()) => continue,
                HeldState::Rejected => Fate::Rejected(standing.reason.clone()),
                _ => Fate::Held(standing.reason.clone()),
            };
            fates.entry(arrival.hash()).or_insert(fate);
        }
        let grants = catalog::grants_of(tx, standees.values().map(|standee| standee.user.clone()).collect()).await?;
        let directory = Directory::current(tx).await?;
        Ok(Self { fates, standees, unbound, doubts, grants, directory })
    }

    /// Why an arrival is not believed to be of whoever stands behind its actor.
    pub(super) fn doubt(&self, arrival: &Arrival) -> Option<ReasonCode> {
        self.doubts.get(&arrival.hash()).copied()
    }

    /// Who stands behind an arrival's actor, if the arrival is believed to be theirs.
    pub(super) fn author(&self, arrival: &Arrival) -> Option<&Standee> {
        let proven = self.doubt(arrival) != Some(ReasonCode::UnprovenAuthor);
        self.standees.get(&arrival.parts.actor).filter(|_| proven)
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
