//! The layout of a record: which containers there are, and how its first change begins.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    crdt::{Action, ChangeParts, Key, Object, Op, OpId, Scalar},
    id::{ActorKey, ClockMs, FormId, UnitCode, Username},
};

/// The version of the layout, written into every header.
pub const LAYOUT_VERSION: i64 = 1;

/// The root's containers, in the order in which a record's first change makes them.
pub const CONTAINERS: [&str; 5] = [HEADER, FIELDS, COMMENTS, REVIEWS, ATTACHMENTS];
/// Written once by the first change.
pub const HEADER: &str = "header";
/// The form's values.
pub const FIELDS: &str = "fields";
/// Comments, only ever added to.
pub const COMMENTS: &str = "comments";
/// Verdicts, only ever added to.
pub const REVIEWS: &str = "reviews";
/// Attachments by content hash.
pub const ATTACHMENTS: &str = "attachments";

/// The key that a removed group entry gets; no field can be named so.
pub const REMOVED: &str = "_removed";

/// Whether `name` is the SHA-256 of an attachment's content: 64 lower-case hexadecimal digits.
#[must_use]
pub fn is_content_hash(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// The key of a comment, verdict or group entry made by operation `op`: unique, checkable, and never sent.
#[must_use]
pub fn entry_key(op: OpId) -> String {
    op.to_string()
}

/// What a record's first change says of it, once and for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The form.
    pub form: FormId,
    /// The form's version.
    pub form_version: u32,
    /// The org unit, and so the feed.
    pub unit: UnitCode,
    /// Who did the work: the author's own username.
    pub worker: Username,
    /// The author's clock when it was written; equals the first change's time.
    pub created: ClockMs,
}

/// The number of operations with which every first change begins.
pub const PROLOGUE_OPS: usize = 11;

/// The operations with which `actor`'s first change of a record begins: the containers, then the header.
#[must_use]
pub fn prologue(actor: ActorKey, header: &Header) -> Vec<Op> {
    let make = |name: &str| Op {
        object: Object::Root,
        key: Key::Name(name.into()),
        action: Action::MakeMap,
        pred: Vec::new(),
    };
    let entries = header_entries(header);
    let put = |(name, value): (&str, Scalar)| Op {
        object: Object::Id(OpId { counter: 1, actor }),
        key: Key::Name(name.into()),
        action: Action::Put(value),
        pred: Vec::new(),
    };
    CONTAINERS.into_iter().map(make).chain(entries.into_iter().map(put)).collect()
}

/// The header's entries, in the order in which they are written.
#[must_use]
pub fn header_entries(header: &Header) -> [(&'static str, Scalar); 6] {
    [
        ("v", Scalar::Integer(LAYOUT_VERSION)),
        ("form", Scalar::Text(header.form.to_string())),
        ("form_version", Scalar::Integer(i64::from(header.form_version))),
        ("unit", Scalar::Text(header.unit.to_string())),
        ("worker", Scalar::Text(header.worker.to_string())),
        ("created", Scalar::Integer(header.created.0)),
    ]
}

/// Reads the header of a first change; `None` when the change does not begin exactly as [`prologue`] says.
#[must_use]
pub fn read_prologue(parts: &ChangeParts) -> Option<Header> {
    let text = |i: usize| match &parts.ops.get(i)?.action {
        Action::Put(Scalar::Text(s)) => Some(s.as_str()),
        _ => None,
    };
    let Action::Put(Scalar::Integer(version)) = parts.ops.get(7)?.action else { return None };
    let header = Header {
        form: text(6)?.parse().ok()?,
        form_version: u32::try_from(version).ok().filter(|v| *v > 0)?,
        unit: text(8)?.parse().ok()?,
        worker: text(9)?.parse().ok()?,
        created: parts.time,
    };
    let begins = parts.start_op == 1 && parts.seq == 1 && parts.deps.is_empty();
    (begins && parts.ops.get(..PROLOGUE_OPS)? == prologue(parts.actor, &header)).then_some(header)
}
