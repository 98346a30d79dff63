//! The file system that SQLite uses in this process: its own for Unix, and an ear in between. What happens to the files of a folder
//! that is watched goes past its [`Tape`], which notes it, or has it fail; all other files are as they always were.
//!
//! All that is `unsafe` in this crate is here. Each function below is called by SQLite with a `sqlite3_file` that it has had opened by
//! [`open`], so that it lies in a [`Watched`] with the one of SQLite's own behind it, and is closed once; or with names and buffers that
//! are valid for as long as the call lasts.
#![expect(unsafe_code, reason = "SQLite asks for its file system as a table of C functions")]

use core::{
    ffi::{CStr, c_char, c_int, c_void},
    ptr, slice,
    sync::atomic::{AtomicBool, Ordering::SeqCst},
};
use std::sync::{Arc, Once};

use libsqlite3_sys as ffi;

use crate::tape::{self, Call, FileId, Tape};

/// What lies where SQLite has room for a file; the one of SQLite's own lies behind it.
#[repr(C)]
struct Watched {
    file: ffi::sqlite3_file,
    /// Null where nobody watches.
    seat: *mut Seat,
}

/// Who watches a file.
struct Seat {
    tape: Arc<Tape>,
    /// The file on the tape; none for one that is of no account after a power cut.
    id: Option<FileId>,
    is_wal: bool,
    /// Its first sync syncs the folder, too, as SQLite's own does with journals that it may have made.
    syncs_folder: AtomicBool,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    // The third version maps databases into memory, which neither store asks for.
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Makes this the file system of all databases that are opened from here on.
pub(crate) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the table found is one of SQLite's own, which live as long as the process, as the leaked one does. Of its functions
        // only those that open and delete look at the table that they are given; they are given their own.
        let done = unsafe {
            let unix = ffi::sqlite3_vfs_find(c"unix".as_ptr());
            assert!(!unix.is_null(), "SQLite has its file system for Unix");
            let room = size_of::<Watched>() as c_int + (*unix).szOsFile;
            let own = Box::leak(Box::new(ffi::sqlite3_vfs {
                szOsFile: room,
                pNext: ptr::null_mut(),
                zName: c"watched".as_ptr(),
                pAppData: unix.cast(),
                xOpen: Some(open),
                xDelete: Some(delete),
                xAccess: Some(access),
                ..*unix
            }));
            ffi::sqlite3_vfs_register(own, 1)
        };
        assert_eq!(done, ffi::SQLITE_OK, "the file system is taken");
    });
}

/// SQLite's own table.
unsafe fn unix(vfs: *mut ffi::sqlite3_vfs) -> *mut ffi::sqlite3_vfs {
    // SAFETY: `install` has put it there.
    unsafe { (*vfs).pAppData.cast() }
}

/// The file of SQLite's own, behind this one.
unsafe fn real(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: SQLite gives each file as much room as the table says.
    unsafe { file.cast::<Watched>().add(1).cast() }
}

unsafe fn seat<'a>(file: *mut ffi::sqlite3_file) -> Option<&'a Seat> {
    // SAFETY: `open` has set it, and it lives until `close`.
    unsafe { (*file.cast::<Watched>()).seat.as_ref() }
}

/// A name as SQLite gives it, as text; none for a file that is to have no name.
unsafe fn text<'a>(name: *const c_char) -> Option<&'a str> {
    // SAFETY: it ends with a zero.
    (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) })?.to_str().ok()
}

/// Calls a method of the file of SQLite's own.
macro_rules! pass {
    ($file:expr, $method:ident($($argument:expr),*)) => {{
        // SAFETY: the file of SQLite's own is open for as long as this one is, and has all methods of its version.
        unsafe {
            let real = real($file);
            match (*(*real).pMethods).$method {
                Some(method) => method(real, $($argument),*),
                None => ffi::SQLITE_IOERR,
            }
        }
    }};
}

/// The same, if the tape does not have it fail.
macro_rules! met {
    ($file:expr, $call:expr, $method:ident($($argument:expr),*)) => {{
        // SAFETY: as this module says.
        match unsafe { seat($file) }.and_then(|seat| seat.tape.meet($call)) {
            Some(code) => code,
            None => pass!($file, $method($($argument),*)),
        }
    }};
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: as this module says; SQLite calls nothing of a file whose methods are null.
    unsafe {
        let watched = file.cast::<Watched>();
        (*watched).file.pMethods = ptr::null();
        (*watched).seat = ptr::null_mut();
        let path = text(name);
        let watch = path.and_then(tape::watching);
        let creates = flags & ffi::SQLITE_OPEN_CREATE != 0;
        if let Some((tape, name)) = &watch
            && let Some(code) = tape.meet(if creates && !tape.knows(name) { Call::Create } else { Call::Open })
        {
            return code;
        }
        let unix = unix(vfs);
        let Some(open) = (*unix).xOpen else { return ffi::SQLITE_CANTOPEN };
        let real = real(file);
        let code = open(unix, name, real, flags, out);
        if code != ffi::SQLITE_OK {
            if let Some(close) = (*real).pMethods.as_ref().and_then(|methods| methods.xClose) {
                close(real);
            }
            return code;
        }
        (*watched).file.pMethods = &raw const METHODS;
        if let Some((tape, name)) = watch {
            let journals = ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL;
            let lasts = flags & (journals | ffi::SQLITE_OPEN_MAIN_DB) != 0;
            let seat = Seat {
                id: lasts.then(|| tape.opened(&name)),
                is_wal: flags & ffi::SQLITE_OPEN_WAL != 0,
                syncs_folder: AtomicBool::new(creates && flags & journals != 0),
                tape,
            };
            (*watched).seat = Box::into_raw(Box::new(seat));
        }
        code
    }
}

