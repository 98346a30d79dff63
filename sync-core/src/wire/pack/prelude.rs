//! What stands before the changes: feeds, the positions referred to, and the authors. It is read when a frame is opened,
//! so that what it refers to can be looked up at once.

use alloc::vec::Vec;

use super::read;
use crate::{
    id::{ActorKey, ChangeHash, ClockMs, UnitCode},
    limits::{FRAME_ACTORS_MAX, FRAME_CHANGES_MAX, FRAME_FEEDS_MAX, FRAME_OPS_MAX},
    wire::{InGroup, WireError, varint::Reader},
};

/// Positions that one frame may refer to: as many as its changes can have use for.
const REFERENCES_MAX: usize = FRAME_CHANGES_MAX + FRAME_ACTORS_MAX;

/// One feed's share of the changes.
#[derive(Debug)]
pub(super) struct GroupHead {
    pub(super) unit: UnitCode,
    pub(super) changes: usize,
    /// How positions are given: 0, 1 or 2.
    pub(super) positions: u8,
    /// The number of the first position referred to in this feed.
    pub(super) first_reference: usize,
    /// One more than the number of the last.
    pub(super) end_reference: usize,
}

#[derive(Debug)]
pub(super) enum ActorTag {
    Given(ActorKey),
    AuthorOf(usize),
}

/// The beginning of the packed changes.
#[derive(Debug, Default)]
pub(in crate::wire) struct Prelude {
    pub(super) groups: Vec<GroupHead>,
    /// The feed's index among the groups, and the position.
    pub(super) references: Vec<(usize, u64)>,
    pub(super) actors: Vec<ActorTag>,
    /// The number of names that follow.
    names: usize,
    /// Where the rest begins.
    end: usize,
}

impl Prelude {
    /// Reads the beginning of `packed`, which is empty when a message has no changes.
    pub(in crate::wire) fn read(packed: &[u8], feeds: &[&UnitCode]) -> Result<Self, WireError> {
        let mut prelude = Self::default();
        if packed.is_empty() {
            return Ok(prelude);
        }
        let mut reader = Reader::new(packed, 0);
        let (mut changes, mut references) = (0, 0);
        for _ in 0..reader.count("feeds", FRAME_FEEDS_MAX)? {
            let unit = match reader.index("a feed's number", feeds.len() + 1)? {
                0 => reader
                    .text("bytes of a feed's name", UnitCode::MAX_BYTES)?
                    .parse()
                    .map_err(|_| reader.malformed("a feed's name"))?,
                number => feeds[number - 1].clone(),
            };
            let own = reader.count("changes", FRAME_CHANGES_MAX - changes)?;
            changes += own;
            let head = reader.up_to("references", 4 * REFERENCES_MAX as u64 + 3)?;
            let positions = (head % 4) as u8;
            if positions > 2 {
                return Err(reader.malformed("how positions are given"));
            }
            let first_reference = references;
            if head / 4 > (REFERENCES_MAX - first_reference) as u64 {
                return Err(WireError::TooMany { what: "references", max: REFERENCES_MAX as u64 });
            }
            let end_reference = first_reference + (head / 4) as usize;
            references = end_reference;
            prelude.groups.push(GroupHead { unit, changes: own, positions, first_reference, end_reference });
        }
        for _ in 0..reader.count("actors", FRAME_ACTORS_MAX)? {
            prelude.actors.push(match reader.index("an author", references + 1)? {
                0 => ActorTag::Given(ActorKey(reader.array()?)),
                number => ActorTag::AuthorOf(number - 1),
            });
        }
        prelude.names = reader.count("names", FRAME_OPS_MAX)?;
        for (number, group) in prelude.groups.iter().enumerate() {
            let mut position = 0u64;
            for _ in group.first_reference..group.end_reference {
                position = position.wrapping_add(reader.signed()? as u64);
                prelude.references.push((number, position));
            }
        }
        prelude.end = reader.at();
        Ok(prelude)
    }

    pub(in crate::wire) fn change_count(&self) -> usize {
        self.group_sizes().sum()
    }

    /// The number of changes of each group.
    pub(in crate::wire) fn group_sizes(&self) -> impl Iterator<Item = usize> {
        self.groups.iter().map(|group| group.changes)
    }

    pub(in crate::wire) fn references(&self) -> Vec<(UnitCode, u64)> {
        self.references.iter().map(|(group, position)| (self.groups[*group].unit.clone(), *position)).collect()
    }

    /// Rebuilds the changes of `packed`, of which this is the beginning.
    pub(in crate::wire) fn rebuild(
        &self,
        packed: &[u8],
        clock: ClockMs,
        known: &impl Fn(&UnitCode, u64) -> Option<(ChangeHash, ActorKey)>,
    ) -> Result<Vec<InGroup>, WireError> {
        if packed.is_empty() {
            return Ok(Vec::new());
        }
        let look_up = |(group, position): &(usize, u64)| {
            let unit = &self.groups[*group].unit;
            known(unit, *position).ok_or_else(|| WireError::StaleReference { unit: unit.clone(), position: *position })
        };
        let known: Vec<_> = self.references.iter().map(look_up).collect::<Result<_, _>>()?;
        let actor = |tag: &ActorTag| match tag {
            ActorTag::Given(actor) => *actor,
            ActorTag::AuthorOf(reference) => known[*reference].1,
        };
        let actors: Vec<_> = self.actors.iter().map(actor).collect();
        let mut reader = Reader::new(packed, self.end);
        let mut names = Vec::new();
        for _ in 0..self.names {
            names.push(reader.text("bytes of a key", crate::limits::KEY_BYTES_MAX)?);
        }
        read::changes(&mut reader, &read::Tables { groups: &self.groups, known, actors, names }, clock)
    }
}
