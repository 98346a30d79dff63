//! A server of maps: it judges with `sync_core::merge`, and answers by the rules of the protocol.

use core::slice::from_ref;
use std::collections::{BTreeMap, BTreeSet};

use cairn_client::transport::{Enrolled, Problem, Reply, TransportError};
use sync_core::{
    crdt::{Change, ChangeParts},
    form::{Form, FormSet},
    gate::{Reason, ReasonCode, Standing, Unguarded},
    id::{ActorKey, ChangeHash, ClockMs, Digest, RecordId, UnitCode, Username},
    merge::{Candidate, Facts, Fate, Sentence, judge},
    record::Record,
    replica::{Catalog, CatalogUnit, Grant},
    wire::{self, Author, Decision, InRequest, Outcome, VouchedChange, Voucher, Vouching, WireError},
};

/// A change in a feed.
#[derive(Clone)]
pub struct Stored {
    pub record: RecordId,
    pub unit: UnitCode,
    pub position: u64,
    pub change: Change,
    pub parts: std::sync::Arc<ChangeParts>,
    pub device: String,
}

#[derive(Clone)]
pub struct Device {
    pub user: Username,
    pub revoked: bool,
    pub decisions: Vec<Decision>,
}

/// A change that is not in a feed, and the device that pushed it.
#[derive(Clone)]
pub struct Aside {
    pub candidate: Candidate,
    pub device: String,
    pub unit: UnitCode,
    pub reason: Option<Reason>,
}

/// A clone is a backup; restore it with [`FakeServer::restored`].
#[derive(Clone, Default)]
pub struct FakeServer {
    pub epoch: u64,
    pub now: ClockMs,
    pub units: Vec<CatalogUnit>,
    pub users: BTreeMap<Username, Vec<Grant>>,
    pub forms: FormSet,
    pub revision: u64,
    /// By token, which is also the device's name.
    pub devices: BTreeMap<String, Device>,
    pub actors: BTreeMap<ActorKey, (Username, String)>,
    pub feeds: BTreeMap<UnitCode, Vec<ChangeHash>>,
    pub stored: BTreeMap<ChangeHash, Stored>,
    pub parked: BTreeMap<ChangeHash, Aside>,
    pub held: BTreeMap<ChangeHash, Aside>,
    pub rejected: BTreeMap<ChangeHash, Reason>,
    /// Left out of every page although it stands in its feed: a broken server.
    pub withheld: BTreeSet<ChangeHash>,
    /// Refers to positions although the device says that it may not know them.
    pub refers_all_the_same: bool,
    /// Says a wrong digest of every feed: a server broken for good.
    pub lies: bool,
}

impl FakeServer {
    /// The server as another process finds it in a backup.
    pub fn restored(&self) -> Self {
        Self { epoch: self.epoch + 1, ..self.clone() }
    }

    /// Codes are `username:device`.
    pub fn enrol(&mut self, code: &str) -> Result<Enrolled, TransportError> {
        let bad = |code: &str, detail: &str| {
            TransportError::Refused(Problem { status: 400, code: Some(code.into()), detail: detail.into() })
        };
        let (user, device) = code.split_once(':').ok_or_else(|| bad("code_unknown", "nobody was given this code"))?;
        let username: Username = user.parse().map_err(|_| bad("code_unknown", "nobody was given this code"))?;
        if !self.users.contains_key(&username) {
            return Err(bad("code_expired", "the code has expired"));
        }
        let known = Device { user: username.clone(), revoked: false, decisions: Vec::new() };
        self.devices.insert(device.into(), known);
        let (device, token) = (device.to_owned(), device.to_owned());
        Ok(Enrolled { device, token, name: username.to_string(), username, server_key: "00".repeat(32) })
    }

