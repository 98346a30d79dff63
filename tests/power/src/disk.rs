//! A disk at a moment: what is on it for certain, what may be on it or not, and what it may look like after a power cut.
//!
//! What is assumed of disks and file systems:
//!
//! - A file's bytes and size are certain once it was synced; its name once the folder was, whatever was synced of the file. SQLite
//!   syncs the folder with the first sync of a journal or write-ahead log that it may have made, and after deleting a file where it
//!   asks for that. A name that was made or taken away since is there or not, each for itself.
//! - Of what was written since a file's last sync each write is kept, dropped or torn, in any combination: a later one may be there
//!   without an earlier one. A torn one has its first bytes only, be it so many sectors of 512 bytes or less than one, or any of
//!   its sectors. A dropped one may have made its file longer all the same, with anything in the place of its bytes.
//! - No write changes bytes beyond its own (SQLite's `SQLITE_POWERSAFE_OVERWRITE`, which its file system for Unix assumes).
//! - When a sync fails, what was not synced by then may never get onto the disk, though later syncs succeed.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use cairn_simulation::dice::Dice;

use crate::tape::{FileId, Op};

/// The least that a disk writes as one, bytes.
const SECTOR: usize = 512;
/// Where so many states are possible, or fewer, each is made.
const FEW: usize = 48;

/// The files after a power cut, by name.
pub type State = BTreeMap<String, Vec<u8>>;

/// A disk while something happens to it.
#[derive(Clone, Debug)]
pub struct Disk {
    files: BTreeMap<FileId, File>,
    /// For each name what it stands for: first for certain, then all that it came to stand for since.
    names: BTreeMap<String, Vec<Option<FileId>>>,
    failed_syncs_lose: bool,
}

#[derive(Clone, Debug, Default)]
struct File {
    certain: Vec<u8>,
    open: Vec<Open>,
}

/// A write or a cut that was not synced, and its place on the tape.
#[derive(Clone, Debug)]
struct Open {
    at: usize,
    what: Change,
}

#[derive(Clone, Debug)]
enum Change {
    Write(u64, Arc<[u8]>),
    Cut(u64),
}

/// What became of one write or cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is there.
    Whole,
    /// It is not.
    Dropped,
    /// The file is as long as if it were there; its bytes are anything.
    Hollow(u64),
    /// So many first bytes of it are there.
    First(usize),
    /// Of its sectors those are there that have a bit.
    Sectors(u64),
}

/// What became of all that was not certain: of each name that changed, and of each write and cut.
#[derive(Clone, Debug, Default)]
pub struct Fate {
    names: Vec<usize>,
    kept: Vec<Kept>,
}

impl Disk {
    /// A disk with these files on it.
    #[must_use]
    pub fn new(base: &State, failed_syncs_lose: bool) -> Self {
        let ids = (0..).map(FileId::of);
        let (mut files, mut names) = (BTreeMap::new(), BTreeMap::new());
        for ((name, bytes), id) in base.iter().zip(ids) {
            files.insert(id, File { certain: bytes.clone(), open: Vec::new() });
            names.insert(name.clone(), vec![Some(id)]);
        }
        Self { files, names, failed_syncs_lose }
    }

    /// What is at `at` on the tape happens.
    pub fn take(&mut self, at: usize, op: &Op) {
        match op {
            Op::Made(id, name) => {
                self.files.entry(*id).or_default();
                self.names.entry(name.clone()).or_insert_with(|| vec![None]).push(Some(*id));
            }
            Op::Gone(name) => self.names.entry(name.clone()).or_insert_with(|| vec![None]).push(None),
            Op::Wrote(id, offset, bytes) => self.open(*id, at, Change::Write(*offset, bytes.clone())),
            Op::Cut(id, size) => self.open(*id, at, Change::Cut(*size)),
            Op::Synced(id) => {
                let file = self.files.entry(*id).or_default();
                for open in std::mem::take(&mut file.open) {
                    open.what.happen(&mut file.certain, Kept::Whole);
                }
            }
            Op::SyncFailed(id) if self.failed_syncs_lose => self.files.entry(*id).or_default().open.clear(),
            Op::SyncFailed(_) => {}
            Op::FolderSynced => {
                for stands in self.names.values_mut() {
                    stands.drain(..stands.len() - 1);
                }
                let named: BTreeSet<FileId> = self.names.values().flatten().flatten().copied().collect();
                self.files.retain(|id, _| named.contains(id));
            }
        }
    }

    fn open(&mut self, id: FileId, at: usize, what: Change) {
        self.files.entry(id).or_default().open.push(Open { at, what });
    }

    /// The writes and cuts that are not certain.
    fn uncertain(&self) -> impl Iterator<Item = &Open> {
        self.files.values().flat_map(|file| &file.open)
    }

    fn changed_names(&self) -> impl Iterator<Item = &Vec<Option<FileId>>> {
        self.names.values().filter(|stands| stands.len() > 1)
    }

