//! What is noted of the files of a folder: every write, truncation, sync, birth and death in the order in which they came; and what is
//! to go wrong with them.

use core::ffi::{CStr, c_int};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use libsqlite3_sys as ffi;

use crate::vfs;

/// A file, whatever it is called: one that is deleted and made again is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(usize);

impl FileId {
    pub(crate) fn of(number: usize) -> Self {
        Self(number)
    }
}

/// Something that happened to a disk.
#[derive(Clone, Debug)]
pub enum Op {
    /// A file was made, or is met for the first time: empty.
    Made(FileId, String),
    /// A name was taken away.
    Gone(String),
    /// Bytes were written at an offset.
    Wrote(FileId, u64, Arc<[u8]>),
    /// A file was cut to a size, or made longer.
    Cut(FileId, u64),
    /// All that was written to a file is on the disk for certain.
    Synced(FileId),
    /// A sync of a file failed: nobody knows what of it is on the disk, and no later sync will tell.
    SyncFailed(FileId),
    /// The names of all files are on the disk for certain.
    FolderSynced,
}

/// What SQLite asks of its file system, and can be told that it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Opens a file that is there.
    Open,
    /// Opens a file that is not.
    Create,
    /// Deletes a file.
    Delete,
    /// Asks whether there is a file.
    Access,
    /// Reads.
    Read,
    /// Writes.
    Write,
    /// Cuts.
    Truncate,
    /// Syncs.
    Sync,
    /// Asks how long a file is.
    Size,
    /// Locks a database.
    Lock,
    /// Maps the index of a write-ahead log.
    ShmMap,
    /// Locks a part of that.
    ShmLock,
}

/// How calls fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// With an error of the device: any call.
    Error,
    /// Because nothing more fits on the disk: calls that take room.
    Full,
}

/// Which calls fail. They are counted from 1, for each kind those that can fail so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// None.
    Never,
    /// This one.
    Once(Kind, u64),
    /// This one and all that follow.
    From(Kind, u64),
}

/// Disks and stores that are known to lose what was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The disk says that it has synced a write-ahead log, and has not.
    LogNotSynced,
    /// The disk says that it has synced a database, and has not.
    DatabaseNotSynced,
    /// The disk says that it has synced the folder, and has not.
    FolderNotSynced,
    /// Connections that ask for `synchronous = FULL` get NORMAL.
    HardlySynced,
}

/// The record of a folder's files.
#[derive(Debug)]
pub struct Tape {
    inner: Mutex<Inner>,
    wrong: Option<Wrong>,
}

#[derive(Debug)]
struct Inner {
    ops: Vec<Op>,
    /// The files as they were in the beginning, for certain.
    base: BTreeMap<String, Vec<u8>>,
    names: BTreeMap<String, FileId>,
    files: usize,
    plan: Plan,
    met: Vec<Call>,
    struck: Vec<Call>,
}

/// What is watched, by the folder's path.
static WATCHED: RwLock<Vec<(PathBuf, Arc<Tape>)>> = RwLock::new(Vec::new());

/// The tape of a file's folder, and the file's name within that.
pub(crate) fn watching(path: &str) -> Option<(Arc<Tape>, String)> {
    let path = Path::new(path);
    let folder = path.parent()?;
    let watched = WATCHED.read().unwrap_or_else(PoisonError::into_inner);
    let (_, tape) = watched.iter().find(|(known, _)| known == folder)?;
    Some((tape.clone(), path.file_name()?.to_str()?.to_owned()))
}

/// Ends the watch of a folder when dropped.
#[derive(Debug)]
pub struct Watch(PathBuf);

impl Drop for Watch {
    fn drop(&mut self) {
        WATCHED.write().unwrap_or_else(PoisonError::into_inner).retain(|(folder, _)| *folder != self.0);
    }
}