    pub fn handle(&mut self, token: &str, body: &[u8]) -> Reply {
        if !self.devices.contains_key(token) {
            return problem(401, "token_unknown");
        }
        match self.answer(token, body) {
            Ok(body) => Reply { status: 200, content_type: Some(wire::CONTENT_TYPE.into()), retry_after: None, body },
            Err(error @ (WireError::StaleReference { .. } | WireError::DigestMismatch)) => problem(409, error.code()),
            Err(error) => problem(400, error.code()),
        }
    }

    fn answer(&mut self, device: &str, body: &[u8]) -> Result<Vec<u8>, WireError> {
        let opened = wire::open_request(body)?;
        let request = opened.rebuild(&|unit, position| {
            let hash = self.feeds.get(unit)?.get(usize::try_from(position).ok()?.checked_sub(1)?)?;
            Some((*hash, self.stored.get(hash)?.parts.actor))
        })?;
        let outcomes = self.ingest(device, &request);
        Ok(wire::encode_response(&self.respond(device, &request.head, outcomes)))
    }

    fn ingest(&mut self, device: &str, request: &InRequest) -> Vec<Outcome> {
        let user = self.devices[device].user.clone();
        let vouched = self.vouched(request);
        let mut pushed = Vec::new();
        for (unit, change) in request.groups.iter().flat_map(|g| g.changes.iter().map(|c| (&g.unit, c))) {
            let hash = change.change.hash();
            let foreign = request.head.authors.iter().any(|a| a.actor == change.parts.actor && a.user != user);
            let author = vouched.get(&hash).map(|user| (user.clone(), String::new()));
            let author = author.or_else(|| (!foreign).then(|| (user.clone(), device.into())));
            let bound = author.as_ref().map(|a| &self.actors.entry(change.parts.actor).or_insert_with(|| a.clone()).0);
            let proven = bound.is_some_and(|bound| author.as_ref().is_some_and(|(user, _)| user == bound));
            let doubt = (!proven).then_some(ReasonCode::UnprovenAuthor);
            let candidate = Candidate { doubt, ..Candidate::new(change.change.clone(), change.parts.clone()) };
            pushed.push((hash, unit.clone(), candidate));
        }
        let candidates: Vec<Candidate> = pushed.iter().map(|(_, _, c)| c.clone()).collect();
        let outcomes = self.settle(device, &candidates, &pushed.iter().map(|p| p.1.clone()).collect::<Vec<_>>());
        self.unpark();
        outcomes
    }

    /// Judges and stores.
    fn settle(&mut self, device: &str, candidates: &[Candidate], units: &[UnitCode]) -> Vec<Outcome> {
        let judged = judge(&Unguarded, self, self.records(candidates), candidates, |_, _| ());
        let mut outcomes: Vec<Outcome> = Vec::new();
        for ((candidate, unit), sentence) in candidates.iter().zip(units).zip(judged.sentences) {
            let hash = candidate.change.hash();
            let aside =
                |reason| Aside { candidate: candidate.clone(), device: device.into(), unit: unit.clone(), reason };
            outcomes.push(match sentence {
                Sentence::Accepted { record } => {
                    Outcome::Accepted { position: self.store(device, unit, record, candidate) }
                }
                Sentence::Repeated(earlier) => outcomes[earlier].clone(),
                Sentence::Known(Fate::Stored { position, .. }) => Outcome::Duplicate { position },
                Sentence::Known(Fate::Held(reason)) => Outcome::Held(reason),
                Sentence::Known(Fate::Rejected(reason)) | Sentence::Refused(reason) => Outcome::Refused(reason),
                Sentence::Known(Fate::Parked) | Sentence::Parked => {
                    self.parked.insert(hash, aside(None));
                    Outcome::Parked
                }
                Sentence::Held(reason) => {
                    self.held.insert(hash, aside(Some(reason.clone())));
                    Outcome::Held(reason)
                }
            });
        }
        outcomes
    }

