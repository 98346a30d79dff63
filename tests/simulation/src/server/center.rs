//! The server: requests that wait are taken up together, judged, committed, and only then answered.

use std::{collections::BTreeSet, sync::Arc};

use cairn_client::transport::Reply;
use sync_core::{
    gate::Roles,
    id::{ChangeHash, Digest, UnitCode, Username},
    replica::Grant,
    wire::{self, Outcome, WireError},
};

use super::{
    Act, Call, Served,
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
}

impl Center {
    pub(crate) fn new(variant: Variant, state: State) -> Self {
        let live = Arc::new(state);
        let durable = Arc::clone(&live);
        Self { variant, live, durable, unsynced: 0, backup: None, armed: None, struck: None }
    }

    pub(crate) fn state(&self) -> &State {
        &self.live
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
    }

    pub(crate) fn back_up(&mut self) {
        self.backup = Some(Arc::clone(&self.live));
    }

    /// Goes on from the backup, as another epoch. Tells whether there was one.
    pub(crate) fn restore(&mut self, epoch: u64) -> bool {
        let Some(backup) = &self.backup else { return false };
        let mut state = (**backup).clone();
        state.epoch = epoch;
        self.live = Arc::new(state);
        self.durable = Arc::clone(&self.live);
        true
    }

    /// Takes up all that waits.
    pub(crate) fn turn(&mut self, calls: &[Call], now: i64) -> Turn {
        let mut next = (*self.live).clone();
        let mut served = Vec::with_capacity(calls.len());
        // Only for those who give positions out too early: what others will not see yet.
        let mut hidden: BTreeSet<ChangeHash> = BTreeSet::new();
        let mut is_news = false;
        for call in calls {
            let (one, stored) = self.serve(&mut next, call, now, &hidden);
            is_news |= !one.said.is_empty();
            served.push(one);
            if self.variant == Variant::PositionOutsideLock {
                hidden.extend(stored);
            }
        }
        if !is_news {
            return Turn::Answered(served);
        }
        match self.commit(next) {
            Committed::Yes => Turn::Answered(served),
            Committed::No(problem) => {
                let refused = |call| match call {
                    Served { said, .. } if !said.is_empty() => Served { reply: problem.clone(), said: Vec::new() },
                    idle => idle,
                };
                Turn::Answered(served.into_iter().map(refused).collect())
            }
            Committed::Died(fault) => Turn::Died(fault),
        }
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

    /// Answers one call; what became of its changes is in `state` then. Tells also what it stored.
    fn serve(
        &self,
        state: &mut State,
        call: &Call,
        now: i64,
        hidden: &BTreeSet<ChangeHash>,
    ) -> (Served, Vec<ChangeHash>) {
        let fail = |reply| (Served { reply, said: Vec::new() }, Vec::new());
        if !state.devices.contains_key(&call.token) {
            return fail(problem(401, "invalid_token"));
        }
        let known = |unit: &UnitCode, position| {
            let hash = state.feeds.get(unit)?.at(position)?;
            Some((*hash, state.stored.get(hash)?.parts.actor))
        };
        let request = match wire::open_request(&call.body).and_then(|opened| opened.rebuild(&known)) {
            Ok(request) => request,
            Err(error @ (WireError::StaleReference { .. } | WireError::DigestMismatch)) => {
                return fail(problem(409, error.code()));
            }
            Err(error) => return fail(problem(400, error.code())),
        };
        let before = (self.variant == Variant::WholeBatchRefusal).then(|| state.clone());
        let mut said = state.push(&call.token, &request, self.variant);
        if let Some(before) = before
            && let Some(reason) = said.iter().find_map(|(_, outcome)| match outcome {
                Outcome::Refused(reason) => Some(reason.clone()),
                _ => None,
            })
        {
            *state = before;
            said.iter_mut().for_each(|(_, outcome)| *outcome = Outcome::Refused(reason.clone()));
        }
        let stored = said.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Accepted { .. })).map(|(h, _)| *h);
        let stored = stored.collect();
        let response = match hidden.is_empty() {
            true => state.respond(&call.token, &request.head, &said, now),
            false => without(state, hidden).respond(&call.token, &request.head, &said, now),
        };
        let Some(response) = response else { return fail(problem(500, "internal")) };
        let body = wire::encode_response(&response);
        let reply = Reply { status: 200, content_type: Some(wire::CONTENT_TYPE.into()), retry_after: None, body };
        (Served { reply, said }, stored)
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
        outcome
    }
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

impl Center {
    /// The changes in a request, if it can be read here.
    pub(crate) fn rebuilt(&self, body: &[u8]) -> Option<Vec<ChangeHash>> {
        let known = |unit: &UnitCode, position| {
            let hash = self.live.feeds.get(unit)?.at(position)?;
            Some((*hash, self.live.stored.get(hash)?.parts.actor))
        };
        let request = wire::open_request(body).ok()?.rebuild(&known).ok()?;
        Some(request.groups.iter().flat_map(|group| &group.changes).map(|change| change.change.hash()).collect())
    }
}
