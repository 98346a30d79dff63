//! What a form asks for, when an answer is faulty, and what a record adds to totals.
//!
//! A form is data: one JSON file for each version, read by [`Form::parse`], which accepts only definitions that obey
//! every rule ([`FormError`] names the one that is broken). Nothing here touches a document or shows anything on a
//! screen: device, server and console give the same answers because they call the same functions.
//!
//! | file | what it decides |
//! |---|---|
//! | `definition` | what a form is |
//! | `json` | how a field is written in a definition |
//! | `check` | whether a definition obeys the rules |
//! | `validate` | the faults of a record's values: they are shown, they never stop a record from being kept |
//! | `measure` | what a record adds to totals |
//! | `edits` | what answers mean for a record that is there |
//! | `input` | values typed at a terminal or sent as JSON, checked before they are written |
//! | `set` | all known forms and their versions |
//!
//! Every form has one more field than its definition says: [`ON`], the day the event took place, always required,
//! always first. Totals are by that day, so a record without it adds nothing to them.

mod check;
mod definition;
mod edits;
mod input;
mod json;
mod measure;
mod set;
#[cfg(test)]
mod starter_kit;
mod validate;

pub use check::{
    CONDITIONS_MAX, FIELDS_MAX, FORM_BYTES_MAX, FormError, LABEL_CHARS_MAX, MEASURES_MAX, OPTIONS_MAX, TEXT_CHARS_MAX,
};
pub use definition::{Choice, Field, FieldType, Form, Kind, Labels, NUMBER_MAX, ON, TEXT_CHARS_DEFAULT};
pub use edits::Reading;
pub use measure::{Add, Condition, Equals, Measure};
pub use set::FormSet;
pub use validate::{FAULTS_MAX, Fault, FaultCode};
