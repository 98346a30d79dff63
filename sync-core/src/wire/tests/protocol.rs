//! `docs/protocol.md` says what the code does.

use alloc::{format, vec::Vec};

use crate::{
    limits,
    wire::{WireError, frame, open_request, open_response},
};

const DOCUMENT: &str = include_str!("../../../docs/protocol.md");
const LIMITS: &str = include_str!("../../limits.rs");

/// The cells of the table below a heading.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, part) = DOCUMENT.split_once(&format!("\n## {heading}\n")).unwrap();
    let part = part.split("\n## ").next().unwrap();
    let rows = part.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

#[test]
fn every_limit_is_documented_with_its_number() {
    macro_rules! values {
        ($($name:ident)*) => { [$((stringify!($name), limits::$name as i128)),*] };
    }
    let values = values![
        FRAME_BYTES_MAX MESSAGE_BYTES_MAX FRAME_CHANGES_MAX FRAME_FEEDS_MAX FRAME_OPS_MAX FRAME_ACTORS_MAX
        UNKNOWN_VALUES_MAX CHANGE_BYTES_MAX
        CHANGE_OPS_MAX CHANGE_DEPS_MAX RECORD_CHANGES_MAX RECORD_BYTES_MAX RECORD_OPS_MAX COUNTER_MAX TEXT_BYTES_MAX
        NARRATIVE_CHARS_MAX INTEGER_MAX PATH_DEPTH_MAX KEY_BYTES_MAX FETCH_HASHES_MAX REPAIR_BUCKETS_MAX
        REPAIR_BUCKET_CHANGES VOUCHED_CHANGES PARKED_CHANGES_MAX
    ];
    let documented: Vec<_> =
        table("Limits").iter().map(|row| (row[0].trim_matches('`'), row[1].parse::<i128>().unwrap())).collect();
    assert_eq!(documented, values);
    let declared: Vec<_> =
        LIMITS.lines().filter_map(|line| line.strip_prefix("pub const ")?.split(':').next()).collect();
    assert_eq!(declared, values.map(|(name, _)| name), "in the order of limits.rs");
    let references = limits::FRAME_CHANGES_MAX + limits::FRAME_ACTORS_MAX;
    let detail = crate::wire::outcome::DETAIL_CHARS_MAX;
    assert!(
        DOCUMENT.contains(&format!("{references} references in a frame, {detail} characters of a reason's detail, 64"))
    );
}

#[test]
fn every_error_code_is_documented() {
    let documented: Vec<_> = table("Errors").iter().map(|row| row[0].trim_matches('`')).collect();
    assert_eq!(documented, WireError::CODES);
}

#[test]
fn the_header_is_documented() {
    let [a, b] = frame::MAGIC;
    for words in [
        format!("magic: `{a:02x} {b:02x}`"),
        format!("version: `{:02x}`", frame::VERSION),
        format!("dictionary: `{:02x}` the message follows as it is; `{:02x}`", frame::STORED, frame::DICTIONARY_1),
        format!("Dictionary 1 has {} bytes", crate::wire::dictionary::DICTIONARY.len()),
        format!("Content-Type: {}", crate::wire::CONTENT_TYPE),
    ] {
        assert!(DOCUMENT.contains(&words), "{words}");
    }
}

#[test]
fn the_examples_are_frames() {
    let mut examples = 0;
    for block in DOCUMENT.split("```hex\n").skip(1) {
        let lines = block.split("```").next().unwrap().lines();
        let digits = lines.flat_map(|line| line.split("  ").next().unwrap_or_default().bytes().filter(|b| *b != b' '));
        let digits: Vec<u8> = digits.collect();
        let byte = |pair: &[u8]| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap();
        let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
        let request =
            open_request(&bytes).and_then(|opened| opened.rebuild(&|_, _| None)).map(|read| read.groups.len());
        let response = open_response(&bytes).map(|opened| opened.head().epoch);
        assert!(request == Ok(1) || response == Ok((1 << 63) + 1), "{request:?} {response:?}");
        examples += 1;
    }
    assert_eq!(examples, 2);
}
