//! What the writer does for one job, within its part of the transaction.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::{
    gate::{Reason, ReasonCode},
    id::{ChangeHash, UnitCode, Username},
    wire::{Author, InChange, Outcome},
};

use super::{
    arrival::{Arrival, Kept},
    scribe::{self, Page},
    settle::{Unsettled, settle},
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

/// What a writer is asked to do.
#[derive(Debug)]
pub(super) enum Work {
    Push(Push),
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

impl Work {
    /// Does it; returns what came of it, and whether something was left for later.
    pub(super) async fn run(&self, tx: &mut WriteTx, now_ms: i64) -> Result<(Reply, bool), Unsettled> {
        match self {
            Self::Push(pushed) => push(tx, pushed.clone(), now_ms).await,
            Self::Admit { hash, by } => admit(tx, *hash, by, now_ms).await,
            Self::Reject { hash, by, note } => reject(tx, *hash, by, note.clone(), now_ms).await,
            Self::Write(page) => {
                let (hash, more) = scribe::write(tx, page, now_ms).await?;
                Ok((Reply::Written(hash), more))
            }
        }
    }

    /// The feeds that it is known to be about.
    pub(super) fn units(&self) -> impl Iterator<Item = &UnitCode> {
        let (changes, unit) = match self {
            Self::Push(push) => (push.changes.as_slice(), None),
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

async fn push(tx: &mut WriteTx, push: Push, now_ms: i64) -> Result<(Reply, bool), Unsettled> {
    let Push { device, contact, changes, vouched, authors } = push;
    if let Some(contact) = contact {
        devices::touch(tx, &device.id, contact).await?;
    }
    let order: Vec<ChangeHash> = changes.iter().map(|(_, change)| change.change.hash()).collect();
    let claims = Claims {
        vouched,
        foreign: authors.into_iter().filter(|author| author.user != device.user).map(|author| author.actor).collect(),
        pusher: Some(Standee { user: device.user, device: Some(device.id.clone()), device_revoked: device.revoked }),
    };
    let mut seen = BTreeSet::new();
    let once = changes.into_iter().filter(|(_, change)| seen.insert(change.change.hash()));
    let arrivals: Vec<Arrival> = once
        .map(|(unit, InChange { parts, change, .. })| Arrival {
            change,
            parts,
            unit,
            device: Some(device.id.clone()),
            is_pushed: true,
            kept: Kept::Nowhere,
        })
        .collect();
    if arrivals.is_empty() {
        return Ok((Reply::Outcomes(Vec::new()), false));
    }
    let settled = settle(tx, arrivals, &claims, now_ms).await?;
    let refused = Outcome::Refused(ReasonCode::EngineFailed.into());
    let outcome = |hash| settled.outcomes.get(hash).unwrap_or(&refused).clone();
    Ok((Reply::Outcomes(order.iter().map(outcome).collect()), settled.more))
}

async fn admit(tx: &mut WriteTx, hash: ChangeHash, by: &By, now_ms: i64) -> Result<(Reply, bool), Unsettled> {
    audit::confirm(tx, by).await?;
    let Some(held) = find_held(tx, hash).await? else { return Ok((Reply::Decided(None), false)) };
    held::decide(tx, (&held.unit, &hash), HeldState::Admitted, by, now_ms, "").await?;
    let standing = held::Standing { state: HeldState::Admitted, reason: held.standing.reason };
    let arrival = Arrival::kept(&held.raw, held.unit.clone(), Kept::Held(held.carrier, standing))?;
    let settled = settle(tx, vec![arrival], &Claims::default(), now_ms).await?;
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
