//! What a store has promised, and where on the tape: the beginning and the end of each step of a script, and what was acknowledged
//! at its end.

use std::{collections::BTreeMap, sync::Arc};

use crate::tape::Tape;

/// Something that somebody was told is so.
pub trait Fact: Clone + PartialEq + std::fmt::Debug {
    /// What it speaks of: a later fact of the same takes the place of an earlier one.
    fn key(&self) -> String;

    /// Whether, while it changes, for a time neither the old nor the new need be so.
    fn is_loose(&self) -> bool;
}

/// What must be so after a power cut.
#[derive(Clone, Debug)]
pub struct Expected<F> {
    /// One of these.
    pub any: Vec<F>,
    /// Or nothing is known of it.
    pub may_lack: bool,
}

/// A step was not done, and the script ends there.
#[derive(Clone, Debug)]
pub struct Stopped {
    /// The step.
    pub step: &'static str,
    /// What was said each time it was tried.
    pub said: Vec<String>,
}

/// How often a step that fails is tried in all, where it may succeed.
const TRIES: usize = 3;

/// What was promised.
#[derive(Clone, Debug)]
pub struct Ledger<F> {
    tape: Arc<Tape>,
    steps: Vec<Step<F>>,
    /// The codes of the errors that there were.
    pub codes: Vec<String>,
}

#[derive(Clone, Debug)]
struct Step<F> {
    begun: usize,
    /// When it was acknowledged, if it was.
    done: Option<usize>,
    facts: Vec<F>,
}

/// When a promise counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acknowledged {
    /// When the store has said that it is done.
    Afterwards,
    /// When the step begins: a store that answers before its commit.
    Before,
}

impl<F: Fact> Ledger<F> {
    /// Nothing is promised yet.
    #[must_use]
    pub fn new(tape: Arc<Tape>) -> Self {
        Self { tape, steps: Vec::new(), codes: Vec::new() }
    }

    /// These facts were promised before the tape began.
    #[must_use]
    pub fn after(tape: Arc<Tape>, facts: Vec<F>) -> Self {
        Self { steps: vec![Step { begun: 0, done: Some(0), facts }], ..Self::new(tape) }
    }

    /// All that holds by now.
    #[must_use]
    pub fn facts(&self) -> Vec<F> {
        let certain = self.at(usize::MAX, Acknowledged::Afterwards).into_iter().filter(|expected| !expected.may_lack);
        certain.filter_map(|expected| expected.any.into_iter().next_back()).collect()
    }

    /// The tape.
    #[must_use]
    pub fn tape(&self) -> &Arc<Tape> {
        &self.tape
    }

    /// Does a step, again if it fails; what it gives back is promised from then on. If it fails for good, what it would have done is
    /// in doubt.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn step(
        &mut self,
        step: &'static str,
        doubtful: Vec<F>,
        mut work: impl AsyncFnMut() -> Result<Vec<F>, String>,
    ) -> Result<(), Stopped> {
        let begun = self.tape.now();
        let mut said = Vec::new();
        let tries = if self.tape.fails_for_good() { 1 } else { TRIES };
        for _ in 0..tries {
            match work().await {
                Ok(facts) => {
                    self.codes.append(&mut said);
                    self.steps.push(Step { begun, done: Some(self.tape.now()), facts });
                    return Ok(());
                }
                Err(code) => said.push(code),
            }
        }
        self.codes.extend(said.iter().cloned());
        self.steps.push(Step { begun, done: None, facts: doubtful });
        Err(Stopped { step, said })
    }

    /// What was begun at `begun` has led to facts, that are promised from now on.
    pub fn promise(&mut self, begun: usize, facts: Vec<F>) {
        self.steps.push(Step { begun, done: Some(self.tape.now()), facts });
    }

    /// The places on the tape at which something was acknowledged.
    pub fn marks(&self) -> impl Iterator<Item = usize> {
        self.steps.iter().filter_map(|step| step.done)
    }

    /// What must be so when the power was cut at `cut`.
    #[must_use]
    pub fn at(&self, cut: usize, acknowledged: Acknowledged) -> Vec<Expected<F>> {
        let mut expected: BTreeMap<String, Expected<F>> = BTreeMap::new();
        for step in self.steps.iter().filter(|step| step.begun <= cut) {
            let is_done = match acknowledged {
                Acknowledged::Afterwards => step.done.is_some_and(|done| done <= cut),
                Acknowledged::Before => true,
            };
            for fact in &step.facts {
                let entry = expected.entry(fact.key()).or_insert(Expected { any: Vec::new(), may_lack: true });
                if is_done {
                    *entry = Expected { any: vec![fact.clone()], may_lack: false };
                } else {
                    entry.any.push(fact.clone());
                    entry.may_lack |= fact.is_loose();
                }
            }
        }
        expected.into_values().collect()
    }
}
