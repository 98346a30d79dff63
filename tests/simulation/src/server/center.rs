//! The server: requests that wait are taken up together, judged, committed, and only then answered.

use std::{collections::BTreeSet, sync::Arc};

use cairn_client::transport::Reply;
use sync_core::{
    gate::Roles,
    id::{ChangeHash, Digest, UnitCode, Username},
    replica::Grant,
    wire::{self, InRequest, Outcome, RequestHead, WireError},
};

use super::{
    Act, Call, Input, Served,
    state::{Feed, State},
};
use crate::{disk::Mishap, fault::Fault, variant::Variant};

/// Commits that a disk which does not sync them keeps back.
const UNSYNCED_MAX: u32 = 6;

/// What came of a turn.
pub(crate) enum Turn {
    /// Everybody is answered.
    Answered(Vec<Served>),
    /// The process died; nobody is answered.
    Died(Fault),
}

/// A server and its disk.
pub(crate) struct Center {
    variant: Variant,
    /// As the process has it.
    live: Arc<State>,
    /// As it is on the disk for certain.
    durable: Arc<State>,
    unsynced: u32,
    backup: Option<Arc<State>>,
    armed: Option<Mishap>,
    struck: Option<Fault>,
    /// What it was given, where that is to be known.
    journal: Option<Vec<Input>>,
}

impl Center {
    pub(crate) fn new(variant: Variant, state: State) -> Self {
        let live = Arc::new(state);
        let durable = Arc::clone(&live);
        Self { variant, live, durable, unsynced: 0, backup: None, armed: None, struck: None, journal: None }
    }

    pub(crate) fn state(&self) -> &State {
        &self.live
    }

    /// From now on, what it is given is kept.
    pub(crate) fn keep_journal(&mut self) {
        self.journal = Some(Vec::new());
    }

    pub(crate) fn take_journal(&mut self) -> Vec<Input> {
        self.journal.take().unwrap_or_default()
    }

    fn log(&mut self, inputs: impl IntoIterator<Item = Input>) {
        if let Some(journal) = &mut self.journal {
            journal.extend(inputs);
        }
    }

    /// The next commit meets `mishap`.
    pub(crate) fn arm(&mut self, mishap: Mishap) {
        self.armed = Some(mishap);
    }

    pub(crate) fn disarm(&mut self) {
        self.armed = None;
    }

    /// What has struck since this was last asked.
    pub(crate) fn take_struck(&mut self) -> Option<Fault> {
        self.struck.take()
    }

    /// What the next process finds after its predecessor died, and after a power cut if there was one.
    pub(crate) fn recover(&mut self, is_dark: bool) {
        if is_dark || self.variant == Variant::AcknowledgeBeforeCommit {
            self.live = Arc::clone(&self.durable);
        } else {
            self.durable = Arc::clone(&self.live);
        }
        self.unsynced = 0;
        self.log([Input::Restart]);
    }

    pub(crate) fn back_up(&mut self) {
        self.log([Input::BackUp]);
        self.backup = Some(Arc::clone(&self.live));
    }

    /// Goes on from the backup, as another epoch. Tells whether there was one.
    pub(crate) fn restore(&mut self, epoch: u64) -> bool {
        let Some(backup) = &self.backup else { return false };
        let mut state = (**backup).clone();
        state.epoch = epoch;
        self.live = Arc::new(state);
        self.durable = Arc::clone(&self.live);
        self.log([Input::Restore]);
        true
    }