    fn store(&mut self, device: &str, unit: &UnitCode, record: RecordId, candidate: &Candidate) -> u64 {
        let hash = candidate.change.hash();
        let feed = self.feeds.entry(unit.clone()).or_default();
        feed.push(hash);
        let position = feed.len() as u64;
        self.parked.remove(&hash);
        self.held.remove(&hash);
        let Candidate { change, parts, .. } = candidate.clone();
        let stored = Stored { record, unit: unit.clone(), position, change, parts, device: device.into() };
        self.stored.insert(hash, stored);
        position
    }

    /// Judges what is parked again, for as long as that helps.
    fn unpark(&mut self) {
        loop {
            let ready: Vec<Aside> = self.parked.values().filter(|p| self.is_ready(p)).cloned().collect();
            if ready.is_empty() {
                return;
            }
            for aside in ready {
                self.parked.remove(&aside.candidate.change.hash());
                self.decide(&aside);
            }
        }
    }

    fn is_ready(&self, aside: &Aside) -> bool {
        aside.candidate.parts.deps.iter().all(|dep| self.stored.contains_key(dep))
    }

    fn decide(&mut self, aside: &Aside) {
        let hash = aside.candidate.change.hash();
        let outcomes = self.settle(&aside.device, from_ref(&aside.candidate), from_ref(&aside.unit));
        self.tell(&aside.device, hash, outcomes[0].clone());
    }

    fn tell(&mut self, device: &str, hash: ChangeHash, outcome: Outcome) {
        let decisions = &mut self.devices.get_mut(device).unwrap().decisions;
        decisions.push(Decision { number: decisions.len() as u64 + 1, hash, outcome });
    }

    /// An administrator admits all that is held.
    pub fn admit_all(&mut self) {
        for mut aside in core::mem::take(&mut self.held).into_values() {
            aside.candidate.admitted = true;
            self.decide(&aside);
        }
        self.unpark();
    }

    /// An administrator rejects all that is held.
    pub fn reject_all(&mut self) {
        for (hash, aside) in core::mem::take(&mut self.held) {
            let reason = Reason::from(ReasonCode::Rejected);
            self.rejected.insert(hash, reason.clone());
            self.tell(&aside.device, hash, Outcome::Refused(reason));
        }
    }

    /// Gives `user` these grants and no others.
    pub fn grant(&mut self, user: &Username, grants: Vec<Grant>) {
        self.users.insert(user.clone(), grants);
        self.revision += 1;
    }

    pub fn add_form(&mut self, json: &str) {
        self.forms.insert(Form::parse(json).unwrap()).unwrap();
        self.revision += 1;
    }

    fn records(&self, candidates: &[Candidate]) -> BTreeMap<RecordId, Record> {
        let deps = candidates.iter().flat_map(|c| &c.parts.deps).filter_map(|dep| self.stored.get(dep));
        let records: BTreeSet<RecordId> = deps.map(|stored| stored.record).collect();
        records.into_iter().map(|id| (id, self.record(id))).collect()
    }

    /// A record as it is here.
    pub fn record(&self, id: RecordId) -> Record {
        let mut of: Vec<&Stored> = self.stored.values().filter(|s| s.record == id).collect();
        of.sort_unstable_by_key(|s| s.position);
        Record::from_changes(of.iter().map(|s| &s.change)).unwrap()
    }

    pub fn catalog_of(&self, user: &Username) -> Catalog {
        let mut catalog = Catalog {
            user: user.clone(),
            name: user.to_string(),
            grants: self.users[user].clone(),
            units: self.units.clone(),
            forms: self.forms.iter().cloned().collect(),
        };
        let granted: Vec<UnitCode> = catalog.feeds();
        let above = |code: &UnitCode| granted.iter().any(|unit| self.path(unit).contains(code));
        catalog.units.retain(|unit| granted.contains(&unit.code) || above(&unit.code));
        catalog
    }

