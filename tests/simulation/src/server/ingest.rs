//! Pushed changes in, outcomes out. Judging is `sync_core::merge`; who is believed to have written a change follows the table of
//! the shipped server's `ingest::witness`.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use sync_core::{
    form::FormSet,
    gate::{Barrier, Panicked, Reason, ReasonCode, Roles, Standing},
    id::{ActorKey, ChangeHash, RecordId, UnitCode, Username},
    limits::PARKED_CHANGES_MAX,
    merge::{Candidate, Facts, Fate, Judged, Projection, Sentence, judge, project},
    record::{Record, View},
    wire::{InChange, InRequest, Outcome, VouchedChange, Voucher, Vouching, cursor_check},
};

use super::state::{Kept, Standee, State, Stored, Why};
use crate::variant::Variant;

/// Stops panics.
#[derive(Clone, Copy)]
struct Wall;

impl Barrier for Wall {
    fn guard<T>(&self, work: impl FnOnce() -> T) -> Result<T, Panicked> {
        catch_unwind(AssertUnwindSafe(work)).map_err(|_| Panicked)
    }
}

/// A change to be judged.
struct Arrival {
    change: InChange,
    unit: UnitCode,
    device: String,
    is_pushed: bool,
    /// Whom it is believed to be of.
    witnesses: Vec<Standee>,
    kept: Option<Arc<Kept>>,
}

impl Arrival {
    fn hash(&self) -> ChangeHash {
        self.change.change.hash()
    }
}

/// What the judge may ask about.
struct LookedUp<'s> {
    state: &'s State,
    variant: Variant,
    standees: BTreeMap<ActorKey, Standee>,
    doubts: BTreeMap<ChangeHash, ReasonCode>,
    kept: BTreeMap<ChangeHash, Arc<Kept>>,
}

impl Facts for LookedUp<'_> {
    fn fate(&self, hash: &ChangeHash) -> Option<Fate> {
        if let Some(stored) = self.state.stored.get(hash) {
            return Some(Fate::Stored { record: stored.record, position: stored.position });
        }
        let why = &self.kept.get(hash)?.why;
        let proved = |reason: &Reason| reason.code == ReasonCode::UnprovenAuthor && !self.doubts.contains_key(hash);
        match why {
            why if why.retries() => None,
            Why::Held(reason) if proved(reason) => None,
            Why::Rejected(reason) => Some(Fate::Rejected(reason.clone())),
            Why::Held(reason) | Why::Admitted(reason) => Some(Fate::Held(reason.clone())),
            Why::Parked => None,
        }
    }

    fn standing(&self, actor: ActorKey, unit: &UnitCode) -> Option<Standing> {
        let standee = self.standees.get(&actor)?;
        if self.variant == Variant::RightsUnchecked {
            let roles = Roles { recorder: true, reviewer: true, administrator: true, observer: true };
            return Some(Standing { user: standee.user.clone(), roles, device_revoked: false });
        }
        let roles = self.state.roles_on(&standee.user, unit);
        Some(Standing { user: standee.user.clone(), roles, device_revoked: self.state.is_revoked(standee) })
    }

    fn has_unit(&self, unit: &UnitCode) -> bool {
        self.state.units.iter().any(|known| known.code == *unit)
    }

    fn forms(&self) -> &FormSet {
        &self.state.forms
    }
}

impl State {
    fn is_revoked(&self, standee: &Standee) -> bool {
        let device = standee.device.as_ref().and_then(|name| self.devices.get(name));
        device.is_some_and(|device| device.revoked)
    }