    /// Takes up all that waits: judges it, commits what came of it as one, and only then answers, from what is committed.
    pub(crate) fn turn(&mut self, calls: &[Call], now: i64) -> Turn {
        let mut next = (*self.live).clone();
        let mut taken: Vec<Taken> = calls.iter().map(|call| self.take(&mut next, call)).collect();
        let mut failed = None;
        if taken.iter().any(|one| !one.said.is_empty()) {
            let before = Arc::as_ptr(&self.live);
            let committed = self.commit(next);
            if Arc::as_ptr(&self.live) != before {
                self.log(taken.iter_mut().filter_map(|one| one.input.take()));
            }
            match committed {
                Committed::Yes => {}
                Committed::No(problem) => failed = Some(problem),
                Committed::Died(fault) => return Turn::Died(fault),
            }
        }
        // Only for those who give positions out too early: what others will not see yet.
        let mut hidden: BTreeSet<ChangeHash> = BTreeSet::new();
        let mut served = Vec::with_capacity(calls.len());
        for (call, Taken { head, said, .. }) in calls.iter().zip(taken) {
            let (reply, said) = match (&head, &failed) {
                (Ok(_), Some(problem)) if !said.is_empty() => (problem.clone(), Vec::new()),
                (Ok(head), _) => (self.answer(&call.token, head, &said, now, &hidden), said),
                (Err(problem), _) => (problem.clone(), Vec::new()),
            };
            if self.variant == Variant::PositionOutsideLock {
                let is_in = |outcome: &Outcome| matches!(outcome, Outcome::Accepted { .. });
                hidden.extend(said.iter().filter(|(_, outcome)| is_in(outcome)).map(|(hash, _)| *hash));
            }
            served.push(Served { reply, said });
        }
        Turn::Answered(served)
    }

    fn commit(&mut self, next: State) -> Committed {
        let next = Arc::new(next);
        let die = |center: &mut Self, fault, is_written: bool| {
            if is_written {
                center.live = Arc::clone(&next);
                center.durable = Arc::clone(&next);
            }
            center.struck = Some(fault);
            Committed::Died(fault)
        };
        match self.armed.take() {
            Some(Mishap::Full) => {
                self.struck = Some(Fault::DiskFull);
                return Committed::No(problem(503, "disk_full"));
            }
            Some(Mishap::Error) => {
                self.struck = Some(Fault::IoError);
                return Committed::No(problem(500, "internal"));
            }
            Some(Mishap::DeathBefore) => return die(self, Fault::Crash, false),
            Some(Mishap::DeathAfter) => return die(self, Fault::Crash, true),
            // A log whose last entry does not match its checksum ends before it.
            Some(Mishap::Torn(_)) => return die(self, Fault::TornWrite, false),
            None => {}
        }
        let before = core::mem::replace(&mut self.live, Arc::clone(&next));
        match self.variant {
            // It will be on the disk with the next one.
            Variant::AcknowledgeBeforeCommit => self.durable = before,
            Variant::ServerSyncNormal if self.unsynced < UNSYNCED_MAX => self.unsynced += 1,
            _ => (self.durable, self.unsynced) = (next, 0),
        }
        Committed::Yes
    }

    /// Takes one call in; what became of its changes is in `state` then.
    fn take(&self, state: &mut State, call: &Call) -> Taken {
        let fail = |reply| Taken { head: Err(reply), said: Vec::new(), input: None };
        if !state.devices.contains_key(&call.token) {
            return fail(problem(401, "invalid_token"));
        }
        let request = match state.rebuild(&call.body) {
            Ok(request) => request,
            Err(error @ (WireError::StaleReference { .. } | WireError::DigestMismatch)) => {
                return fail(problem(409, error.code()));
            }
            Err(error) => return fail(problem(400, error.code())),
        };
        let vouched = state.vouched(&request);
        let before = (self.variant == Variant::WholeBatchRefusal).then(|| state.clone());
        let mut said = state.push(&call.token, &request, self.variant);
        let refused = said.iter().find_map(|(_, outcome)| match outcome {
            Outcome::Refused(reason) => Some(reason.clone()),
            _ => None,
        });
        if let (Some(before), Some(reason)) = (before, refused) {
            *state = before;
            said.iter_mut().for_each(|(_, outcome)| *outcome = Outcome::Refused(reason.clone()));
        }
        let InRequest { head, groups } = request;
        let input = self.journal.is_some().then(|| Input::Push {
            token: call.token.clone(),
            changes: groups.into_iter().flat_map(|g| g.changes.into_iter().map(move |c| (g.unit.clone(), c))).collect(),
            vouched,
            authors: head.authors.clone(),
            said: said.clone(),
        });
        let input = input.filter(|_| !said.is_empty());
        Taken { head: Ok(head), said, input }
    }

