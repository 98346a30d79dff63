//! The one writer. Jobs that wait at the same time share a transaction, and so one wait for the disk.

use std::collections::BTreeSet;

use sync_core::{
    gate::{Reason, ReasonCode},
    id::{ChangeHash, UnitCode, Username},
    wire::{Author, InChange, Outcome},
};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use super::{
    arrival::{Arrival, Kept},
    author_proof,
    facts::Claims,
    settle::{Unsettled, settle, settle_left},
};
use crate::{
    clock,
    store::{
        Store, StoreError, WriteTx,
        actors::Standee,
        decisions,
        devices::{self, Contact, Device},
        held::{self, HeldState},
    },
};

/// Jobs that may wait.
const WAITING_MAX: usize = 256;
/// Changes that one transaction takes up before it is committed; the job that goes beyond is still taken up.
const GROUP_CHANGES: usize = 4_000;

/// Why ingest did not happen. Nothing was stored, and everything may be tried again.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum IngestError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The records that the changes belong to are too large to be judged in one request.
    #[error("too much to judge at once: send fewer changes in one request")]
    TooMuch,
    /// The server is shutting down, or the job was cut short.
    #[error("the server stopped before this was stored")]
    Stopped,
}

impl IngestError {
    /// The stable word for it, in APIs and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::TooMuch => "too_much_at_once",
            Self::Stopped => "stopped",
        }
    }
}

impl From<Unsettled> for IngestError {
    fn from(unsettled: Unsettled) -> Self {
        match unsettled {
            Unsettled::Store(error) => Self::Store(error),
            Unsettled::TooMuch => Self::TooMuch,
        }
    }
}

/// What a device pushes in one request.
#[derive(Debug)]
pub struct Push {
    /// The device, as its token says.
    pub device: Device,
    /// What it says of itself; noted with the device.
    pub contact: Option<Contact>,
    /// The changes, each with the feed that it was sent for, in the order of the request.
    pub changes: Vec<(UnitCode, InChange)>,
    /// Who stood behind foreign actors, as the device gives it back.
    pub authors: Vec<Author>,
}

/// The way into the store for changes. Cheap to clone; the writer ends when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct Ingest {
    queue: mpsc::Sender<Job>,
}

struct Job {
    work: Work,
    reply: oneshot::Sender<Result<Reply, IngestError>>,
}

enum Work {
    Push(Push),
    Admit { hash: ChangeHash, by: Username },
    Reject { hash: ChangeHash, by: Username, note: String },
}

#[derive(Debug)]
enum Reply {
    /// Of a push: one for each change.
    Outcomes(Vec<Outcome>),
    /// Of a decision; `None` if there is no such held change.
    Decided(Option<Outcome>),
}

impl Ingest {
    /// Starts the writer of a store, which first takes up kept changes whose turn has come. One for each process: more would
    /// only wait for each other. Must be called within a Tokio runtime.
    #[must_use]
    pub fn start(store: Store) -> Self {
        let (queue, jobs) = mpsc::channel(WAITING_MAX);
        tokio::spawn(run(store, jobs));
        Self { queue }
    }

    /// Judges and stores what a device pushed. Returns when that is durable, with one outcome for each change.
    ///
    /// # Errors
    /// [`IngestError`]; nothing was stored then.
    pub async fn push(&self, push: Push) -> Result<Vec<Outcome>, IngestError> {
        match self.run(Work::Push(push)).await? {
            Reply::Outcomes(outcomes) => Ok(outcomes),
            Reply::Decided(_) => Err(IngestError::Stopped),
        }
    }

    /// Lets a held change in: it is judged again, as if its author had the right. What waits for it is tried again, too, and
    /// the device that pushed it is told. The outcome is [`Outcome::Held`] when it cannot be let in yet, as when its form is
    /// still unknown, and [`Outcome::Parked`] when it will be let in as soon as what it builds on is here. `None`: there is no
    /// such held change.
    ///
    /// # Errors
    /// [`IngestError`]; nothing was decided then.
    pub async fn admit(&self, hash: ChangeHash, by: &Username) -> Result<Option<Outcome>, IngestError> {
        match self.run(Work::Admit { hash, by: by.clone() }).await? {
            Reply::Decided(outcome) => Ok(outcome),
            Reply::Outcomes(_) => Err(IngestError::Stopped),
        }
    }

