//! Held changes: a person decides about each. Whatever is decided, its bytes are kept and its device is told.

use sync_core::{id::ChangeHash, wire::Outcome};

use super::AdminError;
use crate::{
    auth::By,
    ingest::Ingest,
    store::{
        ReadTx, Store,
        held_read::{self, WaitingChange},
    },
};

/// Characters of the reason for a rejection.
pub const REJECTION_CHARS_MAX: usize = 200;

/// Every change that waits for a decision, oldest first.
///
/// # Errors
/// [`AdminError::Store`].
pub async fn list_held(store: &Store) -> Result<Vec<WaitingChange>, AdminError> {
    Ok(held_read::waiting(&mut store.read().await?).await?)
}

/// A change that is or was held, within the reach of `by`.
///
/// # Errors
/// [`AdminError`]: there is no such held change there.
pub async fn find_held(tx: &mut ReadTx, by: &By, hash: ChangeHash) -> Result<WaitingChange, AdminError> {
    let held = held_read::one(tx, hash).await?;
    let reached = held.filter(|held| match &held.path {
        Some(path) => by.reaches(path),
        // What was sent for a unit that does not exist is for those who could add it.
        None => by.reaches_a_root(),
    });
    reached.ok_or(AdminError::HeldUnknown(hash))
}

/// Lets a held change in. What becomes of it: accepted, or still held or parked until what it waits for is here.
///
/// # Errors
/// [`AdminError`]: there is no such held change within reach, or it breaks a rule that nobody can lift.
pub async fn admit_held(store: &Store, ingest: &Ingest, by: &By, hash: ChangeHash) -> Result<Outcome, AdminError> {
    find_held(&mut store.read().await?, by, hash).await?;
    match ingest.admit(hash, by).await?.ok_or(AdminError::HeldUnknown(hash))? {
        Outcome::Refused(reason) => Err(AdminError::Inadmissible { hash, reason }),
        outcome => Ok(outcome),
    }
}

/// Turns a held change away, and tells its author why.
///
/// # Errors
/// [`AdminError`]: there is no such held change within reach, or no reason is given.
pub async fn reject_held(
    store: &Store,
    ingest: &Ingest,
    by: &By,
    hash: ChangeHash,
    reason: &str,
) -> Result<(), AdminError> {
    let reason = reason.trim();
    let readable = !reason.is_empty() && reason.chars().count() <= REJECTION_CHARS_MAX;
    if !readable || reason.chars().any(char::is_control) {
        return Err(AdminError::RejectionReason { max: REJECTION_CHARS_MAX });
    }
    find_held(&mut store.read().await?, by, hash).await?;
    match ingest.reject(hash, by, reason).await? {
        Some(_) => Ok(()),
        None => Err(AdminError::HeldUnknown(hash)),
    }
}
