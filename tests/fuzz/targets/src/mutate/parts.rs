//! Changes, changed: operations, numbers, authors and dependencies. Afterwards most of it is made to fit again, so that what is odd
//! about a change is one thing and not everything.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::dice::Dice;
use sync_core::{
    crdt::{Action, Change, ChangeParts, Key, Object, Op, OpId, Scalar},
    id::{ActorKey, ChangeHash, ClockMs},
    limits,
    record::layout::{PROLOGUE_OPS, entry_key},
    wire::{OutChange, OutGroup},
};

use super::{index, number, often, one, text};
use crate::center::{CLOCK_MS, UNIT, actor, name};

/// What may be referred to: changes that are there, or stand earlier in the frame.
struct Told {
    max_op: u64,
    /// Who made the record's containers.
    home: ActorKey,
    /// The highest number of each author beneath, and of its own.
    seqs: BTreeMap<ActorKey, u64>,
}

/// Every operation that can be referred to.
struct Atlas(Vec<(OpId, Op)>);

impl Atlas {
    fn of<'p>(changes: impl Iterator<Item = &'p ChangeParts>) -> Self {
        let ops = |parts: &'p ChangeParts| parts.ops.iter().enumerate().map(|(i, op)| (id_of(parts, i), op.clone()));
        Self(changes.flat_map(ops).collect())
    }

    fn any(&self, dice: &mut Dice) -> OpId {
        let known = one(dice, &self.0).map(|(id, _)| *id);
        match dice.below(12) {
            0 => OpId { counter: number(dice) % (limits::COUNTER_MAX + 1), actor: actor(dice.below(20) as u8) },
            1 => OpId { counter: known.map_or(1, |id| id.counter), actor: actor(dice.below(20) as u8) },
            _ => known.unwrap_or(OpId { counter: 1, actor: actor(1) }),
        }
    }

    /// The operations that wrote at one place.
    fn at(&self, object: Object, key: &Key) -> Vec<OpId> {
        let mut ids: Vec<OpId> =
            self.0.iter().filter(|(_, op)| op.object == object && op.key == *key).map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The objects of one kind.
    fn made(&self, dice: &mut Dice, action: &Action) -> Object {
        let made: Vec<OpId> = self.0.iter().filter(|(_, op)| op.action == *action).map(|(id, _)| *id).collect();
        one(dice, &made).map_or(Object::Root, |id| Object::Id(*id))
    }

    /// The characters of a text, as they were typed.
    fn characters(&self, object: Object) -> Vec<OpId> {
        self.0.iter().filter(|(_, op)| op.object == object && op.inserts()).map(|(id, _)| *id).collect()
    }
}

fn id_of(parts: &ChangeParts, index: usize) -> OpId {
    OpId { counter: parts.start_op.saturating_add(index as u64), actor: parts.actor }
}

/// Changes the changes of a frame, whose receiver has those of `feed`.
pub fn mutate(groups: &mut Vec<OutGroup>, feed: &[(ChangeHash, ChangeParts)], dice: &mut Dice) {
    for _ in 0..dice.within(1, 4) {
        let places: Vec<(usize, usize)> =
            groups.iter().enumerate().flat_map(|(g, group)| (0..group.changes.len()).map(move |c| (g, c))).collect();
        let atlas = Atlas::of(
            feed.iter().map(|(_, parts)| parts).chain(groups.iter().flat_map(|g| &g.changes).map(|c| &c.parts)),
        );
        let Some((g, c)) = one(dice, &places).copied() else {
            add(groups, feed, &atlas, dice);
            continue;
        };
        let changes = &mut groups[g].changes;
        match dice.below(20) {
            0 => drop(changes.remove(c)),
            1 => {
                let other = index(dice, changes.len()).unwrap_or(0);
                changes.swap(c, other);
            }
            2 => {
                let again = changes[c].clone();
                changes.insert(c, again);
            }
            3 => {
                let moved = changes.remove(c);
                let unit = name(if often(dice, 70) { UNIT } else { "riwoqe" });
                groups.push(OutGroup { unit, changes: vec![moved], known: Vec::new() });
            }
            4 => {
                let position = (often(dice, 90)).then(|| number(dice) % (1 << 40));
                changes[c].position = position;
            }
            5..=8 => add(groups, feed, &atlas, dice),
            _ => change(&mut changes[c].parts, &atlas, feed, dice),
        }
    }
    let fits = often(dice, 85);
    fit(groups, feed, fits);
}