    /// How much is not certain.
    #[must_use]
    pub fn openness(&self) -> usize {
        self.uncertain().count() + self.changed_names().count()
    }

    /// Only what is certain is there.
    #[must_use]
    pub fn least(&self) -> Fate {
        Fate {
            names: self.changed_names().map(|_| 0).collect(),
            kept: self.uncertain().map(|_| Kept::Dropped).collect(),
        }
    }

    /// All is there.
    #[must_use]
    pub fn most(&self) -> Fate {
        let names = self.changed_names().map(|stands| stands.len() - 1).collect();
        Fate { names, kept: self.uncertain().map(|_| Kept::Whole).collect() }
    }

    /// All fates, each write whole or dropped or one of them torn; none where those are many.
    #[must_use]
    pub fn all(&self) -> Option<Vec<Fate>> {
        let choices: Vec<usize> = self.changed_names().map(Vec::len).chain(self.uncertain().map(|_| 2)).collect();
        let count = choices.iter().try_fold(1usize, |count, some| count.checked_mul(*some).filter(|c| *c <= FEW))?;
        let names = self.changed_names().count();
        let mut fates = Vec::with_capacity(count);
        for number in 0..count {
            let mut rest = number;
            let mut chosen = choices.iter().map(|some| {
                let choice = rest % some;
                rest /= some;
                choice
            });
            let names = chosen.by_ref().take(names).collect();
            fates
                .push(Fate { names, kept: chosen.map(|c| if c == 0 { Kept::Dropped } else { Kept::Whole }).collect() });
        }
        for (number, open) in self.uncertain().enumerate() {
            let torn = (SECTOR / 2..open.what.bytes()).step_by(SECTOR).map(Kept::First);
            for kept in torn.chain([Kept::Hollow(number as u64)]) {
                let mut fate = self.most();
                fate.kept[number] = kept;
                fates.push(fate);
            }
        }
        (fates.len() <= FEW).then_some(fates)
    }

    /// A fate that is drawn, in one of the manners in which disks lose what they have not synced.
    #[must_use]
    pub fn drawn(&self, dice: &mut Dice) -> Fate {
        let mut fate = match dice.below(4) {
            0 => self.least(),
            _ => self.most(),
        };
        if dice.comes(500) {
            fate.names = self.changed_names().map(|stands| dice.below(stands.len() as u64) as usize).collect();
        }
        let open: Vec<&Open> = self.uncertain().collect();
        if open.is_empty() {
            return fate;
        }
        let one = dice.below(open.len() as u64) as usize;
        match dice.below(6) {
            // In order, up to one that is torn.
            0 | 1 => {
                let last = open[one].at;
                fate.kept = open.iter().map(|o| if o.at < last { Kept::Whole } else { Kept::Dropped }).collect();
                fate.kept[one] = torn(open[one], dice);
            }
            // All but one.
            2 => {
                fate.kept.fill(Kept::Whole);
                fate.kept[one] = if dice.comes(500) { Kept::Dropped } else { torn(open[one], dice) };
            }
            // None but one.
            3 => {
                fate.kept.fill(Kept::Dropped);
                fate.kept[one] = Kept::Whole;
            }
            // More or less of them, in any order.
            _ => {
                let share = [100, 500, 900, 970][dice.below(4) as usize];
                let fate_of = |o: &&Open, dice: &mut Dice| match (dice.comes(share), dice.comes(150)) {
                    (true, false) => Kept::Whole,
                    (true, true) => torn(o, dice),
                    (false, false) => Kept::Dropped,
                    (false, true) => Kept::Hollow(dice.draw()),
                };
                fate.kept = open.iter().map(|o| fate_of(o, dice)).collect();
            }
        }
        fate
    }

    /// The files as they are after a power cut with this fate.
    #[must_use]
    pub fn state(&self, fate: &Fate) -> State {
        let mut chosen = fate.names.iter();
        let mut choose = |stands: &Vec<Option<FileId>>| {
            let choice = if stands.len() > 1 { chosen.next().copied().unwrap_or(0) } else { 0 };
            stands.get(choice).copied().flatten()
        };
        let mut names: BTreeMap<FileId, &String> =
            self.names.iter().filter_map(|(name, stands)| Some((choose(stands)?, name))).collect();
        let mut fates = fate.kept.iter();
        let mut state = State::new();
        for (id, file) in &self.files {
            let kept: Vec<Kept> = fates.by_ref().take(file.open.len()).copied().collect();
            let Some(name) = names.remove(id) else { continue };
            let mut bytes = file.certain.clone();
            file.open.iter().zip(kept).for_each(|(open, kept)| open.what.happen(&mut bytes, kept));
            state.insert(name.clone(), bytes);
        }
        state
    }
}