    /// Takes in what a device pushed; one outcome for each change.
    pub(super) fn push(&mut self, device: &str, request: &InRequest, variant: Variant) -> Vec<(ChangeHash, Outcome)> {
        let Some(user) = self.devices.get(device).map(|known| known.user.clone()) else { return Vec::new() };
        let vouched = self.vouched(request);
        let foreign: BTreeSet<ActorKey> =
            request.head.authors.iter().filter(|author| author.user != user).map(|author| author.actor).collect();
        let changes = || request.groups.iter().flat_map(|g| g.changes.iter().map(|change| (&g.unit, change)));
        let mut seen = BTreeSet::new();
        let mut arrivals = Vec::new();
        for (unit, change) in changes().filter(|(_, change)| seen.insert(change.change.hash())) {
            let own = Standee { user: user.clone(), device: Some(device.to_owned()) };
            let believed = match vouched.get(&change.change.hash()) {
                Some(user) => Some(Standee { user: user.clone(), device: None }),
                None => Some(own).filter(|_| !foreign.contains(&change.parts.actor)),
            };
            let kept = self.kept.get(&change.change.hash()).cloned();
            let witnesses = believed.into_iter().chain(kept.as_deref().and_then(|kept| self.witness_of(kept)));
            arrivals.push(Arrival {
                change: change.clone(),
                unit: unit.clone(),
                device: device.to_owned(),
                is_pushed: true,
                witnesses: witnesses.collect(),
                kept,
            });
        }
        let outcomes = self.settle(arrivals, variant);
        self.take_up_kept(variant);
        let refused = Outcome::Refused(ReasonCode::EngineFailed.into());
        let outcome = |hash| (hash, outcomes.get(&hash).unwrap_or(&refused).clone());
        changes().map(|(_, change)| outcome(change.change.hash())).collect()
    }

    /// Whom a kept change is believed to be of.
    fn witness_of(&self, kept: &Kept) -> Option<Standee> {
        let author = kept.author.clone()?;
        let is_own = self.devices.get(&kept.carrier).is_some_and(|device| device.user == author);
        Some(Standee { user: author, device: is_own.then(|| kept.carrier.clone()) })
    }

    fn again(&self, kept: &Arc<Kept>) -> Arrival {
        let change = InChange { position: None, parts: kept.parts.clone(), change: kept.change.clone() };
        Arrival {
            change,
            unit: kept.unit.clone(),
            device: kept.carrier.clone(),
            is_pushed: false,
            witnesses: self.witness_of(kept).into_iter().collect(),
            kept: Some(Arc::clone(kept)),
        }
    }

    /// Judges kept changes whose turn has come, for as long as that helps.
    fn take_up_kept(&mut self, variant: Variant) {
        loop {
            let ready = |kept: &&Arc<Kept>| {
                kept.why.retries() && kept.parts.deps.iter().all(|dep| self.stored.contains_key(dep))
            };
            let arrivals: Vec<Arrival> = self.kept.values().filter(ready).map(|kept| self.again(kept)).collect();
            let before = self.stored.len() + self.kept.len();
            if arrivals.is_empty() {
                return;
            }
            self.settle(arrivals, variant);
            // One whose form is unknown stays where it is.
            if self.stored.len() + self.kept.len() == before {
                return;
            }
        }
    }

    /// What arrives, and the kept changes that wait for any of it, directly or not: they are judged together.
    fn with_waiting(&self, mut arrivals: Vec<Arrival>) -> Vec<Arrival> {
        let mut seen: BTreeSet<ChangeHash> = arrivals.iter().map(Arrival::hash).collect();
        let mut frontier: BTreeSet<ChangeHash> =
            seen.iter().filter(|hash| !self.stored.contains_key(*hash)).copied().collect();
        while !frontier.is_empty() {
            let waits = |(hash, kept): &(&ChangeHash, &Arc<Kept>)| {
                let is_next = kept.parts.deps.iter().any(|dep| frontier.contains(dep));
                is_next && kept.why.retries() && !seen.contains(*hash)
            };
            let waiting: Vec<&Arc<Kept>> = self.kept.iter().filter(waits).map(|(_, kept)| kept).collect();
            arrivals.extend(waiting.iter().map(|kept| self.again(kept)));
            frontier = waiting.iter().map(|kept| kept.change.hash()).collect();
            seen.extend(&frontier);
        }
        arrivals
    }