/// Adds a change that builds on one that is there, or begins a record.
fn add(groups: &mut Vec<OutGroup>, feed: &[(ChangeHash, ChangeParts)], atlas: &Atlas, dice: &mut Dice) {
    let here: Vec<(ChangeHash, &ChangeParts)> = groups
        .iter()
        .flat_map(|g| &g.changes)
        .map(|c| (c.hash, &c.parts))
        .chain(feed.iter().map(|(hash, parts)| (*hash, parts)))
        .collect();
    let Some((hash, beneath)) = one(dice, &here) else { return };
    let mut parts = ChangeParts {
        actor: actor(if often(dice, 80) { dice.within(1, 12) as u8 } else { dice.below(25) as u8 }),
        seq: 1,
        start_op: beneath.max_op().saturating_add(1),
        time: ClockMs(CLOCK_MS.wrapping_add(dice.below(1 << 30) as i64)),
        deps: vec![*hash],
        ops: Vec::new(),
    };
    let home = home_of(beneath);
    if often(dice, 15) {
        // A record's beginning, by somebody else.
        let Some((_, first)) = feed.first() else { return };
        parts = ChangeParts { actor: parts.actor, time: parts.time, ..first.clone() };
        if let Some(op) = parts.ops.get_mut(9) {
            op.action = Action::Put(Scalar::Text(format!("worker-{}", parts.actor.0[0])));
        }
        rename(&mut parts, first.actor);
    } else {
        template(&mut parts, home, atlas, dice);
    }
    let change = OutChange { position: None, hash: *hash, parts };
    match groups.last_mut() {
        Some(group) => group.changes.push(change),
        None => groups.push(OutGroup { unit: name(UNIT), changes: vec![change], known: Vec::new() }),
    }
}

/// Whoever made the record that a change belongs to, as far as its operations tell.
fn home_of(parts: &ChangeParts) -> ActorKey {
    let objects = parts.ops.iter().filter_map(|op| if let Object::Id(id) = op.object { Some(id) } else { None });
    objects.filter(|id| id.counter <= 5).map(|id| id.actor).next().unwrap_or(parts.actor)
}

/// Appends operations as people make them.
fn template(parts: &mut ChangeParts, home: ActorKey, atlas: &Atlas, dice: &mut Dice) {
    let container = |counter| Object::Id(OpId { counter, actor: home });
    let next = |parts: &ChangeParts| id_of(parts, parts.ops.len());
    let op = |object, key: &str, action| Op { object, key: Key::Name(key.into()), action, pred: Vec::new() };
    let put = |object, key: &str, value: Scalar| op(object, key, Action::Put(value));
    match dice.below(9) {
        0 | 1 => {
            let key = field(dice);
            let mut new = op(container(2), key, Action::Put(scalar(dice)));
            new.pred = atlas.at(new.object, &new.key);
            new.pred.truncate(usize::try_from(dice.below(4)).unwrap_or(0));
            parts.ops.push(new);
        }
        2 => {
            let mut new = op(container(2), "visits", Action::Increment(signed(dice)));
            new.pred = atlas.at(new.object, &new.key);
            new.pred.truncate(1);
            parts.ops.push(new);
        }
        3 => {
            let mut new = op(container(2), field(dice), Action::Delete);
            new.pred = atlas.at(new.object, &new.key);
            parts.ops.push(new);
        }
        4 => {
            let made = next(parts);
            parts.ops.push(op(container(3), &entry_key(made), Action::MakeMap));
            parts.ops.push(put(Object::Id(made), "text", Scalar::Text(text(dice))));
        }
        5 => {
            let made = next(parts);
            let verdict = *one(dice, &["approved", "returned", "void", "perhaps"]).unwrap_or(&"void");
            parts.ops.push(op(container(4), &entry_key(made), Action::MakeMap));
            parts.ops.push(put(Object::Id(made), "verdict", Scalar::Text(verdict.into())));
            parts.ops.push(put(Object::Id(made), "reason", Scalar::Text(text(dice))));
        }
        6 => {
            let made = next(parts);
            parts.ops.push(op(container(5), &"ab".repeat(32), Action::MakeMap));
            parts.ops.push(put(Object::Id(made), "name", Scalar::Text(text(dice))));
            parts.ops.push(put(Object::Id(made), "size", Scalar::Integer(signed(dice))));
        }
        7 => {
            let text = atlas.made(dice, &Action::MakeText);
            let characters = atlas.characters(text);
            let at = one(dice, &characters).copied();
            run(parts, text, at, dice);
        }
        _ => {
            let groups =
                atlas.0.iter().find(|(_, op)| op.key == Key::Name("helpers".into()) && op.action == Action::MakeMap);
            let group = groups.map_or(container(2), |(id, _)| Object::Id(*id));
            let made = next(parts);
            parts.ops.push(op(group, &entry_key(made), Action::MakeMap));
            parts.ops.push(put(Object::Id(made), "role", Scalar::Text(text(dice))));
        }
    }
}

