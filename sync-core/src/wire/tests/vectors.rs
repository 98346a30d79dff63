//! Frames that an independent program wrote, from `tests/vectors/wire` of the repository.

use std::{fs, path::PathBuf};

use alloc::{format, string::String, vec::Vec};

use serde_json::{Value, json};

use crate::{
    crdt::{Action, Key, Object, Op, Scalar},
    id::{ActorKey, ChangeHash, UnitCode},
    wire::{
        BundleHead, InGroup, Outcome, RequestHead, ResponseHead, VouchedChange, Vouching, WireError,
        dictionary::DICTIONARY, open_bundle, open_request, open_response,
    },
};

extern crate std;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/wire"))
}

fn bytes(name: &str) -> Vec<u8> {
    let text = fs::read_to_string(folder().join(name)).unwrap();
    let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn scalar(value: &Scalar) -> String {
    match value {
        Scalar::Text(text) => format!("text:{text}"),
        Scalar::Integer(n) => format!("integer:{n}"),
        Scalar::YesNo(answer) => format!("yes_no:{answer}"),
        Scalar::Tally(n) => format!("tally:{n}"),
    }
}

fn op(op: &Op) -> Value {
    let object = match op.object {
        Object::Root => "root".into(),
        Object::Id(id) => format!("{id}"),
    };
    let key = match &op.key {
        Key::Name(name) => format!(".{name}"),
        Key::Element(None) => "head".into(),
        Key::Element(Some(id)) => format!("{id}"),
    };
    let action = match &op.action {
        Action::MakeMap => "make_map".into(),
        Action::MakeText => "make_text".into(),
        Action::Put(value) => scalar(value),
        Action::Increment(n) => format!("increment:{n}"),
        Action::Delete => "delete".into(),
    };
    let pred: Vec<_> = op.pred.iter().map(|id| format!("{id}")).collect();
    json!([object, key, action, pred])
}

fn groups(groups: &[InGroup]) -> Value {
    let change = |change: &crate::wire::InChange| {
        let parts = &change.parts;
        json!({
            "hash": change.change.hash(), "position": change.position, "actor": parts.actor, "seq": parts.seq,
            "start_op": parts.start_op, "time": parts.time, "deps": parts.deps,
            "ops": parts.ops.iter().map(op).collect::<Vec<_>>(),
        })
    };
    let group = |group: &InGroup| json!({ "unit": group.unit, "changes": group.changes.iter().map(change).collect::<Vec<_>>() });
    groups.iter().map(group).collect()
}

fn outcome(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Accepted { position } | Outcome::Duplicate { position } => json!([outcome.word(), position]),
        Outcome::Parked => json!(["parked"]),
        Outcome::Held(reason) | Outcome::Refused(reason) => {
            json!([outcome.word(), reason.code.number(), reason.detail])
        }
    }
}

fn authors(authors: &[crate::wire::Author]) -> Value {
    authors.iter().map(|a| json!([a.actor, a.user])).collect()
}

fn vouching(vouching: &Vouching) -> Value {
    let change = |change: &VouchedChange| match change {
        VouchedChange::Here(number) => json!(number),
        VouchedChange::Elsewhere { hash, user } => json!([hash, user]),
    };
    json!([hex(&vouching.voucher.0), vouching.run.iter().map(change).collect::<Vec<_>>()])
}

fn request_head(head: &RequestHead) -> Value {
    let feed = |feed: &crate::wire::FeedRequest| {
        let after = feed.after.map(|mark| json!([mark.position, format!("{:016x}", mark.check)]));
        json!([feed.unit, after, feed.missing_below])
    };
    json!({
        "feeds": head.feeds.iter().map(feed).collect::<Vec<_>>(), "budget_bytes": head.budget_bytes, "clock": head.clock,
        "catalog": head.catalog, "decisions_after": head.decisions_after, "unanswered": head.unanswered,
        "waiting": head.waiting, "fetch": head.fetch, "authors": authors(&head.authors),
        "repairs": head.repairs.iter().map(|r| json!([r.unit, r.digests])).collect::<Vec<_>>(),
        "vouchings": head.vouchings.iter().map(vouching).collect::<Vec<_>>(),
    })
}

fn response_head(head: &ResponseHead) -> Value {
    use crate::wire::FeedAnswer;
    let answer = |(unit, answer): &(UnitCode, FeedAnswer)| match answer {
        FeedAnswer::Page { from, to, head, digest } => json!([unit, "page", from, to, head, format!("{digest}")]),
        FeedAnswer::Unrecognised => json!([unit, "unrecognised"]),
        FeedAnswer::Gone => json!([unit, "gone"]),
    };
    json!({
        "epoch": head.epoch, "clock": head.clock, "outcomes": head.outcomes.iter().map(outcome).collect::<Vec<_>>(),
        "feeds": head.feeds.iter().map(answer).collect::<Vec<_>>(),
        "decisions": head.decisions.iter().map(|d| json!([d.number, d.hash, outcome(&d.outcome)])).collect::<Vec<_>>(),
        "more_decisions": head.more_decisions, "catalog": head.catalog, "authors": authors(&head.authors),
        "repairs": head.repairs.iter().map(|r| {
            json!([r.unit, r.buckets, r.head, format!("{}", r.digest), r.differing])
        }).collect::<Vec<_>>(),
        "vouchers": head.vouchers.iter().map(|voucher| hex(&voucher.0)).collect::<Vec<_>>(),
    })
}

fn read(kind: &str, frame: &[u8], known: &Value) -> Result<Value, WireError> {
    let known = |unit: &UnitCode, position: u64| {
        let known = known.as_array().unwrap().iter().find(|k| k[0] == unit.as_str() && k[1] == position)?;
        let hash: ChangeHash = known[2].as_str().unwrap().parse().unwrap();
        let actor: ActorKey = known[3].as_str().unwrap().parse().unwrap();
        Some((hash, actor))
    };
    match kind {
        "request" => {
            let read = open_request(frame)?.rebuild(&known)?;
            Ok(json!({ "head": request_head(&read.head), "groups": groups(&read.groups) }))
        }
        "response" => {
            let read = open_response(frame)?.rebuild(&known)?;
            Ok(json!({ "head": response_head(&read.head), "groups": groups(&read.groups) }))
        }
        _ => {
            let read = open_bundle(frame)?.rebuild()?;
            let BundleHead { clock, server_key, user } = read.head;
            let head = json!({ "clock": clock, "server_key": hex(&server_key), "user": user });
            Ok(json!({ "head": head, "groups": groups(&read.groups) }))
        }
    }
}

#[test]
fn frames_of_an_independent_program_are_read_as_documented() {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".json")?.into()))
        .collect();
    names.sort();
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    for name in &names {
        let text = fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
        let expected: Value = serde_json::from_str(&text).unwrap();
        let read = read(expected["kind"].as_str().unwrap(), &bytes(&format!("{name}.hex")), &expected["known"]);
        match &expected["error"] {
            Value::String(code) => assert_eq!(read.unwrap_err().code(), code, "{name}"),
            _ => assert_eq!(read.unwrap(), expected["message"], "{name}"),
        }
        assert!(readme.contains(&format!("`{name}`")), "{name} is not in the README");
    }
    assert!(names.len() >= 25, "{} vectors", names.len());
}

#[test]
fn the_shipped_dictionary_is_the_documented_one() {
    assert_eq!(bytes("dictionary-1.hex"), DICTIONARY);
}