    fn path(&self, unit: &UnitCode) -> Vec<UnitCode> {
        let mut path = vec![unit.clone()];
        while let Some(parent) =
            self.units.iter().find(|u| u.code == path[path.len() - 1]).and_then(|u| u.parent.clone())
        {
            path.push(parent);
        }
        path
    }

    /// The digest of a feed up to `position`.
    pub fn digest(&self, unit: &UnitCode, position: u64) -> Digest {
        let feed = self.feeds.get(unit).map_or(&[][..], Vec::as_slice);
        let digest: Digest = feed.iter().take(usize::try_from(position).unwrap()).collect();
        if self.lies { Digest(digest.0 ^ 1) } else { digest }
    }

    pub fn author(&self, actor: ActorKey) -> Option<Author> {
        let (user, _) = self.actors.get(&actor)?;
        Some(Author { actor, user: user.clone() })
    }

    pub fn user(&self, actor: ActorKey) -> Option<&Username> {
        self.actors.get(&actor).map(|(user, _)| user)
    }

    /// A word that this server believes when it hears it again: it depends on all that it is about, and on its order.
    pub fn vouch<'a>(&self, run: impl Iterator<Item = (ChangeHash, Option<&'a Username>)>) -> Voucher {
        let sum = |text: &str| text.bytes().fold(0, |sum: u64, byte| sum.wrapping_mul(257) + u64::from(byte));
        let word = run.fold(0x5eed, |word, (hash, user)| {
            wire::cursor_check(word, sum(user.map_or("", Username::as_str)), core::iter::once(&hash).collect())
        });
        Voucher(word.to_be_bytes())
    }

    /// Who wrote which changes of a request, as far as vouchers prove it.
    fn vouched(&self, request: &InRequest) -> BTreeMap<ChangeHash, Username> {
        let changes: Vec<_> = request.groups.iter().flat_map(|g| &g.changes).collect();
        let user = |actor| request.head.authors.iter().find(|a| a.actor == actor).map(|a| &a.user);
        let mut found = BTreeMap::new();
        for Vouching { voucher, run } in &request.head.vouchings {
            let run: Vec<(ChangeHash, Option<&Username>)> = run
                .iter()
                .map(|change| match change {
                    VouchedChange::Here(n) => (changes[*n].change.hash(), user(changes[*n].parts.actor)),
                    VouchedChange::Elsewhere { hash, user } => (*hash, user.as_ref()),
                })
                .collect();
            if self.vouch(run.iter().copied()) == *voucher {
                found.extend(run.into_iter().filter_map(|(hash, user)| Some((hash, user?.clone()))));
            }
        }
        found
    }
}

impl Facts for FakeServer {
    fn fate(&self, hash: &ChangeHash) -> Option<Fate> {
        if let Some(stored) = self.stored.get(hash) {
            return Some(Fate::Stored { record: stored.record, position: stored.position });
        }
        if let Some(aside) = self.held.get(hash) {
            return Some(Fate::Held(aside.reason.clone().unwrap()));
        }
        if let Some(reason) = self.rejected.get(hash) {
            return Some(Fate::Rejected(reason.clone()));
        }
        self.parked.get(hash).map(|_| Fate::Parked)
    }

    fn standing(&self, actor: ActorKey, unit: &UnitCode) -> Option<Standing> {
        let (user, device) = self.actors.get(&actor)?;
        let device_revoked = self.devices.get(device).is_some_and(|d| d.revoked);
        Some(Standing { user: user.clone(), roles: self.catalog_of(user).roles_on(unit), device_revoked })
    }

    fn has_unit(&self, unit: &UnitCode) -> bool {
        self.units.iter().any(|u| u.code == *unit)
    }

    fn forms(&self) -> &FormSet {
        &self.forms
    }
}

fn problem(status: u16, code: &str) -> Reply {
    let body = format!(r#"{{"status":{status},"code":"{code}","detail":"{code}"}}"#).into_bytes();
    Reply { status, content_type: Some("application/problem+json".into()), retry_after: None, body }
}
