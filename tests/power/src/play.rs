//! Power cuts: at every place of a tape, in many of the states in which a disk may be then; each of them is opened and looked at.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
        mpsc::{Receiver, sync_channel},
    },
    thread,
};

use cairn_simulation::dice::Dice;
use tokio::runtime::Handle;

use crate::{
    disk::{Disk, Fate, State, print},
    ledger::{Fact, Ledger},
    near::{folder, put},
    tape::{FileId, Op},
};

/// Checks that go on at the same time. They wait for threads of the databases more than they work.
const AT_ONCE: usize = 4;
/// Fates drawn at a place where there are many, each time that its turn comes.
const DRAWS: usize = 6;
/// What is wrong that is told.
const TOLD_MAX: usize = 5;

/// What is asked of the cuts of a tape.
#[derive(Clone, Copy, Debug)]
pub struct Quest {
    /// How many different states.
    pub states: usize,
    /// What they are drawn from.
    pub seed: u64,
    /// Whether to end with the first that is wrong.
    pub ends_at_first: bool,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// States that differ from each other, each checked.
    pub states: usize,
    /// States made that had been checked already.
    pub repeated: usize,
    /// Places of the tape at which the power was cut.
    pub cuts: usize,
    /// Of these: places for which every state was made.
    pub whole_cuts: usize,
    /// What is on the tape: writes and cuts, syncs, names made or taken away.
    pub ops: [usize; 3],
    /// Times that a write-ahead log began anew over what stood in it.
    pub renewals: usize,
    /// What was wrong, the first of it.
    pub wrong: Vec<String>,
}

/// A state to be looked at.
struct Look {
    cut: usize,
    state: State,
    how: String,
}

/// Cuts the power at places of a script's tape, and has each state looked at.
///
/// # Panics
/// When a thread cannot be made, or a check itself breaks.
pub fn cut<F: Fact>(
    runtime: &Handle,
    ledger: &Ledger<F>,
    quest: Quest,
    check: &(impl AsyncFn(&Path, usize) -> Result<(), String> + Sync),
) -> Found {
    let (base, ops) = ledger.tape().recorded();
    let mut found = Found { ops: counted(&ops), renewals: renewals(&ops), ..Found::default() };
    let wrong: Mutex<Vec<String>> = Mutex::default();
    let ends = AtomicBool::new(false);
    let (looks, queue) = sync_channel::<Look>(2 * AT_ONCE);
    let queue = Mutex::new(queue);
    let sizes = sizes(&base, &ops);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(Look { cut, state, how }) = next(&queue) {
                    if ends.load(SeqCst) {
                        continue;
                    }
                    let place = folder();
                    put(&state, place.path());
                    if let Err(what) = runtime.block_on(check(place.path(), cut)) {
                        let mut wrong = wrong.lock().unwrap_or_else(PoisonError::into_inner);
                        ends.store(quest.ends_at_first || wrong.len() >= TOLD_MAX, SeqCst);
                        let place = if quest.ends_at_first { "not kept".into() } else { kept(&state) };
                        wrong.push(format!("cut at {cut}, {how}: {what} (the state: {place})"));
                    }
                }
            });
        }
        let mut planner = Planner::new(ledger, sizes, quest.seed);
        let (mut known, mut reached) = (HashSet::new(), BTreeSet::new());
        let mut whole = BTreeSet::new();
        while let Some(turns) = planner.next(quest.states.saturating_sub(known.len())) {
            let mut disk = Disk::new(&base, false);
            for cut in 0..=ops.len() {
                if let Some(turn) = turns.get(&cut) {
                    reached.insert(cut);
                    let (fates, are_all) = turn.fates(&disk, &mut planner.dice);
                    if are_all {
                        whole.insert(cut);
                    }
                    for (number, fate) in fates.into_iter().enumerate() {
                        let state = disk.state(&fate);
                        if !known.insert(print(&state)) {
                            found.repeated += 1;
                            continue;
                        }
                        let how = format!("state {number} of {:?}, before {:?}", turn, ops.get(cut).map(short));
                        if ends.load(SeqCst) || looks.send(Look { cut, state, how }).is_err() {
                            break;
                        }
                    }
                }
                if let Some(op) = ops.get(cut) {
                    disk.take(cut, op);
                }
            }
            if ends.load(SeqCst) || known.len() >= quest.states {
                break;
            }
        }
        (found.states, found.cuts, found.whole_cuts) = (known.len(), reached.len(), whole.len());
        drop(looks);
    });
    found.wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    found
}

