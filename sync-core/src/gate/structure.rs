//! The grammar of changes: what a well-formed change of a record looks like, decided before the merge engine sees it.

use alloc::{format, vec::Vec};

use super::reason::{Reason, ReasonCode};
use crate::{
    crdt::{Action, ChangeParts, Key, Object, Op, OpId, Scalar},
    id::FieldKey,
    limits,
    record::{
        Verdict,
        layout::{self, Header},
        ledger::{Ledger, Mark, Note, Place, Touched},
    },
};

/// What a well-formed change does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The header, if this is a record's first change.
    pub birth: Option<Header>,
    /// The parts of the record that it touches.
    pub touched: Touched,
    /// The verdict that it gives, if any.
    pub verdict: Option<Verdict>,
}

type Verdicted<T = ()> = Result<T, Reason>;

fn refuse<T>(code: ReasonCode, detail: impl core::fmt::Display) -> Verdicted<T> {
    Err(Reason::new(code, detail))
}

/// Checks bounds that need no record: sizes, counts, order.
///
/// # Errors
/// The reason for refusing the change.
pub fn check_bounds(parts: &ChangeParts) -> Verdicted {
    if parts.ops.is_empty() {
        return Err(ReasonCode::Empty.into());
    }
    if parts.ops.len() > limits::CHANGE_OPS_MAX {
        return refuse(
            ReasonCode::TooLarge,
            format!("{} operations, {} permitted", parts.ops.len(), limits::CHANGE_OPS_MAX),
        );
    }
    if parts.deps.len() > limits::CHANGE_DEPS_MAX {
        return refuse(ReasonCode::BadDependencies, format!("{} dependencies", parts.deps.len()));
    }
    if !parts.deps.is_sorted_by(|a, b| a < b) {
        return refuse(ReasonCode::BadDependencies, "not ascending");
    }
    let last = parts.start_op.checked_add(parts.ops.len() as u64);
    if parts.seq == 0 || parts.seq > limits::COUNTER_MAX {
        return refuse(ReasonCode::BadSequence, "out of bounds");
    }
    if parts.start_op == 0 || last.is_none_or(|last| last > limits::COUNTER_MAX) {
        return refuse(ReasonCode::BadCounter, "out of bounds");
    }
    // The engine subtracts one time from another.
    if parts.time.0.unsigned_abs() > limits::INTEGER_MAX.unsigned_abs() {
        return refuse(ReasonCode::BadValue, "a time out of bounds");
    }
    Ok(())
}

/// Checks a change against the record it belongs to, whose ledger holds all of its dependencies.
///
/// # Errors
/// The reason for refusing the change, or for holding it.
pub fn check(ledger: &Ledger, parts: &ChangeParts, chunk_bytes: usize) -> Verdicted<Effect> {
    check_bounds(parts)?;
    if chunk_bytes > limits::CHANGE_BYTES_MAX {
        return refuse(ReasonCode::TooLarge, format!("{chunk_bytes} bytes, {} permitted", limits::CHANGE_BYTES_MAX));
    }
    let birth = check_graph(ledger, parts)?;
    let (ops, bytes) = ledger.size();
    if ledger.entries().len() >= limits::RECORD_CHANGES_MAX
        || bytes + chunk_bytes > limits::RECORD_BYTES_MAX
        || ops + parts.ops.len() > limits::RECORD_OPS_MAX
    {
        return Err(ReasonCode::RecordFull.into());
    }
    let mut walk = Walk::new(ledger, parts, birth.is_some());
    let skip = if birth.is_some() { layout::PROLOGUE_OPS } else { 0 };
    for (index, op) in parts.ops.iter().enumerate() {
        walk.step(index, op, index < skip)?;
    }
    walk.finish(birth)
}

