//! What a briefing is about: everything that is known before a template asks for facts.

use std::sync::Arc;

use sync_core::id::{ClockMs, MeasureId, UnitCode, Username};

use super::words::{self, Language};
use crate::{
    report::{Period, sector_of},
    store::{catalog::Directory, unit::PlacedUnit},
};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The unit; everything below it counts.
    pub unit: PlacedUnit,
    /// The days that count.
    pub period: Period,
    /// The language.
    pub language: Language,
    /// Whose own year it is, if it is somebody's.
    pub worker: Option<Username>,
}

/// What a briefing was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// When.
    pub at: ClockMs,
    /// Of which store.
    pub epoch: u64,
    /// How far each feed had come; those that were empty are left out.
    pub positions: Vec<(UnitCode, u64)>,
}

/// A measure, as a briefing speaks of it.
#[derive(Clone, Debug)]
pub(super) struct KnownMeasure {
    pub id: MeasureId,
    pub label: String,
    /// The sector of the first form that has it.
    pub sector: String,
}

/// Everything that is known beforehand.
#[derive(Debug)]
pub(super) struct Background {
    pub asked: Asked,
    /// The period before, if there is one.
    pub before: Option<Period>,
    /// The name of the worker whose year it is.
    pub worker_name: String,
    pub made: Made,
    pub directory: Arc<Directory>,
    /// The measures of all forms, in the forms' order.
    pub measures: Vec<KnownMeasure>,
}

impl Background {
    pub(super) fn new(asked: Asked, made: Made, directory: Arc<Directory>, worker_name: String) -> Self {
        let mut measures: Vec<KnownMeasure> = Vec::new();
        for form in directory.forms().iter_latest() {
            for measure in &form.measures {
                if measures.iter().all(|known| known.id != measure.measure) {
                    measures.push(KnownMeasure {
                        id: measure.measure.clone(),
                        label: asked.language.of(&measure.label).to_owned(),
                        sector: sector_of(form.id.as_str()).to_owned(),
                    });
                }
            }
        }
        measures.sort_by_key(|measure| words::sector_rank(&measure.sector));
        let before = asked.period.before();
        Self { asked, before, worker_name, made, directory, measures }
    }

    /// A unit's name, or its code where there is none.
    pub(super) fn name_of(&self, code: &UnitCode) -> String {
        self.directory.unit(code).map_or_else(|| code.to_string(), |unit| unit.unit.name.clone())
    }

    /// The unit right below the briefing's own in which a unit lies, be it that unit itself; `None` for the briefing's own.
    pub(super) fn child_of(&self, code: &UnitCode) -> Option<&PlacedUnit> {
        child_below(&self.directory, &self.asked.unit, code)
    }
}

/// The unit right below `top` in which a unit lies; `None` for `top` itself and for what lies elsewhere.
pub(super) fn child_below<'a>(directory: &'a Directory, top: &PlacedUnit, code: &UnitCode) -> Option<&'a PlacedUnit> {
    let mut unit = directory.unit(code).filter(|unit| top.path.covers(&unit.path))?;
    loop {
        let parent = unit.unit.parent.as_ref()?;
        if *parent == top.unit.code {
            return Some(unit);
        }
        unit = directory.unit(parent)?;
    }
}
