//! What the writer does for one job, within its part of the transaction.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use sync_core::{
    gate::{Reason, ReasonCode},
    id::{ActorKey, ChangeHash, UnitCode, Username},
    merge::Beginning,
    wire::{Author, InChange, Outcome},
};

use super::{
    arrival::{Arrival, Kept},
    barrier::Unwinding,
    scribe::{self, Page},
    settle::{Settled, Unsettled, settle},
    witness::Claims,
};
use crate::{
    auth::By,
    store::{
        StoreError, WriteTx,
        actors::Standee,
        also_told,
        audit::{self, Deed},
        changes, decisions,
        devices::{self, Contact, Device},
        held::{self, HeldChange, HeldState},
    },
};

/// What a device pushes in one request.
#[derive(Clone, Debug)]
pub struct Push {
    /// The device, as its token says.
    pub device: Device,
    /// What it says of itself; noted with the device.
    pub contact: Option<Contact>,
    /// The changes, each with the feed that it was sent for, in the order of the request.
    pub changes: Vec<(UnitCode, InChange)>,
    /// Who wrote which of them, as far as vouchers prove it.
    pub vouched: BTreeMap<ChangeHash, Username>,
    /// Who stood behind foreign actors, as the device says.
    pub authors: Vec<Author>,
}

/// A push with all that depends on nothing but itself: so much less is to be done when its turn has come, while everybody waits.
#[derive(Debug)]
pub struct ReadyPush {
    push: Push,
    /// What those of its changes begin that begin records.
    beginnings: BTreeMap<ChangeHash, Beginning>,
}

/// What a writer is asked to do.
#[derive(Debug)]
pub(super) enum Work {
    Push(ReadyPush),
    Admit { hash: ChangeHash, by: By },
    Reject { hash: ChangeHash, by: By, note: String },
    Write(Page),
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Reply {
    /// Of a push: one for each change.
    Outcomes(Vec<Outcome>),
    /// Of a decision; `None` if there is no such held change.
    Decided(Option<Outcome>),
    /// Of what was dictated: the change that it became.
    Written(ChangeHash),
}

/// Does the first of `works`, and with it the pushes behind it that can be judged along with it; returns what came of each, and
/// whether something was left for later.
pub(super) async fn run_first(tx: &mut WriteTx, works: &[Work], now_ms: i64) -> Result<(Vec<Reply>, bool), Unsettled> {
    let (reply, more) = match works.first() {
        None => return Ok((Vec::new(), false)),
        Some(Work::Push(_)) => return push(tx, &together(works), now_ms).await,
        Some(Work::Admit { hash, by }) => admit(tx, *hash, by, now_ms).await?,
        Some(Work::Reject { hash, by, note }) => reject(tx, *hash, by, note.clone(), now_ms).await?,
        Some(Work::Write(page)) => {
            let (hash, more) = scribe::write(tx, page, now_ms).await?;
            (Reply::Written(hash), more)
        }
    };
    Ok((vec![reply], more))
}

/// The first pushes that can be judged as one: none of them brings what another one brings, or anything of an author of whom another
/// one brings something. Who comes first decides only where they do.
fn together(works: &[Work]) -> Vec<&ReadyPush> {
    let (mut hashes, mut actors) = (BTreeSet::new(), BTreeSet::new());
    let mut pushes = Vec::new();
    for work in works {
        let Work::Push(ready) = work else { break };
        let push = &ready.push;
        let own_hashes: BTreeSet<ChangeHash> = push.hashes().collect();
        let own_actors: BTreeSet<ActorKey> = push.changes.iter().map(|(_, change)| change.parts.actor).collect();
        if !hashes.is_disjoint(&own_hashes) || !actors.is_disjoint(&own_actors) {
            break;
        }
        hashes.extend(own_hashes);
        actors.extend(own_actors);
        pushes.push(ready);
    }
    pushes
}

impl Push {
    fn hashes(&self) -> impl Iterator<Item = ChangeHash> {
        self.changes.iter().map(|(_, change)| change.change.hash())
    }
}

impl ReadyPush {
    /// Works out what can be; takes a thread for it.
    pub(super) fn of(push: Push) -> Self {
        let begun = |InChange { change, parts, .. }: &InChange| {
            Some((change.hash(), Beginning::of(&Unwinding, change, parts)?))
        };
        let beginnings = push.changes.iter().filter_map(|(_, change)| begun(change)).collect();
        Self { push, beginnings }
    }

    /// How many changes it has.
    pub(super) fn changes(&self) -> usize {
        self.push.changes.len()
    }