/// Numbers and dependencies: `seq` follows the author's last, `start_op` follows the highest counter beneath.
fn check_graph(ledger: &Ledger, parts: &ChangeParts) -> Verdicted<Option<Header>> {
    if parts.deps.is_empty() {
        if !ledger.entries().is_empty() {
            return refuse(ReasonCode::BadDependencies, "a second beginning of the same record");
        }
        if parts.seq != 1 {
            return Err(ReasonCode::BadSequence.into());
        }
        if parts.start_op != 1 {
            return Err(ReasonCode::BadCounter.into());
        }
        return match layout::read_prologue(parts) {
            Some(header) => Ok(Some(header)),
            None => Err(ReasonCode::BadHeader.into()),
        };
    }
    let mut deps = Vec::with_capacity(parts.deps.len());
    for dep in &parts.deps {
        match ledger.index_of(dep) {
            Some(index) => deps.push(index),
            None => return refuse(ReasonCode::BadDependencies, "a dependency belongs to another record"),
        }
    }
    let beneath = deps.iter().map(|d| *ledger.entries()[*d].ops.end()).max().unwrap_or(0);
    if parts.start_op != beneath + 1 {
        return refuse(ReasonCode::BadCounter, format!("starts at {}, expected {}", parts.start_op, beneath + 1));
    }
    if ledger.by_seq(parts.actor, parts.seq).is_some() {
        return Err(ReasonCode::ActorReused.into());
    }
    let follows = match parts.seq {
        1 => true,
        seq => match ledger.by_seq(parts.actor, seq - 1) {
            Some(previous) => deps.contains(&previous) || ledger.ancestors(&deps)[previous],
            None => false,
        },
    };
    if follows { Ok(None) } else { Err(ReasonCode::BadSequence.into()) }
}

struct Walk<'a> {
    ledger: &'a Ledger,
    parts: &'a ChangeParts,
    /// Flags of the changes beneath; `None` while all are.
    ancestors: Option<Vec<bool>>,
    fresh: Vec<Note>,
    is_birth: bool,
    touched: Touched,
    /// The map keys written so far in this change.
    written: alloc::collections::BTreeSet<(Object, &'a str)>,
    verdict: Option<Verdict>,
    /// Values of the one verdict, comment or attachment that the change makes.
    entries_made: usize,
}

impl<'a> Walk<'a> {
    fn new(ledger: &'a Ledger, parts: &'a ChangeParts, is_birth: bool) -> Self {
        let deps: Vec<_> = parts.deps.iter().filter_map(|d| ledger.index_of(d)).collect();
        let all = deps.len() == ledger.heads().len() && deps.iter().all(|d| ledger.heads().contains(d));
        let ancestors = (!all).then(|| ledger.ancestors(&deps));
        Self {
            ledger,
            parts,
            ancestors,
            fresh: Vec::with_capacity(parts.ops.len()),
            is_birth,
            touched: Touched { birth: is_birth, ..Touched::default() },
            written: alloc::collections::BTreeSet::new(),
            verdict: None,
            entries_made: 0,
        }
    }

    /// The note of an operation that stands beneath this one.
    fn note(&self, id: OpId) -> Option<&Note> {
        let note = self.ledger.note_in(self.parts, &self.fresh, id)?;
        let own = id.actor == self.parts.actor && id.counter >= self.parts.start_op;
        match &self.ancestors {
            Some(seen) if !own => {
                let hash = self.ledger.entry_of(id)?.hash;
                seen[self.ledger.index_of(&hash)?].then_some(note)
            }
            _ => Some(note),
        }
    }

    fn step(&mut self, index: usize, op: &'a Op, prologue: bool) -> Verdicted {
        let at = |what: &str| format!("operation {index}: {what}");
        let place = match op.object {
            Object::Root => Place::Root,
            Object::Id(id) => match self.note(id).map(|n| n.made.clone()) {
                Some(Some(place)) => place,
                _ => return refuse(ReasonCode::BadReference, at("no such object")),
            },
        };
        if !prologue {
            self.check_place(&place, op, index).map_err(|(code, what)| Reason::new(code, at(what)))?;
            self.check_key(op, &place).map_err(|(code, what)| Reason::new(code, at(what)))?;
            self.touched.add(&place);
        }
        self.fresh.push(Note::of(op, &place));
        Ok(())
    }

