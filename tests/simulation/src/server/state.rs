//! All that the server keeps, as plain maps. A clone is a snapshot.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use sync_core::{
    crdt::{Change, ChangeParts},
    form::FormSet,
    gate::{Reason, ReasonCode, Roles},
    id::{ActorKey, ChangeHash, Day, Digest, FormId, MeasureId, RecordId, UnitCode, Username},
    merge::Projection,
    record::Record,
    replica::{Catalog, CatalogUnit, Grant},
    wire::{Decision, Outcome},
};

/// A change in a feed.
#[derive(Debug)]
pub(crate) struct Stored {
    pub record: RecordId,
    pub position: u64,
    pub change: Change,
    pub parts: Arc<ChangeParts>,
    /// Who pushed it.
    pub device: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Feed {
    pub entries: Vec<ChangeHash>,
    /// Up to and with each entry.
    pub digests: Vec<Digest>,
}

impl Feed {
    pub(crate) fn head(&self) -> u64 {
        self.entries.len() as u64
    }

    pub(crate) fn digest_at(&self, position: u64) -> Option<Digest> {
        match usize::try_from(position).ok()?.checked_sub(1) {
            None => Some(Digest::default()),
            Some(index) => self.digests.get(index).copied(),
        }
    }

    pub(crate) fn at(&self, position: u64) -> Option<&ChangeHash> {
        self.entries.get(usize::try_from(position).ok()?.checked_sub(1)?)
    }
}

/// Who stands behind an actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standee {
    pub user: Username,
    pub device: Option<String>,
}

/// Why a change is kept outside all feeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    Parked,
    Held(Reason),
    Admitted(Reason),
    Rejected(Reason),
}

impl Why {
    /// Whether it is tried again by itself.
    pub(crate) fn retries(&self) -> bool {
        match self {
            Self::Parked | Self::Admitted(_) => true,
            Self::Held(reason) => reason.code == ReasonCode::TooManyParked,
            Self::Rejected(_) => false,
        }
    }

    /// What its device was told.
    pub(crate) fn told(&self) -> Outcome {
        match self {
            Self::Parked => Outcome::Parked,
            Self::Held(reason) | Self::Admitted(reason) => Outcome::Held(reason.clone()),
            Self::Rejected(reason) => Outcome::Refused(reason.clone()),
        }
    }
}

/// A change outside all feeds.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub change: Change,
    pub parts: Arc<ChangeParts>,
    pub unit: UnitCode,
    /// Who brought it.
    pub carrier: String,
    /// Who was told of it besides.
    pub also_told: BTreeSet<String>,
    /// Of whom it is believed to be, by what came with it.
    pub author: Option<Username>,
    pub why: Why,
}

impl Kept {
    /// Everyone who was told of it.
    pub(crate) fn told(&self) -> impl Iterator<Item = &String> {
        [&self.carrier].into_iter().chain(&self.also_told)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub user: Username,
    pub revoked: bool,
    pub decisions: Vec<Decision>,
}

/// What a total is of.
pub(crate) type TallyKey = (UnitCode, FormId, Day, MeasureId);

#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub epoch: u64,
    /// What vouchers are made with.
    pub key: u64,
    pub units: Vec<CatalogUnit>,
    pub users: BTreeMap<Username, Vec<Grant>>,
    pub forms: Arc<FormSet>,
    pub revision: u64,
    /// By token, which is also the device's name.
    pub devices: BTreeMap<String, Device>,
    pub actors: BTreeMap<ActorKey, Standee>,
    pub feeds: BTreeMap<UnitCode, Feed>,
    pub stored: BTreeMap<ChangeHash, Arc<Stored>>,
    pub of_record: BTreeMap<RecordId, Vec<ChangeHash>>,
    pub kept: BTreeMap<ChangeHash, Arc<Kept>>,
    pub rows: BTreeMap<RecordId, Arc<Projection>>,
    pub tallies: BTreeMap<TallyKey, i64>,
}

impl State {
    /// A record as it is here.
    pub(crate) fn record(&self, id: RecordId) -> Option<Record> {
        let changes = self.of_record.get(&id)?.iter().filter_map(|hash| self.stored.get(hash));
        Record::from_changes(changes.map(|stored| &stored.change)).ok()
    }

    pub(crate) fn roles_on(&self, user: &Username, unit: &UnitCode) -> Roles {
        let grants = self.users.get(user).map_or(&[][..], Vec::as_slice);
        let path = self.path(unit);
        let here = grants.iter().filter(|grant| path.contains(&grant.unit));
        here.fold(Roles::default(), |roles, grant| roles.and(grant.roles))
    }

    /// A unit and all above it.
    fn path(&self, unit: &UnitCode) -> Vec<UnitCode> {
        let mut path = Vec::new();
        let mut at = Some(unit.clone());
        while let Some(code) = at {
            at = self.units.iter().find(|known| known.code == code).and_then(|known| known.parent.clone());
            path.push(code);
        }
        path
    }

    /// What a user is told of units, forms and grants.
    pub(crate) fn catalog_of(&self, user: &Username) -> Catalog {
        let reads = |unit: &UnitCode| self.roles_on(user, unit).any();
        let mut seen: BTreeSet<UnitCode> = BTreeSet::new();
        for unit in self.units.iter().filter(|unit| reads(&unit.code)) {
            seen.extend(self.path(&unit.code));
        }
        Catalog {
            user: user.clone(),
            name: user.to_string(),
            grants: self.users.get(user).cloned().unwrap_or_default(),
            units: self.units.iter().filter(|unit| seen.contains(&unit.code)).cloned().collect(),
            forms: self.forms.iter().cloned().collect(),
        }
    }

    /// What a device has to hear of a change that it brought.
    pub(crate) fn tell(&mut self, device: &str, hash: ChangeHash, outcome: Outcome) {
        if let Some(device) = self.devices.get_mut(device) {
            let number = device.decisions.last().map_or(0, |last| last.number) + 1;
            device.decisions.push(Decision { number, hash, outcome });
        }
    }
}