    fn answer(
        &self,
        token: &str,
        head: &RequestHead,
        said: &[(ChangeHash, Outcome)],
        now: i64,
        hidden: &BTreeSet<ChangeHash>,
    ) -> Reply {
        let response = match hidden.is_empty() {
            true => self.live.respond(token, head, said, now),
            false => without(&self.live, hidden).respond(token, head, said, now),
        };
        let Some(response) = response else { return problem(500, "internal") };
        let body = wire::encode_response(&response);
        Reply { status: 200, content_type: Some(wire::CONTENT_TYPE.into()), retry_after: None, body }
    }

    /// An administrator acts; what they did is durable when this returns.
    pub(crate) fn administer(&mut self, act: &Act) -> Option<Outcome> {
        let mut next = (*self.live).clone();
        let outcome = match act {
            Act::Grant(user, unit, roles) => {
                set_roles(&mut next, user, unit, *roles);
                next.revision += 1;
                None
            }
            Act::Revoke(device) => {
                if let Some(device) = next.devices.get_mut(device) {
                    device.revoked = true;
                }
                None
            }
            Act::Admit(hash) => next.admit(hash, self.variant),
            Act::Reject(hash) => {
                next.reject(hash);
                None
            }
        };
        self.live = Arc::new(next);
        self.durable = Arc::clone(&self.live);
        self.log([Input::Act(act.clone(), outcome.clone())]);
        outcome
    }
}

/// A call that was taken in.
struct Taken {
    /// What it asks for, or why it is not answered.
    head: Result<RequestHead, Reply>,
    said: Vec<(ChangeHash, Outcome)>,
    input: Option<Input>,
}

enum Committed {
    Yes,
    No(Reply),
    Died(Fault),
}

fn set_roles(state: &mut State, user: &Username, unit: &UnitCode, roles: Roles) {
    let grants = state.users.entry(user.clone()).or_default();
    grants.retain(|grant| grant.unit != *unit);
    if roles.any() {
        grants.push(Grant { unit: unit.clone(), roles });
    }
}

/// The state as those see it for whom some changes have positions, and are not there.
fn without(state: &State, hidden: &BTreeSet<ChangeHash>) -> State {
    let mut seen = state.clone();
    for feed in seen.feeds.values_mut() {
        let mut sum = Digest::default();
        let digests = feed.entries.iter().map(|hash| {
            if !hidden.contains(hash) {
                sum = sum.plus(hash);
            }
            sum
        });
        *feed = Feed { digests: digests.collect(), entries: feed.entries.clone() };
    }
    for hash in hidden {
        seen.stored.remove(hash);
    }
    seen
}

fn problem(status: u16, code: &str) -> Reply {
    let body = format!(r#"{{"status":{status},"code":"{code}","detail":"{code}"}}"#).into_bytes();
    Reply { status, content_type: Some("application/problem+json".into()), retry_after: None, body }
}

impl State {
    /// A request, with all that it refers to.
    fn rebuild(&self, body: &[u8]) -> Result<InRequest, WireError> {
        let known = |unit: &UnitCode, position| {
            let hash = self.feeds.get(unit)?.at(position)?;
            Some((*hash, self.stored.get(hash)?.parts.actor))
        };
        wire::open_request(body)?.rebuild(&known)
    }

    /// The changes in a request, if it can be read here.
    pub(crate) fn names_in(&self, body: &[u8]) -> Option<Vec<ChangeHash>> {
        let request = self.rebuild(body).ok()?;
        Some(request.groups.iter().flat_map(|group| &group.changes).map(|change| change.change.hash()).collect())
    }
}
