//! Packs changes: gathers the columns, then writes the prelude that they turned out to need.

use alloc::{collections::BTreeMap, vec::Vec};

use super::{
    DEPS_LISTED, DEPS_NEXT_REFERENCE, DEPS_NONE, DEPS_PREVIOUS, DEPS_SHIFT, Earlier, FIRST, HEADER, ONE_ITEM,
    OTHER_ACTOR, SEQ, START,
    ops_write::{OpColumns, Place},
    predict, proof, proof_bytes,
};
use crate::{
    crdt::ChangeParts,
    id::{ActorKey, ChangeHash, ClockMs, UnitCode},
    record::layout::{Header, PROLOGUE_OPS, read_prologue},
    wire::{Known, OutChange, OutGroup, varint},
};

/// Packs the changes of a frame whose head names `feeds` and `clock`.
pub(in crate::wire) fn pack<'a>(
    groups: &'a [OutGroup],
    feeds: impl Iterator<Item = &'a UnitCode>,
    clock: ClockMs,
) -> Vec<u8> {
    let mut packer = Packer { time: clock.0, ..Packer::default() };
    let mut feed_numbers = BTreeMap::new();
    for (number, unit) in feeds.enumerate() {
        feed_numbers.entry(unit).or_insert(number as u64 + 1);
    }
    for group in groups {
        packer.group(group);
    }
    let actors = packer.actors_column();
    let mut out = Vec::new();
    varint::put(&mut out, groups.len() as u64);
    for (group, references) in groups.iter().zip(&packer.references) {
        match feed_numbers.get(&group.unit) {
            Some(number) => varint::put(&mut out, *number),
            None => {
                varint::put(&mut out, 0);
                varint::put_text(&mut out, group.unit.as_str());
            }
        }
        varint::put(&mut out, group.changes.len() as u64);
        varint::put(&mut out, references.positions.len() as u64 * 4 + Positions::of(group) as u64);
    }
    out.extend_from_slice(&actors);
    varint::put(&mut out, packer.ops.names().len() as u64);
    for references in &packer.references {
        let mut previous = 0u64;
        for position in &references.positions {
            varint::put_signed(&mut out, position.wrapping_sub(previous) as i64);
            previous = *position;
        }
    }
    packer.ops.names().iter().for_each(|name| varint::put_text(&mut out, name));
    for column in &packer.columns {
        out.extend_from_slice(column);
    }
    packer.ops.write(&mut out);
    let proof = proof(groups.iter().flat_map(|group| &group.changes).map(|change| &change.hash));
    out.extend_from_slice(&proof[..proof_bytes(packer.earlier.len())]);
    out
}

/// How a group's changes carry positions.
#[derive(Clone, Copy)]
pub(super) enum Positions {
    /// None has one.
    None = 0,
    /// Each has one, and they ascend.
    Ascending = 1,
    /// Anything else.
    Mixed = 2,
}

impl Positions {
    fn of(group: &OutGroup) -> Self {
        let positions = || group.changes.iter().map(|change| change.position);
        if positions().all(|p| p.is_none()) {
            Self::None
        } else if positions().all(|p| p.is_some_and(|p| p > 0)) && positions().is_sorted_by(|a, b| a < b) {
            Self::Ascending
        } else {
            Self::Mixed
        }
    }
}

/// The columns of the changes, in the order in which they stand.
#[derive(Clone, Copy)]
enum Column {
    Flags,
    Actors,
    Seqs,
    Starts,
    Times,
    Positions,
    Deps,
    Headers,
    Items,
}

/// The positions of one feed that are referred to, in the order of first use.
#[derive(Default)]
struct References {
    positions: Vec<u64>,
    numbers: BTreeMap<u64, usize>,
}

impl References {
    fn number(&mut self, position: u64) -> usize {
        *self.numbers.entry(position).or_insert_with(|| {
            self.positions.push(position);
            self.positions.len() - 1
        })
    }
}

#[derive(Default)]
struct Packer<'a> {
    columns: [Vec<u8>; 9],
    ops: OpColumns<'a>,
    references: Vec<References>,
    known: Vec<&'a [Known]>,
    earlier: Vec<Earlier>,
    by_hash: BTreeMap<ChangeHash, usize>,
    time: i64,
    header: Option<Header>,
}

impl<'a> Packer<'a> {
    fn column(&mut self, column: Column) -> &mut Vec<u8> {
        &mut self.columns[column as usize]
    }

    fn group(&mut self, group: &'a OutGroup) {
        let known: BTreeMap<_, _> = group.known.iter().map(|known| (known.hash, known)).collect();
        let mut references = References::default();
        let mode = Positions::of(group);
        let mut position = 0;
        for change in &group.changes {
            match mode {
                Positions::None => {}
                Positions::Ascending => {
                    let next = change.position.unwrap_or_default();
                    varint::put(self.column(Column::Positions), next - position - 1);
                    position = next;
                }
                Positions::Mixed => {
                    let next = change.position.map_or(0, |p| p.saturating_add(1));
                    varint::put(self.column(Column::Positions), next);
                }
            }
            self.change(&group.unit, change, &known, &mut references);
        }
        self.references.push(references);
        self.known.push(&group.known);
    }

