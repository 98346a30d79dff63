//! Outcomes, run by run: a push that was accepted as a whole costs three bytes.

use alloc::{string::String, vec::Vec};

use super::{Outcome, WireError, varint, varint::Reader};
use crate::gate::{Reason, ReasonCode};

/// Characters of a reason's detail.
pub(super) const DETAIL_CHARS_MAX: usize = 200;

/// The five kinds of run.
const ACCEPTED: u64 = 0;
const DUPLICATE: u64 = 1;
const PARKED: u64 = 2;
const HELD: u64 = 3;
const REFUSED: u64 = 4;
const KINDS: u64 = 8;

fn kind(outcome: &Outcome) -> u64 {
    match outcome {
        Outcome::Accepted { .. } => ACCEPTED,
        Outcome::Duplicate { .. } => DUPLICATE,
        Outcome::Parked => PARKED,
        Outcome::Held(_) => HELD,
        Outcome::Refused(_) => REFUSED,
    }
}

fn position(outcome: &Outcome) -> Option<u64> {
    match outcome {
        Outcome::Accepted { position } | Outcome::Duplicate { position } => Some(*position),
        _ => None,
    }
}

fn continues(previous: &Outcome, next: &Outcome) -> bool {
    kind(previous) == kind(next)
        && match position(previous) {
            Some(p) => p.checked_add(1) == position(next),
            None => previous == next,
        }
}

/// Writes outcomes as runs.
pub(super) fn write(outcomes: &[Outcome]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut expected = 0u64;
    for run in outcomes.chunk_by(continues) {
        varint::put(&mut out, run.len() as u64 * KINDS + kind(&run[0]));
        match &run[0] {
            Outcome::Accepted { position } | Outcome::Duplicate { position } => {
                varint::put_signed(&mut out, position.wrapping_sub(expected) as i64);
                expected = position.wrapping_add(run.len() as u64);
            }
            Outcome::Parked => {}
            Outcome::Held(reason) | Outcome::Refused(reason) => {
                varint::put(&mut out, u64::from(reason.code.number()));
                varint::put_text(&mut out, &Reason::new(reason.code, &reason.detail).detail);
            }
        }
    }
    out
}

/// Reads up to `max` outcomes.
pub(super) fn read(bytes: &[u8], max: usize) -> Result<Vec<Outcome>, WireError> {
    let mut reader = Reader::new(bytes, 0);
    let mut outcomes = Vec::new();
    let mut expected = 0u64;
    while reader.end().is_err() {
        let head = reader.number()?;
        let run = head / KINDS;
        if run > (max - outcomes.len()) as u64 {
            return Err(WireError::TooMany { what: "outcomes", max: max as u64 });
        }
        match head % KINDS {
            kind @ (ACCEPTED | DUPLICATE) => {
                let first = expected.wrapping_add(reader.signed()? as u64);
                expected = first.checked_add(run).ok_or_else(|| reader.malformed("a position"))?;
                let outcome = |position| match kind {
                    ACCEPTED => Outcome::Accepted { position },
                    _ => Outcome::Duplicate { position },
                };
                outcomes.extend((first..expected).map(outcome));
            }
            PARKED => outcomes.extend((0..run).map(|_| Outcome::Parked)),
            kind @ (HELD | REFUSED) => {
                let code = reader.up_to("a reason's number", u64::from(u16::MAX))?;
                let code = ReasonCode::from_number(code as u16);
                let detail = reader.text("bytes of a reason", 4 * DETAIL_CHARS_MAX)?;
                if detail.chars().count() > DETAIL_CHARS_MAX {
                    return Err(WireError::TooMany { what: "characters of a reason", max: DETAIL_CHARS_MAX as u64 });
                }
                let reason = Reason { code, detail: String::from(detail) };
                let outcome = if kind == HELD { Outcome::Held(reason) } else { Outcome::Refused(reason) };
                outcomes.extend((0..run).map(|_| outcome.clone()));
            }
            _ => return Err(reader.malformed("an outcome")),
        }
    }
    Ok(outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_push_that_was_accepted_as_a_whole_is_short() {
        let outcomes: Vec<_> = (70..170).map(|position| Outcome::Accepted { position }).collect();
        let bytes = write(&outcomes);
        assert_eq!(bytes, [0xa0, 0x06, 0x8c, 0x01]);
        assert_eq!(read(&bytes, 100), Ok(outcomes));
        assert_eq!(read(&bytes, 99), Err(WireError::TooMany { what: "outcomes", max: 99 }));
    }

    #[test]
    fn the_last_position_there_is_needs_no_run() {
        let outcomes = vec![Outcome::Accepted { position: 5 }, Outcome::Duplicate { position: u64::MAX - 1 }];
        assert_eq!(read(&write(&outcomes), 2), Ok(outcomes));
    }

    #[test]
    fn reasons_are_repeated_within_bounds() {
        let reason = Reason::new(ReasonCode::NoPermission, "县".repeat(300));
        let outcomes = vec![Outcome::Held(reason.clone()), Outcome::Held(reason.clone()), Outcome::Refused(reason)];
        let bytes = write(&outcomes);
        assert!(bytes.len() < 2 * 610);
        assert_eq!(read(&bytes, 3), Ok(outcomes));
        let mut many = vec![];
        varint::put(&mut many, u64::MAX / KINDS * KINDS + HELD);
        assert!(matches!(read(&many, 10_000), Err(WireError::TooMany { .. })));
        // As many as there are changes, in however many runs.
        let runs = write(&[Outcome::Parked, Outcome::Parked, Outcome::Accepted { position: 5 }]);
        assert_eq!(read(&runs, 3).map(|outcomes| outcomes.len()), Ok(3));
        assert_eq!(read(&runs, 2), Err(WireError::TooMany { what: "outcomes", max: 2 }));
    }
}