    /// A person lets a held change in. Tells what became of it.
    pub(super) fn admit(&mut self, hash: &ChangeHash, variant: Variant) -> Option<Outcome> {
        let kept = self.kept.get(hash).cloned()?;
        let (Why::Held(reason) | Why::Rejected(reason) | Why::Admitted(reason)) = kept.why.clone() else { return None };
        let kept = Arc::new(Kept { why: Why::Admitted(reason), ..(*kept).clone() });
        self.kept.insert(*hash, Arc::clone(&kept));
        let outcome = self.settle(vec![self.again(&kept)], variant).remove(hash);
        self.take_up_kept(variant);
        outcome
    }

    /// A person keeps a held change out.
    pub(super) fn reject(&mut self, hash: &ChangeHash) {
        let Some(kept) = self.kept.get(hash).cloned() else { return };
        if kept.why == Why::Parked {
            return;
        }
        let reason = Reason::from(ReasonCode::Rejected);
        for device in kept.told() {
            self.tell(device, *hash, Outcome::Refused(reason.clone()));
        }
        self.kept.insert(*hash, Arc::new(Kept { why: Why::Rejected(reason), ..(*kept).clone() }));
    }

    fn settle(&mut self, arrivals: Vec<Arrival>, variant: Variant) -> BTreeMap<ChangeHash, Outcome> {
        let arrivals = in_order(self.with_waiting(arrivals));
        let mut standees: BTreeMap<ActorKey, Standee> = BTreeMap::new();
        let mut unbound = BTreeSet::new();
        for arrival in &arrivals {
            let actor = arrival.change.parts.actor;
            match self.actors.get(&actor) {
                Some(known) => drop(standees.insert(actor, known.clone())),
                None => drop(unbound.insert(actor)),
            }
        }
        for actor in &unbound {
            let of = arrivals.iter().filter(|a| a.change.parts.actor == *actor).flat_map(|a| &a.witnesses);
            let first = of.min_by_key(|witness| (witness.device.is_some(), self.is_revoked(witness)));
            standees.extend(first.map(|standee| (*actor, standee.clone())));
        }
        let doubt = |arrival: &Arrival| {
            let standee = standees.get(&arrival.change.parts.actor);
            let theirs = arrival.witnesses.iter().filter(|w| standee.is_some_and(|s| s.user == w.user));
            let revoked: Vec<bool> = theirs.map(|witness| self.is_revoked(witness)).collect();
            match revoked[..] {
                [] => Some(ReasonCode::UnprovenAuthor),
                [..] if !revoked.contains(&false) && variant != Variant::RightsUnchecked => {
                    Some(ReasonCode::DeviceRevoked)
                }
                [..] => None,
            }
        };
        let doubts: BTreeMap<_, _> = arrivals.iter().filter_map(|a| Some((a.hash(), doubt(a)?))).collect();
        let kept = arrivals.iter().filter_map(|a| Some((a.hash(), a.kept.clone()?))).collect();
        let candidate = |arrival: &Arrival| Candidate {
            doubt: doubts.get(&arrival.hash()).copied(),
            admitted: arrival.kept.as_ref().is_some_and(|kept| matches!(kept.why, Why::Admitted(_))),
            ..Candidate::new(arrival.change.change.clone(), arrival.change.parts.clone())
        };
        let candidates: Vec<Candidate> = arrivals.iter().map(candidate).collect();
        let deps = candidates.iter().flat_map(|c| &c.parts.deps).filter_map(|dep| self.stored.get(dep));
        let records: BTreeSet<RecordId> = deps.map(|stored| stored.record).collect();
        let records = records.into_iter().filter_map(|id| Some((id, self.record(id)?))).collect();
        let facts = LookedUp { state: self, variant, standees: standees.clone(), doubts: doubts.clone(), kept };
        let row = |record: Cow<'_, Record>, view: View| {
            let header = record.header();
            project(&record, view, self.forms.get(&header.form, header.form_version))
        };
        let Judged { sentences, changed: rows } = judge(&Wall, &facts, records, &candidates, row);