/// Types, or erases what was typed.
fn run(parts: &mut ChangeParts, object: Object, mut at: Option<OpId>, dice: &mut Dice) {
    let length = if often(dice, 3) { dice.below(3_000) } else { dice.within(1, 8) };
    let erases = often(dice, 40);
    for _ in 0..length {
        let own = id_of(parts, parts.ops.len());
        let key = Key::Element(at);
        if erases {
            let Some(id) = at else { return };
            parts.ops.push(Op { object, key, action: Action::Delete, pred: vec![id] });
            at = Some(OpId { counter: id.counter + 1, ..id });
        } else {
            let letter = *one(dice, &["a", "好", "ཡ", "😀", "\u{301}", "\n"]).unwrap_or(&"a");
            parts.ops.push(Op { object, key, action: Action::Put(Scalar::Text(letter.into())), pred: Vec::new() });
            at = Some(own);
        }
    }
}

fn field(dice: &mut Dice) -> &'static str {
    let names = [
        "on",
        "place",
        "seen",
        "visits",
        "notes",
        "first",
        "helpers",
        "role",
        "_removed",
        "unknown",
        "header",
        "fields",
        "Not A Field",
        "",
    ];
    one(dice, &names).copied().unwrap_or("on")
}

fn signed(dice: &mut Dice) -> i64 {
    let edges = [0, 1, -1, 7, limits::INTEGER_MAX, limits::INTEGER_MAX + 1, -limits::INTEGER_MAX, i64::MIN, i64::MAX];
    if often(dice, 50) { dice.within(0, 500) as i64 - 100 } else { *one(dice, &edges).unwrap_or(&0) }
}

fn scalar(dice: &mut Dice) -> Scalar {
    match dice.below(6) {
        0 => Scalar::Integer(signed(dice)),
        1 => Scalar::YesNo(often(dice, 50)),
        2 => Scalar::Tally(signed(dice)),
        3 => Scalar::Text("2021-05-02".into()),
        _ => Scalar::Text(text(dice)),
    }
}

/// Makes another author's change of one: what it says of itself goes along.
fn rename(parts: &mut ChangeParts, from: ActorKey) {
    let (to, first, last) = (parts.actor, parts.start_op, parts.max_op());
    let own = |id: &mut OpId| {
        if id.actor == from && (first..=last).contains(&id.counter) {
            id.actor = to;
        }
    };
    each_id(parts, own);
}

fn each_id(parts: &mut ChangeParts, mut change: impl FnMut(&mut OpId)) {
    for op in &mut parts.ops {
        if let Object::Id(id) = &mut op.object {
            change(id);
        }
        if let Key::Element(Some(id)) = &mut op.key {
            change(id);
        }
        op.pred.iter_mut().for_each(&mut change);
    }
}

/// Changes one thing about a change.
fn change(parts: &mut ChangeParts, atlas: &Atlas, feed: &[(ChangeHash, ChangeParts)], dice: &mut Dice) {
    let at = index(dice, parts.ops.len());
    match (dice.below(18), at) {
        (0, _) => parts.seq = number(dice) % (limits::COUNTER_MAX + 1),
        (1, _) => parts.start_op = (number(dice) % limits::COUNTER_MAX).max(1),
        (2, _) => {
            let was = core::mem::replace(&mut parts.actor, actor(dice.below(22) as u8));
            if often(dice, 80) {
                rename(parts, was);
            }
        }
        (3, _) => {
            parts.time =
                ClockMs(if often(dice, 50) { number(dice) as i64 } else { parts.time.0.wrapping_add(86_400_000) })
        }
        (4, _) => {
            let dep = one(dice, feed).map(|(hash, _)| *hash).filter(|_| often(dice, 80));
            parts.deps.push(dep.unwrap_or(ChangeHash([dice.below(256) as u8; 32])));
            parts.deps.sort_unstable();
            if often(dice, 80) {
                parts.deps.dedup();
            }
        }
        (5, _) => drop(parts.deps.pop()),
        (6, _) => parts.deps.reverse(),
        (7 | 8, _) => {
            let home = home_of(parts);
            template(parts, home, atlas, dice);
        }
        (_, None) => {}
        (9, Some(at)) => drop(parts.ops.remove(at)),
        (10, Some(at)) => {
            let other = index(dice, parts.ops.len()).unwrap_or(0);
            parts.ops.swap(at, other);
        }
        (11, Some(at)) => {
            let again = parts.ops[at].clone();
            parts.ops.insert(at, again);
        }
        (12, Some(at)) => {
            parts.ops[at].object = if often(dice, 10) { Object::Root } else { Object::Id(atlas.any(dice)) }
        }
        (13, Some(at)) => {
            parts.ops[at].key = match dice.below(5) {
                0 => Key::Element(None),
                1 => Key::Element(Some(atlas.any(dice))),
                2 => Key::Name(entry_key(id_of(parts, at))),
                3 => Key::Name("ab".repeat(32)),
                _ => Key::Name(field(dice).into()),
            }
        }
        (14, Some(at)) => {
            let mut preds = atlas.at(parts.ops[at].object, &parts.ops[at].key);
            if often(dice, 40) {
                preds.push(atlas.any(dice));
            }
            if often(dice, 80) {
                preds.sort_unstable();
                preds.dedup();
            }
            parts.ops[at].pred = preds;
        }
        (_, Some(at)) => {
            parts.ops[at].action = match dice.below(7) {
                0 => Action::MakeMap,
                1 => Action::MakeText,
                2 => Action::Delete,
                3 => Action::Increment(signed(dice)),
                _ => Action::Put(scalar(dice)),
            };
        }
    }
}