    /// Decides that a held change stays out, and tells the device that pushed it. Its bytes are kept, and it may still be
    /// admitted later. What waits for it goes on waiting. `None`: there is no such held change, or it was let in already.
    ///
    /// # Errors
    /// [`IngestError`]; nothing was decided then.
    pub async fn reject(&self, hash: ChangeHash, by: &Username, note: &str) -> Result<Option<Outcome>, IngestError> {
        match self.run(Work::Reject { hash, by: by.clone(), note: note.to_owned() }).await? {
            Reply::Decided(outcome) => Ok(outcome),
            Reply::Outcomes(_) => Err(IngestError::Stopped),
        }
    }

    async fn run(&self, work: Work) -> Result<Reply, IngestError> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Job { work, reply }).await.map_err(|_| IngestError::Stopped)?;
        answer.await.unwrap_or(Err(IngestError::Stopped))
    }
}

async fn run(store: Store, mut jobs: mpsc::Receiver<Job>) {
    let mut is_more = true;
    loop {
        // What was left for later has its turn between groups, so neither can starve the other.
        if is_more {
            is_more = take_up_left(&store).await;
        }
        let first = match jobs.try_recv() {
            Ok(job) => job,
            Err(_) if is_more => continue,
            Err(_) => match jobs.recv().await {
                Some(job) => job,
                None => return,
            },
        };
        let mut weight = first.weight();
        let mut group = vec![first];
        while weight < GROUP_CHANGES
            && let Ok(job) = jobs.try_recv()
        {
            weight += job.weight();
            group.push(job);
        }
        // On a task of its own: should one panic, its jobs are answered with an error and the writer goes on.
        is_more |= tokio::spawn(commit_group(store.clone(), group)).await.unwrap_or(false);
    }
}

impl Job {
    fn weight(&self) -> usize {
        match &self.work {
            Work::Push(push) => 1 + push.changes.len(),
            Work::Admit { .. } | Work::Reject { .. } => 1,
        }
    }
}

/// Takes up some of what was left; returns whether there is more.
async fn take_up_left(store: &Store) -> bool {
    let store = store.clone();
    let work = async move {
        let mut tx = store.begin_write().await?;
        let led_anywhere = settle_left(&mut tx, clock::now().0).await?;
        tx.commit().await?;
        Ok::<_, Unsettled>(led_anywhere)
    };
    match tokio::spawn(work).await {
        Ok(Ok(led_anywhere)) => led_anywhere,
        Ok(Err(error)) => {
            tracing::error!(?error, "parked changes could not be taken up");
            false
        }
        Err(_) => false,
    }
}

/// Runs a group of jobs in one transaction, commits, and answers; returns whether something was left for later. A job that
/// fails is taken back by itself.
async fn commit_group(store: Store, group: Vec<Job>) -> bool {
    let mut tx = match store.begin_write().await {
        Ok(tx) => tx,
        Err(error) => {
            refuse_all(group.into_iter().map(|job| job.reply), &error);
            return false;
        }
    };
    let mut done = Vec::with_capacity(group.len());
    let mut is_more = false;
    for Job { work, reply } in group {
        match run_part(&mut tx, &store, work).await {
            Ok((result, more)) => {
                is_more |= more;
                done.push((reply, result));
            }
            Err(error) => {
                // The transaction itself is gone, as when the disk is full.
                let _ = reply.send(Err(copy_of(&error).into()));
                refuse_all(done.into_iter().map(|(reply, _)| reply), &error);
                return false;
            }
        }
    }
    match tx.commit().await {
        Ok(()) => {
            for (reply, result) in done {
                let _ = reply.send(result);
            }
            is_more
        }
        Err(error) => {
            refuse_all(done.into_iter().map(|(reply, _)| reply), &error);
            false
        }
    }
}

