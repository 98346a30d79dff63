//! What records add up to: the same sums that the server makes, of what is here.

use std::collections::BTreeMap;

use serde::Serialize;
use sync_core::{
    form::{Form, Labels},
    id::MeasureId,
};

use super::Engine;
use crate::{Clock, Error, Store, Transport, store::RecordFilter};

/// What records add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Totals {
    /// How many count.
    pub records: i64,
    /// What they add to each measure, by its name; none that is zero.
    pub measures: Vec<MeasureTotal>,
}

/// The total of one measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct MeasureTotal {
    /// The measure.
    pub measure: MeasureId,
    /// What people call it.
    pub label: Labels,
    /// The sum.
    pub total: i64,
}

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// Adds up the records that `filter` lets through; those that are void, or without a valid day, do not count.
    ///
    /// # Errors
    /// As [`Self::list`], and [`Error::NoCatalog`] before the first sync.
    pub async fn totals(&self, filter: &RecordFilter) -> Result<Totals, Error> {
        let forms = self.known().await?.forms;
        let mut totals = Totals::default();
        let mut sums: BTreeMap<MeasureId, MeasureTotal> = BTreeMap::new();
        for record in self.list(filter).await? {
            let Some(form) = forms.get(&record.form, record.form_version) else { continue };
            let Some(contribution) = record.contribution(form) else { continue };
            totals.records += 1;
            for (measure, added) in contribution.measures {
                let Some(label) = label(form, &measure) else { continue };
                let start = || MeasureTotal { measure: measure.clone(), label: label.clone(), total: 0 };
                sums.entry(measure.clone()).or_insert_with(start).total += added;
            }
        }
        totals.measures = sums.into_values().filter(|sum| sum.total != 0).collect();
        Ok(totals)
    }
}

fn label<'f>(form: &'f Form, measure: &MeasureId) -> Option<&'f Labels> {
    form.measures.iter().find(|known| known.measure == *measure).map(|known| &known.label)
}