unsafe extern "C" fn delete(vfs: *mut ffi::sqlite3_vfs, name: *const c_char, syncs_folder: c_int) -> c_int {
    // SAFETY: as this module says.
    unsafe {
        let unix = unix(vfs);
        let Some(delete) = (*unix).xDelete else { return ffi::SQLITE_IOERR };
        match text(name).and_then(tape::watching) {
            Some((tape, file)) => tape.delete(&file, syncs_folder & 1 != 0, || delete(unix, name, syncs_folder)),
            None => delete(unix, name, syncs_folder),
        }
    }
}

unsafe extern "C" fn access(vfs: *mut ffi::sqlite3_vfs, name: *const c_char, flags: c_int, out: *mut c_int) -> c_int {
    // SAFETY: as this module says.
    unsafe {
        if let Some(code) = text(name).and_then(tape::watching).and_then(|(tape, _)| tape.meet(Call::Access)) {
            return code;
        }
        let unix = unix(vfs);
        (*unix).xAccess.map_or(ffi::SQLITE_IOERR, |access| access(unix, name, flags, out))
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: the seat is this file's own, and a file is closed once.
    unsafe {
        let seat = ptr::replace(&raw mut (*file.cast::<Watched>()).seat, ptr::null_mut());
        if !seat.is_null() {
            drop(Box::from_raw(seat));
        }
    }
    pass!(file, xClose())
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    to: *mut c_void,
    bytes: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    met!(file, Call::Read, xRead(to, bytes, at))
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    bytes: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: as this module says; the buffer has as many bytes.
    let (seat, whole) = unsafe { (seat(file), slice::from_raw_parts(from.cast::<u8>(), bytes as usize)) };
    match seat.and_then(|seat| Some((seat, seat.id?))) {
        Some((seat, id)) => seat.tape.write(id, at as u64, whole, |some| pass!(file, xWrite(from, some as c_int, at))),
        None => pass!(file, xWrite(from, bytes, at)),
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: ffi::sqlite3_int64) -> c_int {
    // SAFETY: as this module says.
    match unsafe { seat(file) }.and_then(|seat| Some((seat, seat.id?))) {
        Some((seat, id)) => seat.tape.truncate(id, size as u64, || pass!(file, xTruncate(size))),
        None => pass!(file, xTruncate(size)),
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: as this module says.
    let Some((seat, id)) = unsafe { seat(file) }.and_then(|seat| Some((seat, seat.id?))) else {
        return pass!(file, xSync(flags));
    };
    let syncs_folder = seat.syncs_folder.load(SeqCst);
    let code = seat.tape.sync(id, seat.is_wal, syncs_folder, || pass!(file, xSync(flags)));
    if code == ffi::SQLITE_OK {
        seat.syncs_folder.store(false, SeqCst);
    }
    code
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut ffi::sqlite3_int64) -> c_int {
    met!(file, Call::Size, xFileSize(size))
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    met!(file, Call::Lock, xLock(level))
}

// What gives something back does not fail: neither here nor, but for a broken kernel, anywhere.
unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    pass!(file, xUnlock(level))
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    met!(file, Call::Lock, xCheckReservedLock(out))
}

unsafe extern "C" fn file_control(file: *mut ffi::sqlite3_file, what: c_int, argument: *mut c_void) -> c_int {
    // SAFETY: as this module says. For a pragma the argument is four pointers, of which the second is its name and the third null or
    // its value: text of SQLite's own, which it reads when this has returned.
    unsafe {
        if what == ffi::SQLITE_FCNTL_PRAGMA
            && let words = argument.cast::<*mut c_char>()
            && let (Some(name), Some(value)) = (text(*words.add(1)), text(*words.add(2)))
            && let Some(other) = seat(file).and_then(|seat| seat.tape.instead(name, value))
            && other.count_bytes() <= value.len()
        {
            (*words.add(2)).copy_from_nonoverlapping(other.as_ptr(), other.count_bytes() + 1);
        }
    }
    pass!(file, xFileControl(what, argument))
}

unsafe extern "C" fn sector_size(file: *mut ffi::sqlite3_file) -> c_int {
    pass!(file, xSectorSize())
}

unsafe extern "C" fn device_characteristics(file: *mut ffi::sqlite3_file) -> c_int {
    pass!(file, xDeviceCharacteristics())
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    size: c_int,
    extends: c_int,
    out: *mut *mut c_void,
) -> c_int {
    met!(file, Call::ShmMap, xShmMap(region, size, extends, out))
}

unsafe extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    match flags & ffi::SQLITE_SHM_UNLOCK != 0 {
        true => pass!(file, xShmLock(offset, count, flags)),
        false => met!(file, Call::ShmLock, xShmLock(offset, count, flags)),
    }
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: as in `pass`.
    unsafe {
        let real = real(file);
        if let Some(barrier) = (*(*real).pMethods).xShmBarrier {
            barrier(real);
        }
    }
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, deletes: c_int) -> c_int {
    pass!(file, xShmUnmap(deletes))
}
