//! One run of a plan, from its seed to its verdict.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::id::{ChangeHash, UnitCode};

use crate::{
    fault::Sometimes, server::Input, step::Plan, trace::Trace, variant::Variant, violation::Violation, world::World,
};

/// Steps between two looks at a device as a whole.
const LOOKS: u32 = 24;

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Run {
    /// The digest over every event.
    pub digest: [u8; 32],
    /// How many events there were.
    pub events: u64,
    /// What was reached.
    pub sometimes: Sometimes,
    /// The promise that was broken, if one was.
    pub violation: Option<Violation>,
    /// The events, where they were kept.
    pub lines: Vec<String>,
}

/// Whether the oracle looks on, and whether what happened is kept for people to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The oracle looks on.
    Watched,
    /// Nobody does.
    Alone,
    /// The oracle looks on, and every event is kept.
    Kept,
}

/// Runs a plan.
#[must_use]
pub fn run(plan: &Plan, variant: Variant, mode: Mode) -> Run {
    let trace = if mode == Mode::Kept { Trace::kept() } else { Trace::default() };
    let mut world = World::new(plan, variant, trace, mode != Mode::Alone);
    let violation = world.live(plan).err();
    Run {
        digest: world.trace.digest(),
        events: world.trace.events(),
        sometimes: world.sometimes,
        violation,
        lines: world.trace.lines().to_vec(),
    }
}

/// What the server of a world was given, and what it had in the end.
#[derive(Clone, Debug)]
pub struct Journal {
    /// What it was given, in its order.
    pub inputs: Vec<Input>,
    /// Which changes are in which feed in the end.
    pub feeds: BTreeMap<UnitCode, BTreeSet<ChangeHash>>,
}

/// Runs a plan, and keeps what its server was given.
///
/// # Errors
/// The promise that was broken.
pub fn journal(plan: &Plan) -> Result<Journal, Violation> {
    let mut world = World::new(plan, Variant::Shipped, Trace::default(), true);
    world.center.keep_journal();
    world.live(plan)?;
    let feeds = world.center.state().feeds.iter();
    let feeds = feeds.map(|(unit, feed)| (unit.clone(), feed.entries.iter().copied().collect())).collect();
    Ok(Journal { inputs: world.center.take_journal(), feeds })
}

impl World {
    fn live(&mut self, plan: &Plan) -> Result<(), Violation> {
        // Everybody has heard of forms and units once.
        for at in 0..self.phones.len() {
            self.begin_sync(at)?;
        }
        self.pass(20_000)?;
        for planned in &plan.steps {
            self.step(planned).map_err(|violation| Violation { step: Some(planned.number), ..violation })?;
        }
        self.come_to_rest()?;
        self.note_rest();
        if self.is_watched { self.check_rest() } else { Ok(()) }
    }

    /// Between steps, now and then, all of one device is looked at.
    pub(crate) fn watch(&mut self, number: u32) -> Result<(), Violation> {
        if !self.is_watched || !number.is_multiple_of(LOOKS) {
            return Ok(());
        }
        let at = (number / LOOKS) as usize % self.phones.len().max(1);
        self.check_disk(at)?;
        if number.is_multiple_of(LOOKS * 8) { self.check_tables() } else { Ok(()) }
    }

    /// What there is in the end belongs to what happened.
    fn note_rest(&mut self) {
        for at in 0..self.phones.len() {
            let rows = self.phones[at].rows();
            for row in rows {
                self.trace.note(format_args!("rest {at} {} {:?} {:?}", row.hash, row.position, row.state));
            }
        }
        let rows: Vec<String> = self.center.state().rows.values().map(|row| format!("{row:?}")).collect();
        for row in rows {
            self.trace.note(format_args!("rest {row}"));
        }
    }
}
