//! Unpacks changes and rebuilds them.

use alloc::vec::Vec;

use super::{
    DEPS_LISTED, DEPS_NEXT_REFERENCE, DEPS_NONE, DEPS_PREVIOUS, DEPS_SHIFT, Earlier, FIRST, HEADER, ONE_ITEM,
    OTHER_ACTOR, SEQ, START,
    ops_read::{OpColumns, Place},
    predict,
    prelude::GroupHead,
    proof, proof_bytes,
};
use crate::{
    crdt::{Change, ChangeParts},
    id::{ActorKey, ChangeHash, ClockMs},
    limits::{CHANGE_DEPS_MAX, CHANGE_OPS_MAX, COUNTER_MAX, FRAME_OPS_MAX},
    record::layout::{Header, prologue},
    wire::{InChange, InGroup, WireError, varint::Reader},
};

/// What the prelude and the receiver's memory gave.
pub(super) struct Tables<'b> {
    pub(super) groups: &'b [GroupHead],
    pub(super) known: Vec<(ChangeHash, ActorKey)>,
    pub(super) actors: Vec<ActorKey>,
    pub(super) names: Vec<&'b str>,
}

impl Tables<'_> {
    pub(super) fn actor(&self, number: u64) -> Option<ActorKey> {
        self.actors.get(usize::try_from(number).ok()?).copied()
    }
}

/// A dependency as it was sent.
enum Dep {
    /// So many changes before.
    Back(usize),
    Reference(usize),
    Given(ChangeHash),
}

/// One change, before its operations.
#[derive(Default)]
struct Row {
    flags: u8,
    actor: usize,
    seq: Option<u64>,
    start_op: Option<u64>,
    time: i64,
    position: Option<u64>,
    deps: Vec<Dep>,
    header: Option<Header>,
    items: usize,
}

/// Reads the rest of the packed changes and rebuilds them, in order.
pub(super) fn changes(reader: &mut Reader<'_>, tables: &Tables<'_>, clock: ClockMs) -> Result<Vec<InGroup>, WireError> {
    let rows = rows(reader, tables, clock)?;
    let mut ops = OpColumns::read(reader, tables, rows.iter().map(|row| row.items).sum())?;
    let mut rows = rows.into_iter();
    let mut earlier: Vec<Earlier> = Vec::new();
    let mut groups = Vec::new();
    for group in tables.groups {
        let mut changes = Vec::with_capacity(group.changes);
        for row in rows.by_ref().take(group.changes) {
            let position = row.position;
            let (parts, home) = parts(reader, tables, row, &earlier, &mut ops)?;
            let change = Change::build(&parts);
            earlier.push(Earlier {
                hash: change.hash(),
                actor: parts.actor,
                seq: parts.seq,
                max_op: parts.max_op(),
                home,
            });
            changes.push(InChange { position, parts: parts.into(), change });
        }
        groups.push(InGroup { unit: group.unit.clone(), changes });
    }
    let proof = proof(earlier.iter().map(|earlier| &earlier.hash));
    let sent = reader.take(proof_bytes(earlier.len()))?;
    reader.end()?;
    if proof.starts_with(sent) { Ok(groups) } else { Err(WireError::DigestMismatch) }
}

fn parts(
    reader: &mut Reader<'_>,
    tables: &Tables<'_>,
    row: Row,
    earlier: &[Earlier],
    ops: &mut OpColumns<'_>,
) -> Result<(ChangeParts, ActorKey), WireError> {
    let actor = tables.actors[row.actor];
    let back = |distance: usize| &earlier[earlier.len() - distance];
    let told = row.deps.iter().filter_map(|dep| match dep {
        Dep::Back(distance) => Some(Ok(*back(*distance))),
        Dep::Reference(number) => Some(Err(tables.known[*number].1)),
        Dep::Given(_) => None,
    });
    let (seq, start_op) = predict(actor, told);
    let home = match row.deps.first() {
        Some(Dep::Back(distance)) => back(*distance).home,
        Some(Dep::Reference(number)) => tables.known[*number].1,
        Some(Dep::Given(_)) | None => actor,
    };
    let hash = |dep: &Dep| match dep {
        Dep::Back(distance) => back(*distance).hash,
        Dep::Reference(number) => tables.known[*number].0,
        Dep::Given(hash) => *hash,
    };
    // Ascending, as in the chunk, whatever order the sender's positions gave them: those of another store are not ours.
    let mut deps: Vec<ChangeHash> = row.deps.iter().map(hash).collect();
    deps.sort_unstable();
    let mut parts = ChangeParts {
        actor,
        seq: row.seq.unwrap_or(seq),
        start_op: row.start_op.unwrap_or(start_op),
        time: ClockMs(row.time),
        deps,
        ops: row.header.map(|header| prologue(actor, &header)).unwrap_or_default(),
    };
    let place = Place { actor, home, start_op: parts.start_op, time: parts.time };
    ops.change(reader, tables, &place, row.items, &mut parts.ops)?;
    let last = parts.start_op.saturating_add(parts.ops.len() as u64);
    if parts.seq > COUNTER_MAX || last > COUNTER_MAX + 1 {
        return Err(WireError::TooMany { what: "operations of a record, or changes of an author", max: COUNTER_MAX });
    }
    Ok((parts, home))
}

