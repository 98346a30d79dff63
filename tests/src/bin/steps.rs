//! Prepares everything for so many records, and takes one step of a change's way for all of them, or none: what is counted of the two
//! differs by the step. `tests/tests/baseline.rs` has valgrind count it.
//!
//! `steps RECORDS [STEP]`

use std::process::ExitCode;

use cairn_tests::steps::Way;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let Some(records) = words.next().and_then(|word| word.parse().ok()) else {
        eprintln!("steps RECORDS [STEP]");
        return ExitCode::from(2);
    };
    let way = Way::of(records);
    let Some(asked) = words.next() else { return ExitCode::SUCCESS };
    let steps = way.steps();
    let Some((_, take)) = steps.iter().find(|(step, _)| *step == asked) else {
        eprintln!("there is no step {asked:?}");
        return ExitCode::from(2);
    };
    take();
    ExitCode::SUCCESS
}
