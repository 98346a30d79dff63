//! The writers. Jobs that wait at the same time share a transaction, and so one wait for the disk.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use sync_core::{
    id::{ChangeHash, UnitCode},
    wire::Outcome,
};
use thiserror::Error;
use tokio::{
    sync::{mpsc, oneshot},
    task,
    time::timeout,
};

use super::{
    dictation::{Dictation, Unwritten},
    job::{self, Push, ReadyPush, Reply, Work},
    scribe::{Actors, Page},
    settle::{Unsettled, settle_left},
};
use crate::{
    auth::By,
    clock,
    store::{LostCommit, Store, StoreError, WriteTx, feeds},
};

/// Jobs that may wait.
const WAITING_MAX: usize = 256;
/// Changes that one transaction takes up before it is committed; the job that goes beyond is still taken up.
const GROUP_CHANGES: usize = 4_000;

/// How often a server that has nothing to do looks for kept changes whose turn has come, where it is not alone.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

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
    /// What was dictated could not be written.
    #[error(transparent)]
    Unwritten(#[from] Unwritten),
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
            Self::Unwritten(unwritten) => unwritten.code(),
            Self::Stopped => "stopped",
        }
    }
}

impl From<Unsettled> for IngestError {
    fn from(unsettled: Unsettled) -> Self {
        match unsettled {
            Unsettled::Store(error) => Self::Store(error),
            Unsettled::TooMuch => Self::TooMuch,
            Unsettled::Unwritten(unwritten) => Self::Unwritten(unwritten),
        }
    }
}

/// The way into the store for changes. Cheap to clone; the writers end when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct Ingest {
    /// One for each writer.
    queues: Arc<[mpsc::Sender<Job>]>,
    actors: Actors,
}

#[derive(Debug)]
pub(super) struct Job {
    pub work: Work,
    pub reply: oneshot::Sender<Result<Reply, IngestError>>,
}

impl Ingest {
    /// Starts the writers of a store, which first take up kept changes whose turn has come: on SQLite one, because more would
    /// only wait for each other; on PostgreSQL several, among whom the feeds are shared out. Must be called within a Tokio
    /// runtime.
    #[must_use]
    pub fn start(store: Store) -> Self {
        let writer = |_| {
            let (queue, jobs) = mpsc::channel(WAITING_MAX);
            tokio::spawn(run(store.clone(), jobs));
            queue
        };
        Self { queues: (0..store.writers()).map(writer).collect(), actors: Actors::default() }
    }

    /// Judges and stores what a device pushed. Returns when that is durable, with one outcome for each change.
    ///
    /// # Errors
    /// [`IngestError`]; nothing was stored then.
    pub async fn push(&self, push: Push) -> Result<Vec<Outcome>, IngestError> {
        self.push_ready(Self::ready(push).await?).await
    }

    /// Works out what depends on nothing but the push itself, beside whatever is being stored.
    ///
    /// # Errors
    /// [`IngestError::Stopped`].
    pub async fn ready(push: Push) -> Result<ReadyPush, IngestError> {
        task::spawn_blocking(|| ReadyPush::of(push)).await.map_err(|_| IngestError::Stopped)
    }

    /// The rest of [`Self::push`].
    ///
    /// # Errors
    /// [`IngestError`]; nothing was stored then.
    pub async fn push_ready(&self, ready: ReadyPush) -> Result<Vec<Outcome>, IngestError> {
        match self.run(Work::Push(ready)).await? {
            Reply::Outcomes(outcomes) => Ok(outcomes),
            Reply::Decided(_) | Reply::Written(_) => Err(IngestError::Stopped),
        }
    }

    /// Lets a held change in: it is judged again, as if its author had the right. What waits for it is tried again, too, and
    /// the device that pushed it is told. The outcome is [`Outcome::Held`] when it cannot be let in yet, as when its form is
    /// still unknown, and [`Outcome::Parked`] when it will be let in as soon as what it builds on is here. `None`: there is no
    /// such held change.
    ///
    /// # Errors
    /// [`IngestError`]; nothing was decided then.
    pub async fn admit(&self, hash: ChangeHash, by: &By) -> Result<Option<Outcome>, IngestError> {
        match self.run(Work::Admit { hash, by: by.clone() }).await? {
            Reply::Decided(outcome) => Ok(outcome),
            Reply::Outcomes(_) | Reply::Written(_) => Err(IngestError::Stopped),
        }
    }

    /// Decides that a held change stays out, and tells the device that pushed it. Its bytes are kept, and it may still be
    /// admitted later. What waits for it goes on waiting. `None`: there is no such held change, or it was let in already.
    ///
    /// # Errors
    /// [`IngestError`]; nothing was decided then.
    pub async fn reject(&self, hash: ChangeHash, by: &By, note: &str) -> Result<Option<Outcome>, IngestError> {
        match self.run(Work::Reject { hash, by: by.clone(), note: note.to_owned() }).await? {
            Reply::Decided(outcome) => Ok(outcome),
            Reply::Outcomes(_) | Reply::Written(_) => Err(IngestError::Stopped),
        }
    }