impl Tape {
    /// Watches a folder from now on. What is in it counts as certain.
    ///
    /// # Panics
    /// When the folder cannot be read.
    #[must_use]
    pub fn watch(folder: &Path, wrong: Option<Wrong>, plan: Plan) -> (Arc<Self>, Watch) {
        vfs::install();
        let folder = folder.canonicalize().expect("a folder");
        let base = files_of(&folder);
        let names = base.keys().cloned().enumerate().map(|(at, name)| (name, FileId(at))).collect();
        let (files, ops) = (base.len(), Vec::new());
        let inner = Inner { ops, base, names, files, plan, met: Vec::new(), struck: Vec::new() };
        let tape = Arc::new(Self { inner: Mutex::new(inner), wrong });
        WATCHED.write().unwrap_or_else(PoisonError::into_inner).push((folder.clone(), tape.clone()));
        (tape, Watch(folder))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How much is on the tape: a place between two of its entries.
    #[must_use]
    pub fn now(&self) -> usize {
        self.lock().ops.len()
    }

    /// The files as they were in the beginning, by name, and all that has happened since. In the beginning file `n` is the `n`th.
    #[must_use]
    pub fn recorded(&self) -> (BTreeMap<String, Vec<u8>>, Vec<Op>) {
        let inner = self.lock();
        (inner.base.clone(), inner.ops.clone())
    }

    /// The calls that have failed.
    #[must_use]
    pub fn struck(&self) -> Vec<Call> {
        self.lock().struck.clone()
    }

    /// The calls that there were that could fail as planned.
    #[must_use]
    pub fn met(&self) -> Vec<Call> {
        self.lock().met.clone()
    }

    /// Nothing fails any more.
    pub fn mend(&self) {
        self.lock().plan = Plan::Never;
    }

    /// Whether what fails goes on failing.
    pub(crate) fn fails_for_good(&self) -> bool {
        matches!(self.lock().plan, Plan::From(..))
    }

    /// What a pragma is set to in place of what was asked for. Scripts are short, so that the write-ahead log is short, too: it begins
    /// anew some times in each of them.
    pub(crate) fn instead(&self, pragma: &str, value: &str) -> Option<&'static CStr> {
        match pragma.to_ascii_lowercase().as_str() {
            // NORMAL.
            "synchronous" if value.eq_ignore_ascii_case("full") && self.wrong == Some(Wrong::HardlySynced) => {
                Some(c"1")
            }
            "wal_autocheckpoint" => Some(c"500"),
            _ => None,
        }
    }

    pub(crate) fn knows(&self, name: &str) -> bool {
        self.lock().names.contains_key(name)
    }

    /// A call is about to be made; the code with which it fails, if it does.
    pub(crate) fn meet(&self, call: Call) -> Option<c_int> {
        self.lock().meet(call)
    }

    /// A file was opened under a name, and is there if it was not before.
    pub(crate) fn opened(&self, name: &str) -> FileId {
        let mut inner = self.lock();
        if let Some(known) = inner.names.get(name) {
            return *known;
        }
        let id = FileId(inner.files);
        inner.files += 1;
        inner.names.insert(name.into(), id);
        inner.ops.push(Op::Made(id, name.into()));
        id
    }

    // What follows does the real thing while the tape is held, so that the tape has it in the order in which it happened.

    pub(crate) fn delete(&self, name: &str, syncs_folder: bool, real: impl FnOnce() -> c_int) -> c_int {
        let mut inner = self.lock();
        if let Some(code) = inner.meet(Call::Delete) {
            return code;
        }
        let code = real();
        if code == ffi::SQLITE_OK && inner.names.remove(name).is_some() {
            inner.ops.push(Op::Gone(name.into()));
            if syncs_folder && self.wrong != Some(Wrong::FolderNotSynced) {
                inner.ops.push(Op::FolderSynced);
            }
        }
        code
    }