    /// Its changes, each once.
    fn arrivals(&self) -> impl Iterator<Item = Arrival> {
        let Self { push: Push { device, changes, vouched, authors, .. }, beginnings } = self;
        let foreign = authors.iter().filter(|author| author.user != device.user).map(|author| author.actor).collect();
        let pusher =
            Standee { user: device.user.clone(), device: Some(device.id.clone()), device_revoked: device.revoked };
        let claims = Arc::new(Claims { vouched: vouched.clone(), foreign, pusher: Some(pusher) });
        let mut seen = BTreeSet::new();
        let once = changes.iter().filter(move |(_, change)| seen.insert(change.change.hash()));
        once.map(move |(unit, InChange { parts, change, .. })| Arrival {
            change: change.clone(),
            parts: parts.clone(),
            beginning: beginnings.get(&change.hash()).cloned(),
            unit: unit.clone(),
            device: Some(device.id.clone()),
            claims: Some(claims.clone()),
            kept: Kept::Nowhere,
        })
    }
}

impl Work {
    /// The feeds that it is known to be about.
    pub(super) fn units(&self) -> impl Iterator<Item = &UnitCode> {
        let (changes, unit) = match self {
            Self::Push(ready) => (ready.push.changes.as_slice(), None),
            Self::Write(page) => (&[][..], Some(&page.dictation.unit)),
            Self::Admit { .. } | Self::Reject { .. } => (&[][..], None),
        };
        changes.iter().map(|(unit, _)| unit).chain(unit)
    }

    /// A number that is the same for what begins with the same feed.
    pub(super) fn feed_number(&self) -> usize {
        let letters = self.units().next().map_or("", |unit| unit.as_str()).bytes();
        letters.fold(0usize, |number, letter| number.wrapping_mul(31).wrapping_add(letter.into()))
    }
}

/// Judges pushes as one.
async fn push(tx: &mut WriteTx, pushes: &[&ReadyPush], now_ms: i64) -> Result<(Vec<Reply>, bool), Unsettled> {
    for ReadyPush { push, .. } in pushes {
        if let Some(contact) = push.contact.clone() {
            devices::touch(tx, &push.device.id, contact).await?;
        }
    }
    let arrivals: Vec<Arrival> = pushes.iter().flat_map(|push| push.arrivals()).collect();
    let settled = if arrivals.is_empty() { Settled::default() } else { settle(tx, arrivals, now_ms).await? };
    let refused = Outcome::Refused(ReasonCode::EngineFailed.into());
    let outcome = |hash| settled.outcomes.get(&hash).unwrap_or(&refused).clone();
    let reply = |ready: &&ReadyPush| Reply::Outcomes(ready.push.hashes().map(outcome).collect());
    Ok((pushes.iter().map(reply).collect(), settled.more))
}

async fn admit(tx: &mut WriteTx, hash: ChangeHash, by: &By, now_ms: i64) -> Result<(Reply, bool), Unsettled> {
    audit::confirm(tx, by).await?;
    let Some(held) = find_held(tx, hash).await? else { return Ok((Reply::Decided(None), false)) };
    held::decide(tx, (&held.unit, &hash), HeldState::Admitted, by, now_ms, "").await?;
    let standing = held::Standing { state: HeldState::Admitted, reason: held.standing.reason };
    let arrival = Arrival::kept(&held.raw, held.unit.clone(), Kept::Held(held.carrier, standing))?;
    let settled = settle(tx, vec![arrival], now_ms).await?;
    let outcome = settled.outcomes.get(&hash).cloned();
    decided(tx, by, "held_admitted", &held.unit, hash).await?;
    if let Some(Outcome::Refused(reason)) = &outcome {
        held::decide(tx, (&held.unit, &hash), HeldState::Rejected, by, now_ms, &reason.to_string()).await?;
    }
    Ok((Reply::Decided(outcome), settled.more))
}

async fn reject(
    tx: &mut WriteTx,
    hash: ChangeHash,
    by: &By,
    note: String,
    now_ms: i64,
) -> Result<(Reply, bool), Unsettled> {
    audit::confirm(tx, by).await?;
    let Some(held) = find_held(tx, hash).await? else { return Ok((Reply::Decided(None), false)) };
    held::decide(tx, (&held.unit, &hash), HeldState::Rejected, by, now_ms, &note).await?;
    decided(tx, by, "held_rejected", &held.unit, hash).await?;
    let outcome = Outcome::Refused(Reason::new(ReasonCode::Rejected, note));
    let mut told = also_told::of(tx, &[hash]).await?.remove(&hash).unwrap_or_default();
    told.extend(held.carrier.device);
    for device in &told {
        decisions::add(tx, device, &[(hash, outcome.clone())]).await?;
    }
    Ok((Reply::Decided(Some(outcome)), false))
}

async fn decided(
    tx: &mut WriteTx,
    by: &By,
    act: &'static str,
    unit: &UnitCode,
    hash: ChangeHash,
) -> Result<(), StoreError> {
    audit::note(tx, by, Deed::new(act, hash).within(unit)).await
}

/// A held change that is not in a feed.
async fn find_held(tx: &mut WriteTx, hash: ChangeHash) -> Result<Option<HeldChange>, StoreError> {
    if !changes::locate_anywhere(tx, &[hash]).await?.is_empty() {
        return Ok(None);
    }
    Ok(held::get(tx, &[hash]).await?.pop())
}