    /// Writes into a record what a person dictates, as a change of theirs; returns the change when it is durable.
    ///
    /// # Errors
    /// [`IngestError`], [`IngestError::Unwritten`] for what the person can mend; nothing was written then.
    pub async fn write(&self, dictation: Dictation) -> Result<ChangeHash, IngestError> {
        let actor = self.actors.of(&dictation.by)?;
        match self.run(Work::Write(Page { dictation, actor, written: Mutex::default() })).await? {
            Reply::Written(change) => Ok(change),
            Reply::Outcomes(_) | Reply::Decided(_) => Err(IngestError::Stopped),
        }
    }

    async fn run(&self, work: Work) -> Result<Reply, IngestError> {
        let (reply, answer) = oneshot::channel();
        // What is for the same feed would only wait for the same lock.
        let queue = work.feed_number() % self.queues.len().max(1);
        let queue = self.queues.get(queue).ok_or(IngestError::Stopped)?;
        queue.send(Job { work, reply }).await.map_err(|_| IngestError::Stopped)?;
        answer.await.unwrap_or(Err(IngestError::Stopped))
    }
}

async fn run(store: Store, mut jobs: mpsc::Receiver<Job>) {
    let mut is_more = true;
    let sweep = if store.is_shared() { SWEEP_EVERY } else { Duration::MAX };
    loop {
        // What was left for later has its turn between groups, so neither can starve the other.
        if is_more {
            is_more = take_up_left(&store).await;
        }
        let first = match jobs.try_recv() {
            Ok(job) => job,
            Err(_) if is_more => continue,
            Err(_) => match timeout(sweep, jobs.recv()).await {
                Ok(Some(job)) => job,
                Ok(None) => return,
                // Another server may have stored what a change waits for, in the moment in which this one kept it.
                Err(_) => {
                    is_more = true;
                    continue;
                }
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
            Work::Push(ready) => 1 + ready.changes(),
            Work::Admit { .. } | Work::Reject { .. } | Work::Write(_) => 1,
        }
    }
}

/// Takes up some of what was left; returns whether there is more.
async fn take_up_left(store: &Store) -> bool {
    let store = store.clone();
    let work = async move {
        let left = async |tx: &mut WriteTx| settle_left(tx, clock::now().0).await;
        store.run_tx(LostCommit::Repeat, left).await
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

/// Runs a group of jobs in one transaction, commits, and answers; returns whether something was left for later. If one of several fails,
/// all of them are done again, each so that it can be taken back by itself: that costs a database some, and is seldom needed.
pub(super) async fn commit_group(store: Store, group: Vec<Job>) -> bool {
    let (works, replies): (Vec<Work>, Vec<_>) = group.into_iter().map(|job| (job.work, job.reply)).unzip();
    let run = async |apart| {
        let all = async |tx: &mut WriteTx| run_all(tx, &works, apart).await;
        // Changes have names, so what was stored already is found to be a duplicate.
        store.run_tx(LostCommit::Repeat, all).await
    };
    let mut done = run(false).await;
    if works.len() > 1 && done.is_err() {
        done = run(true).await;
    }
    match done {
        Ok((results, is_more)) => {
            for (reply, result) in replies.into_iter().zip(results) {
                let _ = reply.send(result);
            }
            is_more
        }
        Err(error) => {
            refuse_all(replies, error);
            false
        }
    }
}

/// Runs jobs one behind the other, each as a part of its own if they are kept apart. Otherwise pushes that do not touch each other
/// are judged as one, and the first to fail ends all of them.
async fn run_all(tx: &mut WriteTx, works: &[Work], apart: bool) -> Result<Done, Unsettled> {
    let units: BTreeSet<UnitCode> = works.iter().flat_map(Work::units).cloned().collect();
    feeds::lock(tx, &units).await?;
    let (mut results, mut is_more) = (Vec::with_capacity(works.len()), false);
    while results.len() < works.len() {
        let left = &works[results.len()..];
        let (done, more) = if apart { run_part(tx, &left[..1]).await? } else { run_first(tx, left).await? };
        results.extend(done);
        is_more |= more;
    }
    Ok((results, is_more))
}

/// What came of some jobs, and whether something was left for later.
type Done = (Vec<Result<Reply, IngestError>>, bool);

async fn run_first(tx: &mut WriteTx, works: &[Work]) -> Result<Done, Unsettled> {
    let (replies, more) = job::run_first(tx, works, clock::now().0).await?;
    Ok((replies.into_iter().map(Ok).collect(), more))
}

/// Runs one job as a part of the transaction.
async fn run_part(tx: &mut WriteTx, work: &[Work]) -> Result<Done, StoreError> {
    tx.begin_part().await?;
    match run_first(tx, work).await {
        Ok(done) => {
            tx.keep_part().await?;
            Ok(done)
        }
        // It is not this job's fault: all of them are done again.
        Err(Unsettled::Store(error)) if error.is_transient() => Err(error),
        Err(error) => {
            tx.undo_part().await?;
            Ok((vec![Err(error.into())], false))
        }
    }
}

/// Says why nothing of a group was stored, as when the disk is full: to the first, who may be the only one, in full.
fn refuse_all(replies: Vec<oneshot::Sender<Result<Reply, IngestError>>>, error: Unsettled) {
    let mut replies = replies.into_iter();
    let first = replies.next();
    if let Unsettled::Store(error) = &error {
        tracing::error!(%error, "changes could not be stored");
        for reply in replies {
            let _ = reply.send(Err(error.for_another().into()));
        }
    }
    if let Some(reply) = first {
        let _ = reply.send(Err(error.into()));
    }
}