    /// What may be done where.
    fn check_place(&mut self, place: &Place, op: &Op, index: usize) -> Result<(), (ReasonCode, &'static str)> {
        use ReasonCode::{BadStructure, BadValue};
        let own_entry = |op: &Op| matches!(op.object, Object::Id(id) if id.actor == self.parts.actor && id.counter >= self.parts.start_op);
        let name = match &op.key {
            Key::Name(name) => name.as_str(),
            Key::Element(_) => "",
        };
        match place {
            Place::Root | Place::Header => Err((BadStructure, "the header and the containers are written once")),
            Place::Narrative { .. } => match (&op.key, &op.action) {
                (Key::Element(_), Action::Put(Scalar::Text(c))) if c.chars().count() == 1 && c != "\0" => Ok(()),
                (Key::Element(Some(_)), Action::Delete) => Ok(()),
                _ => Err((BadStructure, "a narrative takes single characters")),
            },
            Place::Fields | Place::Entry { .. } => {
                let in_entry = matches!(place, Place::Entry { .. });
                let key_ok = name.parse::<FieldKey>().is_ok() || (in_entry && name == layout::REMOVED);
                match &op.action {
                    _ if !key_ok => Err((BadStructure, "not a field's name")),
                    Action::Put(_) | Action::Delete if !in_entry && self.ledger.is_fixed(name) => {
                        Err((BadStructure, "a narrative, group or tally stays what it is"))
                    }
                    Action::Put(scalar @ Scalar::Tally(_)) if self.is_birth || (in_entry && own_entry(op)) => {
                        check_scalar(scalar)
                    }
                    Action::Put(Scalar::Tally(_)) => {
                        Err((BadStructure, "tallies are made by the record's first change"))
                    }
                    Action::Put(scalar) => check_scalar(scalar),
                    Action::MakeText if self.is_birth || (in_entry && own_entry(op)) => Ok(()),
                    Action::MakeMap if self.is_birth && !in_entry => Ok(()),
                    Action::MakeText | Action::MakeMap => {
                        Err((BadStructure, "texts and groups are made by the record's first change"))
                    }
                    Action::Increment(by) if by.unsigned_abs() <= limits::INTEGER_MAX.unsigned_abs() => Ok(()),
                    Action::Increment(_) => Err((BadValue, "the step of a tally is too large")),
                    Action::Delete if op.pred.is_empty() => Err((BadStructure, "a deletion of nothing")),
                    Action::Delete => Ok(()),
                }
            }
            Place::Group { .. } | Place::Comments | Place::Reviews => match &op.action {
                Action::MakeMap if name == layout::entry_key(self.parts.op_id(index)) => {
                    self.entries_made += 1;
                    Ok(())
                }
                _ => Err((BadStructure, "entries are only added, each under its own name")),
            },
            Place::Attachments => match &op.action {
                Action::MakeMap if layout::is_content_hash(name) => Ok(()),
                _ => Err((BadStructure, "attachments are only added, each under its content's hash")),
            },
            Place::Comment if !own_entry(op) => Err((BadStructure, "a comment is never changed")),
            Place::Review if !own_entry(op) => Err((BadStructure, "a verdict is never changed")),
            Place::Attachment if !own_entry(op) => Err((BadStructure, "an attachment is never changed")),
            Place::Comment => match (name, &op.action) {
                ("text", Action::Put(text @ Scalar::Text(_))) => check_scalar(text),
                _ => Err((BadStructure, "a comment has a text")),
            },
            Place::Attachment => match (name, &op.action) {
                ("name" | "media_type", Action::Put(text @ Scalar::Text(_))) => check_scalar(text),
                ("size", Action::Put(Scalar::Integer(n))) if *n >= 0 => check_scalar(&Scalar::Integer(*n)),
                _ => Err((BadStructure, "an attachment has a name, a media_type and a size")),
            },
            Place::Review => match (name, &op.action) {
                ("verdict", Action::Put(Scalar::Text(word))) => match Verdict::from_word(word) {
                    Some(verdict) => {
                        self.verdict = Some(verdict);
                        Ok(())
                    }
                    None => Err((BadValue, "not a verdict")),
                },
                ("reason", Action::Put(text @ Scalar::Text(_))) => check_scalar(text),
                ("duplicate_of", Action::Put(Scalar::Text(id))) => match id.parse::<crate::id::RecordId>() {
                    Ok(_) => Ok(()),
                    Err(_) => Err((BadValue, "not a record's name")),
                },
                _ => Err((BadStructure, "a verdict has a verdict, a reason and a duplicate_of")),
            },
        }
    }

