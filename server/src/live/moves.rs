//! Gathering what moves: what this process moves, what other servers say they have moved, and feeds that a look shows to have moved.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use sync_core::id::UnitCode;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, broadcast, broadcast::error::RecvError},
    task::JoinHandle,
    time::{MissedTickBehavior, interval, sleep},
};

use crate::store::{Listening, Move, Store, StoreError, feeds};

/// Streams at one time: they share the places of connections with everything else.
const STREAMS_MAX: usize = 600;
/// Moves that a stream may be behind before it misses some, and ends.
const KEPT: usize = 4_096;
/// How often the feeds' heads are looked at where other processes tell what they move, and may fail to.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// How often where nobody tells.
const LOOK_EVERY_ALONE: Duration = Duration::from_secs(2);
/// The pause before the database is asked for messages again after it failed.
const LISTEN_AGAIN: Duration = Duration::from_secs(5);

/// Everything that moves, for whoever listens. Ends when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct Moves {
    all: broadcast::Sender<Move>,
    places: Arc<Semaphore>,
    _gathering: Arc<Gathering>,
}

/// The tasks that gather, ended when dropped.
#[derive(Debug)]
struct Gathering([JoinHandle<()>; 3]);

impl Drop for Gathering {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

impl Moves {
    /// Begins to gather. Once for each process; must be called within a Tokio runtime.
    #[must_use]
    pub fn start(store: &Store) -> Self {
        let all = broadcast::channel(KEPT).0;
        let looked = Arc::new(tokio::sync::Notify::new());
        let gathering = Gathering([
            tokio::spawn(pass_on(store.clone(), store.moves(), all.clone())),
            tokio::spawn(hear(store.clone(), all.clone(), looked.clone())),
            tokio::spawn(look(store.clone(), all.clone(), looked)),
        ]);
        Self { all, places: Arc::new(Semaphore::new(STREAMS_MAX)), _gathering: Arc::new(gathering) }
    }

    /// Listens to all that moves from now on; `None` when too many do.
    pub(crate) fn listen(&self) -> Option<(OwnedSemaphorePermit, broadcast::Receiver<Move>)> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some((place, self.all.subscribe()))
    }
}

/// Passes on what this process moves, to its own streams and to the other servers.
async fn pass_on(store: Store, mut own: broadcast::Receiver<Move>, all: broadcast::Sender<Move>) {
    loop {
        let mut moved = BTreeSet::new();
        match own.recv().await {
            Ok(one) => drop(moved.insert(one)),
            // What was missed is found by the next look.
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        }
        while let Ok(one) = own.try_recv() {
            moved.insert(one);
        }
        for one in &moved {
            // Nobody may be listening.
            let _ = all.send(one.clone());
        }
        if let Err(error) = store.tell_others(&moved).await {
            tracing::warn!(%error, "the other servers were not told what moved");
        }
    }
}

/// Hears what the other servers move.
async fn hear(store: Store, all: broadcast::Sender<Move>, look: Arc<tokio::sync::Notify>) {
    loop {
        match store.listen().await {
            Ok(None) => return,
            Ok(Some(listening)) => {
                // Something may have moved while nobody listened.
                look.notify_one();
                if let Err(error) = hear_on(listening, &all, &look).await {
                    tracing::warn!(%error, "the other servers are not heard any more");
                }
            }
            Err(error) => tracing::warn!(%error, "the other servers cannot be heard"),
        }
        sleep(LISTEN_AGAIN).await;
    }
}

async fn hear_on(
    mut listening: Listening,
    all: &broadcast::Sender<Move>,
    look: &tokio::sync::Notify,
) -> Result<(), StoreError> {
    loop {
        match listening.next().await? {
            Some(moves) => moves.into_iter().for_each(|one| drop(all.send(one))),
            None => look.notify_one(),
        }
    }
}

/// Looks at the heads of all feeds every now and then, and when asked to.
async fn look(store: Store, all: broadcast::Sender<Move>, asked: Arc<tokio::sync::Notify>) {
    let mut known: Option<BTreeMap<UnitCode, u64>> = None;
    let mut clock = interval(if store.is_shared() { LOOK_EVERY } else { LOOK_EVERY_ALONE });
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = clock.tick() => {}
            () = asked.notified() => {}
        }
        match heads(&store).await {
            Ok(heads) => {
                if let Some(known) = &known {
                    let moved = heads.iter().filter(|(unit, head)| known.get(*unit) != Some(*head));
                    moved.for_each(|(unit, _)| drop(all.send(Move::of_feed(unit.clone()))));
                }
                known = Some(heads);
            }
            Err(error) => tracing::warn!(%error, "the feeds cannot be looked at"),
        }
    }
}

async fn heads(store: &Store) -> Result<BTreeMap<UnitCode, u64>, StoreError> {
    let heads = feeds::all(&mut store.read().await?).await?;
    Ok(heads.into_iter().map(|(unit, feed)| (unit, feed.head)).collect())
}