/// Reads the columns of the changes.
fn rows(reader: &mut Reader<'_>, tables: &Tables<'_>, clock: ClockMs) -> Result<Vec<Row>, WireError> {
    let count = tables.groups.iter().map(|group| group.changes).sum();
    let flags = reader.take(count)?;
    let mut rows: Vec<Row> = flags.iter().map(|flags| Row { flags: *flags, ..Row::default() }).collect();
    for row in &rows {
        let first = row.flags & FIRST != 0;
        let implied = row.flags & (SEQ | START | DEPS_LISTED << DEPS_SHIFT);
        if (first && implied != 0) || (!first && row.flags & HEADER != 0) {
            return Err(reader.malformed("a change's flags"));
        }
    }
    let mut actor = 0;
    for row in &mut rows {
        if row.flags & OTHER_ACTOR != 0 {
            actor = reader.index("an author", tables.actors.len())?;
        } else if tables.actors.is_empty() {
            return Err(reader.malformed("an author"));
        }
        row.actor = actor;
    }
    for row in rows.iter_mut().filter(|row| row.flags & SEQ != 0) {
        row.seq = Some(reader.up_to("changes of an author", COUNTER_MAX)?);
    }
    for row in rows.iter_mut().filter(|row| row.flags & START != 0) {
        let start = reader.up_to("operations of a record", COUNTER_MAX)?;
        if start == 0 {
            return Err(reader.malformed("an operation's counter"));
        }
        row.start_op = Some(start);
    }
    let mut time = clock.0;
    for row in &mut rows {
        time = time.wrapping_add(reader.signed()?);
        row.time = time;
    }
    positions(reader, tables.groups, &mut rows)?;
    let (mut at, mut deps_left) = (0, FRAME_OPS_MAX);
    for group in tables.groups {
        let mut next = group.first_reference;
        for _ in 0..group.changes {
            let deps = deps(reader, rows[at].flags, group, at, &mut next)?;
            deps_left = deps_left
                .checked_sub(deps.len())
                .ok_or(WireError::TooMany { what: "dependencies of a frame", max: FRAME_OPS_MAX as u64 })?;
            rows[at].deps = deps;
            at += 1;
        }
    }
    headers(reader, tables, &mut rows)?;
    let mut left = FRAME_OPS_MAX;
    for row in &mut rows {
        row.items = match row.flags & ONE_ITEM {
            0 => reader.up_to("operations of a change", CHANGE_OPS_MAX as u64)? as usize,
            _ => 1,
        };
        left = left
            .checked_sub(row.items)
            .ok_or(WireError::TooMany { what: "operations of a frame", max: FRAME_OPS_MAX as u64 })?;
    }
    Ok(rows)
}

fn positions(reader: &mut Reader<'_>, groups: &[GroupHead], rows: &mut [Row]) -> Result<(), WireError> {
    let mut rows = rows.iter_mut();
    for group in groups {
        let mut position = 0u64;
        for row in rows.by_ref().take(group.changes) {
            row.position = match group.positions {
                0 => None,
                1 => {
                    let step = reader.number()?.checked_add(1);
                    position = step
                        .and_then(|step| position.checked_add(step))
                        .ok_or_else(|| reader.malformed("a position"))?;
                    Some(position)
                }
                _ => reader.number()?.checked_sub(1),
            };
        }
    }
    Ok(())
}

fn deps(
    reader: &mut Reader<'_>,
    flags: u8,
    group: &GroupHead,
    at: usize,
    next: &mut usize,
) -> Result<Vec<Dep>, WireError> {
    let listed = match flags >> DEPS_SHIFT & 3 {
        DEPS_NONE => return Ok(Vec::new()),
        DEPS_PREVIOUS => [Dep::Back(1)].into(),
        DEPS_NEXT_REFERENCE => [Dep::Reference(*next)].into(),
        _ => {
            let mut listed = Vec::new();
            for _ in 0..reader.count("dependencies of a change", CHANGE_DEPS_MAX)? {
                listed.push(match reader.number()? {
                    0 => Dep::Given(ChangeHash(reader.array()?)),
                    tag if tag % 2 == 1 => Dep::Back(usize::try_from(tag.div_ceil(2)).unwrap_or(usize::MAX)),
                    tag => {
                        let number = usize::try_from(tag / 2 - 1).unwrap_or(usize::MAX);
                        Dep::Reference(group.first_reference.saturating_add(number))
                    }
                });
            }
            listed
        }
    };
    for dep in &listed {
        match dep {
            Dep::Back(distance) if *distance > at => return Err(reader.malformed("a dependency")),
            Dep::Reference(number) if *number >= group.end_reference => return Err(reader.malformed("a dependency")),
            Dep::Reference(number) => *next = (*next).max(number + 1),
            Dep::Back(_) | Dep::Given(_) => {}
        }
    }
    Ok(listed)
}

fn headers(reader: &mut Reader<'_>, tables: &Tables<'_>, rows: &mut [Row]) -> Result<(), WireError> {
    let name = |reader: &mut Reader<'_>| Ok(tables.names[reader.index("a name", tables.names.len())?]);
    let mut latest: Option<Header> = None;
    let mut at = 0;
    for group in tables.groups {
        for row in &mut rows[at..at + group.changes] {
            if row.flags & FIRST == 0 {
                continue;
            }
            if row.flags & HEADER != 0 {
                let bad = |reader: &Reader<'_>| reader.malformed("a record's header");
                let form = name(reader)?.parse().map_err(|_| bad(reader))?;
                let version = reader.up_to("versions of a form", u64::from(u32::MAX))?;
                let worker = name(reader)?.parse().map_err(|_| bad(reader))?;
                let unit = match reader.index("a name", tables.names.len() + 1)? {
                    0 => group.unit.clone(),
                    number => tables.names[number - 1].parse().map_err(|_| bad(reader))?,
                };
                latest = Some(Header { form, form_version: version as u32, unit, worker, created: ClockMs(0) });
            }
            let header = latest.clone().ok_or_else(|| reader.malformed("a record's header"))?;
            row.header = Some(Header { created: ClockMs(row.time), ..header });
        }
        at += group.changes;
    }
    Ok(())
}