/// Gives every change its new name, and those that build on it the new name to build on. With `fits`, numbers and counters become
/// those that a device of ours would have given.
pub fn fit(groups: &mut [OutGroup], feed: &[(ChangeHash, ChangeParts)], fits: bool) {
    let mut told: BTreeMap<ChangeHash, Told> = BTreeMap::new();
    for (hash, parts) in feed {
        tell(&mut told, *hash, parts);
    }
    let mut renamed: BTreeMap<ChangeHash, ChangeHash> = BTreeMap::new();
    for change in groups.iter_mut().flat_map(|group| &mut group.changes) {
        let parts = &mut change.parts;
        for dep in &mut parts.deps {
            *dep = renamed.get(dep).copied().unwrap_or(*dep);
        }
        if fits {
            parts.deps.sort_unstable();
            parts.deps.dedup();
            fit_one(parts, &told);
        }
        parts.seq = parts.seq.min(limits::COUNTER_MAX);
        parts.start_op = parts.start_op.clamp(1, limits::COUNTER_MAX - parts.ops.len() as u64);
        // Should the engine not be able to build it, the reader of the frame will find out.
        let built = catch_unwind(AssertUnwindSafe(|| Change::build(parts).hash()));
        let hash = built.unwrap_or(ChangeHash([0; 32]));
        renamed.insert(core::mem::replace(&mut change.hash, hash), hash);
        tell(&mut told, hash, &change.parts);
    }
}

fn tell(told: &mut BTreeMap<ChangeHash, Told>, hash: ChangeHash, parts: &ChangeParts) {
    let beneath = || parts.deps.iter().filter_map(|dep| told.get(dep));
    let mut seqs = BTreeMap::new();
    for (actor, seq) in beneath().flat_map(|told| &told.seqs) {
        let highest = seqs.entry(*actor).or_insert(*seq);
        *highest = (*highest).max(*seq);
    }
    seqs.insert(parts.actor, parts.seq);
    let home = beneath().map(|told| told.home).next().unwrap_or(parts.actor);
    told.insert(hash, Told { max_op: parts.max_op(), home, seqs });
}

fn fit_one(parts: &mut ChangeParts, told: &BTreeMap<ChangeHash, Told>) {
    let beneath: Vec<&Told> = parts.deps.iter().filter_map(|dep| told.get(dep)).collect();
    let start = beneath.iter().map(|told| told.max_op).max().unwrap_or(0) + 1;
    let seq = beneath.iter().filter_map(|told| told.seqs.get(&parts.actor)).max().map_or(1, |seq| seq + 1);
    let (was, last, author) = (parts.start_op, parts.max_op(), parts.actor);
    let keys: Vec<String> = (0..parts.ops.len()).map(|i| entry_key(id_of(parts, i))).collect();
    each_id(parts, |id| {
        if id.actor == author && (was..=last).contains(&id.counter) {
            id.counter = id.counter - was + start;
        }
    });
    (parts.start_op, parts.seq) = (start, seq);
    for (at, key) in keys.into_iter().enumerate() {
        if parts.ops[at].key == Key::Name(key) {
            parts.ops[at].key = Key::Name(entry_key(id_of(parts, at)));
        }
    }
    if parts.deps.is_empty() && parts.ops.len() >= PROLOGUE_OPS {
        parts.ops[PROLOGUE_OPS - 1].action = Action::Put(Scalar::Integer(parts.time.0));
    } else if let Some(told) = beneath.first() {
        // Containers are those of the record that it builds on.
        let home = told.home;
        parts.ops.iter_mut().for_each(|op| {
            if let Object::Id(id) = &mut op.object
                && id.counter <= 5
            {
                id.actor = home;
            }
        });
    }
}