    /// A write that fails has written the first half.
    pub(crate) fn write(&self, id: FileId, at: u64, whole: &[u8], real: impl FnOnce(usize) -> c_int) -> c_int {
        let mut inner = self.lock();
        let failure = inner.meet(Call::Write);
        let some = if failure.is_some() { whole.len() / 2 } else { whole.len() };
        let code = real(some);
        if code == ffi::SQLITE_OK {
            inner.ops.push(Op::Wrote(id, at, whole[..some].into()));
        }
        failure.unwrap_or(code)
    }

    pub(crate) fn truncate(&self, id: FileId, size: u64, real: impl FnOnce() -> c_int) -> c_int {
        let mut inner = self.lock();
        if let Some(code) = inner.meet(Call::Truncate) {
            return code;
        }
        let code = real();
        if code == ffi::SQLITE_OK {
            inner.ops.push(Op::Cut(id, size));
        }
        code
    }

    pub(crate) fn sync(&self, id: FileId, is_log: bool, syncs_folder: bool, real: impl FnOnce() -> c_int) -> c_int {
        let mut inner = self.lock();
        if let Some(code) = inner.meet(Call::Sync) {
            inner.ops.push(Op::SyncFailed(id));
            return code;
        }
        let code = real();
        if code != ffi::SQLITE_OK {
            return code;
        }
        let lies = match self.wrong {
            Some(Wrong::LogNotSynced) => is_log,
            Some(Wrong::DatabaseNotSynced) => !is_log,
            _ => false,
        };
        if !lies {
            inner.ops.push(Op::Synced(id));
        }
        if syncs_folder && self.wrong != Some(Wrong::FolderNotSynced) {
            inner.ops.push(Op::FolderSynced);
        }
        code
    }
}

impl Inner {
    fn meet(&mut self, call: Call) -> Option<c_int> {
        let (kind, at, lasts) = match self.plan {
            Plan::Never => return None,
            Plan::Once(kind, at) => (kind, at, false),
            Plan::From(kind, at) => (kind, at, true),
        };
        let code = match kind {
            Kind::Error => failed(call),
            Kind::Full => no_room(call)?,
        };
        self.met.push(call);
        let number = self.met.len() as u64;
        let strikes = if lasts { number >= at } else { number == at };
        strikes.then(|| self.struck.push(call)).map(|()| code)
    }
}

/// What SQLite's own file system says when the device fails.
fn failed(call: Call) -> c_int {
    match call {
        Call::Open | Call::Create => ffi::SQLITE_CANTOPEN,
        Call::Delete => ffi::SQLITE_IOERR_DELETE,
        Call::Access => ffi::SQLITE_IOERR_ACCESS,
        Call::Read => ffi::SQLITE_IOERR_READ,
        Call::Write => ffi::SQLITE_IOERR_WRITE,
        Call::Truncate => ffi::SQLITE_IOERR_TRUNCATE,
        Call::Sync => ffi::SQLITE_IOERR_FSYNC,
        Call::Size => ffi::SQLITE_IOERR_FSTAT,
        Call::Lock => ffi::SQLITE_IOERR_LOCK,
        Call::ShmMap => ffi::SQLITE_IOERR_SHMMAP,
        Call::ShmLock => ffi::SQLITE_IOERR_SHMLOCK,
    }
}

/// What it says when there is no room; nothing where none is needed.
fn no_room(call: Call) -> Option<c_int> {
    match call {
        Call::Create => Some(ffi::SQLITE_CANTOPEN),
        Call::Write => Some(ffi::SQLITE_FULL),
        // Where room is given out late, it is a sync that finds none.
        Call::Sync => Some(ffi::SQLITE_IOERR_FSYNC),
        Call::ShmMap => Some(ffi::SQLITE_IOERR_SHMSIZE),
        _ => None,
    }
}

/// The files of a folder that are of account after a power cut, in the order of their names. Locks and the index of a write-ahead log
/// are not.
///
/// # Panics
/// When they cannot be read.
#[must_use]
pub fn files_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        if !name.ends_with("-shm") && !name.ends_with(".lock") {
            files.insert(name, std::fs::read(&path).expect("a file"));
        }
    }
    files
}