fn torn(open: &Open, dice: &mut Dice) -> Kept {
    let bytes = open.what.bytes();
    match dice.below(3) {
        _ if bytes < 2 => Kept::Dropped,
        0 => Kept::Sectors(dice.draw()),
        1 if bytes > SECTOR => Kept::First(dice.within(1, (bytes / SECTOR) as u64 - 1) as usize * SECTOR),
        _ => Kept::First(dice.within(1, bytes as u64 - 1) as usize),
    }
}

impl Change {
    fn bytes(&self) -> usize {
        match self {
            Self::Write(_, bytes) => bytes.len(),
            Self::Cut(_) => 0,
        }
    }

    fn happen(&self, file: &mut Vec<u8>, kept: Kept) {
        match (self, kept) {
            (_, Kept::Dropped) => {}
            // A cut is made or not; none is half.
            (Self::Cut(size), _) => file.resize(*size as usize, 0),
            (Self::Write(offset, bytes), Kept::Whole) => write(file, *offset as usize, bytes),
            (Self::Write(offset, bytes), Kept::First(some)) => {
                write(file, *offset as usize, &bytes[..some.min(bytes.len())])
            }
            (Self::Write(offset, bytes), Kept::Hollow(seed)) => {
                let (end, before) = (*offset as usize + bytes.len(), file.len());
                let mut dice = Dice::of(seed);
                if end > before {
                    file.resize(end, 0);
                    let zeros = dice.comes(500);
                    file[before.max(*offset as usize)..].iter_mut().for_each(|byte| {
                        *byte = if zeros { 0 } else { (dice.draw() >> 24) as u8 };
                    });
                }
            }
            (Self::Write(offset, bytes), Kept::Sectors(mask)) => {
                for (number, sector) in bytes.chunks(SECTOR).enumerate() {
                    if mask >> (number % 64) & 1 == 1 {
                        write(file, *offset as usize + number * SECTOR, sector);
                    }
                }
            }
        }
    }
}

fn write(file: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[offset..end].copy_from_slice(bytes);
}

/// A number that tells states apart.
#[must_use]
pub fn print(state: &State) -> u64 {
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrote(file: usize, offset: u64, bytes: &[u8]) -> Op {
        Op::Wrote(FileId::of(file), offset, bytes.into())
    }

    fn disk(ops: &[Op], failed_syncs_lose: bool) -> Disk {
        let mut disk = Disk::new(&State::from([("a".into(), b"old".to_vec())]), failed_syncs_lose);
        ops.iter().enumerate().for_each(|(at, op)| disk.take(at, op));
        disk
    }

    #[test]
    fn what_is_synced_is_there_and_what_is_not_is_there_or_not() {
        let disk = disk(&[wrote(0, 0, b"new"), Op::Synced(FileId::of(0)), wrote(0, 3, b"er")], false);
        let states: Vec<State> = disk.all().unwrap().iter().map(|fate| disk.state(fate)).collect();
        for bytes in [&b"new"[..], b"newer"] {
            assert!(states.contains(&State::from([("a".into(), bytes.to_vec())])), "{states:?}");
        }
        assert!(states.iter().all(|state| state["a"].starts_with(b"new")));
    }

    #[test]
    fn a_name_is_certain_once_its_folder_was_synced() {
        let (made, synced) = (Op::Made(FileId::of(1), "b".into()), Op::Synced(FileId::of(1)));
        let open = disk(&[made.clone(), wrote(1, 0, b"x"), synced.clone()], false);
        assert!(!open.state(&open.least()).contains_key("b"));
        assert_eq!(open.state(&open.most())["b"], b"x");
        let certain = disk(&[made, wrote(1, 0, b"x"), synced, Op::FolderSynced], false);
        assert_eq!(certain.state(&certain.least())["b"], b"x");
        let gone = disk(&[Op::Gone("a".into())], false);
        assert_eq!((gone.state(&gone.least()).len(), gone.state(&gone.most()).len()), (1, 0));
    }

    #[test]
    fn what_a_failed_sync_lost_no_later_one_brings_back() {
        let ops = [wrote(0, 0, b"new"), Op::SyncFailed(FileId::of(0)), wrote(0, 3, b"er"), Op::Synced(FileId::of(0))];
        let (lost, lucky) = (disk(&ops, true), disk(&ops, false));
        assert_eq!(lost.state(&lost.most())["a"], b"older");
        assert_eq!(lucky.state(&lucky.least())["a"], b"newer");
    }

    #[test]
    fn a_torn_write_is_its_first_bytes_or_some_sectors() {
        let mut file = vec![0; 1_024];
        Change::Write(0, vec![7; 1_024].into()).happen(&mut file, Kept::Sectors(0b10));
        assert_eq!((file[511], file[512]), (0, 7));
        let mut file = Vec::new();
        Change::Write(2, b"abc".as_slice().into()).happen(&mut file, Kept::First(1));
        assert_eq!(file, b"\0\0a");
        let mut file = b"12".to_vec();
        Change::Write(1, b"abc".as_slice().into()).happen(&mut file, Kept::Hollow(1));
        assert_eq!((file.len(), &file[..2]), (4, &b"12"[..]));
    }
}