    /// Whether key and predecessors refer to what is there.
    fn check_key(&mut self, op: &'a Op, place: &Place) -> Result<(), (ReasonCode, &'static str)> {
        use ReasonCode::{BadReference, BadStructure};
        if !op.pred.is_sorted_by(|a, b| a < b) {
            return Err((BadReference, "predecessors are not ascending"));
        }
        match &op.key {
            Key::Element(element) => {
                if !matches!(place, Place::Narrative { .. }) {
                    return Err((BadStructure, "only a narrative has characters"));
                }
                if let Some(id) = element {
                    let there = self.note(*id).is_some_and(|n| n.object == op.object && n.mark == Mark::Character);
                    if !there {
                        return Err((BadReference, "no such character"));
                    }
                }
                let expected = if op.inserts() { None } else { *element };
                if op.pred.iter().copied().ne(expected) {
                    return Err((BadReference, "wrong predecessors of a character"));
                }
            }
            Key::Name(name) => {
                if matches!(place, Place::Narrative { .. }) {
                    return Err((BadStructure, "a narrative has no names"));
                }
                if name.len() > limits::KEY_BYTES_MAX {
                    return Err((BadStructure, "a name that is too long"));
                }
                if !self.written.insert((op.object, name)) {
                    return Err((BadStructure, "the same place written twice"));
                }
                for id in &op.pred {
                    let note = self.note(*id).filter(|n| n.object == op.object && n.key == op.key);
                    let fits = match (note.map(|n| n.mark), &op.action) {
                        (None, _) => return Err((BadReference, "no such predecessor")),
                        (Some(Mark::Tally), Action::Increment(_)) => true,
                        (Some(Mark::Register), Action::Put(_) | Action::Delete) => true,
                        _ => false,
                    };
                    if !fits {
                        return Err((
                            BadStructure,
                            "a container or tally in place of something else, or the other way",
                        ));
                    }
                }
                if matches!(op.action, Action::Increment(_)) && op.pred.is_empty() {
                    return Err((BadReference, "an increment of nothing"));
                }
            }
        }
        Ok(())
    }

    fn finish(self, birth: Option<Header>) -> Verdicted<Effect> {
        let Touched { fields, comments, reviews, attachments, .. } = self.touched;
        if reviews {
            if self.verdict.is_none() {
                return refuse(ReasonCode::BadStructure, "a verdict without a word");
            }
            if fields || comments || attachments || birth.is_some() || self.entries_made != 1 {
                return refuse(ReasonCode::BadStructure, "a verdict stands alone in its change");
            }
        }
        Ok(Effect { birth, touched: self.touched, verdict: self.verdict })
    }
}

fn check_scalar(scalar: &Scalar) -> Result<(), (ReasonCode, &'static str)> {
    let number_ok = |n: &i64| n.unsigned_abs() <= limits::INTEGER_MAX.unsigned_abs();
    match scalar {
        Scalar::Text(text) if text.len() > limits::TEXT_BYTES_MAX => {
            Err((ReasonCode::BadValue, "a text that is too long"))
        }
        // PostgreSQL's text and JSON cannot hold it.
        Scalar::Text(text) if text.contains('\0') => Err((ReasonCode::BadValue, "a text with a NUL in it")),
        Scalar::Integer(n) | Scalar::Tally(n) if !number_ok(n) => {
            Err((ReasonCode::BadValue, "a number that is too large"))
        }
        _ => Ok(()),
    }
}
