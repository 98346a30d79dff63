//! The alphabet: all that can happen in a world, and the plan that a seed gives. A step carries its own choices as numbers that
//! mean something in any world, so that a plan from which steps were taken is still a plan.

use crate::{dice::Dice, fault::Fault};

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Somebody logs an event.
    Log {
        /// On which device.
        device: u16,
        /// In which of the units where they may.
        unit: u16,
        /// By which form.
        form: u16,
    },
    /// Somebody edits a field of a record.
    Edit {
        /// On which device.
        device: u16,
        /// Which of the records there.
        record: u16,
        /// Which field.
        field: u16,
    },
    /// Somebody comments on a record.
    Comment {
        /// On which device.
        device: u16,
        /// Which of the records there.
        record: u16,
    },
    /// Somebody gives a verdict on a record.
    Verdict {
        /// On which device.
        device: u16,
        /// Which of the records there.
        record: u16,
        /// Which verdict.
        verdict: u16,
    },
    /// Somebody types into a draft.
    Stroke {
        /// On which device.
        device: u16,
        /// Into which of the drafts there, or a new one.
        draft: u16,
    },
    /// Somebody is done with a draft.
    Finish {
        /// On which device.
        device: u16,
        /// Which of the drafts there.
        draft: u16,
    },
    /// A device begins to sync.
    Sync {
        /// Which one.
        device: u16,
    },
    /// Nothing happens for a while but what is under way.
    Wait {
        /// How long.
        ms: u32,
    },
    /// A device, or the server, is backed up.
    BackUp {
        /// Which one.
        whose: u16,
    },
    /// An administrator decides about a held change.
    Decide {
        /// Which one.
        held: u16,
    },
    /// Something goes wrong.
    Strike {
        /// What.
        fault: Fault,
        /// With which device, letter or person, or with the server.
        whose: u16,
        /// How.
        how: u16,
    },
}

/// A step and its place in the plan, from which all that is drawn within it follows: it stays when other steps are taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The place.
    pub number: u32,
    /// The step.
    pub step: Step,
}

/// What a seed gives: who takes part, and what happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// Devices at the beginning.
    pub devices: usize,
    /// What happens, in its order.
    pub steps: Vec<Planned>,
}

/// Steps with their weights, faults aside.
const WEIGHTS: [u64; 10] = [9, 16, 5, 4, 5, 3, 24, 8, 3, 2];

impl Plan {
    /// The plan of a seed with so many steps. Of the faults each seed draws some, and how thick they come: a world in which all
    /// goes wrong at once reaches less than worlds that differ.
    #[must_use]
    pub fn of(seed: u64, steps: u32) -> Self {
        let mut dice = Dice::apart(seed, 1);
        let devices = usize::try_from(dice.within(2, 5)).unwrap_or(2);
        let mut faults: Vec<Fault> = Fault::ALL.into_iter().filter(|_| dice.comes(550)).collect();
        if faults.is_empty() {
            faults.push(Fault::Cut);
        }
        let fault_per_mille = *[0, 60, 120, 200, 300].get(dice.below(5) as usize).unwrap_or(&120);
        let steps = (0..steps).map(|number| Planned { number, step: Step::drawn(&mut dice, &faults, fault_per_mille) });
        Self { seed, devices, steps: steps.collect() }
    }

    /// The same plan with the steps of these numbers only.
    #[must_use]
    pub fn only(mut self, numbers: &[u32]) -> Self {
        self.steps.retain(|planned| numbers.contains(&planned.number));
        self
    }
}

impl Step {
    fn drawn(dice: &mut Dice, faults: &[Fault], fault_per_mille: u64) -> Self {
        let mut any = || (dice.draw() >> 17) as u16;
        let (a, b, c) = (any(), any(), any());
        if dice.comes(fault_per_mille) {
            let fault = faults.get(dice.below(faults.len() as u64) as usize).copied().unwrap_or(Fault::Cut);
            return Self::Strike { fault, whose: a, how: b };
        }
        let mut at = dice.below(WEIGHTS.iter().sum());
        let kind = WEIGHTS.iter().position(|weight| {
            let here = at < *weight;
            at = at.saturating_sub(*weight);
            here
        });
        match kind.unwrap_or(0) {
            0 => Self::Log { device: a, unit: b, form: c },
            1 => Self::Edit { device: a, record: b, field: c },
            2 => Self::Comment { device: a, record: b },
            3 => Self::Verdict { device: a, record: b, verdict: c },
            4 => Self::Stroke { device: a, draft: b },
            5 => Self::Finish { device: a, draft: b },
            6 => Self::Sync { device: a },
            7 => Self::Wait { ms: u32::from(a) % 20_000 },
            8 => Self::BackUp { whose: a },
            _ => Self::Decide { held: a },
        }
    }
}