type PartResult = (Result<Reply, IngestError>, bool);

/// Runs one job as a part of the transaction.
async fn run_part(tx: &mut WriteTx, store: &Store, work: Work) -> Result<PartResult, StoreError> {
    tx.begin_part().await?;
    let now_ms = clock::now().0;
    let result = match work {
        Work::Push(push) => push_one(tx, store, push, now_ms).await,
        Work::Admit { hash, by } => admit_one(tx, hash, &by, now_ms).await,
        Work::Reject { hash, by, note } => reject_one(tx, hash, &by, note, now_ms).await,
    };
    match result {
        Ok((reply, more)) => {
            tx.keep_part().await?;
            Ok((Ok(reply), more))
        }
        Err(error) => {
            tx.undo_part().await?;
            Ok((Err(error.into()), false))
        }
    }
}

async fn push_one(tx: &mut WriteTx, store: &Store, push: Push, now_ms: i64) -> Result<(Reply, bool), Unsettled> {
    let Push { device, contact, changes, authors } = push;
    if let Some(contact) = contact {
        devices::touch(tx, &device.id, contact).await?;
    }
    let order: Vec<ChangeHash> = changes.iter().map(|(_, change)| change.change.hash()).collect();
    let proved = authors.into_iter().filter(|a| author_proof(store.author_key(), a.actor, &a.user) == a.proof);
    let claims = Claims {
        proved: proved.map(|author| (author.actor, author.user)).collect(),
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

async fn admit_one(tx: &mut WriteTx, hash: ChangeHash, by: &Username, now_ms: i64) -> Result<(Reply, bool), Unsettled> {
    let Some(held) = find_held(tx, hash).await? else { return Ok((Reply::Decided(None), false)) };
    held::decide(tx, &hash, HeldState::Admitted, by, now_ms, "").await?;
    let standing = held::Standing { state: HeldState::Admitted, reason: held.standing.reason };
    let arrival = Arrival::kept(&held.raw, held.unit, Kept::Held(held.device, standing))?;
    let settled = settle(tx, vec![arrival], &Claims::default(), now_ms).await?;
    let outcome = settled.outcomes.get(&hash).cloned();
    if let Some(Outcome::Refused(reason)) = &outcome {
        held::decide(tx, &hash, HeldState::Rejected, by, now_ms, &reason.to_string()).await?;
    }
    Ok((Reply::Decided(outcome), settled.more))
}

async fn reject_one(
    tx: &mut WriteTx,
    hash: ChangeHash,
    by: &Username,
    note: String,
    now_ms: i64,
) -> Result<(Reply, bool), Unsettled> {
    let Some(held) = find_held(tx, hash).await? else { return Ok((Reply::Decided(None), false)) };
    held::decide(tx, &hash, HeldState::Rejected, by, now_ms, &note).await?;
    let outcome = Outcome::Refused(Reason::new(ReasonCode::Rejected, note));
    if let Some(device) = &held.device {
        decisions::add(tx, device, &[(hash, outcome.clone())]).await?;
    }
    Ok((Reply::Decided(Some(outcome)), false))
}

/// A held change that is not in a feed.
async fn find_held(tx: &mut WriteTx, hash: ChangeHash) -> Result<Option<held::HeldChange>, StoreError> {
    if !crate::store::changes::locate(tx, &[hash]).await?.is_empty() {
        return Ok(None);
    }
    Ok(held::get(tx, &[hash]).await?.pop())
}

fn refuse_all(replies: impl Iterator<Item = oneshot::Sender<Result<Reply, IngestError>>>, error: &StoreError) {
    tracing::error!(%error, "changes could not be stored");
    for reply in replies {
        let _ = reply.send(Err(copy_of(error).into()));
    }
}

/// The same error for one more job; causes are not copied, they are logged once.
fn copy_of(error: &StoreError) -> StoreError {
    match error {
        StoreError::Busy => StoreError::Busy,
        StoreError::DiskFull => StoreError::DiskFull,
        other => StoreError::damaged(other),
    }
}
