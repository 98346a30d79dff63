//! Many seeds, each run twice, and what they come to.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    thread,
};

use serde_json::{Value as Json, json};

use crate::{
    fault::{Fault, Sometimes},
    run::{Mode, run},
    shrink::{replay_line, shrink},
    step::Plan,
    variant::Variant,
    violation::Violation,
};

/// Which seeds are played.
#[derive(Clone, Copy, Debug)]
pub struct Seeds {
    /// The first.
    pub from: u64,
    /// How many.
    pub count: u64,
    /// Steps of each.
    pub steps: u32,
    /// Threads; each plays worlds of its own.
    pub threads: usize,
}

/// A seed that breaks a promise.
#[derive(Clone, Debug)]
pub struct Broken {
    /// The seed.
    pub seed: u64,
    /// What it breaks.
    pub violation: Violation,
}

/// What the seeds came to.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Seeds played.
    pub seeds: u64,
    /// Steps of each.
    pub steps: u32,
    /// Events of all, in the first run of each.
    pub events: u64,
    /// What was reached.
    pub sometimes: Sometimes,
    /// The seeds that break a promise, ascending.
    pub broken: Vec<Broken>,
    /// The seeds whose second run was another.
    pub unequal: Vec<u64>,
}

impl Report {
    fn add(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.events += other.events;
        self.sometimes.add(&other.sometimes);
        self.broken.extend(other.broken);
        self.unequal.extend(other.unequal);
    }

    /// Whether every promise was kept, every second run was the same, and every kind of fault was reached.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.broken.is_empty() && self.unequal.is_empty() && self.sometimes.never().is_empty()
    }

    /// For machines: what was counted, as every rig reports it.
    #[must_use]
    pub fn to_json(&self, seconds: f64) -> Json {
        let mut figures = vec![
            json!({"name": "seeds, each played twice", "value": self.seeds}),
            json!({"name": "steps of each", "value": self.steps}),
            json!({"name": "events in the first run of each", "value": self.events}),
            json!({"name": "promises broken", "value": self.broken.len()}),
            json!({"name": "second runs that were not the same", "value": self.unequal.len()}),
        ];
        let faults = Fault::ALL
            .into_iter()
            .map(|fault| (format!("fault: {}", fault.word().replace('_', " ")), self.sometimes.of(fault)));
        let reached = self.sometimes.seen().map(|(what, times)| (what.to_string(), times));
        figures.extend(faults.chain(reached).map(|(name, value)| json!({"name": name, "value": value})));
        let title = "a world in which everything that can fail does, from a seed, and an oracle beside it";
        json!({"rig": "simulation", "title": title, "figures": figures, "seconds": seconds})
    }

    /// For people: how to see again what is wrong, the first of it as short as it can be made.
    #[must_use]
    pub fn complaint(&self) -> String {
        let mut lines: Vec<String> =
            self.broken.iter().take(10).map(|broken| format!("seed {}: {}", broken.seed, broken.violation)).collect();
        if let Some(first) = self.broken.first() {
            let (plan, violation) = shrink(&Plan::of(first.seed, self.steps), Variant::Shipped, &first.violation);
            lines.push(format!("in {} steps: {violation}", plan.steps.len()));
            lines.push(replay_line(&plan, self.steps));
            lines.extend(plan.steps.iter().map(|planned| format!("  {planned:?},")));
        }
        lines.extend(self.unequal.iter().map(|seed| format!("seed {seed} is not the same twice")));
        lines.extend(self.sometimes.never().iter().map(|fault| format!("{} was never reached", fault.word())));
        lines.join("\n")
    }
}

/// Plays seeds: each with the oracle looking on, and again without it, which must be the same run to the byte.
#[must_use]
pub fn play(seeds: Seeds) -> Report {
    let next = AtomicU64::new(seeds.from);
    let work = || {
        let mut report = Report::default();
        loop {
            let seed = next.fetch_add(1, Relaxed);
            if seed >= seeds.from + seeds.count {
                return report;
            }
            let plan = Plan::of(seed, seeds.steps);
            let first = run(&plan, Variant::Shipped, Mode::Watched);
            report.seeds += 1;
            report.events += first.events;
            report.sometimes.add(&first.sometimes);
            match first.violation {
                Some(violation) => report.broken.push(Broken { seed, violation }),
                None if run(&plan, Variant::Shipped, Mode::Alone).digest != first.digest => report.unequal.push(seed),
                None => {}
            }
        }
    };
    let mut report = Report { steps: seeds.steps, ..Report::default() };
    thread::scope(|scope| {
        let players: Vec<_> = (0..seeds.threads.max(1)).map(|_| scope.spawn(work)).collect();
        for player in players {
            match player.join() {
                Ok(played) => report.add(played),
                // Some seed's world broke the core itself: that is never a verdict to be swallowed.
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    report.broken.sort_by_key(|broken| broken.seed);
    report.unequal.sort_unstable();
    report
}