        let mut outcomes = BTreeMap::new();
        for (arrival, sentence) in arrivals.into_iter().zip(sentences) {
            let actor = arrival.change.parts.actor;
            let believed = doubts.get(&arrival.hash()) != Some(&ReasonCode::UnprovenAuthor);
            let author = standees.get(&actor).filter(|_| believed).cloned();
            let binds = match &sentence {
                Sentence::Accepted { .. } => true,
                Sentence::Parked | Sentence::Held(_) => !doubts.contains_key(&arrival.hash()),
                _ => false,
            };
            if let (true, true, Some(author)) = (binds, unbound.contains(&actor), &author) {
                self.actors.entry(actor).or_insert_with(|| author.clone());
            }
            self.enter(arrival, sentence, author.map(|author| author.user), &rows, &mut outcomes);
        }
        self.show(rows, variant);
        outcomes
    }

    fn enter(
        &mut self,
        arrival: Arrival,
        sentence: Sentence,
        author: Option<Username>,
        rows: &BTreeMap<RecordId, Projection>,
        outcomes: &mut BTreeMap<ChangeHash, Outcome>,
    ) {
        let hash = arrival.hash();
        let before = arrival.kept.clone();
        let pusher = arrival.is_pushed.then(|| arrival.device.clone());
        let outcome = match sentence {
            Sentence::Known(Fate::Stored { position, .. }) => Outcome::Duplicate { position },
            Sentence::Known(Fate::Held(reason)) => Outcome::Held(reason),
            Sentence::Known(Fate::Rejected(reason)) => Outcome::Refused(reason),
            Sentence::Known(Fate::Parked) => Outcome::Parked,
            Sentence::Repeated(_) => return,
            Sentence::Accepted { record } => match rows.get(&record) {
                Some(row) => self.store(arrival, record, &row.unit),
                None => Outcome::Refused(ReasonCode::EngineFailed.into()),
            },
            Sentence::Parked => self.park(arrival, author),
            Sentence::Held(reason) => self.keep(arrival, author, Why::Held(reason)),
            Sentence::Refused(reason) => {
                self.kept.remove(&hash);
                Outcome::Refused(reason)
            }
        };
        if let Some(before) = before {
            let is_news = outcome != Outcome::Parked && outcome != before.why.told();
            for device in before.told().filter(|device| is_news && pusher.as_ref() != Some(*device)) {
                self.tell(device, hash, outcome.clone());
            }
            if let Some(kept) = self.kept.get(&hash).cloned() {
                let also_told = before.told().cloned().chain(pusher).filter(|device| *device != kept.carrier).collect();
                self.kept.insert(hash, Arc::new(Kept { also_told, ..(*kept).clone() }));
            }
        }
        outcomes.insert(hash, outcome);
    }

    fn store(&mut self, arrival: Arrival, record: RecordId, unit: &UnitCode) -> Outcome {
        let hash = arrival.hash();
        let feed = self.feeds.entry(unit.clone()).or_default();
        let digest = feed.digests.last().copied().unwrap_or_default().plus(&hash);
        feed.entries.push(hash);
        feed.digests.push(digest);
        let position = feed.head();
        let InChange { change, parts, .. } = arrival.change;
        let stored = Stored { record, position, change, parts, device: Some(arrival.device) };
        self.stored.insert(hash, Arc::new(stored));
        self.of_record.entry(record).or_default().push(hash);
        self.kept.remove(&hash);
        Outcome::Accepted { position }
    }

    fn park(&mut self, arrival: Arrival, author: Option<Username>) -> Outcome {
        let parked = self.kept.values().filter(|kept| kept.why == Why::Parked && kept.carrier == arrival.device);
        match &arrival.kept {
            None if parked.count() >= PARKED_CHANGES_MAX => {
                self.keep(arrival, author, Why::Held(ReasonCode::TooManyParked.into()))
            }
            None => self.keep(arrival, author, Why::Parked),
            Some(kept) => {
                if let (None, Some(author)) = (&kept.author, author) {
                    self.kept.insert(arrival.hash(), Arc::new(Kept { author: Some(author), ..(**kept).clone() }));
                }
                Outcome::Parked
            }
        }
    }

    fn keep(&mut self, arrival: Arrival, author: Option<Username>, why: Why) -> Outcome {
        let outcome = why.told();
        let (hash, InChange { change, parts, .. }) = (arrival.hash(), arrival.change);
        let also_told = BTreeSet::new();
        let kept = Kept { change, parts, unit: arrival.unit, carrier: arrival.device, also_told, author, why };
        self.kept.insert(hash, Arc::new(kept));
        outcome
    }

    /// Puts the rows of records in place of those before, and moves the totals from what those added to what these add.
    fn show(&mut self, rows: BTreeMap<RecordId, Projection>, variant: Variant) {
        for (id, row) in rows {
            let before = self.rows.get(&id).cloned().filter(|_| variant != Variant::TallyNotMoved);
            for (row, sign) in before.iter().map(|row| (&**row, -1)).chain([(&row, 1)]) {
                let Some(contribution) = &row.contribution else { continue };
                for (measure, value) in &contribution.measures {
                    let key = (row.unit.clone(), row.form.clone(), contribution.on, measure.clone());
                    *self.tallies.entry(key).or_default() += sign * value;
                }
            }
            self.rows.insert(id, Arc::new(row));
        }
        self.tallies.retain(|_, value| *value != 0);
    }

    /// A word that this server believes when it hears it again.
    pub(super) fn vouch<'a>(&self, run: impl Iterator<Item = (ChangeHash, Option<&'a Username>)>) -> Voucher {
        let sum = |text: &str| text.bytes().fold(0, |sum: u64, byte| sum.wrapping_mul(257) + u64::from(byte));
        let word = run.fold(self.key, |word, (hash, user)| {
            cursor_check(word, sum(user.map_or("", Username::as_str)), core::iter::once(&hash).collect())
        });
        Voucher(word.to_be_bytes())
    }

    /// Who wrote which changes of a request, as far as vouchers prove it.
    pub(super) fn vouched(&self, request: &InRequest) -> BTreeMap<ChangeHash, Username> {
        let changes: Vec<_> = request.groups.iter().flat_map(|group| &group.changes).collect();
        let user = |actor| request.head.authors.iter().find(|author| author.actor == actor).map(|author| &author.user);
        let mut proved = BTreeMap::new();
        for Vouching { voucher, run } in &request.head.vouchings {
            let member = |change: &'_ VouchedChange| match change {
                VouchedChange::Here(number) => {
                    let change = changes.get(*number)?;
                    Some((change.change.hash(), user(change.parts.actor).cloned()))
                }
                VouchedChange::Elsewhere { hash, user } => Some((*hash, user.clone())),
            };
            let Some(run) = run.iter().map(member).collect::<Option<Vec<_>>>() else { continue };
            if self.vouch(run.iter().map(|(hash, user)| (*hash, user.as_ref()))) == *voucher {
                proved.extend(run.into_iter().filter_map(|(hash, user)| Some((hash, user?))));
            }
        }
        proved
    }
}

/// Puts each change behind those of the others that it builds on, and keeps the order otherwise.
fn in_order(arrivals: Vec<Arrival>) -> Vec<Arrival> {
    let mut open: BTreeMap<ChangeHash, Arrival> = BTreeMap::new();
    let names: Vec<ChangeHash> = arrivals.iter().map(Arrival::hash).collect();
    open.extend(arrivals.into_iter().map(|arrival| (arrival.hash(), arrival)));
    let mut ordered = Vec::with_capacity(names.len());
    let mut path: Vec<ChangeHash> = Vec::new();
    for name in names {
        path.push(name);
        while let Some(at) = path.last().copied() {
            let beneath = open.get(&at).and_then(|arrival| {
                let waits = |dep: &&ChangeHash| open.contains_key(*dep) && !path.contains(dep);
                arrival.change.parts.deps.iter().find(waits).copied()
            });
            match beneath {
                Some(dep) => path.push(dep),
                None => {
                    ordered.extend(open.remove(&at));
                    path.pop();
                }
            }
        }
    }
    ordered
}
