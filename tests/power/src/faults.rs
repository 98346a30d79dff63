//! Calls that fail: the same parts of the scripts, once for each call that they make, with that call failing once, or it and all that
//! follow.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
};

use cairn_simulation::dice::Dice;
use tokio::runtime::Handle;

use crate::{
    disk::{Disk, State},
    ledger::{Fact, Ledger},
    tape::{Call, Kind, Plan},
};

/// Runs that go on at the same time: some wait for half a minute until a pool of connections gives up.
const AT_ONCE: usize = 6;
/// What is wrong that is told.
const TOLD_MAX: usize = 5;

/// The four ways in which a call fails.
pub const WAYS: [fn(u64) -> Plan; 4] = [
    |at| Plan::Once(Kind::Error, at),
    |at| Plan::From(Kind::Error, at),
    |at| Plan::Once(Kind::Full, at),
    |at| Plan::From(Kind::Full, at),
];

/// What came of one run.
#[derive(Clone, Debug, Default)]
pub struct Ran {
    /// The call that failed first; none if the script made fewer.
    pub struck: Option<Call>,
    /// The codes of the errors that were told.
    pub codes: Vec<String>,
    /// Disks that were looked at afterwards.
    pub disks: usize,
}

/// What came of many.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// Runs in which a call failed.
    pub runs: usize,
    /// Disks that were looked at afterwards.
    pub disks: usize,
    /// Runs in which somebody was told of an error.
    pub told: usize,
    /// The codes that were told, each once.
    pub codes: Vec<String>,
    /// The kinds of call that failed.
    pub calls: Vec<String>,
    /// What was wrong, the first of it.
    pub wrong: Vec<String>,
}

impl Faults {
    /// Adds what came of others.
    pub fn add(&mut self, other: Self) {
        self.runs += other.runs;
        self.disks += other.disks;
        self.told += other.told;
        self.codes.extend(other.codes);
        self.calls.extend(other.calls);
        for words in [&mut self.codes, &mut self.calls] {
            words.sort();
            words.dedup();
        }
        self.wrong.extend(other.wrong);
    }
}

/// The numbers of the calls that are to fail: all of `calls`, or so many of them, drawn from a seed. Kinds of call that were not drawn
/// yet come first, so that few failures are of many kinds.
#[must_use]
pub fn some(calls: &[Call], most: usize, drawn: &mut Vec<Call>, dice: &mut Dice) -> Vec<u64> {
    let mut all: Vec<usize> = (0..calls.len()).collect();
    let most = most.min(all.len());
    for at in 0..most {
        let other = at + dice.below((all.len() - at) as u64) as usize;
        all.swap(at, other);
        if let Some(new) = (at..all.len()).find(|place| !drawn.contains(&calls[all[*place]])) {
            all.swap(at, new);
            drawn.push(calls[all[at]]);
        }
    }
    all[..most].iter().map(|number| *number as u64 + 1).collect()
}

/// Runs each plan.
///
/// # Panics
/// When a thread cannot be made, or a run itself breaks.
pub fn run(runtime: &Handle, plans: &[Plan], run: &(impl AsyncFn(Plan) -> Result<Ran, String> + Sync)) -> Faults {
    let next = AtomicUsize::new(0);
    let all: Mutex<Faults> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(plan) = plans.get(next.fetch_add(1, SeqCst)) {
                    let ran = runtime.block_on(run(*plan));
                    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                    match ran {
                        Ok(ran) => all.add(Faults {
                            runs: usize::from(ran.struck.is_some()),
                            disks: ran.disks,
                            told: usize::from(!ran.codes.is_empty()),
                            codes: ran.codes,
                            calls: ran.struck.iter().map(|call| format!("{call:?}")).collect(),
                            wrong: Vec::new(),
                        }),
                        Err(what) => all.wrong.push(format!("{plan:?}: {what}")),
                    }
                    if all.wrong.len() >= TOLD_MAX {
                        next.store(plans.len(), SeqCst);
                    }
                }
            });
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// The disks to look at when a script has ended on a disk that failed: where its tape ends, and at a place that is drawn; each with the
/// place.
#[must_use]
pub fn disks<F: Fact>(ledger: &Ledger<F>, seed: u64) -> Vec<(usize, State)> {
    let (base, ops) = ledger.tape().recorded();
    let mut dice = Dice::apart(seed, 0xfa117);
    let drawn = dice.below(ops.len() as u64 + 1) as usize;
    let mut states = Vec::new();
    for (cut, loses) in [(ops.len(), true), (drawn, dice.comes(500))] {
        let mut disk = Disk::new(&base, loses);
        ops.iter().take(cut).enumerate().for_each(|(at, op)| disk.take(at, op));
        let fate = if cut == ops.len() { disk.least() } else { disk.drawn(&mut dice) };
        states.push((cut, disk.state(&fate)));
    }
    states
}
