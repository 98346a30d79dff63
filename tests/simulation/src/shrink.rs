//! From a run that breaks a promise to the shortest that can be found which breaks the same one.

use crate::{
    run::{Mode, run},
    step::{Plan, Planned},
    variant::Variant,
    violation::Violation,
};

/// Takes steps out of a plan for as long as what is left breaks the same promise. Tells the plan and how it ends.
#[must_use]
pub fn shrink(plan: &Plan, variant: Variant, violation: &Violation) -> (Plan, Violation) {
    let breaks = |plan: &Plan| run(plan, variant, Mode::Watched).violation.filter(|v| v.promise == violation.promise);
    let mut best = plan.clone();
    let mut found = violation.clone();
    // What comes after it is not needed.
    if let Some(last) = violation.step {
        best.steps.retain(|planned| planned.number <= last);
    }
    let mut size = best.steps.len().div_ceil(2);
    while size > 0 {
        let mut from = 0;
        while from < best.steps.len() {
            let mut fewer = best.clone();
            fewer.steps.drain(from..(from + size).min(fewer.steps.len()));
            match breaks(&fewer) {
                Some(violation) => (best, found) = (fewer, violation),
                None => from += size,
            }
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
    (best, found)
}

/// How to see it again: the seed and the numbers of the steps that are left.
#[must_use]
pub fn replay_line(plan: &Plan, steps: u32) -> String {
    let numbers: Vec<u32> = plan.steps.iter().map(|Planned { number, .. }| *number).collect();
    format!("CAIRN_SEED={} CAIRN_STEPS={steps} CAIRN_KEEP={}", plan.seed, ranges(&numbers))
}

/// Ascending numbers as a text: `3,17-20,88`.
fn ranges(numbers: &[u32]) -> String {
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for &number in numbers {
        match parts.last_mut() {
            Some((_, to)) if *to + 1 == number => *to = number,
            _ => parts.push((number, number)),
        }
    }
    let part = |(from, to): (u32, u32)| if from == to { from.to_string() } else { format!("{from}-{to}") };
    parts.into_iter().map(part).collect::<Vec<_>>().join(",")
}

/// The numbers that such a text names.
///
/// # Errors
/// What is no number.
pub fn numbers_of(text: &str) -> Result<Vec<u32>, core::num::ParseIntError> {
    let mut numbers = Vec::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        numbers.extend(from.parse::<u32>()?..=to.parse()?);
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_are_read() {
        for (numbers, text) in [(&[3, 17, 18, 19, 88][..], "3,17-19,88"), (&[], ""), (&[0, 1], "0-1")] {
            assert_eq!(ranges(numbers), text);
            assert_eq!(numbers_of(text).as_deref(), Ok(numbers));
        }
        assert!(numbers_of("3,x").is_err());
    }
}
