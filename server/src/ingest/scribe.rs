//! The scribe writes to records for people who ask over HTTP, and so have no device whose changes could be pushed.
//!
//! What it writes is a change like any other: composed on the record as it stands, judged by the gate, given a position in the
//! feed, and delivered. It is composed within the transaction that stores it, behind the feed's lock, so no two of them can have
//! the same number, and what arrives besides is concurrent, as everywhere. One that is not accepted leaves no trace: its number is
//! free for the next.
//!
//! Who wrote it is believed because the scribe itself says so: the guard of the API has seen the user's credential. The actor is
//! the user's, without a device; it is drawn afresh in every process, for every user.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use sync_core::{
    crdt::Change,
    gate::{Barrier, ReasonCode},
    id::{ActorKey, ChangeHash, ClockMs, Username},
    record::{Pen, RecordError, Status},
    wire::Outcome,
};
use tokio::task;

use super::{
    arrival::{Arrival, Kept},
    barrier::Unwinding,
    dictation::{Dictation, Unwritten, Writing},
    settle::{Unsettled, settle},
    witness::Claims,
};
use crate::store::{StoreError, WriteTx, catalog::Directory, changes, feeds, record_read};

/// The actors of this process, by user.
#[derive(Clone, Debug, Default)]
pub(super) struct Actors(Arc<Mutex<BTreeMap<Username, ActorKey>>>);

impl Actors {
    /// The actor that writes for a user.
    pub(super) fn of(&self, user: &Username) -> Result<ActorKey, StoreError> {
        let mut actors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(actor) = actors.get(user) {
            return Ok(*actor);
        }
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(StoreError::NoRandomness)?;
        actors.insert(user.clone(), ActorKey(bytes));
        Ok(ActorKey(bytes))
    }
}

/// A dictation on its way into the store.
#[derive(Debug)]
pub(super) struct Page {
    pub dictation: Dictation,
    pub actor: ActorKey,
    /// The change that it became when it was last tried: if that is stored after all, it is not written again.
    pub written: Mutex<Option<ChangeHash>>,
}

/// Writes; returns the change, and whether something was left for later.
pub(super) async fn write(tx: &mut WriteTx, page: &Page, now_ms: i64) -> Result<(ChangeHash, bool), Unsettled> {
    let Page { dictation, actor, written } = page;
    let Dictation { record, unit, what, seen, .. } = dictation;
    let before = *written.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(before) = before
        && !changes::locate(tx, unit, &[before]).await?.is_empty()
    {
        return Ok((before, false));
    }
    feeds::lock(tx, &BTreeSet::from([unit.clone()])).await?;
    let chunks = changes::of_records(tx, unit, &[*record]).await?.remove(record);
    let chunks = chunks.ok_or(Unwritten::RecordUnknown(*record))?;
    if let Writing::Review { duplicate_of: Some(other), .. } = what {
        let counts = record_read::one(tx, other).await?.is_some_and(|row| row.status != Status::Void.word());
        if other == record || !counts {
            return Err(Unwritten::DuplicateOfNothing(*other).into());
        }
    }
    let directory = Directory::current(tx).await?;
    let pen = Pen { actor: *actor, time: ClockMs(now_ms) };
    let (what, seen) = (what.clone(), seen.clone());
    let compose = move || {
        let form = |record: &sync_core::record::Record| {
            let header = record.header();
            directory.forms().get(&header.form, header.form_version).cloned()
        };
        Unwinding.guard(|| what.compose(&chunks, seen.as_ref(), form, pen))
    };
    let composed = task::spawn_blocking(compose).await.map_err(StoreError::damaged)?;
    let change = composed.map_err(StoreError::damaged)??;
    let hash = change.hash();
    *written.lock().unwrap_or_else(PoisonError::into_inner) = Some(hash);
    let settled = settle(tx, vec![arrival(change, dictation)?], now_ms).await?;
    match settled.outcomes.get(&hash) {
        Some(Outcome::Accepted { .. }) => Ok((hash, settled.more)),
        Some(Outcome::Held(reason) | Outcome::Refused(reason)) => Err(Unwritten::NotTaken(reason.clone()).into()),
        _ => Err(Unwritten::NotTaken(ReasonCode::EngineFailed.into()).into()),
    }
}

fn arrival(change: Change, dictation: &Dictation) -> Result<Arrival, Unwritten> {
    let parts = change.parts().map_err(RecordError::from)?.into();
    let unit = dictation.unit.clone();
    let claims = Claims::of_scribe(change.hash(), &dictation.by);
    Ok(Arrival { change, parts, beginning: None, unit, device: None, claims: Some(claims.into()), kept: Kept::Nowhere })
}