    fn change(
        &mut self,
        unit: &UnitCode,
        change: &'a OutChange,
        known: &BTreeMap<ChangeHash, &Known>,
        references: &mut References,
    ) {
        let parts = &change.parts;
        let mut flags = 0;
        let actor = self.ops.actor(parts.actor);
        let previous = self.earlier.last().map_or(0, |earlier| self.ops.actor(earlier.actor));
        if actor != previous {
            flags |= OTHER_ACTOR;
            varint::put(self.column(Column::Actors), actor);
        }
        let elapsed = parts.time.0.wrapping_sub(self.time);
        varint::put_signed(self.column(Column::Times), elapsed);
        self.time = parts.time.0;

        let first = read_prologue(parts);
        let mut home = parts.actor;
        let mut skip = 0;
        if let Some(header) = first {
            skip = PROLOGUE_OPS;
            flags |= FIRST | self.header(unit, header, parts);
        } else {
            let dep_home = self.dep(parts.deps.first(), known);
            home = dep_home.unwrap_or(home);
            flags |= self.deps(parts, known, references) << DEPS_SHIFT;
            let told = parts.deps.iter().filter_map(|dep| match self.by_hash.get(dep) {
                Some(at) => Some(Ok(self.earlier[*at])),
                None => known.get(dep).map(|known| Err(known.actor)),
            });
            let (seq, start_op) = predict(parts.actor, told);
            if parts.seq != seq {
                flags |= SEQ;
                varint::put(self.column(Column::Seqs), parts.seq);
            }
            if parts.start_op != start_op {
                flags |= START;
                varint::put(self.column(Column::Starts), parts.start_op);
            }
        }
        let place = Place { actor: parts.actor, home, start_op: parts.start_op };
        match self.ops.change(&place, &parts.ops, skip, parts.time) {
            1 => flags |= ONE_ITEM,
            items => varint::put(self.column(Column::Items), items),
        }
        self.column(Column::Flags).push(flags);
        self.by_hash.insert(change.hash, self.earlier.len());
        let (actor, seq, max_op) = (parts.actor, parts.seq, parts.max_op());
        self.earlier.push(Earlier { hash: change.hash, actor, seq, max_op, home });
    }

    fn header(&mut self, unit: &UnitCode, header: Header, parts: &'a ChangeParts) -> u8 {
        let same = self.header.as_ref().is_some_and(|h| {
            (&h.form, h.form_version, &h.unit, &h.worker)
                == (&header.form, header.form_version, &header.unit, &header.worker)
        });
        if same {
            return 0;
        }
        let text = |i: usize| match &parts.ops[i].action {
            crate::crdt::Action::Put(crate::crdt::Scalar::Text(text)) => text.as_str(),
            _ => "",
        };
        let (form, worker) = (self.ops.name(text(6)), self.ops.name(text(9)));
        let unit = if header.unit == *unit { 0 } else { self.ops.name(text(8)) + 1 };
        for number in [form, u64::from(header.form_version), worker, unit] {
            varint::put(self.column(Column::Headers), number);
        }
        self.header = Some(header);
        HEADER
    }

    /// Who is taken to have made the containers of the record to which the dependency belongs.
    fn dep(&self, dep: Option<&ChangeHash>, known: &BTreeMap<ChangeHash, &Known>) -> Option<ActorKey> {
        let dep = dep?;
        let within = self.by_hash.get(dep).map(|at| self.earlier[*at].home);
        within.or_else(|| known.get(dep).map(|known| known.actor))
    }

    fn deps(&mut self, parts: &ChangeParts, known: &BTreeMap<ChangeHash, &Known>, references: &mut References) -> u8 {
        let here = self.earlier.len();
        if let [dep] = parts.deps.as_slice() {
            match (self.by_hash.get(dep), known.get(dep)) {
                (Some(at), _) if at + 1 == here => return DEPS_PREVIOUS,
                (None, Some(known)) if !references.numbers.contains_key(&known.position) => {
                    references.number(known.position);
                    return DEPS_NEXT_REFERENCE;
                }
                _ => {}
            }
        }
        if parts.deps.is_empty() {
            return DEPS_NONE;
        }
        let mut listed = Vec::new();
        varint::put(&mut listed, parts.deps.len() as u64);
        for dep in &parts.deps {
            match (self.by_hash.get(dep), known.get(dep)) {
                (Some(at), _) => varint::put(&mut listed, (here - at) as u64 * 2 - 1),
                (None, Some(known)) => varint::put(&mut listed, references.number(known.position) as u64 * 2 + 2),
                (None, None) => {
                    listed.push(0);
                    listed.extend_from_slice(&dep.0);
                }
            }
        }
        self.column(Column::Deps).extend_from_slice(&listed);
        DEPS_LISTED
    }

    /// The table of actors; those who wrote a change that the receiver knows are named by its position.
    fn actors_column(&mut self) -> Vec<u8> {
        let mut wrote = BTreeMap::new();
        for (group, known) in self.known.iter().enumerate() {
            for known in *known {
                let referred = self.references[group].numbers.contains_key(&known.position);
                let entry = wrote.entry(known.actor).or_insert((referred, group, known.position));
                if referred && !entry.0 {
                    *entry = (true, group, known.position);
                }
            }
        }
        let actors = self.ops.actors();
        let authors: Vec<_> = actors.iter().map(|actor| wrote.get(actor)).collect();
        let numbers: Vec<_> = authors
            .iter()
            .map(|author| author.map(|(_, group, position)| (*group, self.references[*group].number(*position))))
            .collect();
        let before: Vec<usize> = self
            .references
            .iter()
            .scan(0, |sum, references| Some(core::mem::replace(sum, *sum + references.positions.len())))
            .collect();
        let mut out = Vec::new();
        varint::put(&mut out, actors.len() as u64);
        for (actor, number) in actors.iter().zip(numbers) {
            match number {
                Some((group, number)) => varint::put(&mut out, (before[group] + number) as u64 + 1),
                None => {
                    out.push(0);
                    out.extend_from_slice(&actor.0);
                }
            }
        }
        out
    }
}