fn next(queue: &Mutex<Receiver<Look>>) -> Option<Look> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// A state is kept, so that somebody can look into it.
fn kept(state: &State) -> String {
    let place = folder().keep();
    put(state, &place);
    place.display().to_string()
}

fn short(op: &Op) -> String {
    match op {
        Op::Wrote(id, at, bytes) => format!("{id:?} is written at {at}: {} bytes", bytes.len()),
        other => format!("{other:?}"),
    }
}

fn counted(ops: &[Op]) -> [usize; 3] {
    let mut counted = [0; 3];
    for op in ops {
        counted[match op {
            Op::Wrote(..) | Op::Cut(..) => 0,
            Op::Synced(_) | Op::SyncFailed(_) | Op::FolderSynced => 1,
            Op::Made(..) | Op::Gone(_) => 2,
        }] += 1;
    }
    counted
}

fn renewals(ops: &[Op]) -> usize {
    let mut begun: BTreeMap<FileId, usize> = BTreeMap::new();
    for op in ops {
        match op {
            Op::Made(id, name) if name.ends_with("-wal") => drop(begun.insert(*id, 0)),
            Op::Wrote(id, 0, _) => {
                if let Some(times) = begun.get_mut(id) {
                    *times += 1;
                }
            }
            _ => {}
        }
    }
    begun.values().map(|times| times.saturating_sub(1)).sum()
}

/// How many states each place takes when its turn comes.
fn sizes(base: &State, ops: &[Op]) -> Vec<usize> {
    let mut disk = Disk::new(base, false);
    let mut sizes = Vec::with_capacity(ops.len() + 1);
    for (at, op) in ops.iter().enumerate() {
        sizes.push(disk.all().map_or(DRAWS, |fates| fates.len()));
        disk.take(at, op);
    }
    sizes.push(disk.all().map_or(DRAWS, |fates| fates.len()));
    sizes
}

/// What is made at a place.
#[derive(Clone, Copy, Debug)]
enum Turn {
    /// What is certain alone, and all that there is.
    Ends,
    /// Every state, or where there are many some that are drawn.
    Many,
}

impl Turn {
    /// The fates, and whether these are all.
    fn fates(self, disk: &Disk, dice: &mut Dice) -> (Vec<Fate>, bool) {
        match self {
            Self::Ends => (vec![disk.least(), disk.most()], false),
            Self::Many => match disk.all() {
                Some(fates) => (fates, true),
                None => ((0..DRAWS).map(|_| disk.drawn(dice)).collect(), false),
            },
        }
    }
}

/// Which places have a turn: first those at which something was acknowledged, then all others in an order that is drawn.
struct Planner {
    dice: Dice,
    sizes: Vec<usize>,
    marks: Option<BTreeSet<usize>>,
    order: Vec<usize>,
    /// Turns of all places that there may yet be.
    rounds: usize,
}

impl Planner {
    fn new<F: Fact>(ledger: &Ledger<F>, sizes: Vec<usize>, seed: u64) -> Self {
        let marks = Some(ledger.marks().collect());
        Self { dice: Dice::apart(seed, 0x9077e6), sizes, marks, order: Vec::new(), rounds: 200 }
    }

    /// The next turns, for so many states; `None` when no place will give another.
    fn next(&mut self, states: usize) -> Option<BTreeMap<usize, Turn>> {
        if let Some(marks) = self.marks.take() {
            return Some(marks.into_iter().map(|cut| (cut, Turn::Ends)).collect());
        }
        let mut turns = BTreeMap::new();
        let mut planned = 0;
        while planned < states {
            if self.order.is_empty() {
                self.rounds = self.rounds.checked_sub(1)?;
                self.order = shuffled(self.sizes.len(), &mut self.dice);
                if !turns.is_empty() {
                    break;
                }
            }
            let Some(cut) = self.order.pop() else { break };
            planned += self.sizes[cut];
            turns.insert(cut, Turn::Many);
        }
        Some(turns)
    }
}

fn shuffled(count: usize, dice: &mut Dice) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for at in (1..count).rev() {
        order.swap(at, dice.below(at as u64 + 1) as usize);
    }
    order
}
